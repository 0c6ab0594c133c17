# SPDX-License-Identifier: GPL-2.0
# nf-nat-alg: kernel modules for KDIR (default: the running kernel) and the tool natctl.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
PREFIX ?= /usr
DESTDIR ?=
TESTS ?=

# What the kernel must have been built with; the .config beside the headers says.
CONFIG_NEEDED := CONFIG_MODULES CONFIG_NETFILTER CONFIG_NF_CONNTRACK CONFIG_NF_NAT CONFIG_NF_CONNTRACK_ZONES

.PHONY: all help modules natctl install modules_install deb demo test check bench clean check-config

all: modules natctl

help:
	@echo 'make            modules for KDIR and natctl'
	@echo 'make modules    nf_nat_alg.ko and the protocol modules; KDIR=$(KDIR)'
	@echo 'make natctl     the tool'
	@echo 'make install    both, into DESTDIR; PREFIX=$(PREFIX)'
	@echo 'make deb        Debian packages in build/deb: nf-nat-alg-dkms and natctl'
	@echo 'make demo       a SIP call through a router in a virtual machine; nothing here is touched'
	@echo 'make test       all tests; TESTS="engine sip" for some, tests/run --list names them'
	@echo 'make check      checkpatch, sparse, style'
	@echo 'make bench      instructions per packet, beside the in-tree helper'
	@echo 'make clean      remove what was built here (caches stay in $${XDG_CACHE_HOME:-~/.cache}/nf-nat-alg)'

# A missing header package or option, said in a sentence before the compiler says it in a hundred.
check-config:
	@[ -e '$(KDIR)/Makefile' ] || { \
		echo 'The kernel headers for $(KVER) are missing ($(KDIR) does not exist).'; \
		echo 'On Debian: apt-get install linux-headers-$(KVER), or name another kernel with KDIR=.'; \
		exit 1; } >&2
	@for option in $(CONFIG_NEEDED); do \
		[ -e '$(KDIR)/.config' ] || break; \
		grep -q "^$$option=[ym]" '$(KDIR)/.config' || { \
			echo "The kernel in $(KDIR) was built without $$option, which nf-nat-alg needs."; \
			exit 1; } >&2; \
	done

modules: check-config
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

natctl:
	$(MAKE) -C userspace

# No signature: the kernel's key is not here. No depmod by kbuild: Debian's headers lack its System.map.
modules_install: modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) CONFIG_MODULE_SIG_ALL= $(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) modules_install
	[ -n '$(DESTDIR)' ] || depmod -a $(KVER)

install: natctl modules_install
	$(MAKE) -C userspace install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

deb:
	@packaging/deb

demo:
	@tests/demo/run

test:
	@tests/packages
	@tests/run $(TESTS)

check:
	@tests/packages
	@tests/run check

bench:
	@tests/packages
	@tests/bench/run

clean:
	[ ! -e '$(KDIR)/Makefile' ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	[ ! -e userspace/Makefile ] || $(MAKE) -C userspace clean
	rm -rf build

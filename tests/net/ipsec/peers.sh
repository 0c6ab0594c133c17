# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# strongSwan, conntrackd and keepalived of tests/vm/ipsec-peers, laid over this machine's
# root, which is gone with it. Sourced by scripts that say "# chroot: ipsec".

tar -C "${NF_ALG_CACHE:?}/ipsec-daemons/root" -c . |
	tar -C / -x --keep-directory-symlink --no-same-owner || exit 1
ldconfig

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Two real endpoints: Asterisk 16 with chan_ooh323, from Debian 11 in a chroot,
# inside and outside. Sourced after topology.sh by scripts that say
# "# chroot: asterisk".

ASTERISK=${NF_ALG_CACHE:?}/debian-bullseye

# asterisk WORDS...: h323asterisk.py
asterisk() {
	if ! mountpoint -q "$ASTERISK/proc"; then
		mount --bind /proc "$ASTERISK/proc" &&
			mount --bind /dev "$ASTERISK/dev" || return 1
	fi
	printf '127.0.0.1 localhost %s\n' "$(hostname)" >"$ASTERISK/etc/hosts"
	python3 "$PEER/h323asterisk.py" "$@"
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A real CallManager: Asterisk 16 with chan_skinny, from Debian 11 in a chroot.
# Sourced after topology.sh and skinny.sh by scripts that say
# "# chroot: asterisk".

ASTERISK=${NF_ALG_CACHE:?}/debian-bullseye
ASTERISK_LOG=$ASTERISK/var/log/asterisk/messages

# callmanager HOST [PORT]: until the next one, or the end
callmanager() {
	local tries=600 address=${1}4

	callmanager_off
	CALLMANAGER_HOST=$1 CALLMANAGER_PORT=${2:-2000}
	if ! mountpoint -q "$ASTERISK/proc"; then
		mount --bind /proc "$ASTERISK/proc" &&
			mount --bind /dev "$ASTERISK/dev" || return 1
	fi
	rm -rf "$ASTERISK/etc/asterisk" "$ASTERISK/run/asterisk" "$ASTERISK_LOG"
	mkdir -p "$ASTERISK/etc/asterisk" "$ASTERISK/run/asterisk" \
		"$ASTERISK/var/log/asterisk"
	cp "$NET_DIR"/sccp/asterisk/*.conf "$ASTERISK/etc/asterisk/"
	sed -i "s/^bindport=.*/bindport=${2:-2000}/" \
		"$ASTERISK/etc/asterisk/skinny.conf"
	echo "${!address} $(hostname)" >"$ASTERISK/etc/hosts"
	ip netns exec "${!1}" chroot "$ASTERISK" /usr/sbin/asterisk -f -g \
		-C /etc/asterisk/asterisk.conf >"$SCRATCH/asterisk" 2>&1 \
		</dev/null &
	CALLMANAGER=$!
	while ! in_ns "${!1}" ss -Hlnt "sport = :${2:-2000}" | grep -q .; do
		tries=$((tries - 1))
		if [ $tries = 0 ] || ! kill -0 $CALLMANAGER; then
			cat "$SCRATCH/asterisk"
			tail -n 30 "$ASTERISK_LOG"
			return 1
		fi
		sleep 0.1
	done
}

callmanager_off() {
	[ -n "${CALLMANAGER:-}" ] || return 0
	kill -KILL "$CALLMANAGER" 2>/dev/null
	wait "$CALLMANAGER" 2>/dev/null
	CALLMANAGER=
}

# skinny_calls WORDS...: skinnycalls.py, and what Asterisk thought of it.
# chan_skinny sometimes falls over a channel it has freed, mostly in or after a
# transfer, with a router between or without; or it stays alive and confuses the
# session of a phone that has left with that of the same phone that has come
# back. Then it is started and asked again; any other failure is one.
skinny_calls() {
	local again why

	for again in yes yes no; do
		python3 "$PEER/skinnycalls.py" "$@" && return
		why=
		grep -qE 'Device already registered|Device for line .* is not registered|already offhook' \
			"$ASTERISK_LOG" && why="lost track of a phone"
		kill -0 "$CALLMANAGER" 2>/dev/null || why="fell over"
		[ -n "$why" ] && [ $again = yes ] || break
		echo "figure: Asterisk $why, and was started again"
		callmanager "$CALLMANAGER_HOST" "$CALLMANAGER_PORT" || return 1
		gone calls bindings || return 1
	done
	echo "--- Asterisk"
	grep -v "manager.c\|loader.c" "$ASTERISK_LOG" | tail -n 15
	# what comes next begins with one that knows of no call
	callmanager "$CALLMANAGER_HOST" "$CALLMANAGER_PORT"
	return 1
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Calls between two SIPp, with speech both ways. Sourced after topology.sh:
#
#   SIPp caller ---- router ---- SIPp callee	in either direction
#   a tap on both ends' eth0 counts the RTP packets that arrive
#
# Both write down every message; what the SDP promised is what must be heard.

SCENARIO=$NET_DIR/sip/scenario
# SIPp starts a thread for each call's speech; 50 a second are more than one
# emulated CPU does, and UDP is then lost at its socket. In the long form calls
# over UDP have a speaker beside SIPp instead, at both ends; the socket holds
# what comes while SIPp is busy, and what is not lost is not repeated so soon:
# SIPp aborts a call whose INVITE comes again after it has repeated its 200.
if [ -n "$FULL" ]; then
	sysctl -qw net.core.rmem_max=16000000
	mkdir "$SCRATCH/mute"
	for one in "$SCENARIO"/*.xml; do
		sed '/<nop>/,/<\/nop>/d; s/retrans="2000"/retrans="8000"/' "$one" \
			>"$SCRATCH/mute/${one##*/}"
	done
fi

speech() { python3 "$PEER/speech.py" "$@"; }

# sipp HOST NAME ADDRESS WORDS...: one SIPp in a namespace, its log NAME.log
sipp() {
	local host=$1 name=$2 address=$3

	shift 3
	rm -f "$SCRATCH/$name.log" "$SCRATCH/$name.err"
	(cd "$SCRATCH" && TERM=dumb in_ns "${!host}" sipp -nostdin -i "$address" \
		-mi "$address" -trace_msg -message_file "$SCRATCH/$name.log" \
		-trace_err -error_file "$SCRATCH/$name.err" \
		-timeout 90 -timeout_error -max_recv_loops 5000 "$@") \
		>"$SCRATCH/$name.out" 2>&1 </dev/null
}

# sipp_failed NAME...: what a person needs to know
sipp_failed() {
	local name

	for name in "$@"; do
		echo "--- $name"
		grep -E 'Successful call|Failed call|Retransmissions|Dead call' \
			"$SCRATCH/$name.out" | tail -n 6
		head -n 15 "$SCRATCH/$name.err" 2>/dev/null
	done
	return 1
}

# listening HOST PORT PROTOCOL: wait until somebody does
listening() {
	local tries=1200

	while ! in_ns "${!1}" ss -Hln"${3:0:1}" "sport = :$2" | grep -q .; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.05
	done
}

tap() {
	rm -f "$SCRATCH/heard" "$SCRATCH/heard.ready"
	python3 "$PEER/speech.py" "${SPEAKER:-listen}" "$SCRATCH/heard" "$@" &
	TAP=$!
	while [ ! -e "$SCRATCH/heard.ready" ]; do
		kill -0 $TAP || return 1
		sleep 0.05
	done
}
untap() {
	kill -TERM $TAP
	wait $TAP
}

# transport u1: its word for ss and natctl
l4() {
	case $1 in u*) echo udp ;; *) echo tcp ;; esac
}

# address HOST: SIPp wants IPv6 in brackets nowhere but in targets
at() {
	local var=${1}${2:-4}

	echo "${!var}"
}
target() {
	case $1 in *:*) echo "[$1]:$2" ;; *) echo "$1:$2" ;; esac
}

# calls CALLER CALLEE WHERE PORT TRANSPORT CALLS RATE [CALLEE-PORT [WORDS...]]:
# that many calls from one to the other, whom it reaches at WHERE:PORT; none is
# lost, and all are heard on both sides (unless DEAF is set)
calls() {
	local caller=$1 callee=$2 where=$3 port=$4 mode=$5 count=$6 rate=$7
	local listen=${8:-$4} answerer status=0 SPEAKER=listen SCENARIO=$SCENARIO
	local buffer=65535		# SIPp's own default

	shift 7
	[ $# = 0 ] || shift
	[ -e "$SCRATCH/speech.pcap" ] || speech pcap "$SCRATCH/speech.pcap"
	if [ -n "$FULL" ] && [ "$(l4 "$mode")" = udp ] && [[ $where != *:* ]]; then
		SPEAKER=talk SCENARIO=$SCRATCH/mute
		buffer=8000000
	fi
	tap "$caller" "$callee" || return 1
	sipp "$callee" callee "$(at "$callee")" -sf "$SCENARIO/answer.xml" \
		-p "$listen" -t "${mode%?}1" -m "$count" -mp 20000 \
		-max_socket 5000 -buff_size "$buffer" &
	answerer=$!
	listening "$callee" "$listen" "$(l4 "$mode")" || return 1
	sipp "$caller" caller "$(at "$caller")" -sf "$SCENARIO/call.xml" \
		-t "$mode" -m "$count" -r "$rate" -l 1000 -mp 30000 -d "$(full 2000 500)" \
		-max_socket 5000 -buff_size "$buffer" "$@" \
		"$(target "$where" "$port")" || status=1
	wait $answerer || status=1
	sleep 0.3
	untap
	[ $status = 0 ] || sipp_failed caller callee || return 1
	[ -z "${DEAF:-}" ] || return 0
	speech check "$SCRATCH/heard" "$caller" "$SCRATCH/caller.log" \
		"$callee" "$SCRATCH/callee.log"
}

# register HOST PORT TRANSPORT EXPIRES SEQ [REGISTRAR-PORT]: and how the
# registrar saw the Contact, in SEEN
register() {
	local registrar status=0 port=${6:-$2} own=$2

	sipp SERVER registrar "$SERVER4" -sf "$SCENARIO/registrar.xml" \
		-p "$port" -t "${3%?}1" -m 1 &
	registrar=$!
	listening SERVER "$port" "$(l4 "$3")" || return 1
	# over TCP from a port of its own, so that the door is another one
	[ "$(l4 "$3")" = udp ] || own=$((6000 + RANDOM % 3000))
	sipp "$1" registered "$(at "$1")" -sf "$SCENARIO/register.xml" -p "$own" \
		-t "$3" -m 1 -s alice -key expires "$4" -key seq "$5" \
		-key contact_port "$2" \
		-cid_str "alice-%u-%s" "$(target "$SERVER4" "$port")" || status=1
	wait $registrar || status=1
	[ $status = 0 ] || sipp_failed registered registrar || return 1
	SEEN=$(sed -n 's/^Contact: <sip:alice@\([^;>]*\).*/\1/p' \
		"$SCRATCH/registrar.log" | head -n 1 | tr -d '\r')
	# the phone gets back what it said
	grep -q "^Contact: <sip:alice@$(at "$1"):$2;.*expires=$4" \
		<(sed -n '/message received/,$p' "$SCRATCH/registered.log") ||
		{ cat "$SCRATCH/registered.log"; return 1; }
	echo "registered as $SEEN"
}

# inward MODE PORT CALLS RATE: the outside calls the registered phone through
# its door, and the phone is called by the name it gave itself
inward() {
	local place

	register PHONE "$2" "$1" 300 1 || return 1
	place=$SEEN
	case $place in "$WAN4":*) ;; *) return 1 ;; esac
	calls SERVER PHONE "${place%:*}" "${place#*:}" "$1" "$3" "$4" "$2" \
		-s alice || return 1
	if grep -a '^INVITE' "$SCRATCH/callee.log" |
		grep -qv "^INVITE sip:[^@]*@$PHONE4:$2"; then
		grep -a '^INVITE' "$SCRATCH/callee.log" | sort -u | head -n 5
		return 1
	fi
	register PHONE "$2" "$1" 0 2
}

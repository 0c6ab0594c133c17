#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The rules decide whether a flow is translated and by which address; a binding
# decides by which port. Two phones on one link and one source port, 5060:
#
#   phone 10.0.0.2 and 10.0.0.3 ---- lan  router  wan ---- providers, sites
#
# The rest of the network is drawn in topology.sh. Times pass in a simulated
# clock: a mapping of conntrack's ends long before the registration does.
#
# timeout: 3000
# machine: uml
# clock: simulated
. "$(dirname "$0")/../topology.sh"

rules() {
	timeout 1500 python3 "$PEER/rules.py" "$@"
	local status=$?

	natctl clear translations '*' >/dev/null
	router conntrack -F >/dev/null 2>&1
	return $status
}

# exempt MATCH...: what matches is not translated
exempt() {
	router nft "insert rule inet nat postrouting $* accept"
}

# encrypt: what goes to the site is encrypted by a policy. The server decrypts.
encrypt() {
	local ns site=198.18.0.9

	for ns in "$ROUTER" "$SERVER"; do
		ip -n "$ns" xfrm state add src "$WAN4" dst "$SERVER4" proto esp \
			spi 0x1000 mode tunnel auth-trunc 'hmac(sha256)' \
			0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef \
			128 enc 'cbc(aes)' \
			0x0123456789abcdef0123456789abcdef || return 1
	done
	ip -n "$ROUTER" xfrm policy add src 10.0.0.0/24 dst "$site" dir out \
		tmpl src "$WAN4" dst "$SERVER4" proto esp mode tunnel &&
		ip -n "$SERVER" xfrm policy add src 10.0.0.0/24 dst "$site" \
			dir in tmpl src "$WAN4" dst "$SERVER4" proto esp mode tunnel &&
		exempt oifname wan rt ipsec exists
}

plan 6
topology nat
ip -n "$PHONE" address add 10.0.0.3/24 dev eth0
ip -n "$SERVER" route add 10.0.0.0/24 via "$WAN4"
alg "sip udp port 5060"

try "two phones on one port: the silent one keeps its door" rules silent
try "nobody else's flow leaves by a door" rules strangers
try "two phones on one port and two providers: both can be called" \
	rules providers
exempt ip daddr 198.18.0.9
try "a destination that a rule exempts is not translated" rules exempted
router nft flush chain inet nat postrouting
router nft add rule inet nat postrouting oifname wan masquerade
encrypt || result 1 "the policy is set up"
try "what a policy encrypts is not translated and not in clear" rules policy
for ns in "$ROUTER" "$SERVER"; do
	ip -n "$ns" xfrm policy flush
	ip -n "$ns" xfrm state flush
done
router nft flush chain inet nat postrouting
router nft add rule inet nat postrouting oifname wan masquerade random
try "the same with random ports" rules silent
finish

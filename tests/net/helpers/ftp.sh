# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# vsftpd and curl. Sourced after topology.sh.
#
# The firewall of topology.sh lets hosts inside open any connection, which would
# hide what a helper does; with "strict" they may open those to the ports of
# the services, and everything else has to be related.

FTP_LOG=$SCRATCH/vsftpd

# strict {nat|plain} TCP-PORTS UDP-PORTS: the same rules for the router's own
strict() {
	router nft -f - <<-END
		flush ruleset
		table inet filter {
			chain forward {
				type filter hook forward priority 0
				policy drop
				ct state established,related accept
				tcp dport { $2 } ct state new accept
				udp dport { $3 } ct state new accept
			}
			chain input {
				type filter hook input priority 0
				policy drop
				iif lo accept
				icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
				ct state established,related accept
				tcp dport { $2 } ct state new accept
			}
		}
	END
	[ "$1" = plain ] || router nft -f - <<-END
		table inet nat {
			chain postrouting {
				type nat hook postrouting priority 100
				oifname wan masquerade
			}
			chain prerouting {
				type nat hook prerouting priority -100
			}
		}
	END
}

# ftp_server NS PORT...: anonymous, both families, active and passive
ftp_server() {
	local ns=$1 port name=${1%%-*}

	shift
	mkdir -p "$SCRATCH/ftp/in" "$SCRATCH/empty"
	chmod 755 "$SCRATCH" "$SCRATCH/ftp"
	chmod 777 "$SCRATCH/ftp/in"
	head -c 100000 /dev/urandom >"$SCRATCH/ftp/file"
	chmod 644 "$SCRATCH/ftp/file"
	cat >"$SCRATCH/vsftpd.conf" <<-END
		listen=NO
		listen_ipv6=YES
		background=NO
		anonymous_enable=YES
		anon_root=$SCRATCH/ftp
		anon_upload_enable=YES
		anon_umask=022
		write_enable=YES
		no_anon_password=YES
		port_enable=YES
		connect_from_port_20=NO
		secure_chroot_dir=$SCRATCH/empty
		seccomp_sandbox=NO
		isolate=NO
		isolate_network=NO
		xferlog_enable=YES
		log_ftp_protocol=YES
	END
	chmod 600 "$SCRATCH/vsftpd.conf"
	for port; do
		: >"$FTP_LOG.$name.$port"
		: >"$FTP_LOG.refusal"
		in_ns "$ns" vsftpd "$SCRATCH/vsftpd.conf" -olisten_port="$port" \
			-ovsftpd_log_file="$FTP_LOG.$name.$port" \
			0<>"$FTP_LOG.refusal" &
		# it tells its first descriptor what it does not like
		serves "$ns" -lnt "$port" || {
			cat "$FTP_LOG.refusal"
			return 1
		}
	done
}

# serves NS SS-OPTIONS PORT: or not within a minute
serves() {
	local end=$((SECONDS + 60))

	until in_ns "$1" ss -H "$2" "sport = :$3" | grep -q .; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

# ftp NS HOST PORT MODE: a list, a file down and the same file up, whole
ftp() {
	local ns=$1 host=$2 port=$3 options=() upload=() who=${1%%-*}
	local got=$SCRATCH/got.$who list=$SCRATCH/list.$who

	case $4 in
	epsv) options=() ;;
	pasv) options=(--disable-epsv) ;;
	eprt) options=(--ftp-port -) ;;
	port) options=(--ftp-port - --disable-eprt) ;;
	esac
	options+=(-sS --max-time "${PATIENCE:-60}")
	rm -f "$got" "$list" "$SCRATCH/ftp/in/$who"
	[ -z "$FULL" ] || upload=(--next "${options[@]}" -T "$SCRATCH/ftp/file"
		"ftp://$host:$port/in/$who")
	in_ns "$ns" curl "${options[@]}" "ftp://$host:$port/" -o "$list" \
		"ftp://$host:$port/file" -o "$got" "${upload[@]}" || return 1
	grep -q ' file$' "$list" && cmp "$got" "$SCRATCH/ftp/file" || return 1
	[ -z "$FULL" ] || cmp "$SCRATCH/ftp/in/$who" "$SCRATCH/ftp/file"
}

# helped HELPER PORT: some connection to this port has the helper
helped() {
	router conntrack -L 2>/dev/null | grep -q "dport=$2 .*helper=$1" && return
	router conntrack -L
	return 1
}

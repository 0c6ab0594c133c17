// SPDX-License-Identifier: GPL-2.0
/*
 * The parsers: literals, start lines, header fields, URIs, lists, Via, SDP.
 *
 * sources: nf_conntrack_helpers/sip/address.c nf_conntrack_helpers/sip/header.c
 * sources: nf_conntrack_helpers/sip/start_line.c nf_conntrack_helpers/sip/uri.c
 * sources: nf_conntrack_helpers/sip/name_addr.c nf_conntrack_helpers/sip/via.c
 * sources: nf_conntrack_helpers/sip/sdp.c
 */
#include "engine_kernel.h"
#include "address.h"
#include "header.h"
#include "ktap.h"
#include "name_addr.h"
#include "sdp.h"
#include "sip_text.h"
#include "via.h"

/* A copy that ends where the text ends, so that the sanitizer sees each step
 * behind it
 */
static u8 *copy;

static void cursor(struct nf_alg_cursor *c, const char *text)
{
	u32 len = strlen(text);

	free(copy);
	copy = malloc(len ?: 1);
	memcpy(copy, text, len);
	nf_alg_cursor_init(c, copy, len);
}

static bool is(const struct nf_alg_cursor *c, const struct nf_alg_span *span,
	       const char *text)
{
	return span->len == strlen(text) &&
	       !memcmp(c->base + span->off, text, span->len);
}

static void address_test(void)
{
	static const struct {
		const char *text;
		const char *printed;
	} good[] = {
		{ "10.0.0.2", "10.0.0.2" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "010.000.0.02", "10.0.0.2" },
		{ "::", "::" },
		{ "::1", "::1" },
		{ "1::", "1::" },
		{ "[2001:DB8::1]", "2001:db8::1" },
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
		{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
		{ "::ffff:192.0.2.1", "::ffff:c000:201" },
		{ "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304" },
		{ "fe80::a:0:0:b", "fe80::a:0:0:b" },
		{ "0:0:1:0:0:0:1:0", "0:0:1::1:0" },
	};
	static const char *const bad[] = {
		"",
		"10.0.0",
		"10.0.0.2.3",
		"10.0.0.256",
		"1.2.3.0004",
		"1..2.3",
		"10.0.0.2x",
		".1.2.3",
		"1.2.3.",
		"example.com",
		"[10.0.0.2]",
		"[::1",
		"::1]",
		"1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9",
		"1::2::3",
		":1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:",
		":::",
		"12345::",
		"g::",
		"fe80::1%eth0",
		"::1.2.3",
		"1:2:3:4:5:6:7:1.2.3.4",
		"::/0",
		"1:2:3:4:5:6:7::8",
		"[]",
		"[",
		":",
		"0x7f.1",
	};
	struct nf_alg_endpoint host;
	struct nf_alg_cursor c;
	u8 text[SIP_HOSTPORT_MAX];
	u32 i, len;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		cursor(&c, good[i].text);
		len = sip_address_parse(&c, &host) ?
			      sip_address_print(text, &host) :
			      0;
		ktap_ok(len == strlen(good[i].printed) &&
				!memcmp(text, good[i].printed, len),
			"literal %s", good[i].text);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		cursor(&c, bad[i]);
		ktap_ok(!sip_address_parse(&c, &host), "no literal '%s'",
			bad[i]);
	}
	cursor(&c, "999999999");
	ktap_ok(sip_number_parse(&c) == 999999999, "the largest number");
	cursor(&c, "1000000000");
	ktap_ok(sip_number_parse(&c) == -1, "too large a number");
	cursor(&c, "65536");
	ktap_ok(sip_port_parse(&c) == -1, "too large a port");
	cursor(&c, "00065535");
	ktap_ok(sip_port_parse(&c) == 65535, "a port with zeros");
	cursor(&c, "");
	ktap_ok(sip_port_parse(&c) == -1, "no port");
}

static void uri_test(void)
{
	static const struct {
		const char *text, *user, *host, *hostport;
		u16 port;
		enum sip_transport transport;
		bool maddr;
	} good[] = {
		{ "sip:h", "", "h", "h", 0, 0, false },
		{ "sip:a@10.0.0.2", "a", "10.0.0.2", "10.0.0.2", 0, 0, false },
		{ "SIP:a:pw@10.0.0.2:5070", "a:pw", "10.0.0.2", "10.0.0.2:5070",
		  5070, 0, false },
		{ "sips:[::1]:1;transport=TCP;lr", "", "[::1]", "[::1]:1", 1,
		  SIP_TRANSPORT_TCP, false },
		{ "sip:a;user=x?y@h.example.com:5060;maddr=1.2.3.4?Subject=x",
		  "a;user=x?y", "h.example.com", "h.example.com:5060", 5060, 0,
		  true },
		{ "sip:1.2.3.4;p=a@b", "1.2.3.4;p=a", "b", "b", 0, 0, false },
		{ "sip:a%40b@h;transport=udp", "a%40b", "h", "h", 0,
		  SIP_TRANSPORT_UDP, false },
		{ "sip:h;transport=ws", "", "h", "h", 0, SIP_TRANSPORT_OTHER,
		  false },
		{ "sip:h;transport=tls;transport", "", "h", "h", 0,
		  SIP_TRANSPORT_OTHER, false },
		{ "sip:null-%00-null@h", "null-%00-null", "h", "h", 0, 0,
		  false },
	};
	static const char *const bad[] = {
		"sip:",	    "sip:@h",	   "sip:a@",	  "sip:h:",
		"sip:h:0",  "sip:h:70000", "sip:h:5060x", "sip:a@h h",
		"sip:[::1", "sip:a@h>x",
	};
	struct nf_alg_cursor c;
	struct sip_uri uri;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		cursor(&c, good[i].text);
		ktap_ok(sip_uri_parse(&c, &uri) &&
				is(&c, &uri.user, good[i].user) &&
				is(&c, &uri.host, good[i].host) &&
				is(&c, &uri.hostport, good[i].hostport) &&
				uri.port == good[i].port &&
				!!uri.maddr.off == good[i].maddr &&
				uri.transport == good[i].transport,
			"%s", good[i].text);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		cursor(&c, bad[i]);
		ktap_ok(!sip_uri_parse(&c, &uri), "malformed %s", bad[i]);
	}
	cursor(&c, "tel:+1;phone-context=x@y");
	ktap_ok(sip_uri_parse(&c, &uri) && uri.scheme == SIP_SCHEME_OTHER,
		"another scheme");
}

static void name_addr_test(void)
{
	struct sip_name_addr v;
	struct nf_alg_cursor c;

	cursor(&c,
	       "\"A, <sip:x@y>\\\"\" <sip:a@h;p>;q=\"1,2\" ,\r\n sip:b@h;x ,*,"
	       ", Bob <tel:1>");
	ktap_ok(sip_name_addr_next(&c, &v) == 1 &&
			is(&c, &v.uri, "sip:a@h;p") &&
			is(&c, &v.params, ";q=\"1,2\" "),
		"a quoted name");
	ktap_ok(sip_name_addr_next(&c, &v) == 1 && is(&c, &v.uri, "sip:b@h") &&
			is(&c, &v.params, ";x "),
		"an address without brackets");
	ktap_ok(sip_name_addr_next(&c, &v) == 1 && v.star, "a star");
	ktap_ok(sip_name_addr_next(&c, &v) == 1 && is(&c, &v.uri, "tel:1"),
		"a token as name");
	ktap_ok(sip_name_addr_next(&c, &v) == 0, "the end");
	cursor(&c, "\"open <sip:a@h>");
	ktap_ok(sip_name_addr_next(&c, &v) < 0, "an open quote");
	cursor(&c, "<sip:a@h");
	ktap_ok(sip_name_addr_next(&c, &v) < 0, "an open bracket");
	cursor(&c, "Bell, Alexander <sip:a@h>");
	ktap_ok(sip_name_addr_next(&c, &v) == 1 && is(&c, &v.uri, "Bell"),
		"a name with a comma is two values");
	cursor(&c, "a b;c");
	ktap_ok(sip_name_addr_next(&c, &v) < 0, "two words");
	cursor(&c, "<sip:a@h>;x=\"open");
	ktap_ok(sip_name_addr_next(&c, &v) < 0, "an open quote in a parameter");
}

static void via_test(void)
{
	static const char *const bad[] = {
		"",
		"SIP/2.0/UDP",
		"SIP/2.0/UDP ",
		"SIP/3.0/UDP h",
		"HTTP/2.0/UDP h",
		"SIP/2.0 UDP h",
		"SIP/2.0/UDPh",
		"SIP/2.0/UDP h:",
		"SIP/2.0/UDP h:0",
		"SIP/2.0/UDP h x",
		"SIP/2.0/UDP [::1",
		"SIP/2.0/UDP h;a=\"",
	};
	struct nf_alg_cursor c;
	struct sip_via via;
	u32 i;

	cursor(&c, "SIP/2.0/UDP 10.0.0.2:5070;rport;branch=z9hG4bK1");
	ktap_ok(sip_via_parse(&c, &via) && via.transport == SIP_TRANSPORT_UDP &&
			is(&c, &via.sent_by, "10.0.0.2:5070") &&
			via.port == 5070 && via.rport && !via.rport_value.len &&
			is(&c, &via.branch, "z9hG4bK1") && !via.maddr.off,
		"a Via");
	cursor(&c,
	       "SIP  / 2.0 \r\n / TCP  \t [2001:db8::1] :\r\n 5060 ; rport = 7 ;"
	       "received=[::1];MADDR=1.2.3.4,SIP/2.0/UDP h;branch=lower");
	ktap_ok(sip_via_parse(&c, &via) && via.transport == SIP_TRANSPORT_TCP &&
			is(&c, &via.host, "[2001:db8::1]") &&
			via.port == 5060 && is(&c, &via.rport_value, "7") &&
			is(&c, &via.received, "[::1]") && via.maddr.off &&
			!via.branch.len,
		"a folded Via, first value only");
	cursor(&c, "SIP/2.0/TLS h;branch=");
	ktap_ok(sip_via_parse(&c, &via) && via.transport == SIP_TRANSPORT_OTHER,
		"another transport");
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		cursor(&c, bad[i]);
		ktap_ok(!sip_via_parse(&c, &via), "malformed Via '%s'", bad[i]);
	}
}

static enum sip_head_result head_of(const char *text, struct sip_head *head,
				    struct nf_alg_cursor *c)
{
	char *lines = sip_lines(text);
	enum sip_head_result result;

	cursor(c, lines);
	free(lines);
	result = sip_head_parse(c, head);
	nf_alg_cursor_init(c, c->base, c->end);
	return result;
}

#define FIELDS                                                                 \
	"v: SIP/2.0/UDP h;branch=z9hG4bK1\nf: <sip:a@h>;tag=1\nt: <sip:b@h>\n" \
	"i: 1@h\nCSeq: 7 INVITE\n"

static void head_test(void)
{
	static const struct {
		const char *what, *text;
		enum sip_head_result want;
	} cases[] = {
		{ "a request", "INVITE sip:b@h SIP/2.0\n" FIELDS "\n",
		  SIP_HEAD_OK },
		{ "a response", "SIP/2.0 180 \n" FIELDS "\n", SIP_HEAD_OK },
		{ "status 099", "SIP/2.0 099 x\n" FIELDS "\n",
		  SIP_HEAD_FOREIGN },
		{ "status 700", "SIP/2.0 700 x\n" FIELDS "\n",
		  SIP_HEAD_FOREIGN },
		{ "CSeq of another method", "BYE sip:b@h SIP/2.0\n" FIELDS "\n",
		  SIP_HEAD_MALFORMED },
		{ "no empty line", "INVITE sip:b@h SIP/2.0\n" FIELDS,
		  SIP_HEAD_MALFORMED },
		{ "a line without colon",
		  "INVITE sip:b@h SIP/2.0\n" FIELDS "x\n\n",
		  SIP_HEAD_MALFORMED },
		{ "an empty name", "INVITE sip:b@h SIP/2.0\n" FIELDS ": x\n\n",
		  SIP_HEAD_MALFORMED },
		{ "two From",
		  "INVITE sip:b@h SIP/2.0\n" FIELDS "From: <sip:c@h>\n\n",
		  SIP_HEAD_MALFORMED },
		{ "no Via",
		  "INVITE sip:b@h SIP/2.0\nf: a\nt: b\ni: c\n"
		  "CSeq: 7 INVITE\n\n",
		  SIP_HEAD_MALFORMED },
		{ "CSeq without number",
		  "INVITE sip:b@h SIP/2.0\nf: a\nt: b\n"
		  "i: c\nv: d\nCSeq: INVITE\n\n",
		  SIP_HEAD_MALFORMED },
		{ "CSeq without method",
		  "SIP/2.0 200 OK\nf: a\nt: b\n"
		  "i: c\nv: d\nCSeq: 1\n\n",
		  SIP_HEAD_MALFORMED },
		{ "a body too short",
		  "INVITE sip:b@h SIP/2.0\n" FIELDS "l: 2\n\nx",
		  SIP_HEAD_MALFORMED },
		{ "different lengths",
		  "INVITE sip:b@h SIP/2.0\n" FIELDS "l: 1\nl: 0\n\nx",
		  SIP_HEAD_MALFORMED },
		{ "headers in the body count for nothing",
		  "INVITE sip:b@h SIP/2.0\n" FIELDS "\nFrom: x\nl: 9\n",
		  SIP_HEAD_OK },
	};
	struct nf_alg_cursor c;
	struct sip_head head;
	char many[8192];
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		ktap_ok(head_of(cases[i].text, &head, &c) == cases[i].want,
			"%s", cases[i].what);

	head_of("SIP/2.0 200 OK\n" FIELDS "M:\n <sip:x@h> \nX-L:\nl: 1\n\nabc",
		&head, &c);
	ktap_ok(!head.line.request && head.line.status == 200 &&
			head.method == SIP_METHOD_INVITE && head.cseq == 7 &&
			head.fields == 2 &&
			head.field[0].name == SIP_HEADER_CONTACT &&
			head.body_len == 1 && c.base[head.body] == 'a' &&
			is(&c, &head.single[SIP_HEADER_CALL_ID], "1@h"),
		"the index of a response");

	n = sprintf(many, "INVITE sip:b@h SIP/2.0\n" FIELDS);
	for (i = 0; i <= SIP_FIELDS_MAX; i++)
		n += sprintf(many + n, "m: <sip:x@h>\n");
	sprintf(many + n, "\n");
	ktap_ok(head_of(many, &head, &c) == SIP_HEAD_MALFORMED,
		"too many Contact lines");

	ktap_ok(sip_header_name((u8 *)"Record-ROUTE", 12) ==
				SIP_HEADER_RECORD_ROUTE &&
			sip_header_name((u8 *)"x", 1) ==
				SIP_HEADER_SESSION_EXPIRES &&
			sip_header_name((u8 *)"To", 2) == SIP_HEADER_TO &&
			sip_header_name((u8 *)"Too", 3) == SIP_HEADER_OTHER &&
			sip_header_name((u8 *)"@", 1) == SIP_HEADER_OTHER &&
			sip_header_name((u8 *)"", 0) == SIP_HEADER_OTHER,
		"names of fields");
}

/* RFC 4475: messages that must be understood, and some that cannot be */
static void torture_test(void)
{
	static const char wsinv[] =
		"INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\n"
		"TO :\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\n"
		"from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\n"
		"  ;\n  tag = 98asjd8\nMaX-fOrWaRdS: 0068\n"
		"Call-ID: wsinv.ndaksdj@192.0.2.1\nContent-Length   : 5\n"
		"cseq: 0009\n  INVITE\nVia  : SIP  /   2.0\n /UDP\n"
		"    192.0.2.2;branch=390skdjuw\ns :\n"
		"NewFangledHeader:   newfangled value\n continued newfangled value\n"
		"UnknownHeaderWithUnusualValue: ;;,,;;,;\n"
		"Content-Type: application/sdp\nRoute:\n"
		" <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\n"
		"v:  SIP  / 2.0  / TCP     spindle.example.com   ;\n"
		"  branch  =   z9hG4bK9ikj8  ,\n SIP  /    2.0   / UDP  192.168.255.111"
		"   ; branch=\n z9hG4bK30239\n"
		"m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\n"
		"      newvalue ;\n  secondparam ; q = 0.33\n\nv=0\n";
	static const char intmeth[] =
		"!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!"
		"sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"
		"@example.com SIP/2.0\n"
		"Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~\n"
		"To: \"BEL:\\\x07 NUL:\\x DEL:\\\x7f\" <sip:1_unusual.URI~(to-be!sure)&isn't"
		"+it$/crazy?,/;;*@example.com>\n"
		"From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>"
		";fromParam''~+*_!.-%=\"\xd1\x80\";tag=_token~1'+`*%!-.\n"
		"Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{\n"
		"CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~\n"
		"Max-Forwards: 255\nextensionHeader-!.%*+_`'~:\xef\xbb\xbf\xe5\n"
		"Content-Length: 0\n\n";
	struct nf_alg_cursor c, value, text;
	struct sip_name_addr v;
	struct nf_alg_span tag;
	struct sip_head head;
	struct sip_uri uri;
	struct sip_via via;

	ktap_ok(head_of(wsinv, &head, &c) == SIP_HEAD_OK && head.cseq == 9 &&
			head.body_len == 5 && head.fields == 3,
		"wsinv");
	nf_alg_cursor_span(&value, &c, &head.single[SIP_HEADER_VIA]);
	ktap_ok(sip_via_parse(&value, &via) && is(&c, &via.host, "192.0.2.2") &&
			is(&c, &via.branch, "390skdjuw"),
		"wsinv: topmost Via");
	nf_alg_cursor_span(&value, &c, &head.single[SIP_HEADER_TO]);
	ktap_ok(sip_name_addr_next(&value, &v) == 1 &&
			sip_param_find(&c, &v.params, "tag", 3, &tag) &&
			is(&c, &tag, "1918181833n"),
		"wsinv: tag of To");
	nf_alg_cursor_span(&value, &c, &head.single[SIP_HEADER_FROM]);
	ktap_ok(sip_name_addr_next(&value, &v) == 1 &&
			is(&c, &v.uri, "sip:jdrosen@example.com") &&
			sip_param_find(&c, &v.params, "tag", 3, &tag) &&
			is(&c, &tag, "98asjd8"),
		"wsinv: From");
	nf_alg_cursor_span(&value, &c, &head.field[2].value);
	ktap_ok(head.field[2].name == SIP_HEADER_CONTACT &&
			sip_name_addr_next(&value, &v) == 1 &&
			is(&c, &v.uri, "sip:jdrosen@example.com"),
		"wsinv: Contact");

	ktap_ok(head_of(intmeth, &head, &c) == SIP_HEAD_OK &&
			head.method == SIP_METHOD_OTHER &&
			head.cseq == 139122385,
		"intmeth");
	nf_alg_cursor_span(&text, &c, &head.line.uri);
	ktap_ok(sip_uri_parse(&text, &uri) && is(&c, &uri.host, "example.com"),
		"intmeth: Request-URI");
	nf_alg_cursor_span(&value, &c, &head.single[SIP_HEADER_FROM]);
	ktap_ok(sip_name_addr_next(&value, &v) == 1 &&
			sip_param_find(&c, &v.params, "tag", 3, &tag) &&
			is(&c, &tag, "_token~1'+`*%!-."),
		"intmeth: From");

	ktap_ok(head_of("RE%47IST%45R sip:registrar.example.com SIP/2.0\n"
			"Via: SIP/2.0/TCP h;branch=z9hG4bK1\nFrom: <sip:%00@h>\n"
			"To: \"%Z%45\" <sip:r@h>\nCall-ID: esc02\n"
			"CSeq: 234902 RE%47IST%45R\n\n",
			&head, &c) == SIP_HEAD_OK &&
			head.method == SIP_METHOD_OTHER,
		"esc02: an escaped method is not REGISTER");
	cursor(&c, "<sip:user;par=u%40example.net@example.com>");
	sip_name_addr_next(&c, &v);
	nf_alg_cursor_span(&text, &c, &v.uri);
	ktap_ok(sip_uri_parse(&text, &uri) &&
			is(&c, &uri.user, "user;par=u%40example.net"),
		"semiuri");
	ktap_ok(head_of("INVITE <sip:u@h> SIP/2.0\n" FIELDS "\n", &head, &c) ==
			SIP_HEAD_FOREIGN,
		"ltgtruri");
	ktap_ok(head_of("INVITE sip:u@h; lr SIP/2.0\n" FIELDS "\n", &head,
			&c) == SIP_HEAD_FOREIGN,
		"lwsruri");
	ktap_ok(head_of("INVITE  sip:u@h  SIP/2.0\n" FIELDS "\n", &head, &c) ==
			SIP_HEAD_FOREIGN,
		"lwsstart");
	ktap_ok(head_of("INVITE sip:u@h SIP/2.0  \n" FIELDS "\n", &head, &c) ==
			SIP_HEAD_FOREIGN,
		"trws");
	ktap_ok(head_of("INVITE sip:u@h SIP/7.0\n" FIELDS "\n", &head, &c) ==
			SIP_HEAD_FOREIGN,
		"badvers");
	ktap_ok(head_of("SIP/2.0 4294967301 x\n" FIELDS "\n", &head, &c) ==
			SIP_HEAD_FOREIGN,
		"bigcode");
	ktap_ok(head_of("SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe\n" FIELDS
			"\n",
			&head, &c) == SIP_HEAD_OK,
		"unreason");
	ktap_ok(head_of("SIP/2.0 100 \n" FIELDS "\n", &head, &c) == SIP_HEAD_OK,
		"noreason");
	ktap_ok(head_of("OPTIONS sip:u@h SIP/2.0\nVia: SIP/2.0/UDP h\nFrom: x\n"
			"To: y\nCall-ID: z\nCSeq: 8 INVITE\n\n",
			&head, &c) == SIP_HEAD_MALFORMED,
		"mismatch01");
	ktap_ok(head_of("INVITE sip:u@h SIP/2.0\n" FIELDS "l: -999\n\nv", &head,
			&c) == SIP_HEAD_MALFORMED,
		"ncl");
	ktap_ok(head_of("INVITE sip:u@h SIP/2.0\n" FIELDS "l: 9999\n\nv", &head,
			&c) == SIP_HEAD_MALFORMED,
		"clerr");
	ktap_ok(head_of("INVITE sip:u@h SIP/2.0\nv: SIP/2.0/UDP h\nf: x\nt: y\ni: z\n"
			"CSeq: 36893488147419103232 INVITE\n\n",
			&head, &c) == SIP_HEAD_MALFORMED,
		"scalar02: a CSeq beyond all numbers");
}

static void sdp_test(void)
{
	const char *text =
		"v=0\r\no=- 1 2 IN IP4 10.0.0.2\r\ns=c=IN IP4 9.9.9.9\r\n"
		"c=IN IP4 10.0.0.2\r\nt=0 0\r\na=rtcp:1\r\n"
		"m=audio 6000/2 RTP/AVP 0 8\r\ni=x\r\nc=IN IP6 ::1\r\n"
		"a=rtcp:6005 IN IP4 10.0.0.3\r\na=rtcp-mux-only\r\n"
		"m=image 7000 udptl t38\na=candidate:1\n"
		"m=x 1 UDP/TLS/RTP/SAVPF 0\r\nm=x 2 UDP/BFCP *\r\n"
		"m=x 3 TCP/RTP/AVP 0\r\nm=x 0 TCPTL t38";
	struct sip_sdp_session s;
	struct sip_sdp_media m;
	struct nf_alg_cursor c;

	cursor(&c, text);
	ktap_ok(sip_sdp_session(&c, &s) && is(&c, &s.origin, "10.0.0.2") &&
			is(&c, &s.connection, "10.0.0.2"),
		"session");
	ktap_ok(sip_sdp_media(&c, &m) == 1 && m.transport == SIP_SDP_RTP &&
			m.port == 6000 && m.count == 2 &&
			is(&c, &m.port_text, "6000") &&
			is(&c, &m.connection, "::1") && m.rtcp == 6005 &&
			is(&c, &m.rtcp_text, "6005") && m.rtcp_mux_only &&
			is(&c, &m.rtcp_address, "10.0.0.3") &&
			!memcmp(c.base + m.insert, "c=IN IP6", 8),
		"media");
	ktap_ok(sip_sdp_media(&c, &m) == 1 && m.transport == SIP_SDP_UDP &&
			m.ice && !m.connections,
		"udptl");
	ktap_ok(sip_sdp_media(&c, &m) == 1 && m.transport == SIP_SDP_RTP,
		"UDP/TLS/RTP");
	ktap_ok(sip_sdp_media(&c, &m) == 1 && m.transport == SIP_SDP_UDP,
		"UDP/BFCP");
	ktap_ok(sip_sdp_media(&c, &m) == 1 && m.transport == SIP_SDP_OTHER,
		"TCP/RTP");
	ktap_ok(sip_sdp_media(&c, &m) == 1 && m.transport == SIP_SDP_OTHER,
		"TCPTL");
	ktap_ok(sip_sdp_media(&c, &m) == 0, "the end");
	cursor(&c, "o=- 1 1 IN IP4 10.0.0.2\r\n");
	ktap_ok(!sip_sdp_session(&c, &s), "no version");
	cursor(&c, "v=0\r\nc=IN IP4 1.1.1.1\r\nc=IN IP4 2.2.2.2\r\n");
	ktap_ok(!sip_sdp_session(&c, &s), "two session addresses");
	cursor(&c, "v=0\r\nc=IN\r\nm=\r\n");
	ktap_ok(sip_sdp_session(&c, &s) && !s.connection.len &&
			sip_sdp_media(&c, &m) < 0,
		"lines that end early");
	cursor(&c, "m=audio 70000 RTP/AVP 0");
	ktap_ok(sip_sdp_media(&c, &m) < 0, "too large a port");
	cursor(&c, "m=audio 6000/0 RTP/AVP 0");
	ktap_ok(sip_sdp_media(&c, &m) < 0, "no port at all");
	cursor(&c, "m=audio 6000 RTP/AVP 0\r\na=rtcp:x\r\n");
	ktap_ok(sip_sdp_media(&c, &m) < 0, "a=rtcp without number");
}

int main(void)
{
	address_test();
	uri_test();
	name_addr_test();
	via_test();
	head_test();
	torture_test();
	sdp_test();
	free(copy);
	return ktap_end();
}

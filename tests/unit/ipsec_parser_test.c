// SPDX-License-Identifier: GPL-2.0
/*
 * What ESP and ISAKMP show in the clear, and the predicate of SPI matching.
 *
 * sources: nf_conntrack_helpers/ipsec/isakmp.c nf_conntrack_helpers/ipsec/spi_match.c
 */
#include "engine_kernel.h"
#include "esp.h"
#include "isakmp.h"
#include "ktap.h"
#include "spi_match.h"

/* A copy that ends where the bytes end, so that ASan sees who reads on */
static void *copy_of(const void *data, u32 len)
{
	u8 *copy = malloc(len ?: 1);

	memcpy(copy, data, len);
	return copy;
}

static bool esp(const char *bytes, u32 len, struct ipsec_esp *esp)
{
	u8 *copy = copy_of(bytes, len);
	bool good = ipsec_esp_parse(copy, len, esp);

	free(copy);
	return good;
}

static void test_esp(void)
{
	static const char packet[] = "\x2e\x59\xee\xf5\x00\x00\x00\x01xxxx";
	struct ipsec_esp header;
	bool good = true;
	u32 len;

	ktap_ok(esp(packet, 12, &header) && header.spi == htonl(0x2e59eef5) &&
			header.seq == 1,
		"ESP: SPI and sequence number");
	for (len = 0; len < IPSEC_ESP_LEN; len++)
		good &= !esp(packet, len, &header);
	ktap_ok(good, "ESP: nothing is read of less than 8 bytes");
	ktap_ok(!esp("\0\0\0\0\0\0\0\1", 8, &header), "ESP: an SPI is not 0");
}

/* Cookies 0102030405060708 and 1112131415161718, message 7, length 28 */
static void header(u8 *to, u8 version, u8 exchange, u8 flags, u32 length)
{
	int i;

	for (i = 0; i < 8; i++) {
		to[i] = 1 + i;
		to[8 + i] = 0x11 + i;
	}
	to[16] = 33;
	to[17] = version;
	to[18] = exchange;
	to[19] = flags;
	memcpy(to + 20, "\0\0\0\7", 4);
	for (i = 0; i < 4; i++)
		to[24 + i] = length >> (24 - 8 * i);
}

static bool isakmp(const u8 *bytes, u32 len, u32 whole, struct ipsec_isakmp *to)
{
	u8 *copy = copy_of(bytes, len);
	bool good = ipsec_isakmp_parse(copy, len, whole, to);

	free(copy);
	return good;
}

static void test_isakmp(void)
{
	struct ipsec_isakmp h;
	u8 bytes[28];
	bool good = true;
	u32 len;

	header(bytes, 0x20, 36, 0x28, 28);
	ktap_ok(isakmp(bytes, 28, 28, &h) &&
			h.initiator == 0x0102030405060708ULL &&
			h.responder == 0x1112131415161718ULL &&
			h.message == 7 && h.length == 28 && h.major == 2 &&
			h.exchange == 36 && h.from_initiator && h.response,
		"ISAKMP: every field of the header");
	for (len = 0; len < 28; len++)
		good &= !isakmp(bytes, len, len, &h);
	ktap_ok(good, "ISAKMP: nothing is read of less than 28 bytes");
	header(bytes, 0x20, 36, 0, 29);
	ktap_ok(!isakmp(bytes, 28, 28, &h) && isakmp(bytes, 28, 29, &h),
		"ISAKMP: no longer than the datagram");
	header(bytes, 0x20, 36, 0, 27);
	ktap_ok(!isakmp(bytes, 28, 28, &h), "ISAKMP: no shorter than a header");
	header(bytes, 0x20, 36, 0, 0xffffffff);
	ktap_ok(!isakmp(bytes, 28, 28, &h), "ISAKMP: a length of all ones");
	header(bytes, 0x30, 36, 0, 28);
	ktap_ok(!isakmp(bytes, 28, 28, &h), "ISAKMP: version 3 is unknown");
	header(bytes, 0x10, 32, 0x28, 28);
	ktap_ok(isakmp(bytes, 28, 28, &h) && !h.response && !h.from_initiator,
		"IKEv1: its flags say something else");
	header(bytes, 0x20, 36, 0, 28);
	memset(bytes, 0, 8);
	ktap_ok(!isakmp(bytes, 28, 28, &h),
		"ISAKMP: an initiator has a cookie");
}

static void test_makes_sa(void)
{
	static const struct {
		u8 version, exchange;
		bool makes;
	} cases[] = {
		{ 0x10, 2, false },  { 0x10, 4, false },  { 0x10, 5, false },
		{ 0x10, 32, true },  { 0x10, 35, false }, { 0x10, 36, false },
		{ 0x20, 34, false }, { 0x20, 35, true },  { 0x20, 36, true },
		{ 0x20, 37, false }, { 0x20, 32, false },
	};
	struct ipsec_isakmp h;
	bool good = true;
	u8 bytes[28];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		header(bytes, cases[i].version, cases[i].exchange, 0, 28);
		good &= isakmp(bytes, 28, 28, &h) &&
			ipsec_isakmp_makes_sa(&h) == cases[i].makes;
	}
	ktap_ok(good, "ISAKMP: which exchanges make an ESP SA");
}

static void test_predicate(void)
{
	const struct ipsec_predicate *p =
		&ipsec_predicates[NF_ALG_PREDICATE_CRC16];
	static u8 seen[65536];
	bool good = true;
	u32 i;

	/* The check value of CRC-16/CCITT-FALSE is that of nine bytes; these
	 * are computed by hand of the polynomial
	 */
	ktap_ok(p->hash(0x00000000) == 0x84c0 && p->hash(0xffffffff) == 0x1d0f,
		"crc16: SPIs of all zeros and all ones");
	ktap_ok(p->hash(0x31323334) == 0x5349, "crc16: the bytes \"1234\"");
	ktap_ok(p->half(0xabcd1234) == 0xabcd,
		"crc16: the half is the first two bytes");
	for (i = 0; i < 65536; i++)
		good &= !seen[p->hash(0x12340000 + i)]++;
	ktap_ok(good, "crc16: no two of 65536 SPIs in a row have one hash");
	ktap_ok(!strcmp(p->name, "crc16"), "crc16: its name");
	p = &ipsec_predicates[NF_ALG_PREDICATE_FOLD16];
	ktap_ok(!strcmp(p->name, "fold16") && p->hash(0x12345678) == 0x444c &&
			p->half(0x444c0001) == 0x444c,
		"fold16: its name, its hash, its half");
}

int main(void)
{
	test_esp();
	test_isakmp();
	test_makes_sa();
	test_predicate();
	return ktap_end();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Sends packets through the router of tests/bench/measure.sh and says what one
 * of them costs in nanoseconds, which under QEMU's icount are instructions.
 *
 *	generator udp CLIENT SERVER PORT KIND COUNT
 *		one UDP flow to PORT
 *	generator tcp CLIENT SERVER PORT KIND COUNT
 *		one connection; each message is answered: a SIP one by 2 bytes, a
 *		Skinny one (skinny-ack, skinny-start) by another, one of H.225.0
 *		(h225-setup, h225-fast; h225-empty, which is one) by an empty TPKT
 *	generator flows CLIENT SERVER COUNT
 *		each packet a new flow
 *	generator media CLIENT SERVER COUNT
 *		an INVITE, then RTP both ways between what it offers and the server
 *	generator esp CLIENT SERVER COUNT
 *		ESP both ways in one tunnel
 *	generator stream CLIENT SERVER COUNT
 *		COUNT times 16 KiB of one TCP connection between the inner
 *		addresses of a tunnel; a figure is that of 16 KiB
 *	generator calls CLIENT SERVER COUNT
 *		COUNT INVITEs from as many phones; not measured
 *	generator strangers CLIENT SERVER REGISTRATIONS COUNT
 *		so many registrations of one phone, which the server grants; then
 *		COUNT packets of somebody else to the phone's door, each a new flow
 *
 * CLIENT and SERVER are network namespaces; both ends are sockets of this one
 * process, so that no context switch is measured. A packet travels within
 * send(), in the softirq at its end. What arrives is counted, because a packet
 * lost on the way makes the router look cheap.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CLIENT_ADDRESS "10.0.0.2"
#define SERVER_ADDRESS "203.0.113.9"
#define ROUTER_ADDRESS "203.0.113.1"
#define STRANGER_ADDRESS "203.0.113.10"
#define CLIENT_INNER "10.7.1.1"
#define SERVER_INNER "10.9.0.1"
#define CHUNK 16384
#define PHONES 0x0a800000u /* 10.128.0.0/9, all of it on the client */
#define FLOWS 0xc6120000u /* 198.18.0.0/15, behind the server, which drops it */
#define WARM_UP 200
#define BATCH 40

static unsigned long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void enter(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "namespace %s", name);
	close(fd);
}

static struct sockaddr_in address(uint32_t host, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_addr.s_addr = htonl(host);
	a.sin_port = htons(port);
	return a;
}

static int bound_socket(const char *ns, int type, uint32_t host, int port)
{
	struct sockaddr_in a = address(host, port);
	int one = 1, size = 4 << 20, fd;

	enter(ns);
	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)))
		err(1, "bind port %d", port);
	return fd;
}

static uint32_t host(const char *text)
{
	struct in_addr a;

	inet_aton(text, &a);
	return ntohl(a.s_addr);
}

/* A message of exactly @size bytes, padded in its User-Agent, or as short as it gets where @size is 0. */
static size_t sip_message(char *out, size_t room, size_t size,
			  const char *method, const char *transport,
			  const char *own, int port, unsigned int number,
			  int with_sdp)
{
	char body[512] = "", pad[800] = "bench";
	size_t length, i;

	if (with_sdp)
		snprintf(
			body, sizeof(body),
			"v=0\r\no=alice %u 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
			"m=audio %d RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
			"a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n",
			number, own, own, port);
	for (i = 0; i < 2; i++) {
		length = snprintf(
			out, room,
			"%s sip:bob@%s SIP/2.0\r\n"
			"Via: SIP/2.0/%s %s:5060;branch=z9hG4bK%u\r\n"
			"Max-Forwards: 70\r\n"
			"From: <sip:alice@%s>;tag=%u\r\nTo: <sip:bob@%s>\r\n"
			"Call-ID: %u@bench\r\nCSeq: 1 %s\r\n"
			"%s%s%s"
			"User-Agent: %s\r\n%sContent-Length: %zu\r\n\r\n%s",
			method, SERVER_ADDRESS, transport, own, number, own,
			number, SERVER_ADDRESS, number, method,
			with_sdp ? "Contact: <sip:alice@" : "",
			with_sdp ? own : "", with_sdp ? ":5060>\r\n" : "", pad,
			with_sdp ? "Content-Type: application/sdp\r\n" : "",
			strlen(body), body);
		if (!size || length == size)
			return length;
		if (length > size)
			errx(1, "%s of %zu bytes is longer than %zu", method,
			     length, size);
		memset(pad + 5, '.', size - length);
		pad[5 + size - length] = 0;
	}
	errx(1, "padding");
}

/* A Skinny message of version 17; @host at @offset of its body, with a port behind it */
static size_t skinny_message(char *out, uint32_t id, uint32_t body,
			     uint32_t offset, const char *host, uint32_t port)
{
	uint32_t words[3] = { htole32(body + 4), htole32(17), htole32(id) };
	struct in_addr a;

	memset(out, 0, sizeof(words) + body);
	memcpy(out, words, sizeof(words));
	if (!host)
		return sizeof(words) + body;
	inet_aton(host, &a);
	port = htole32(port);
	/* The type of an IPv4 address is 0 */
	memcpy(out + sizeof(words) + offset + 4, &a, 4);
	memcpy(out + sizeof(words) + offset + 20, &port, 4);
	return sizeof(words) + body;
}

/* clang-format off */

/* A Setup of version 1 with h245Address 10.0.0.2:30245 */
static const unsigned char h225_setup[] = {
	0x03, 0x00, 0x00, 0x3b, 0x08, 0x02, 0x00, 0x09, 0x05, 0x28, 0x09, 0x65,
	0x6e, 0x64, 0x70, 0x6f, 0x69, 0x6e, 0x74, 0x00, 0x7e, 0x00, 0x24, 0x05,
	0x00, 0x40, 0x06, 0x00, 0x08, 0x91, 0x4a, 0x00, 0x07, 0x00, 0x0a, 0x00,
	0x00, 0x02, 0x76, 0x25, 0x00, 0x00, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f,
	0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x00,
};

/* A Setup as Asterisk 16 sends it, with fast start: six
 * addresses of 10.0.0.2 in four items, and sourceCallSignalAddress */
static const unsigned char h225_fast[] = {
	0x03, 0x00, 0x01, 0x01, 0x08, 0x02, 0x00, 0x0d, 0x05, 0x04, 0x03, 0x80,
	0x90, 0xa3, 0x28, 0x07, 0x69, 0x6e, 0x73, 0x69, 0x64, 0x65, 0x00, 0x70,
	0x04, 0x81, 0x32, 0x30, 0x30, 0x7e, 0x00, 0xe1, 0x05, 0x20, 0xb8, 0x06,
	0x00, 0x08, 0x91, 0x4a, 0x00, 0x04, 0x02, 0x40, 0x05, 0x00, 0x69, 0x00,
	0x6e, 0x00, 0x73, 0x00, 0x69, 0x00, 0x64, 0x00, 0x65, 0x01, 0x00, 0x43,
	0x32, 0x2c, 0xb8, 0x00, 0x00, 0x27, 0x05, 0x6f, 0x6f, 0x68, 0x33, 0x32,
	0x33, 0x06, 0x76, 0x30, 0x2e, 0x38, 0x2e, 0x33, 0x6d, 0x00, 0x01, 0x01,
	0x00, 0x53, 0x30, 0xcb, 0x00, 0x71, 0x09, 0x06, 0xb8, 0x00, 0x10, 0x11,
	0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d,
	0x1e, 0x1f, 0x00, 0xd5, 0x1d, 0x98, 0x00, 0x07, 0x00, 0x0a, 0x00, 0x00,
	0x02, 0x2e, 0xfe, 0x11, 0x00, 0x6f, 0x6f, 0x68, 0x33, 0x32, 0x33, 0x63,
	0x2d, 0xde, 0xb5, 0x2c, 0xe5, 0xc7, 0x3f, 0x00, 0xca, 0x63, 0x04, 0x1d,
	0x40, 0x03, 0xe8, 0x06, 0x04, 0x01, 0x00, 0x4c, 0x60, 0x13, 0x80, 0x11,
	0x14, 0x00, 0x01, 0x00, 0x0a, 0x00, 0x00, 0x02, 0x27, 0x7e, 0x00, 0x0a,
	0x00, 0x00, 0x02, 0x27, 0x7f, 0x12, 0x00, 0x03, 0xe9, 0x0c, 0x60, 0x13,
	0x80, 0x0a, 0x04, 0x00, 0x01, 0x00, 0x0a, 0x00, 0x00, 0x02, 0x27, 0x7f,
	0x1d, 0x40, 0x03, 0xea, 0x06, 0x04, 0x01, 0x00, 0x4c, 0x20, 0x13, 0x80,
	0x11, 0x14, 0x00, 0x01, 0x00, 0x0a, 0x00, 0x00, 0x02, 0x27, 0x7e, 0x00,
	0x0a, 0x00, 0x00, 0x02, 0x27, 0x7f, 0x12, 0x00, 0x03, 0xeb, 0x0c, 0x20,
	0x13, 0x80, 0x0a, 0x04, 0x00, 0x01, 0x00, 0x0a, 0x00, 0x00, 0x02, 0x27,
	0x7f, 0x01, 0x00, 0x01, 0x00, 0x01, 0x00, 0x01, 0x00, 0x01, 0x00, 0x01,
	0x00, 0x10, 0x80, 0x01, 0x80,
};

/* clang-format on */

/* What a message is answered by */
static size_t answer(char *out, const char *kind)
{
	if (!strcmp(kind, "skinny-ack"))
		return skinny_message(out, 0x100, 0, 0, NULL, 0);
	if (!strcmp(kind, "skinny-start"))
		return skinny_message(out, 0x8a, 132, 8, SERVER_ADDRESS, 30000);
	if (!strncmp(kind, "h225-", 5)) {
		memcpy(out, "\3\0\0\4", 4);
		return 4;
	}
	memcpy(out, "\r\n", 2);
	return 2;
}

static size_t message(char *out, size_t room, const char *kind,
		      const char *transport)
{
	if (!strcmp(kind, "skinny-ack"))
		return skinny_message(out, 0x22, 36, 4, CLIENT_ADDRESS, 16384);
	if (!strcmp(kind, "skinny-start"))
		return skinny_message(out, 0, 0, 0, NULL, 0);
	if (!strcmp(kind, "h225-empty"))
		return answer(out, kind);
	if (!strcmp(kind, "h225-setup")) {
		memcpy(out, h225_setup, sizeof(h225_setup));
		return sizeof(h225_setup);
	}
	if (!strcmp(kind, "h225-fast")) {
		memcpy(out, h225_fast, sizeof(h225_fast));
		return sizeof(h225_fast);
	}
	if (!strcmp(kind, "invite"))
		return sip_message(out, room, 788, "INVITE", transport,
				   CLIENT_ADDRESS, 16384, 1, 1);
	if (!strcmp(kind, "options"))
		return sip_message(out, room, 319, "OPTIONS", transport,
				   CLIENT_ADDRESS, 0, 1, 0);
	if (!strcmp(kind, "other"))
		return snprintf(out, room, "twenty-two bytes of it");
	if (!strcmp(kind, "small")) {
		memset(out, 'x', 64);
		return 64;
	}
	errx(1, "kind %s", kind);
}

/*
 * What a packet costs: the median of batches, because every few of them a timer
 * tick falls into one.
 */
struct meter {
	unsigned long long start;
	unsigned long long batch[4096];
	unsigned int batches, in_batch, sent, arrived, warm;
};

static struct meter meter;

static void meter_packet(int arrived)
{
	unsigned long long time;

	meter.sent++;
	meter.arrived += arrived;
	if (!meter.warm && meter.sent == WARM_UP) {
		meter.warm = 1;
		meter.sent = meter.arrived = meter.in_batch = 0;
		meter.batches = 0;
		meter.start = now();
		return;
	}
	if (++meter.in_batch < BATCH)
		return;
	time = now();
	if (meter.batches < sizeof(meter.batch) / sizeof(meter.batch[0]))
		meter.batch[meter.batches++] = time - meter.start;
	meter.in_batch = 0;
	meter.start = now();
}

static int by_time(const void *a, const void *b)
{
	unsigned long long x = *(const unsigned long long *)a;
	unsigned long long y = *(const unsigned long long *)b;

	return x < y ? -1 : x > y;
}

static void say(unsigned long long cost, unsigned int sent,
		unsigned int arrived, unsigned int leaked)
{
	printf("%llu %u %u %u\n", cost, sent, arrived, leaked);
}

/*
 * @last: the last message that arrived; do Via and Contact, or a Skinny message,
 * show the inside address? From may: who is calling is no route.
 */
static void meter_say(const char *last, size_t size)
{
	uint32_t binary = htonl(host(CLIENT_ADDRESS));
	int leaked = memmem(last, size, CLIENT_ADDRESS ":",
			    strlen(CLIENT_ADDRESS ":")) != NULL ||
		     memmem(last, size, &binary, sizeof(binary)) != NULL;

	qsort(meter.batch, meter.batches, sizeof(meter.batch[0]), by_time);
	say(meter.batches ? meter.batch[meter.batches / 2] / BATCH : 0,
	    meter.sent, meter.arrived, leaked);
}

/* One datagram that is here or comes soon. */
static int arrives(int fd, char *buffer, size_t size)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n = recv(fd, buffer, size, MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN && poll(&p, 1, 200) == 1)
		n = recv(fd, buffer, size, MSG_DONTWAIT);
	return n >= 0;
}

static void udp(const char *client, const char *server, int port,
		const char *kind, unsigned int count)
{
	struct sockaddr_in to = address(host(SERVER_ADDRESS), port);
	int out = bound_socket(client, SOCK_DGRAM, host(CLIENT_ADDRESS), port);
	int in = bound_socket(server, SOCK_DGRAM, host(SERVER_ADDRESS), port);
	char data[2048], buffer[2048] = "";
	size_t size = message(data, sizeof(data), kind, "UDP");
	unsigned int i;

	if (connect(out, (struct sockaddr *)&to, sizeof(to)))
		err(1, "connect");
	for (i = 0; i < count + WARM_UP; i++) {
		if (send(out, data, size, 0) < 0)
			err(1, "send");
		meter_packet(arrives(in, buffer, sizeof(buffer)));
	}
	meter_say(buffer, sizeof(buffer));
}

/* All of @size bytes. */
static void read_all(int fd, char *buffer, size_t size)
{
	while (size) {
		ssize_t n = recv(fd, buffer, size, 0);

		if (n <= 0)
			err(1, "the stream ended");
		size -= n;
	}
}

static void tcp(const char *client, const char *server, int port,
		const char *kind, unsigned int count)
{
	struct sockaddr_in to = address(host(SERVER_ADDRESS), port);
	int listener =
		bound_socket(server, SOCK_STREAM, host(SERVER_ADDRESS), port);
	int out = bound_socket(client, SOCK_STREAM, host(CLIENT_ADDRESS), 0);
	struct timeval patience = { .tv_sec = 5 };
	char data[2048], buffer[4096] = "", reply[512];
	size_t size = message(data, sizeof(data), kind, "TCP"), first;
	size_t reply_size = answer(reply, kind);
	unsigned int i;
	int in, one = 1;

	if (listen(listener, 1) ||
	    connect(out, (struct sockaddr *)&to, sizeof(to)))
		err(1, "connect");
	in = accept(listener, NULL, NULL);
	setsockopt(out, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(in, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(out, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(in, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	/* A gateway changes the length: the first message says to what. */
	if (send(out, data, size, 0) < 0)
		err(1, "send");
	usleep(100000);
	first = recv(in, buffer, sizeof(buffer), 0);
	for (i = 0; i < count + WARM_UP; i++) {
		if (send(out, data, size, 0) < 0)
			err(1, "send");
		read_all(in, buffer, first);
		if (send(in, reply, reply_size, 0) < 0)
			err(1, "answer");
		read_all(out, reply, reply_size);
		meter_packet(1);
	}
	meter_say(buffer, sizeof(buffer));
}

/* What the server's end of the wire has received. */
static unsigned int received(const char *server)
{
	unsigned int packets = 0;
	char line[256];
	FILE *f;

	enter(server);
	f = fopen("/proc/thread-self/net/dev", "r");
	while (f && fgets(line, sizeof(line), f))
		sscanf(line, " eth0: %*u %u", &packets);
	if (f)
		fclose(f);
	return packets;
}

static void flows(const char *client, const char *server, unsigned int count)
{
	int out = bound_socket(client, SOCK_DGRAM, host(CLIENT_ADDRESS), 0);
	unsigned int i, before = 0;
	unsigned long long start = 0, time;
	char data[64] = "";

	for (i = 0; i < count + WARM_UP; i++) {
		struct sockaddr_in to = address(FLOWS + i + 1, 9000);

		if (i == WARM_UP) {
			before = received(server);
			start = now();
		}
		if (sendto(out, data, sizeof(data), 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0)
			err(1, "send");
	}
	time = now() - start;
	say(time / count, count, received(server) - before, 0);
}

static void calls(const char *client, const char *server, unsigned int count)
{
	struct sockaddr_in to = address(host(SERVER_ADDRESS), 5060);
	int in = bound_socket(server, SOCK_DGRAM, host(SERVER_ADDRESS), 5060);
	unsigned int i, arrived = 0;
	unsigned long long start = now();
	char data[2048], buffer[2048], own[INET_ADDRSTRLEN];

	for (i = 0; i < count; i++) {
		uint32_t phone = PHONES + i + 1;
		struct in_addr a = { htonl(phone) };
		int out = bound_socket(client, SOCK_DGRAM, phone, 5060);
		size_t size;

		inet_ntop(AF_INET, &a, own, sizeof(own));
		size = sip_message(data, sizeof(data), 0, "INVITE", "UDP", own,
				   16384 + 2 * (i % 8000), i, 1);
		if (sendto(out, data, size, 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0)
			err(1, "send");
		arrived += arrives(in, buffer, sizeof(buffer));
		close(out);
	}
	say((now() - start) / count, count, arrived, 0);
}

/* Grant what the server has just received: the same lines again, as an answer */
static size_t grant(char *out, size_t room, char *request)
{
	static const char *const kept[] = { "Via:",	"From:", "To:",
					    "Call-ID:", "CSeq:", "Contact:" };
	size_t length = snprintf(out, room, "SIP/2.0 200 OK\r\n"), i;
	char *line, *rest = request;

	while ((line = strtok_r(NULL, "\r\n", &rest))) {
		for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
			if (!strncmp(line, kept[i], strlen(kept[i])))
				length += snprintf(out + length, room - length,
						   "%s\r\n", line);
	}
	length += snprintf(out + length, room - length,
			   "Expires: 3600\r\nContent-Length: 0\r\n\r\n");
	return length;
}

static void strangers(const char *client, const char *server,
		      unsigned int registrations, unsigned int count)
{
	struct sockaddr_in registrar = address(host(SERVER_ADDRESS), 5060),
			   door;
	int phone =
		bound_socket(client, SOCK_DGRAM, host(CLIENT_ADDRESS), 5060);
	int in = bound_socket(server, SOCK_DGRAM, host(SERVER_ADDRESS), 5060);
	socklen_t length = sizeof(door);
	char data[2048], buffer[2048];
	unsigned int i, granted = 0;
	ssize_t size;

	for (i = 0; i < registrations; i++) {
		size = snprintf(
			data, sizeof(data),
			"REGISTER sip:%s SIP/2.0\r\n"
			"Via: SIP/2.0/UDP %s:5060;branch=z9hG4bK%u\r\n"
			"Max-Forwards: 70\r\n"
			"From: <sip:%u@%s>;tag=%u\r\nTo: <sip:%u@%s>\r\n"
			"Call-ID: %u@bench\r\nCSeq: 1 REGISTER\r\n"
			"Contact: <sip:%u@%s:5060>\r\nExpires: 3600\r\n"
			"Content-Length: 0\r\n\r\n",
			SERVER_ADDRESS, CLIENT_ADDRESS, i, i, SERVER_ADDRESS, i,
			i, SERVER_ADDRESS, i, i, CLIENT_ADDRESS);
		if (sendto(phone, data, size, 0, (struct sockaddr *)&registrar,
			   sizeof(registrar)) < 0)
			err(1, "send");
		size = recvfrom(in, buffer, sizeof(buffer) - 1, 0,
				(struct sockaddr *)&door, &length);
		if (size < 0)
			err(1, "no registration");
		buffer[size] = 0;
		size = grant(data, sizeof(data), buffer);
		if (sendto(in, data, size, 0, (struct sockaddr *)&door,
			   sizeof(door)) < 0)
			err(1, "grant");
		granted += arrives(phone, buffer, sizeof(buffer));
	}
	if (granted != registrations)
		errx(1, "%u of %u were granted", granted, registrations);
	close(phone);
	close(in);

	for (i = 0; i < count + WARM_UP; i++) {
		/* Not a port that a flow of before may have had */
		int out = bound_socket(server, SOCK_DGRAM,
				       host(STRANGER_ADDRESS), 10000 + i);

		if (!i)
			meter.start = now();
		/* What comes back is that nobody is there */
		if (sendto(out, "stranger", 8, 0, (struct sockaddr *)&door,
			   sizeof(door)) < 0 &&
		    errno != ECONNREFUSED)
			err(1, "send");
		meter_packet(1);
		close(out);
	}
	meter_say("", 0);
}

static void media(const char *client, const char *server, unsigned int count)
{
	struct sockaddr_in sip = address(host(SERVER_ADDRESS), 5060);
	struct sockaddr_in to = address(host(SERVER_ADDRESS), 30000), from;
	int phone =
		bound_socket(client, SOCK_DGRAM, host(CLIENT_ADDRESS), 5060);
	int out = bound_socket(client, SOCK_DGRAM, host(CLIENT_ADDRESS), 16384);
	int in = bound_socket(server, SOCK_DGRAM, host(SERVER_ADDRESS), 30000);
	socklen_t length = sizeof(from);
	unsigned int i;
	char data[2048], buffer[2048], rtp[172] = "\x80";
	size_t size = message(data, sizeof(data), "invite", "UDP");

	if (sendto(phone, data, size, 0, (struct sockaddr *)&sip, sizeof(sip)) <
	    0)
		err(1, "send");
	if (sendto(out, rtp, sizeof(rtp), 0, (struct sockaddr *)&to,
		   sizeof(to)) < 0)
		err(1, "send");
	if (recvfrom(in, buffer, sizeof(buffer), 0, (struct sockaddr *)&from,
		     &length) < 0)
		err(1, "no media");
	for (i = 0; i < count + WARM_UP; i++) {
		if (i & 1) {
			sendto(in, rtp, sizeof(rtp), 0,
			       (struct sockaddr *)&from, sizeof(from));
			meter_packet(arrives(out, buffer, sizeof(buffer)));
		} else {
			sendto(out, rtp, sizeof(rtp), 0, (struct sockaddr *)&to,
			       sizeof(to));
			meter_packet(arrives(in, buffer, sizeof(buffer)));
		}
	}
	meter_say(buffer, sizeof(buffer));
}

/* SPI and sequence number; the rest is nobody's business */
static size_t esp_packet(char *out, uint32_t spi, uint32_t sequence)
{
	uint32_t head[2] = { htonl(spi), htonl(sequence) };

	memset(out, 0, 128);
	memcpy(out, head, sizeof(head));
	return 128;
}

static int esp_socket(const char *ns, const char *own, const char *peer)
{
	struct sockaddr_in a = address(host(own), 0),
			   to = address(host(peer), 0);
	int fd;

	enter(ns);
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ESP);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)))
		err(1, "raw socket");
	return fd;
}

static void esp(const char *client, const char *server, unsigned int count)
{
	int out = esp_socket(client, CLIENT_ADDRESS, SERVER_ADDRESS);
	int in = esp_socket(server, SERVER_ADDRESS, ROUTER_ADDRESS);
	char data[128], buffer[2048];
	unsigned int i;

	for (i = 0; i < count + WARM_UP; i++) {
		int from = i & 1 ? in : out, to = i & 1 ? out : in;
		size_t size =
			esp_packet(data, i & 1 ? 0x1001 : 0x2002, i / 2 + 1);

		if (send(from, data, size, 0) < 0)
			err(1, "send");
		meter_packet(arrives(to, buffer, sizeof(buffer)));
	}
	meter_say("", 0);
}

static void stream(const char *client, const char *server, unsigned int count)
{
	struct sockaddr_in to = address(host(SERVER_INNER), 9001);
	int listener =
		bound_socket(server, SOCK_STREAM, host(SERVER_INNER), 9001);
	int out = bound_socket(client, SOCK_STREAM, host(CLIENT_INNER), 0);
	static char data[CHUNK], buffer[CHUNK];
	unsigned int i;
	int in;

	if (listen(listener, 1) ||
	    connect(out, (struct sockaddr *)&to, sizeof(to)))
		err(1, "connect");
	in = accept(listener, NULL, NULL);
	for (i = 0; i < count + WARM_UP; i++) {
		if (send(out, data, sizeof(data), 0) != sizeof(data))
			err(1, "send");
		read_all(in, buffer, sizeof(buffer));
		meter_packet(1);
	}
	meter_say("", 0);
}

int main(int argc, char **argv)
{
	if (argc == 7 && !strcmp(argv[1], "udp"))
		udp(argv[2], argv[3], atoi(argv[4]), argv[5], atoi(argv[6]));
	else if (argc == 7 && !strcmp(argv[1], "tcp"))
		tcp(argv[2], argv[3], atoi(argv[4]), argv[5], atoi(argv[6]));
	else if (argc == 5 && !strcmp(argv[1], "flows"))
		flows(argv[2], argv[3], atoi(argv[4]));
	else if (argc == 5 && !strcmp(argv[1], "media"))
		media(argv[2], argv[3], atoi(argv[4]));
	else if (argc == 5 && !strcmp(argv[1], "esp"))
		esp(argv[2], argv[3], atoi(argv[4]));
	else if (argc == 5 && !strcmp(argv[1], "stream"))
		stream(argv[2], argv[3], atoi(argv[4]));
	else if (argc == 5 && !strcmp(argv[1], "calls"))
		calls(argv[2], argv[3], atoi(argv[4]));
	else if (argc == 6 && !strcmp(argv[1], "strangers"))
		strangers(argv[2], argv[3], atoi(argv[4]), atoi(argv[5]));
	else
		errx(2,
		     "usage: generator udp|tcp|flows|esp|stream|calls|strangers CLIENT SERVER ...");
	return 0;
}

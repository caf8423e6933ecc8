// SPDX-License-Identifier: GPL-2.0
/* The vhost-user protocol: handshake, nonsense, masters that come and go. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frontend/log.h"
#include "frontend/util.h"
#include "tests/ktap.h"
#include "tests/master.h"

#define EP 0
#define GPIO 1
#define RC 2

static struct bench b;

static void handshake(void)
{
	struct master m;

	bench_open(&b, false);
	master_up(&m, &b, b.path[EP], false);
	CHECK_EQ(m.features, 1ULL << 30 | 1ULL << 32);
	CHECK_EQ(m.protocol, VU_PF_MQ | VU_PF_REPLY_ACK | VU_PF_SLAVE_REQ);
	CHECK(b.e.ep.vu.queue[0].ring.started);
	CHECK(b.e.ep.vu.queue[1].ring.started);
	CHECK(master_alive(&m));
	master_close(&m);
	CHECK(!vu_connected(&b.e.ep.vu));
	bench_close(&b);
}

static void inband_is_an_option(void)
{
	struct vu_vring_state kick = { 0, 0 };
	struct master m;

	bench_open(&b, false);
	master_up(&m, &b, b.path[EP], false);
	master_ack(&m, VU_VRING_KICK, &kick, 8, NULL, 0);
	CHECK(!master_alive(&m));
	CHECK(strstr(log_last(), "in-band"));
	master_close(&m);
	bench_close(&b);

	bench_open(&b, true);
	master_up(&m, &b, b.path[EP], true);
	CHECK(m.protocol & VU_PF_INBAND);
	CHECK_EQ(master_ack(&m, VU_VRING_KICK, &kick, 8, NULL, 0), 0);
	master_close(&m);
	bench_close(&b);
}

static void no_ack_unless_asked(void)
{
	struct master m;
	struct vu_msg r;
	uint64_t bits = VU_F_VERSION_1;

	bench_open(&b, false);
	master_open(&m, &b, b.path[EP]);
	/* REPLY_ACK is not negotiated yet */
	CHECK_EQ(master_ack(&m, VU_SET_FEATURES, &bits, 8, NULL, 0), -1);
	master_features(&m);
	master_send(&m, VU_SET_OWNER, VU_VERSION, NULL, 0, NULL, 0);
	CHECK(!master_recv(&m, &r));
	CHECK_EQ(master_ack(&m, VU_SET_OWNER, NULL, 0, NULL, 0), 0);
	CHECK_EQ(master_ask(&m, VU_GET_QUEUE_NUM), 2);
	master_close(&m);
	bench_close(&b);
}

static void vring_base(void)
{
	struct vu_vring_state s = { 0, 0 };
	struct vu_msg r;
	struct master m;

	bench_open(&b, false);
	master_up(&m, &b, b.path[EP], false);
	pcidev_r32(&m, VIRTIO_PCIDEV_OP_MMIO_READ, 0, DWC_OFF_APP + 0x10);
	master_send(&m, VU_GET_VRING_BASE, VU_VERSION, &s, 8, NULL, 0);
	CHECK(master_recv(&m, &r));
	CHECK_EQ(r.state.num, 1);
	CHECK(!b.e.ep.vu.queue[0].ring.started);
	master_close(&m);
	bench_close(&b);
}

/* Each is sent to a master's own connection after the features were negotiated. */
static const struct {
	const char *what;
	uint32_t request, flags, size;
	uint64_t payload[6];
} bad[] = {
	{ "unknown request", 77, 1, 0, { 0 } },
	{ "request 0", 0, 1, 0, { 0 } },
	{ "log base", 6, 1, 8, { 0 } },
	{ "version 2", VU_SET_OWNER, 2, 0, { 0 } },
	{ "a reply", VU_SET_OWNER, 5, 0, { 0 } },
	{ "payload without need", VU_GET_FEATURES, 1, 8, { 0 } },
	{ "no payload", VU_SET_FEATURES, 1, 0, { 0 } },
	{ "features not offered", VU_SET_FEATURES, 1, 8, { 1ULL << 28 } },
	{ "protocol not offered", VU_SET_PROTOCOL_FEATURES, 1, 8, { 1ULL << 63 } },
	{ "queue number", VU_SET_VRING_NUM, 1, 8, { 2 | 16ULL << 32 } },
	{ "size 0", VU_SET_VRING_NUM, 1, 8, { 0 } },
	{ "size 3", VU_SET_VRING_NUM, 1, 8, { 3ULL << 32 } },
	{ "size 65536", VU_SET_VRING_NUM, 1, 8, { 65536ULL << 32 } },
	{ "base 65536", VU_SET_VRING_BASE, 1, 8, { 65536ULL << 32 } },
	{ "address of queue 9", VU_SET_VRING_ADDR, 1, 40, { 9 } },
	{ "enable queue 4G", VU_SET_VRING_ENABLE, 1, 8, { UINT64_MAX } },
	{ "kick without descriptor", VU_SET_VRING_KICK, 1, 8, { 0 } },
	{ "kick of queue 200", VU_SET_VRING_KICK, 1, 8, { 200 | 1 << 8 } },
	{ "call, odd bits", VU_SET_VRING_CALL, 1, 8, { 1ULL << 40 | 1 << 8 } },
	{ "slave channel without descriptor", VU_SET_SLAVE_REQ_FD, 1, 0, { 0 } },
	{ "memory without regions", VU_SET_MEM_TABLE, 1, 8, { 0 } },
	{ "memory, no payload", VU_SET_MEM_TABLE, 1, 0, { 0 } },
	{ "memory without descriptors", VU_SET_MEM_TABLE, 1, 40, { 1, 0, 4096, 0, 0 } },
	{ "memory of 2^32-1 regions", VU_SET_MEM_TABLE, 1, 8, { UINT32_MAX } },
	{ "config beyond the end", VU_GET_CONFIG, 1, 20, { 0 | 8ULL << 32, 0 } },
	{ "config, short", VU_GET_CONFIG, 1, 4, { 0 } },
	{ "config, wrapping", VU_GET_CONFIG, 1, 20, { 0xffffffffULL | 8ULL << 32, 0 } },
};

static void nonsense_ends_the_connection(void)
{
	struct master m;
	unsigned int i;

	bench_open(&b, false);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		master_open(&m, &b, b.path[EP]);
		master_features(&m);
		CHECK(master_alive(&m));
		master_send(&m, bad[i].request, bad[i].flags, bad[i].size ? bad[i].payload : NULL,
			    bad[i].size, NULL, 0);
		if (master_alive(&m) || !strstr(log_last(), "(allowed: ")) {
			printf("# %s: '%s'\n", bad[i].what, log_last());
			ktap_failed = 1;
		}
		master_close(&m);
	}
	CHECK_EQ(b.e.ep.vu.thrown_out, ARRAY_SIZE(bad));
	master_up(&m, &b, b.path[EP], false);
	CHECK(master_alive(&m));
	master_close(&m);
	bench_close(&b);
}

static void huge_payload(void)
{
	struct vu_hdr h = { VU_GET_CONFIG, VU_VERSION, UINT32_MAX };
	struct master m;

	bench_open(&b, false);
	master_open(&m, &b, b.path[EP]);
	CHECK_EQ(send(m.sock, &h, sizeof(h), 0), sizeof(h));
	CHECK(!master_alive(&m));
	CHECK(strstr(log_last(), "(allowed: 512)"));
	master_close(&m);
	bench_close(&b);
}

static void too_many_descriptors(void)
{
	int fds[VU_MAX_FDS + 1];
	struct master m;
	unsigned int i;

	bench_open(&b, false);
	master_open(&m, &b, b.path[EP]);
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = 1;
	master_send(&m, VU_SET_OWNER, VU_VERSION, NULL, 0, fds, ARRAY_SIZE(fds));
	CHECK(!master_alive(&m));
	master_close(&m);

	/* a descriptor that nobody wants is closed, no more */
	master_open(&m, &b, b.path[EP]);
	master_send(&m, VU_SET_OWNER, VU_VERSION, NULL, 0, fds, 1);
	CHECK(master_alive(&m));
	master_close(&m);
	bench_close(&b);
}

static void byte_by_byte(void)
{
	struct { struct vu_hdr h; uint64_t v; } __attribute__((packed)) msg = {
		.h = { VU_SET_FEATURES, VU_VERSION, 8 }, .v = VU_F_VERSION_1 };
	struct master m;
	unsigned int i;

	bench_open(&b, false);
	master_open(&m, &b, b.path[EP]);
	for (i = 0; i < sizeof(msg); i++) {
		CHECK_EQ(b.e.ep.vu.features, 0);
		CHECK_EQ(send(m.sock, (char *)&msg + i, 1, 0), 1);
		bench_run(&b);
	}
	CHECK_EQ(b.e.ep.vu.features, VU_F_VERSION_1);
	/* death in the middle of a message */
	CHECK_EQ(send(m.sock, &msg, 15, 0), 15);
	bench_run(&b);
	master_close(&m);
	CHECK(!vu_connected(&b.e.ep.vu));
	master_up(&m, &b, b.path[EP], false);
	CHECK(master_alive(&m));
	master_close(&m);
	bench_close(&b);
}

static void one_master_at_a_time(void)
{
	struct master first, second;
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	bench_open(&b, false);
	master_up(&first, &b, b.path[RC], false);
	master_open(&second, &b, b.path[RC]);
	CHECK(!master_alive(&second));
	CHECK(strstr(log_last(), "second connection refused"));
	CHECK(master_alive(&first));
	CHECK_EQ(b.e.rc.vu.refused, 1);
	master_close(&second);

	/* a reboot: the old one is dead, the new one is there before anybody noticed */
	getsockname(b.e.rc.vu.listen.fd, (struct sockaddr *)&ss, &len);
	second.sock = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK_EQ(connect(second.sock, (struct sockaddr *)&ss, len), 0);
	close(first.sock); /* after the connect: the loop hears of it second */
	bench_run(&b);
	CHECK(master_alive(&second));
	CHECK_EQ(b.e.rc.vu.refused, 1);
	master_close(&second);
	first.sock = -1;
	master_close(&first);
	bench_close(&b);
}

static void gpio_config_space(void)
{
	struct vu_config c = { .offset = 0, .size = 8 };
	struct master m;
	struct vu_msg r;

	bench_open(&b, false);
	master_open(&m, &b, b.path[GPIO]);
	master_features(&m);
	CHECK(m.features & 1);
	CHECK(m.protocol & VU_PF_CONFIG);
	master_send(&m, VU_GET_CONFIG, VU_VERSION, &c, VU_CONFIG_HDR + 8, NULL, 0);
	CHECK(master_recv(&m, &r));
	CHECK_EQ(r.hdr.size, VU_CONFIG_HDR + 8);
	CHECK_EQ(r.config.size, 8);
	CHECK_EQ(r.config.data[0], GPIO_LINES);
	CHECK(r.config.data[4] > 0);
	/* read-only */
	CHECK_EQ(master_ack(&m, VU_SET_CONFIG, &c, VU_CONFIG_HDR + 8, NULL, 0), 1);
	CHECK(master_alive(&m));
	master_close(&m);
	bench_close(&b);
}

static const struct ktap_case cases[] = {
	CASE(handshake),
	CASE(inband_is_an_option),
	CASE(no_ack_unless_asked),
	CASE(vring_base),
	CASE(nonsense_ends_the_connection),
	CASE(huge_payload),
	CASE(too_many_descriptors),
	CASE(byte_by_byte),
	CASE(one_master_at_a_time),
	CASE(gpio_config_space),
};

KTAP_MAIN(cases)

// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of everything that a guest can reach: vhost-user messages with any bytes, rings and
 * buffers with any contents, on all three devices of one emulator, in any order.
 *
 * An input is a sequence of steps: a byte that says what, a byte that says on which device, and
 * what the step needs. Each input starts with guests whose queues are set up, so that mutations
 * reach the code behind the handshake; it can tear that down.
 */
#include <linux/virtio_pcidev.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frontend/commands.h"
#include "frontend/emulator.h"
#include "frontend/log.h"
#include "frontend/util.h"

#define GUEST 0x900000ULL
#define SIZE 0x10000ULL
#define NUM 16

struct input {
	const uint8_t *p;
	size_t left;
};

static struct emulator e;
static struct vu_dev *const dev[] = { &e.ep.vu, &e.gpio.vu, &e.rc.vu };
static int memfd[3] = { -1, -1, -1 };
static uint8_t *mem[3];
static uint64_t now;

static uint64_t fuzz_now(struct fe_clock *c)
{
	(void)c;
	return now;
}

static bool fuzz_arm(struct fe_clock *c, uint64_t deadline)
{
	(void)c;
	return now >= deadline;
}

static struct fe_clock fuzz_clock = { .fd = -1, .now = fuzz_now, .arm = fuzz_arm };

static size_t take(struct input *in, void *buf, size_t len)
{
	if (len > in->left)
		len = in->left;
	memcpy(buf, in->p, len);
	in->p += len;
	in->left -= len;
	return len;
}

static uint8_t byte(struct input *in)
{
	uint8_t v = 0;

	take(in, &v, 1);
	return v;
}

/* As it arrives from the socket, with descriptors that the message may or may not want. */
static void message(struct vu_dev *d, struct vu_msg *m, int fd)
{
	int copy = fd >= 0 ? dup(fd) : -1;

	if (!vu_connected(d)) {
		close(copy);
		return;
	}
	d->rx_nfds = copy >= 0;
	d->rx_fds[0] = copy;
	vu_handle(d, m);
	vu_close_fds(d);
}

static void state(struct vu_dev *d, uint32_t request, uint32_t index, uint32_t num)
{
	struct vu_msg m = { .hdr = { request, VU_VERSION, 8 }, .state = { index, num } };

	message(d, &m, -1);
}

static void setup(unsigned int i)
{
	struct vu_msg m = { .hdr = { VU_SET_FEATURES, VU_VERSION, 8 },
			    .u64 = VU_F_PROTOCOL_FEATURES };
	unsigned int q;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair))
		abort();
	vu_attach(dev[i], pair[0]);
	/* Replies go nowhere, and a full socket is one of the cases. */
	shutdown(pair[0], SHUT_RD);
	signal(SIGPIPE, SIG_IGN);
	memset(mem[i], 0, SIZE);
	message(dev[i], &m, -1);
	m = (struct vu_msg){ .hdr = { VU_SET_PROTOCOL_FEATURES, VU_VERSION, 8 },
			     .u64 = VU_PF_INBAND | VU_PF_SLAVE_REQ | VU_PF_REPLY_ACK };
	message(dev[i], &m, -1);
	m = (struct vu_msg){ .hdr = { VU_SET_MEM_TABLE, VU_VERSION, 40 },
			     .mem = { .num = 1, .region = { { GUEST, SIZE, GUEST, 0 } } } };
	message(dev[i], &m, memfd[i]);
	m = (struct vu_msg){ .hdr = { VU_SET_SLAVE_REQ_FD, VU_VERSION, 0 } };
	message(dev[i], &m, pair[1]);
	for (q = 0; q < VU_QUEUES; q++) {
		uint64_t ring = GUEST + q * 0x1000;

		state(dev[i], VU_SET_VRING_NUM, q, NUM);
		m = (struct vu_msg){ .hdr = { VU_SET_VRING_ADDR, VU_VERSION, 40 },
				     .addr = { .index = q, .desc = ring, .avail = ring + 0x400,
					       .used = ring + 0x800 } };
		message(dev[i], &m, -1);
		state(dev[i], VU_SET_VRING_ENABLE, q, 1);
	}
	close(pair[1]);
	if (!dev[i]->queue[0].ring.started || !dev[i]->queue[1].ring.started)
		abort();
}

/* A chain of descriptors that mostly makes sense, with fuzzed contents; @q gets it offered. */
static void request(unsigned int i, unsigned int q, struct input *in)
{
	struct vring_desc *d = (void *)(mem[i] + q * 0x1000);
	struct vring_avail *a = (void *)(mem[i] + q * 0x1000 + 0x400);
	uint8_t shape = byte(in), head = byte(in) % NUM;
	uint8_t out_len = byte(in) % 64, in_len = byte(in) % 64;
	uint64_t data = 0x4000 + head * 0x200;

	d[head] = (struct vring_desc){ GUEST + data, out_len, shape & 1 ? VRING_DESC_F_NEXT : 0,
				       (head + 1) % NUM };
	if (shape & 1)
		d[(head + 1) % NUM] = (struct vring_desc){ GUEST + data + 0x100, in_len,
							   VRING_DESC_F_WRITE, 0 };
	if (shape & 2)
		take(in, &d[(head + (shape >> 2 & 1)) % NUM], sizeof(*d));
	take(in, mem[i] + data, out_len);
	a->ring[a->idx++ % NUM] = shape & 8 ? byte(in) : head;
}

/* A register access that is well-formed; the interesting offsets are few bytes away from 0. */
static void access_regs(unsigned int i, struct input *in)
{
	static const uint64_t base[] = { DWC_OFF_DBI, DWC_OFF_DBI2, DWC_OFF_ATU, DWC_OFF_DMA,
					 DWC_OFF_APP, DWC_OFF_ADDR_SPACE, 0x700, 0 };
	struct vring_desc *d = (void *)mem[i];
	struct vring_avail *a = (void *)(mem[i] + 0x400);
	struct virtio_pcidev_msg *m = (void *)(mem[i] + 0x3000);
	uint8_t what = byte(in), where = byte(in);
	uint16_t off = 0;

	take(in, &off, sizeof(off));
	*m = (struct virtio_pcidev_msg){
		.op = 1 + what % 5,
		.bar = i == 2 ? where >> 5 : 0,
		.size = what & 0x80 ? off : 1 << (what >> 5 & 3),
		.addr = (i == 2 ? 0 : base[where % 8]) + (off & 0x1fff),
	};
	take(in, m->data, 8);
	d[14] = (struct vring_desc){ GUEST + 0x3000, 0x800, VRING_DESC_F_NEXT, 15 };
	d[15] = (struct vring_desc){ GUEST + 0x3800, 0x800, VRING_DESC_F_WRITE, 0 };
	a->ring[a->idx++ % NUM] = 14;
}

/* A line of the control socket. */
static void command(struct input *in)
{
	char line[64] = "", *word[8], *w, *save, *text = NULL;
	size_t len;
	FILE *f;
	int n = 0;

	take(in, line, byte(in) % (sizeof(line) - 1));
	for (w = strtok_r(line, " ", &save); w && n < 7; w = strtok_r(NULL, " ", &save))
		word[n++] = w;
	word[n] = NULL;
	if (!n)
		return;
	f = open_memstream(&text, &len);
	command_run(&e, n, word, f);
	fclose(f);
	free(text);
}

static void step(struct input *in)
{
	uint8_t what = byte(in);
	unsigned int i = byte(in) % 3;
	struct vu_msg m = { 0 };
	uint16_t off = 0;

	switch (what % 11) {
	case 0: /* any message */
		take(in, &m.hdr, sizeof(m.hdr));
		m.hdr.size %= VU_MAX_PAYLOAD + 1;
		take(in, m.raw, m.hdr.size);
		message(dev[i], &m, what & 0x80 ? memfd[i] : -1);
		break;
	case 1: /* a known message with any payload */
		m.hdr = (struct vu_hdr){ byte(in) % 40, VU_VERSION, byte(in) };
		take(in, m.raw, m.hdr.size);
		message(dev[i], &m, what & 0x80 ? memfd[i] : -1);
		break;
	case 2: /* any bytes anywhere in guest memory */
		take(in, &off, sizeof(off));
		take(in, mem[i] + off, byte(in) < SIZE - off ? byte(in) % (SIZE - off) : 0);
		break;
	case 3:
	case 4:
		access_regs(i & 2, in);
		break;
	case 5:
	case 6: /* any request */
		request(i, what & 0x80 ? 1 : 0, in);
		break;
	case 7:
		now += byte(in) * 1000ULL;
		dwc_timer(e.model);
		break;
	case 8:
		vu_disconnect(dev[i], "fuzz");
		setup(i);
		break;
	case 9:
		gpio_set(&e.gpio, byte(in) % GPIO_LINES, what >> 7);
		break;
	case 10:
		command(in);
		break;
	}
	while (emulator_sync(&e))
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options o = { .profile = dwc_profile_get(dwc_profile_name(size % 3)),
			     .inband = true };
	struct input in = { data, size };
	const uint32_t one = 1;
	unsigned int i;

	log_quiet(true);
	for (i = 0; i < ARRAY_SIZE(dev); i++) {
		if (memfd[i] >= 0)
			continue;
		memfd[i] = memfd_create("guest", MFD_CLOEXEC);
		if (ftruncate(memfd[i], SIZE))
			abort();
		mem[i] = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memfd[i], 0);
	}
	now = 0;
	if (emulator_init(&e, &o, &fuzz_clock))
		abort();
	for (i = 0; i < ARRAY_SIZE(dev); i++)
		setup(i);
	/* Link up, bus mastering on: most of the model is behind that. */
	dwc_ep_write(e.model, DWC_OFF_APP, &one, sizeof(one));
	dwc_rc_cfg_write(e.model, 4, 2, 6);
	while (in.left)
		step(&in);
	emulator_exit(&e);
	return 0;
}

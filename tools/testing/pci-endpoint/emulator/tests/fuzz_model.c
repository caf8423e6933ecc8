// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer harness: a sequence of operations of both guests, of the clock and of the tester. The
 * addresses that matter are reached often (registers, BARs, list memory), the rest sometimes. A
 * crash, a sanitizer report, or an operation that takes seconds is a bug.
 */
#include <stdlib.h>
#include <string.h>

#include "model/dwc.h"

#define RAM 0x40000u

struct world {
	struct dwc *d;
	const uint8_t *in;
	size_t left;
	uint64_t now, deadline;
	bool text; /* render the trace: slow, so only sometimes */
	uint8_t ep[RAM], rc[RAM];
	uint8_t buf[0x20000];
};

static uint32_t take(struct world *w, unsigned int n)
{
	uint32_t val = 0;

	while (n-- && w->left) {
		val = val << 8 | *w->in++;
		w->left--;
	}
	return val;
}

static uint64_t w_now(void *ctx)
{
	return ((struct world *)ctx)->now;
}

static void w_timer(void *ctx, uint64_t deadline)
{
	((struct world *)ctx)->deadline = deadline;
}

static int ram(uint64_t addr, size_t len)
{
	return addr <= RAM && len <= RAM - addr;
}

static int ep_rd(void *ctx, uint64_t addr, void *buf, size_t len)
{
	return ram(addr, len) ? memcpy(buf, ((struct world *)ctx)->ep + addr, len), 0 : -1;
}

static int ep_wr(void *ctx, uint64_t addr, const void *buf, size_t len)
{
	return ram(addr, len) ? memcpy(((struct world *)ctx)->ep + addr, buf, len), 0 : -1;
}

static int rc_rd(void *ctx, uint64_t addr, void *buf, size_t len)
{
	return ram(addr, len) ? memcpy(buf, ((struct world *)ctx)->rc + addr, len), 0 : -1;
}

static int rc_wr(void *ctx, uint64_t addr, const void *buf, size_t len)
{
	return ram(addr, len) ? memcpy(((struct world *)ctx)->rc + addr, buf, len), 0 : -1;
}

static void msi(void *ctx, uint64_t addr, uint32_t data)
{
	(void)ctx;
	(void)data;
	if (addr < 0xa0000 || addr > 0xa0fff)
		abort();
}

static void irq(void *ctx, enum dwc_irq_line line, int level)
{
	(void)ctx;
	if (line >= DWC_NUM_IRQ || level < 0 || level > 1)
		abort();
}

static FILE *null;

static void trace(void *ctx, const struct dwc_event *ev)
{
	if (!((struct world *)ctx)->text)
		return;
	dwc_trace_line(null, ev);
	dwc_trace_json(null, ev);
}

static size_t length(struct world *w)
{
	static const uint32_t lens[] = { 4, 4, 8, 1, 2, 3, 16, 24, 64, 4096, 0x10001, 0 };
	uint32_t sel = take(w, 1);

	return sel & 0x80 ? take(w, 2) : lens[sel % 12];
}

static uint64_t window_offset(struct world *w)
{
	static const uint32_t bases[] = { DWC_OFF_DBI, DWC_OFF_DBI2, DWC_OFF_ATU, DWC_OFF_DMA,
					  DWC_OFF_DMA + 0x200, DWC_OFF_APP, DWC_OFF_ADDR_SPACE,
					  0xfff000 };
	uint32_t sel = take(w, 1);
	uint32_t off = take(w, 2);

	if (sel & 0x80)
		return (uint64_t)off << (sel & 0x3f);
	return bases[sel & 7] + (sel & 0x40 ? off : off & 0xffc);
}

static void data(struct world *w, size_t len)
{
	static const uint64_t words[] = { 0x40000000, 0x50020000, 0x50010000, 0x80000000, 0xa0000,
					  0x10800000, 0x3fff0, 0x30f };
	uint32_t sel = take(w, 1);
	uint32_t val = sel & 0x80 ? take(w, 4) : words[sel & 7] + take(w, 2);

	for (size_t i = 0; i < len; i++)
		w->buf[i] = val >> (i & 3) * 8;
}

/* List elements and what they point to, as a guest would build them in its own memory. */
static void build_list(struct world *w)
{
	uint32_t at = take(w, 2) & 0xfff8, e[6] = { take(w, 2), take(w, 2) };

	e[2] = take(w, 1) & 1 ? 0x40000000 + take(w, 2) : 0x50020000 + take(w, 1) * 4;
	e[4] = take(w, 1) & 1 ? 0x40000000 + take(w, 3) : take(w, 3);
	memcpy(w->ep + at, e, sizeof(e));
}

static void command(struct world *w)
{
	static const char *const lines[] = {
		"link down", "link up", "link allones on", "link allones off", "hotreset",
		"posted delay on 3", "posted delay off", "msi drop 2", "msi dup 3", "msi delay 2 5",
		"dma stall read 1", "dma resume read 1", "dma abort write 0 1", "dma latency 0",
		"dma bandwidth 1", "bar short 0 16", "bar short 0 off", "corrupt 0 4 7", "state",
		"counters", "counters reset", "atu miss ur", "atu miss pass", "x", "",
	};
	char line[32], *argv[8], *save, *word;
	int argc = 0;

	snprintf(line, sizeof(line), "%s", lines[take(w, 1) % (sizeof(lines) / sizeof(lines[0]))]);
	for (word = strtok_r(line, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	dwc_command(w->d, argc, argv, null);
}

static void timer(struct world *w)
{
	uint32_t sel = take(w, 1);

	w->now += sel & 1 ? sel * 50 : (uint64_t)sel << 20;
	if (sel & 2 && w->deadline != DWC_NEVER && w->deadline > w->now)
		w->now = w->deadline;
	dwc_timer(w->d);
}

static void step(struct world *w)
{
	uint32_t op = take(w, 1);
	uint64_t off;
	size_t len;

	switch (op % 14) {
	case 0:
	case 1:
	case 2:
		off = window_offset(w);
		len = length(w);
		data(w, len);
		dwc_ep_write(w->d, off, w->buf, len);
		break;
	case 3:
		off = window_offset(w);
		dwc_ep_read(w->d, off, w->buf, length(w));
		break;
	case 4:
		off = window_offset(w);
		dwc_ep_memset(w->d, off, op, length(w));
		break;
	case 5:
		dwc_rc_cfg_read(w->d, take(w, 2) & 0x1fff, take(w, 1) & 15);
		break;
	case 6:
		off = take(w, 1) * 4;
		data(w, 8);
		dwc_rc_cfg_write(w->d, off, op & 16 ? 4 : take(w, 1) & 15, *(uint64_t *)w->buf);
		break;
	case 7:
		off = take(w, 2);
		dwc_rc_bar_read(w->d, op / 14 % 7, off, w->buf, length(w));
		break;
	case 8:
	case 9:
		off = op & 64 ? take(w, 3) : take(w, 2) & 0xffc;
		len = length(w);
		data(w, len);
		dwc_rc_bar_write(w->d, op / 14 % 7, off, w->buf, len);
		break;
	case 10:
		off = take(w, 2);
		dwc_rc_bar_memset(w->d, op / 14 % 7, off, op, length(w));
		break;
	case 11:
		timer(w);
		break;
	case 12:
		build_list(w);
		break;
	case 13:
		switch (take(w, 1) & 7) {
		case 0:
			dwc_rc_attach(w->d);
			break;
		case 1:
			dwc_rc_detach(w->d);
			break;
		case 2:
			dwc_ep_detach(w->d);
			break;
		case 3:
			dwc_hot_reset(w->d);
			break;
		default:
			command(w);
		}
	}
}

static void w32(struct world *w, uint64_t off, uint32_t val)
{
	dwc_ep_write(w->d, off, &val, 4);
}

/* Half of the inputs start from a link that is up, with BARs, windows and channels in use. */
static void set_up(struct world *w)
{
	w32(w, 0x8bc, 1);
	w32(w, DWC_OFF_DBI2 + 0x10, 0x1fff);
	w32(w, DWC_OFF_DBI2 + 0x14, 0x1fff);
	dwc_rc_attach(w->d);
	w32(w, DWC_OFF_APP, 1);
	dwc_rc_cfg_write(w->d, 4, 2, 6);
	dwc_rc_cfg_write(w->d, 0x10, 4, 0x80000000);
	w32(w, DWC_OFF_ATU + 0x114, 0x40000000);
	w32(w, DWC_OFF_ATU + 0x104, 0xc0000000);
	w32(w, DWC_OFF_ATU + 0x314, 0x50020000);
	w32(w, DWC_OFF_ATU + 0x304, 0xc0000100);
	w32(w, DWC_OFF_ATU + 0x08, 0x10800000);
	w32(w, DWC_OFF_ATU + 0x10, 0x1080ffff);
	w32(w, DWC_OFF_ATU + 0x04, 0x80000000);
	for (int dir = 0; dir < 2; dir++) {
		w32(w, DWC_OFF_DMA + (dir ? 0x2c : 0x0c), 1);
		for (int ch = 0; ch < 2; ch++) {
			uint32_t reg = DWC_OFF_DMA + 0x200 + 0x200 * ch + 0x100 * dir;

			w32(w, reg, 0x300);
			w32(w, reg + 0x1c, 0x40000000 + 0x1000 * (2 * dir + ch));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	static struct world world;
	struct world *w = &world;
	struct dwc_env env = {
		.now = w_now, .set_timer = w_timer, .ep_read = ep_rd, .ep_write = ep_wr,
		.rc_read = rc_rd, .rc_write = rc_wr, .rc_msi = msi, .ep_irq = irq, .trace = trace,
	};
	struct dwc_config cfg = DWC_CONFIG_DEFAULT(NULL);
	uint32_t sel;

	if (!null)
		null = fopen("/dev/null", "w");
	if (!null)
		abort();
	memset(w, 0, offsetof(struct world, buf));
	w->in = in;
	w->left = size;
	w->now = 1;
	w->deadline = DWC_NEVER;
	sel = take(w, 1);
	cfg.profile = dwc_profile_get(dwc_profile_name(sel % 3));
	w->text = !(sel & 0x70);
	env.ctx = w;
	w->d = dwc_create(&env, &cfg);
	if (!w->d)
		abort();
	if (sel & 0x80)
		set_up(w);
	while (w->left)
		step(w);
	dwc_destroy(w->d);
	return 0;
}

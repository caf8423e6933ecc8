// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "tests/rig.h"

static uint64_t rig_now(void *ctx)
{
	return ((struct rig *)ctx)->now;
}

static void rig_set_timer(void *ctx, uint64_t deadline)
{
	((struct rig *)ctx)->deadline = deadline;
}

static bool in_ram(uint64_t addr, size_t len)
{
	return addr <= RAM_SIZE && len <= RAM_SIZE - addr;
}

static int rig_ep_read(void *ctx, uint64_t addr, void *buf, size_t len)
{
	if (!in_ram(addr, len))
		return -1;
	memcpy(buf, ((struct rig *)ctx)->ep + addr, len);
	return 0;
}

static int rig_ep_write(void *ctx, uint64_t addr, const void *buf, size_t len)
{
	if (!in_ram(addr, len))
		return -1;
	memcpy(((struct rig *)ctx)->ep + addr, buf, len);
	return 0;
}

static int rig_rc_read(void *ctx, uint64_t addr, void *buf, size_t len)
{
	if (!in_ram(addr, len))
		return -1;
	memcpy(buf, ((struct rig *)ctx)->rc + addr, len);
	return 0;
}

static int rig_rc_write(void *ctx, uint64_t addr, const void *buf, size_t len)
{
	if (!in_ram(addr, len))
		return -1;
	memcpy(((struct rig *)ctx)->rc + addr, buf, len);
	return 0;
}

static void rig_msi(void *ctx, uint64_t addr, uint32_t data)
{
	struct rig *r = ctx;

	if (r->nmsi == MAX_LOG)
		return;
	r->msi[r->nmsi].addr = addr;
	r->msi[r->nmsi].data = data;
	memcpy(&r->msi[r->nmsi].rc_word, r->rc + r->watch, 4);
	r->nmsi++;
}

static void rig_irq(void *ctx, enum dwc_irq_line line, int level)
{
	struct rig *r = ctx;

	r->irq[line] = level;
	r->irq_edges++;
}

static void rig_trace(void *ctx, const struct dwc_event *ev)
{
	struct rig *r = ctx;

	if (r->nev < MAX_LOG)
		r->ev[r->nev++] = *ev;
}

void rig_open(struct rig *r, const char *profile)
{
	struct dwc_env env = {
		.ctx = r, .now = rig_now, .set_timer = rig_set_timer, .ep_read = rig_ep_read,
		.ep_write = rig_ep_write, .rc_read = rig_rc_read, .rc_write = rig_rc_write,
		.rc_msi = rig_msi, .ep_irq = rig_irq, .trace = rig_trace,
	};
	struct dwc_config cfg = DWC_CONFIG_DEFAULT(dwc_profile_get(profile));

	memset(r, 0, sizeof(*r));
	r->deadline = DWC_NEVER;
	r->now = 1000;
	r->ep = calloc(1, RAM_SIZE);
	r->rc = calloc(1, RAM_SIZE);
	r->d = dwc_create(&env, &cfg);
	if (!r->ep || !r->rc || !r->d)
		abort();
}

void rig_close(struct rig *r)
{
	dwc_destroy(r->d);
	free(r->ep);
	free(r->rc);
}

void rig_link(struct rig *r)
{
	dwc_rc_attach(r->d);
	ep_w32(r, APP(0), 1);
	dwc_rc_cfg_write(r->d, 0x04, 2, 0x6);
}

void rig_start(struct rig *r)
{
	rig_open(r, "generic");
	rig_link(r);
}

void rig_run(struct rig *r, uint64_t ns)
{
	uint64_t end = r->now + ns;

	for (int i = 0; i < 100000 && r->deadline <= end; i++) {
		if (r->deadline > r->now)
			r->now = r->deadline;
		dwc_timer(r->d);
	}
	r->now = end;
}

bool rig_settle(struct rig *r)
{
	for (int i = 0; i < 100000; i++) {
		if (r->deadline == DWC_NEVER)
			return true;
		if (r->deadline > r->now)
			r->now = r->deadline;
		dwc_timer(r->d);
	}
	return false;
}

uint32_t ep_r32(struct rig *r, uint64_t off)
{
	uint32_t val = 0x5a5a5a5a;

	dwc_ep_read(r->d, off, &val, 4);
	return val;
}

void ep_w32(struct rig *r, uint64_t off, uint32_t val)
{
	dwc_ep_write(r->d, off, &val, 4);
}

void ep_w16(struct rig *r, uint64_t off, uint16_t val)
{
	dwc_ep_write(r->d, off, &val, 2);
}

void ro_enable(struct rig *r, bool on)
{
	ep_w32(r, MISC_CONTROL_1, on);
}

void set_bar(struct rig *r, int bar, uint64_t size, uint32_t flags)
{
	uint32_t reg = 0x10 + 4 * bar;

	ro_enable(r, true);
	ep_w32(r, DWC_OFF_DBI2 + reg, size - 1);
	ep_w32(r, reg, flags);
	if (flags & 4) {
		ep_w32(r, DWC_OFF_DBI2 + reg + 4, (size - 1) >> 32);
		ep_w32(r, reg + 4, 0);
	}
	ro_enable(r, false);
}

void assign_bar(struct rig *r, int bar, uint64_t addr)
{
	dwc_rc_cfg_write(r->d, 0x10 + 4 * bar, 4, (uint32_t)addr);
	if (addr >> 32)
		dwc_rc_cfg_write(r->d, 0x14 + 4 * bar, 4, addr >> 32);
}

static void window(struct rig *r, uint32_t w, uint64_t base, uint64_t limit, uint64_t target,
		   uint32_t ctrl1, uint32_t ctrl2)
{
	ep_w32(r, w + 0x08, base);
	ep_w32(r, w + 0x0c, base >> 32);
	ep_w32(r, w + 0x10, limit);
	ep_w32(r, w + 0x20, limit >> 32);
	ep_w32(r, w + 0x14, target);
	ep_w32(r, w + 0x18, target >> 32);
	ep_w32(r, w + 0x00, ctrl1);
	ep_w32(r, w + 0x04, ctrl2);
}

void ib_bar(struct rig *r, int win, int bar, uint64_t bus)
{
	window(r, DWC_OFF_ATU + (win << 9 | 0x100), 0, 0, bus, 0,
	       0x80000000 | 0x40000000 | 0x80000 | bar << 8);
}

void ib_refuse(struct rig *r, int win, int bar, uint32_t code)
{
	window(r, DWC_OFF_ATU + (win << 9 | 0x100), 0, 0, 0, 0,
	       0x80000000 | 0x40000000 | 0x80000 | bar << 8 | code << 24);
}

void ib_addr(struct rig *r, int win, uint64_t pci, uint64_t size, uint64_t bus)
{
	uint64_t limit = pci + size - 1;

	window(r, DWC_OFF_ATU + (win << 9 | 0x100), pci, limit, bus,
	       limit >> 32 > pci >> 32 ? 0x2000 : 0, 0x80000000);
}

void ob(struct rig *r, int win, uint64_t off, uint64_t pci, uint64_t size)
{
	uint64_t base = DWC_WINDOW_BASE + DWC_OFF_ADDR_SPACE + off;

	window(r, DWC_OFF_ATU + (win << 9), base, base + size - 1, pci, 0, 0x80000000);
}

void simple_bar0(struct rig *r)
{
	set_bar(r, 0, 0x10000, 0);
	ib_bar(r, 0, 0, BUS(0x100000));
	assign_bar(r, 0, 0x80000000);
}

uint32_t rc_r32(struct rig *r, int bar, uint64_t off)
{
	uint32_t val = 0x5a5a5a5a;

	dwc_rc_bar_read(r->d, bar, off, &val, 4);
	return val;
}

void rc_w32(struct rig *r, int bar, uint64_t off, uint32_t val)
{
	dwc_rc_bar_write(r->d, bar, off, &val, 4);
}

void elem(struct rig *r, uint32_t at, uint32_t ctl, uint32_t size, uint64_t sar, uint64_t dar)
{
	uint32_t e[] = { ctl, size, sar, sar >> 32, dar, dar >> 32 };

	memcpy(r->ep + at, e, sizeof(e));
}

void elem_link(struct rig *r, uint32_t at, uint32_t ctl, uint64_t next)
{
	uint32_t e[] = { ctl, 0, next, next >> 32 };

	memcpy(r->ep + at, e, sizeof(e));
}

void dma_enable(struct rig *r, bool write, int ch, uint32_t list)
{
	uint32_t mask = write ? WR_MASK : RD_MASK, err = write ? WR_LL_ERR : RD_LL_ERR;
	uint32_t regs = write ? WR_CH(ch) : RD_CH(ch);

	ep_w32(r, write ? WR_ENGINE : RD_ENGINE, 1);
	ep_w32(r, mask, ep_r32(r, mask) & ~(0x10001u << ch));
	ep_w32(r, err, ep_r32(r, err) | 1u << ch);
	ep_w32(r, regs, CCS | LLE);
	ep_w32(r, regs + 0x1c, BUS(list));
	ep_w32(r, regs + 0x20, BUS(list) >> 32);
}

void dma_doorbell(struct rig *r, bool write, int ch)
{
	ep_w32(r, write ? WR_DOORBELL : RD_DOORBELL, ch);
}

unsigned int dma_cs(struct rig *r, bool write, int ch)
{
	return ep_r32(r, write ? WR_CH(ch) : RD_CH(ch)) >> 5 & 3;
}

int cmd(struct rig *r, const char *line, char *out, size_t size)
{
	char copy[256], text[16384] = "", *argv[16], *save, *word;
	FILE *f = fmemopen(text, sizeof(text), "w");
	int argc = 0, ret;

	snprintf(copy, sizeof(copy), "%s", line);
	word = strtok_r(copy, " ", &save);
	while (word && argc < 16) {
		argv[argc++] = word;
		word = strtok_r(NULL, " ", &save);
	}
	ret = dwc_command(r->d, argc, argv, f);
	fclose(f);
	if (out)
		snprintf(out, size, "%s", text);
	return ret;
}

void pattern(uint8_t *p, size_t len, unsigned int seed)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1103515245 + 12345;
		p[i] = seed >> 16;
	}
}

const struct dwc_counters *cnt(struct rig *r)
{
	return dwc_get_counters(r->d);
}

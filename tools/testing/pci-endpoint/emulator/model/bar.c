// SPDX-License-Identifier: GPL-2.0
/* Base address registers: size and address, and the host's accesses through them. */
#include "internal.h"

bool bar_is_64(const struct dwc *d, unsigned int bar)
{
	enum bar_type type = d->prof->bar[bar].type;

	return !(bar & 1) && type != BAR_TYPE_DISABLED && type != BAR_TYPE_DMA_REGS &&
	       (d->space[CFG_BAR0 / 4 + bar] & 0x6) == 0x4;
}

bool bar_is_upper(const struct dwc *d, unsigned int bar)
{
	return bar & 1 && bar_is_64(d, bar - 1);
}

/* Bit 0 of the mask register enables the BAR, see dw_pcie_ep_set_bar_resizable(). */
bool bar_enabled(const struct dwc *d, unsigned int bar)
{
	switch (d->prof->bar[bar].type) {
	case BAR_TYPE_DISABLED:
		return false;
	case BAR_TYPE_DMA_REGS:
		return true;
	default:
		return !bar_is_upper(d, bar) && d->bar_mask[bar] & 1;
	}
}

static uint64_t hw_size(const struct dwc *d, unsigned int bar)
{
	uint64_t mask;

	switch (d->prof->bar[bar].type) {
	case BAR_TYPE_FIXED:
	case BAR_TYPE_DMA_REGS:
		return d->prof->bar[bar].size;
	case BAR_TYPE_RESIZABLE: {
		unsigned int reg = EXT_CAP_REBAR + 8 + 8 * rebar_entry(d->prof, bar);

		return (uint64_t)MIB << MIN((d->space[reg / 4] & REBAR_CTRL_SIZE) >> 8, 27u);
	}
	default:
		mask = d->bar_mask[bar] | 0xf;
		if (bar_is_64(d, bar))
			mask |= (uint64_t)d->bar_mask[bar + 1] << 32;
		/* A mask with holes makes no BAR: its trailing ones count. */
		return (mask + 1) & ~mask;
	}
}

/* 0 when disabled or nonsense. */
uint64_t bar_size(const struct dwc *d, unsigned int bar)
{
	uint64_t size;

	if (!bar_enabled(d, bar))
		return 0;
	size = hw_size(d, bar);
	if (!bar_is_64(d, bar) && size > 1ull << 31)
		size = 1ull << 31;
	if (d->knobs.bar_short[bar] && d->knobs.bar_short[bar] < size)
		size = d->knobs.bar_short[bar];
	return size;
}

/* Which bits of a BAR register hold address; the upper half of a 64-bit BAR included. */
uint32_t bar_addr_mask(const struct dwc *d, unsigned int bar)
{
	bool upper = bar_is_upper(d, bar);
	uint64_t size = bar_size(d, bar - upper);

	if (!size)
		return 0;
	return upper ? ~(size - 1) >> 32 : ~(size - 1) & ~0xfu;
}

uint64_t bar_addr(const struct dwc *d, unsigned int bar)
{
	uint64_t addr = config_read32(d, CFG_BAR0 + 4 * bar) & ~0xfu;

	if (bar_is_64(d, bar))
		addr |= (uint64_t)config_read32(d, CFG_BAR0 + 4 * bar + 4) << 32;
	return addr;
}

/* One run of bytes with the same translation. */
static int deliver_run(struct dwc *d, unsigned int bar, uint64_t off, void *buf, uint64_t *len,
		       bool write, uint64_t *bus)
{
	if (d->prof->bar[bar].type == BAR_TYPE_DMA_REGS) {
		if (off >= DWC_SIZE_DMA)
			return -1;
		*len = MIN(*len, DWC_SIZE_DMA - off);
		*bus = DWC_WINDOW_BASE + DWC_OFF_DMA + off + d->cfg.bus_offset;
	} else {
		switch (atu_inbound(d, bar, off, bus, len)) {
		case ATU_HIT:
			break;
		case ATU_MISS:
			if (d->knobs.miss_ur)
				return -1;
			d->cnt.untranslated++;
			*bus = bar_addr(d, bar) + off;
			break;
		default:
			return -1;
		}
	}
	return bus_access(d, *bus, buf, *len, write);
}

/*
 * A memory request of the host arrives. For reads @buf was filled with ones. Bytes behind one
 * window may succeed while others do not, as separate packets would.
 */
int bar_deliver(struct dwc *d, unsigned int bar, uint64_t off, void *buf, size_t len, bool write)
{
	uint64_t size = bar_size(d, bar);
	uint64_t base = bar_addr(d, bar);
	int ret = 0;

	while (len) {
		uint64_t run = len, bus = 0;
		int err = -1;

		if (!d->link)
			return -1;
		if (config_mem_enabled(d) && off < size) {
			run = MIN(run, size - off);
			err = deliver_run(d, bar, off, buf, &run, write, &bus);
		}
		count_tlps(d, DWC_DOWN, write, base + off, run, !err);
		trace_event(d, &(struct dwc_event){
			.type = write ? DWC_EV_MWR : DWC_EV_MRD, .dir = DWC_DOWN, .ch = -1,
			.unsupported = err, .bar = bar, .addr = base + off, .addr2 = bus,
			.len = run, .value = data_word(buf, run) });
		ret |= err;
		off += run;
		buf = (uint8_t *)buf + run;
		len -= run;
	}
	return ret;
}

static void apply_corruption(const struct dwc *d, unsigned int bar, uint64_t off, uint8_t *buf,
			     size_t len)
{
	for (unsigned int i = 0; i < DWC_NUM_CORRUPT; i++) {
		uint64_t word = d->knobs.corrupt[i].off;

		if (!d->knobs.corrupt[i].on || d->knobs.corrupt[i].bar != bar)
			continue;
		for (unsigned int b = 0; b < 4; b++) {
			if (word + b >= off && word + b - off < len)
				buf[word + b - off] = d->knobs.corrupt[i].val >> 8 * b;
		}
	}
}

int dwc_rc_bar_read(struct dwc *d, unsigned int bar, uint64_t off, void *buf, size_t len)
{
	int ret;

	memset(buf, 0xff, len);
	if (bar >= DWC_NUM_BARS || off + len < off || !d->link || d->knobs.allones)
		return -1;
	posted_flush(d, DWC_DOWN); /* a read does not pass posted writes */
	ret = bar_deliver(d, bar, off, buf, len, false);
	posted_flush(d, DWC_UP); /* nor does its completion */
	apply_corruption(d, bar, off, buf, len);
	dwc_rearm(d);
	return ret;
}

int dwc_rc_bar_write(struct dwc *d, unsigned int bar, uint64_t off, const void *buf, size_t len)
{
	int ret;

	if (bar >= DWC_NUM_BARS || off + len < off || !d->link || d->knobs.allones)
		return -1;
	ret = posted_write(d, DWC_DOWN, POSTED_BAR, bar, off, buf, len, -1);
	dwc_rearm(d);
	return ret;
}

int dwc_rc_bar_memset(struct dwc *d, unsigned int bar, uint64_t off, uint8_t value, size_t len)
{
	uint8_t buf[4096];
	int ret = 0;

	memset(buf, value, sizeof(buf));
	/* No BAR is larger than the window: cut nonsense short. */
	if (off + len < off || bar >= DWC_NUM_BARS || len > bar_size(d, bar)) {
		d->cnt.dir[DWC_DOWN].ur++;
		return -1;
	}
	while (len) {
		size_t n = MIN(len, sizeof(buf));

		ret |= dwc_rc_bar_write(d, bar, off, buf, n);
		off += n;
		len -= n;
	}
	return ret;
}

// SPDX-License-Identifier: GPL-2.0
/* Configuration space and port logic: reads, and writes from the two sides. */
#include "internal.h"

static uint32_t *word(struct dwc *d, unsigned int reg)
{
	return &d->space[reg / 4];
}

/*
 * The selected size follows the capability word: "automatically updated when writing
 * PCI_REBAR_CAP" (dw_pcie_ep_set_bar_resizable()). Lowest supported size wins.
 */
void rebar_select(struct dwc *d, unsigned int entry)
{
	unsigned int reg = EXT_CAP_REBAR + 4 + 8 * entry;
	uint32_t sizes = *word(d, reg) >> 4;

	*word(d, reg + 4) &= ~REBAR_CTRL_SIZE;
	if (sizes)
		*word(d, reg + 4) |= (uint32_t)__builtin_ctz(sizes) << 8;
}

static void rebar_select_all(struct dwc *d)
{
	for (unsigned int bar = 0; bar < DWC_NUM_BARS; bar++) {
		if (d->prof->bar[bar].type == BAR_TYPE_RESIZABLE)
			rebar_select(d, rebar_entry(d->prof, bar));
	}
}

void config_power_on(struct dwc *d)
{
	for (unsigned int reg = 0; reg < DWC_SIZE_DBI; reg += 4)
		*word(d, reg) = caps_default(d->prof, reg);
	memset(d->bar_mask, 0, sizeof(d->bar_mask));
	rebar_select_all(d);
}

/*
 * Hot reset and link down. What the endpoint's CPU programmed through the DBI is sticky, what the
 * host programmed is not. Exceptions are what dw_pcie_ep_init_non_sticky_registers() restores: the
 * selected size of resizable BARs and the link capabilities that dw_pcie_setup() programs.
 */
void config_reset(struct dwc *d)
{
	for (unsigned int reg = 0; reg < PL_BASE; reg += 4) {
		uint32_t def = caps_default(d->prof, reg);
		uint32_t keep = caps_ro_mask(d, reg);

		if (reg == CAP_PCIE + 0x0c)
			keep = 0;
		*word(d, reg) = (*word(d, reg) & keep) | (def & ~keep);
	}
	rebar_select_all(d);
}

uint32_t config_read32(const struct dwc *d, unsigned int reg)
{
	uint32_t val = d->space[reg / 4];

	if (reg >= CFG_BAR0 && reg < CFG_BAR0 + 4 * DWC_NUM_BARS) {
		unsigned int bar = (reg - CFG_BAR0) / 4;

		if (bar_is_upper(d, bar))
			return bar_enabled(d, bar - 1) ? val & bar_addr_mask(d, bar) : 0;
		if (!bar_enabled(d, bar))
			return 0;
		return val & (bar_addr_mask(d, bar) | caps_ro_mask(d, reg));
	}

	switch (reg) {
	case CAP_PCIE + 0x10: /* link status */
		val &= ~0x03ff0000u;
		if (d->link)
			val |= (d->prof->link_speed | d->prof->link_width << 4) << 16;
		return val;
	case PL_DEBUG0: /* LTSSM state: L0, or Detect.Quiet */
		return d->link ? 0x11 : 0;
	case PL_DEBUG1:
		return d->link ? BIT(4) : 0;
	case PL_MSIX_DOORBELL:
		return 0;
	}
	/* No viewports: iATU and eDMA are unrolled (dw_pcie_iatu_detect(), _edma_find_mf()). */
	if ((reg >= PL_ATU_VIEWPORT && reg < PL_MSIX_DOORBELL) ||
	    (reg >= PL_DMA_VIEWPORT && reg < PL_DMA_VIEWPORT_END))
		return ~0u;
	return val;
}

/* Bit of the resizable BAR capability (from bit 4 on) of a value of its control word. */
static uint32_t size_bit(uint32_t ctrl)
{
	unsigned int n = (ctrl & REBAR_CTRL_SIZE) >> 8;

	return n < 28 ? BIT(n) : 0;
}

static void write_masked(struct dwc *d, unsigned int reg, uint32_t val, uint32_t mask)
{
	uint32_t w1c = caps_w1c_mask(reg) & mask;
	uint32_t *w = word(d, reg);

	mask &= ~caps_w1c_mask(reg);
	/* A size that the capability does not list cannot be selected. */
	if (caps_rc_mask(d, reg) == REBAR_CTRL_SIZE &&
	    !(d->space[reg / 4 - 1] >> 4 & size_bit(val)))
		mask &= ~REBAR_CTRL_SIZE;
	*w = (*w & ~mask) | (val & mask);
	*w &= ~(val & w1c);

	if (reg == CAP_MSI) {
		/* More vectors enabled than capable: reserved; hold the field at the maximum. */
		uint32_t max = *w >> 17 & 7, en = *w >> 20 & 7;

		if (en > max)
			*w = (*w & ~0x00700000u) | max << 20;
	}
}

void dwc_rc_cfg_write(struct dwc *d, unsigned int reg, unsigned int size, uint64_t val)
{
	unsigned int shift = (reg & 3) * 8;
	uint32_t mask = size >= 4 ? ~0u : BIT(size * 8) - 1;

	if (size == 8) {
		dwc_rc_cfg_write(d, reg, 4, (uint32_t)val);
		dwc_rc_cfg_write(d, reg + 4, 4, val >> 32);
		return;
	}
	if ((size != 1 && size != 2 && size != 4) || reg & (size - 1) || reg >= DWC_SIZE_DBI ||
	    !d->link || d->knobs.allones)
		return;

	posted_flush(d, DWC_DOWN); /* a non-posted request does not pass posted ones */
	d->cnt.dir[DWC_DOWN].cfgwr++;
	trace_event(d, &(struct dwc_event){
		.type = DWC_EV_CFGWR, .dir = DWC_DOWN, .ch = -1, .bar = -1, .addr = reg,
		.len = size, .value = val });
	/* Port logic is for the endpoint's CPU: the host reads it only. */
	write_masked(d, reg & ~3u, (uint32_t)val << shift,
		     mask << shift & (caps_rc_mask(d, reg & ~3u) | caps_w1c_mask(reg & ~3u)));
	posted_flush(d, DWC_UP); /* nor does its completion on the way back */
	dwc_rearm(d);
}

uint64_t dwc_rc_cfg_read(struct dwc *d, unsigned int reg, unsigned int size)
{
	uint64_t ones = size >= 8 ? ~0ull : size ? (1ull << size * 8) - 1 : 0;
	uint64_t val;

	if (size == 8)
		return dwc_rc_cfg_read(d, reg, 4) | dwc_rc_cfg_read(d, reg + 4, 4) << 32;
	if ((size != 1 && size != 2 && size != 4) || reg & (size - 1) || reg >= DWC_SIZE_DBI ||
	    !d->link || d->knobs.allones)
		return ones;

	posted_flush(d, DWC_DOWN);
	val = config_read32(d, reg & ~3u) >> (reg & 3) * 8 & ones;
	d->cnt.dir[DWC_DOWN].cfgrd++;
	d->cnt.dir[DWC_UP].cpld++;
	d->cnt.dir[DWC_UP].cpld_bytes += size;
	trace_event(d, &(struct dwc_event){
		.type = DWC_EV_CFGRD, .dir = DWC_DOWN, .ch = -1, .bar = -1, .addr = reg,
		.len = size, .value = val });
	posted_flush(d, DWC_UP);
	dwc_rearm(d);
	return val;
}

void config_write_dbi(struct dwc *d, unsigned int reg, uint32_t val, uint32_t mask)
{
	bool ro_wr = d->space[PL_MISC_CONTROL_1 / 4] & DBI_RO_WR_EN;
	uint32_t allowed = caps_rc_mask(d, reg) | caps_w1c_mask(reg);

	if (reg == PL_MSIX_DOORBELL) {
		msix_doorbell(d, val & mask);
		return;
	}
	if (reg >= PL_BASE) {
		switch (reg) {
		case PL_DEBUG0:
		case PL_DEBUG1:
		case PL_VERSION:
		case PL_VERSION_TYPE:
			return;
		}
		allowed = ~0u;
	} else if (ro_wr) {
		allowed |= caps_ro_mask(d, reg);
	}

	/* Whether a BAR is enabled and how large it is decides what of it can be read back. */
	if (reg >= CFG_BAR0 && reg < CFG_BAR0 + 4 * DWC_NUM_BARS && ro_wr)
		allowed = ~0u;
	write_masked(d, reg, val, mask & allowed);

	if (reg > EXT_CAP_REBAR && reg < EXT_CAP_REBAR + 4 + 8 * DWC_NUM_BARS && ro_wr &&
	    caps_ro_mask(d, reg) == 0xfffffff0)
		rebar_select(d, (reg - EXT_CAP_REBAR - 4) / 8);
}

/* DBI2 (CS2) reaches the shadow registers; of these the model has the BAR masks. */
void config_write_dbi2(struct dwc *d, unsigned int reg, uint32_t val, uint32_t mask)
{
	unsigned int bar = (reg - CFG_BAR0) / 4;

	if (reg < CFG_BAR0 || bar >= DWC_NUM_BARS)
		return;
	d->bar_mask[bar] = (d->bar_mask[bar] & ~mask) | (val & mask);
}

uint32_t config_read_dbi2(const struct dwc *d, unsigned int reg)
{
	unsigned int bar = (reg - CFG_BAR0) / 4;

	if (reg < CFG_BAR0 || bar >= DWC_NUM_BARS)
		return 0;
	return d->bar_mask[bar];
}

bool config_mem_enabled(const struct dwc *d)
{
	/* A function in D3hot answers configuration requests only. */
	return d->space[CFG_COMMAND / 4] & CMD_MEM && !(d->space[(CAP_PM + 4) / 4] & 3);
}

bool config_master_enabled(const struct dwc *d)
{
	return d->space[CFG_COMMAND / 4] & CMD_MASTER && !(d->space[(CAP_PM + 4) / 4] & 3);
}

bool config_msix_enabled(const struct dwc *d)
{
	return d->space[CAP_MSIX / 4] & BIT(31);
}

unsigned int config_mps(const struct dwc *d)
{
	unsigned int val = d->space[(CAP_PCIE + 8) / 4] >> 5 & 7;

	return 128u << MIN(val, 5u);
}

unsigned int config_mrrs(const struct dwc *d)
{
	unsigned int val = d->space[(CAP_PCIE + 8) / 4] >> 12 & 7;

	return 128u << MIN(val, 5u);
}

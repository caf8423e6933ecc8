// SPDX-License-Identifier: GPL-2.0
/*
 * iATU, unrolled: registers (drivers/pci/controller/dwc/pcie-designware.h, PCIE_ATU_UNR_*) and the
 * two translations. Of overlapping windows the one with the lowest number wins (databook, "iATU
 * Operation": regions are matched in order). A window's response code can have what it matches
 * refused (databook, "IATU_REGION_CTRL_2_OFF_INBOUND", RESPONSE_CODE). A request that hits an
 * enabled BAR and matches no inbound window goes on with its PCI address, untranslated, see bar.c;
 * one of the endpoint's CPU that matches no outbound window is unsupported here.
 */
#include "internal.h"

#define CTRL1_TYPE GENMASK(4, 0) /* 0: memory */
#define CTRL1_LARGE BIT(13) /* limit has an upper half */
#define CTRL1_FUNC GENMASK(24, 20)
#define CTRL2_ENABLE BIT(31)
#define CTRL2_BAR_MATCH BIT(30)
#define CTRL2_RESPONSE GENMASK(25, 24) /* 0: as usual, 1: unsupported, 2: completer abort */
#define CTRL2_FUNC_MATCH BIT(19)
#define CTRL2_BAR(x) ((x) >> 8 & 7)
#define UPPER_LIMIT_BITS 0xffu /* windows of up to 1 TiB */

static void win_fix(const struct dwc *d, struct atu_win *w)
{
	uint32_t low = d->prof->region_align - 1;

	/* What dw_pcie_iatu_detect() measures: low bits are hardwired. */
	w->base_lo &= ~low;
	w->target_lo &= ~low;
	w->limit_lo |= low;
	w->limit_hi &= UPPER_LIMIT_BITS;
}

void atu_reset(struct dwc *d)
{
	memset(d->ob, 0, sizeof(d->ob));
	memset(d->ib, 0, sizeof(d->ib));
	for (unsigned int i = 0; i < DWC_NUM_WIN; i++) {
		win_fix(d, &d->ob[i]);
		win_fix(d, &d->ib[i]);
	}
}

static const uint32_t *win_reg(const struct dwc *d, unsigned int off)
{
	const struct atu_win *w = off & 0x100 ? &d->ib[off >> 9] : &d->ob[off >> 9];

	switch (off & 0xff) {
	case 0x00: return &w->ctrl1;
	case 0x04: return &w->ctrl2;
	case 0x08: return &w->base_lo;
	case 0x0c: return &w->base_hi;
	case 0x10: return &w->limit_lo;
	case 0x14: return &w->target_lo;
	case 0x18: return &w->target_hi;
	case 0x20: return &w->limit_hi;
	}
	return NULL;
}

uint32_t atu_read32(const struct dwc *d, unsigned int off)
{
	const uint32_t *reg = win_reg(d, off);

	return reg ? *reg : 0;
}

void atu_write32(struct dwc *d, unsigned int off, uint32_t val, uint32_t mask)
{
	uint32_t *reg = (uint32_t *)win_reg(d, off);

	if (!reg)
		return;
	*reg = (*reg & ~mask) | (val & mask);
	win_fix(d, off & 0x100 ? &d->ib[off >> 9] : &d->ob[off >> 9]);
}

static uint64_t win_base(const struct atu_win *w)
{
	return (uint64_t)w->base_hi << 32 | w->base_lo;
}

/* Last address of the window. */
static uint64_t win_limit(const struct atu_win *w)
{
	uint32_t hi = w->base_hi;

	if (w->ctrl1 & CTRL1_LARGE)
		hi = (hi & ~UPPER_LIMIT_BITS) | w->limit_hi;
	return (uint64_t)hi << 32 | w->limit_lo;
}

static uint64_t win_target(const struct atu_win *w)
{
	return (uint64_t)w->target_hi << 32 | w->target_lo;
}

static bool win_usable(const struct atu_win *w)
{
	if (!(w->ctrl2 & CTRL2_ENABLE) || w->ctrl1 & CTRL1_TYPE)
		return false;
	/* The only function is number 0. */
	return !(w->ctrl2 & CTRL2_FUNC_MATCH) || !(w->ctrl1 & CTRL1_FUNC);
}

/* Address match; shortens *len to the bytes that share this decision. */
static bool win_match(const struct atu_win *w, uint64_t addr, uint64_t *len)
{
	uint64_t base = win_base(w), limit = win_limit(w);

	if (base > limit)
		return false;
	if (addr < base) {
		*len = MIN(*len, base - addr);
		return false;
	}
	if (addr > limit)
		return false;
	if (*len - 1 > limit - addr)
		*len = limit - addr + 1;
	return true;
}

/**
 * atu_inbound() - translate a host access
 * @d: model
 * @bar: BAR that the access hit
 * @off: offset in it
 * @bus: endpoint bus address
 * @len: in: bytes wanted, not 0; out: bytes that this decision is valid for
 * Return: what becomes of it; @bus is set for ATU_HIT only. Both errors look the same to a host.
 */
enum atu_result atu_inbound(const struct dwc *d, unsigned int bar, uint64_t off, uint64_t *bus,
			    uint64_t *len)
{
	uint64_t addr = bar_addr(d, bar) + off;

	for (unsigned int i = 0; i < DWC_NUM_WIN; i++) {
		const struct atu_win *w = &d->ib[i];

		if (!win_usable(w))
			continue;
		if (w->ctrl2 & CTRL2_BAR_MATCH) {
			if (CTRL2_BAR(w->ctrl2) != bar)
				continue;
			if (w->ctrl2 & CTRL2_RESPONSE)
				return ATU_REFUSED;
			/*
			 * The target's upper bits replace those of the address: it must be
			 * aligned to the BAR's size, see dw_pcie_prog_ep_inbound_atu().
			 */
			*bus = (win_target(w) & ~(bar_size(d, bar) - 1)) | off;
			return ATU_HIT;
		}
		if (win_match(w, addr, len)) {
			if (w->ctrl2 & CTRL2_RESPONSE)
				return ATU_REFUSED;
			*bus = win_target(w) + (addr - win_base(w));
			return ATU_HIT;
		}
	}
	return ATU_MISS;
}

/* The same for the outbound region; @phys is the endpoint-physical address. */
bool atu_outbound(const struct dwc *d, uint64_t phys, uint64_t *pci, uint64_t *len)
{
	for (unsigned int i = 0; i < DWC_NUM_WIN; i++) {
		const struct atu_win *w = &d->ob[i];

		if (win_usable(w) && win_match(w, phys, len)) {
			*pci = win_target(w) + (phys - win_base(w));
			return true;
		}
	}
	return false;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Layout of the configuration space: reset values and write masks. Register layouts are those of
 * the PCI Local Bus 3.0 and PCI Express Base specifications, as in include/uapi/linux/pci_regs.h.
 *
 * Three masks per word: what the host can write, what the endpoint's CPU can write through the DBI
 * while DBI_RO_WR_EN is set (on top of what the host can), and write-one-to-clear bits.
 * Not modelled: AER, L1 substates, ATS, PTM, RAS-DES (their capabilities are absent).
 */
#include "internal.h"

/* Sizes that the resizable BARs come up with: 1 MiB only (the driver programs the real one). */
#define REBAR_SIZES BIT(4)

static unsigned int rebar_count(const struct dwc_profile *p)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < DWC_NUM_BARS; i++)
		n += p->bar[i].type == BAR_TYPE_RESIZABLE;
	return n;
}

/* BAR number of the n-th entry of the resizable BAR capability, or -1. */
static int rebar_bar(const struct dwc_profile *p, unsigned int n)
{
	for (unsigned int i = 0; i < DWC_NUM_BARS; i++) {
		if (p->bar[i].type == BAR_TYPE_RESIZABLE && n-- == 0)
			return i;
	}
	return -1;
}

/* Entry number of a BAR; the BAR must be a resizable one. */
unsigned int rebar_entry(const struct dwc_profile *p, unsigned int bar)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < bar; i++)
		n += p->bar[i].type == BAR_TYPE_RESIZABLE;
	return n;
}

/* 1 capability word, 2 control word of the entry, 0 neither. */
static int rebar_word(const struct dwc_profile *p, unsigned int reg, unsigned int *entry)
{
	if (reg < EXT_CAP_REBAR + 4 || reg >= EXT_CAP_REBAR + 4 + 8 * rebar_count(p))
		return 0;
	*entry = (reg - EXT_CAP_REBAR - 4) / 8;
	return (reg - EXT_CAP_REBAR) % 8 == 4 ? 1 : 2;
}

uint32_t caps_default(const struct dwc_profile *p, unsigned int reg)
{
	unsigned int entry;

	switch (rebar_word(p, reg, &entry)) {
	case 1:
		return REBAR_SIZES;
	case 2: /* number of entries counts in the first one only; the size is selected at reset */
		return rebar_bar(p, entry) | (entry ? 0 : rebar_count(p) << 5);
	}

	switch (reg) {
	case 0x00: return 0xabcd16c3; /* Synopsys */
	case 0x04: return 0x00100000; /* capability list */
	case 0x08: return 0xff000000; /* no class */
	case 0x34: return CAP_PM;
	case CAP_PM: return 0x00030001 | CAP_MSI << 8;
	case CAP_PM + 4: return 0x8; /* D3hot to D0 keeps the configuration */
	case CAP_MSI: return 0x018a0005 | CAP_PCIE << 8; /* 64 bit, masks, 32 vectors */
	case CAP_PCIE: return 0x00020010 | CAP_MSIX << 8; /* version 2, endpoint */
	case CAP_PCIE + 0x04: return 0x00008001; /* role-based errors, 256 bytes payload */
	case CAP_PCIE + 0x08: return 0x00002810; /* 512 byte read requests */
	case CAP_PCIE + 0x0c: return p->link_speed | p->link_width << 4;
	case CAP_PCIE + 0x10: return 0x10000000; /* slot clock */
	case CAP_PCIE + 0x24: return 0x10; /* completion timeout disable */
	case CAP_PCIE + 0x2c: return GENMASK(p->link_speed, 1);
	case CAP_PCIE + 0x30: return p->link_speed;
	/*
	 * 2048 vectors. The table's BAR before a driver sets it is a synthesis parameter: BAR5,
	 * so that a host ignores MSI-X as long as the function has no such BAR.
	 */
	case CAP_MSIX: return 0x07ff0011;
	case CAP_MSIX + 4: return 5;
	case CAP_MSIX + 8: return 5 | 0x8000;
	case EXT_CAP_REBAR:
		return rebar_count(p) ? 0x00010015 : 0;
	case PL_VERSION: return 0x3532302a; /* "520*" */
	case PL_VERSION_TYPE: return 0x65613031; /* "ea01" */
	case 0x710: return 0x00000120; /* DLL link enable */
	case 0x80c: return p->link_width << 8;
	}
	return 0;
}

uint32_t caps_rc_mask(const struct dwc *d, unsigned int reg)
{
	unsigned int entry;

	if (reg >= CFG_BAR0 && reg < CFG_BAR0 + 4 * DWC_NUM_BARS)
		return bar_addr_mask(d, (reg - CFG_BAR0) / 4);
	if (rebar_word(d->prof, reg, &entry) == 2)
		return REBAR_CTRL_SIZE;

	switch (reg) {
	case 0x04: return 0x0546; /* memory, master, parity, SERR, INTx disable */
	case 0x0c: return 0xff; /* cache line size */
	case 0x3c: return 0xff; /* interrupt line */
	case CAP_PM + 4: return 0x3;
	case CAP_MSI: return 0x00710000;
	case CAP_MSI + 0x04: return 0xfffffffc;
	case CAP_MSI + 0x08: return 0xffffffff;
	case CAP_MSI + 0x0c: return 0xffff;
	case CAP_MSI + 0x10: return 0xffffffff;
	case CAP_PCIE + 0x08: return 0x7eff;
	case CAP_PCIE + 0x10: return 0x01fb;
	case CAP_PCIE + 0x28: return 0x1f;
	case CAP_PCIE + 0x30: return 0x1fff;
	case CAP_MSIX: return 0xc0000000;
	}
	return 0;
}

uint32_t caps_w1c_mask(unsigned int reg)
{
	switch (reg) {
	case 0x04: return 0xf9000000; /* error bits of the status register */
	case CAP_PCIE + 0x08: return 0x000f0000;
	}
	return 0;
}

uint32_t caps_ro_mask(const struct dwc *d, unsigned int reg)
{
	unsigned int entry;

	if (reg >= CFG_BAR0 && reg < CFG_BAR0 + 4 * DWC_NUM_BARS) {
		unsigned int bar = (reg - CFG_BAR0) / 4;

		/*
		 * Type bits: 64 bit, prefetchable. I/O BARs are not modelled. The hardware pairs
		 * even BARs with the odd ones after them only (dw_pcie_ep_set_bar()).
		 */
		if (d->prof->bar[bar].type == BAR_TYPE_DISABLED ||
		    d->prof->bar[bar].type == BAR_TYPE_DMA_REGS || bar_is_upper(d, bar))
			return 0;
		return bar & 1 ? 0x8 : 0xc;
	}
	switch (rebar_word(d->prof, reg, &entry)) {
	case 1:
		return 0xfffffff0;
	case 2:
		return 0xffff0000;
	}

	switch (reg) {
	case 0x00: return 0xffffffff;
	case 0x08: return 0xffffffff;
	case 0x2c: return 0xffffffff;
	case 0x34: return 0xff;
	case 0x3c: return 0xff00; /* interrupt pin */
	case CAP_PM: return 0xffffff00;
	case CAP_MSI: return 0x018eff00; /* next, capable vectors, 64 bit, masks */
	case CAP_PCIE: return 0xff00;
	case CAP_PCIE + 0x04: return 0x0fffffff;
	case CAP_PCIE + 0x0c: return 0xffffffff;
	case CAP_PCIE + 0x24: return 0xffffffff;
	case CAP_PCIE + 0x2c: return 0xffffffff;
	case CAP_MSIX: return 0x07ffff00;
	case CAP_MSIX + 4: return 0xffffffff;
	case CAP_MSIX + 8: return 0xffffffff;
	case EXT_CAP_REBAR: return 0xffffffff;
	}
	return 0;
}

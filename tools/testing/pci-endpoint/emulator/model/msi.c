// SPDX-License-Identifier: GPL-2.0
/* Interrupts towards the host: fault knobs, and the MSI-X doorbell register. */
#include "internal.h"

void msi_send(struct dwc *d, uint64_t addr, uint32_t data)
{
	bool msix = config_msix_enabled(d);
	struct knobs *k = &d->knobs;

	if (msix)
		d->cnt.dir[DWC_UP].msix++;
	else
		d->cnt.dir[DWC_UP].msi++;
	trace_event(d, &(struct dwc_event){
		.type = msix ? DWC_EV_MSIX : DWC_EV_MSI, .dir = DWC_UP, .ch = -1, .bar = -1,
		.addr = addr, .len = 4, .value = data });

	if (k->msi_drop) {
		k->msi_drop--;
		trace_fault(d, "MSI dropped", -1);
		return;
	}
	if (k->msi_delay && d->ndelayed < DWC_MAX_DELAYED_MSI) {
		k->msi_delay--;
		d->delayed[d->ndelayed++] = (struct delayed_msi){
			.addr = addr, .data = data, .deadline = dwc_now(d) + k->msi_delay_ns };
		trace_fault(d, "MSI delayed", -1);
		return;
	}
	d->env.rc_msi(d->env.ctx, addr, data);
	if (k->msi_dup) {
		k->msi_dup--;
		trace_fault(d, "MSI duplicated", -1);
		d->env.rc_msi(d->env.ctx, addr, data);
	}
}

void msi_step(struct dwc *d)
{
	uint64_t now = dwc_now(d);
	unsigned int kept = 0;

	for (unsigned int i = 0; i < d->ndelayed; i++) {
		if (d->delayed[i].deadline <= now)
			d->env.rc_msi(d->env.ctx, d->delayed[i].addr, d->delayed[i].data);
		else
			d->delayed[kept++] = d->delayed[i];
	}
	d->ndelayed = kept;
}

uint64_t msi_deadline(const struct dwc *d)
{
	uint64_t t = DWC_NEVER;

	for (unsigned int i = 0; i < d->ndelayed; i++)
		t = MIN(t, d->delayed[i].deadline);
	return t;
}

/*
 * PCIE_MSIX_DOORBELL, see dw_pcie_ep_raise_msix_irq_doorbell(): the controller looks the vector up
 * by itself. Hardware keeps a table of its own for that; the model reads the one that the host
 * wrote through the BAR, wherever the inbound windows put it.
 */
void msix_doorbell(struct dwc *d, uint32_t val)
{
	unsigned int vec = val & 0x7ff, bir = d->space[(CAP_MSIX + 4) / 4] & 7;
	uint32_t ctrl = d->space[CAP_MSIX / 4], entry[4] = { 0 };
	uint64_t off = (d->space[(CAP_MSIX + 4) / 4] & ~7u) + 16ull * vec;
	uint64_t bus, len = sizeof(entry);

	if (!(ctrl & BIT(31)) || ctrl & BIT(30) || vec > (ctrl >> 16 & 0x7ff) || val >> 24 & 0x1f)
		return;
	if (bir >= DWC_NUM_BARS || off + len > bar_size(d, bir) ||
	    !atu_inbound(d, bir, off, &bus, &len) || len < sizeof(entry) ||
	    bus_access(d, bus, entry, sizeof(entry), false)) {
		trace_fault(d, "MSI-X table not reachable", -1);
		return;
	}
	if (entry[3] & 1) /* masked: pending bits are not modelled */
		return;
	posted_write(d, DWC_UP, POSTED_DMA, 0, (uint64_t)entry[1] << 32 | entry[0], &entry[2], 4,
		     -1);
}

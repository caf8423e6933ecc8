// SPDX-License-Identifier: GPL-2.0
/*
 * Synopsys DesignWare PCIe Endpoint controller driver: inbound windows of BARs
 *
 * Turns the mapping that an endpoint function wants behind a BAR into ranges,
 * has them planned (pcie-designware-ep-ib-plan.c) and the windows programmed
 * (pcie-designware-ep-ib-prog.c). A request that fails leaves the mapping as it
 * was.
 */

#include <linux/align.h>
#include <linux/bitmap.h>
#include <linux/cleanup.h>
#include <linux/lockdep.h>
#include <linux/pci-epc.h>
#include <linux/pci-epf.h>
#include <linux/slab.h>

#include "pcie-designware.h"
#include "pcie-designware-ep-ib.h"

/* In which order windows are written, see dw_pcie_ep_ib_plan() */
enum dw_pcie_ep_ib_stage {
	IB_REFUSE_FIRST,	/* nothing else matches all of the BAR */
	IB_MAP_NEW,
	IB_REFUSE,
	IB_MAP_REUSED,
	IB_NUM_STAGES,		/* nothing to do */
};

static enum dw_pcie_ep_ib_stage
dw_pcie_ep_ib_stage(const struct dw_pcie_ep_ib_step *step, bool open)
{
	if (step->action == DW_PCIE_EP_IB_KEEP)
		return IB_NUM_STAGES;
	if (step->range.refuse)
		return open ? IB_REFUSE_FIRST : IB_REFUSE;

	return step->action == DW_PCIE_EP_IB_NEW ? IB_MAP_NEW : IB_MAP_REUSED;
}

/* Disable the windows of the BAR that are not in @used */
static void dw_pcie_ep_ib_disable(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar,
				  const unsigned long *used, bool bar_match)
{
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);
	struct dw_pcie_ep_ib_win *win;
	unsigned int i;

	for (i = 0; i < pci->num_ib_windows; i++) {
		win = &ep->ib_wins[i];
		if (test_bit(i, used) || win->range.bar_match != bar_match ||
		    !dw_pcie_ep_ib_owns(win, func_no, bar))
			continue;

		dw_pcie_disable_atu(pci, PCIE_ATU_REGION_DIR_IB, i);
		win->busy = false;
	}
}

/**
 * dw_pcie_ep_ib_apply() - program what was planned
 * @ep: DWC EP device
 * @func_no: endpoint function
 * @bar: the BAR
 * @type: of the requests, memory or I/O
 * @steps: from dw_pcie_ep_ib_plan(); windows of the BAR that are in none go
 * @num_steps: number of @steps
 *
 * Context: Process context, with the lock of the EPC held.
 *
 * Return: 0 or a negative errno, then everything is as it was.
 */
int dw_pcie_ep_ib_apply(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar,
			int type, const struct dw_pcie_ep_ib_step *steps,
			unsigned int num_steps)
{
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);
	DECLARE_BITMAP(used, MAX_IATU_IN) = { };
	bool open = true;
	unsigned int i;
	int ret, stage;

	for (i = 0; i < pci->num_ib_windows; i++) {
		if (dw_pcie_ep_ib_owns(&ep->ib_wins[i], func_no, bar) &&
		    ep->ib_wins[i].range.bar_match)
			open = false;
	}

	for (stage = 0; stage < IB_NUM_STAGES; stage++) {
		for (i = 0; i < num_steps; i++) {
			if (dw_pcie_ep_ib_stage(&steps[i], open) != stage)
				continue;

			__set_bit(steps[i].index, used);
			ret = dw_pcie_ep_ib_do_step(ep, func_no, bar, type,
						    &steps[i]);
			if (ret)
				goto undo;
		}
	}

	for (i = 0; i < num_steps; i++) {
		__set_bit(steps[i].index, used);
		ep->ib_wins[steps[i].index] = (struct dw_pcie_ep_ib_win) {
			.busy = true,
			.func_no = func_no,
			.bar = bar,
			.range = steps[i].range,
		};
	}

	dw_pcie_ep_ib_disable(ep, func_no, bar, used, true);
	dw_pcie_ep_ib_disable(ep, func_no, bar, used, false);

	return 0;

undo:
	for (; stage >= 0; stage--) {
		for (i = 0; i < num_steps; i++) {
			if (dw_pcie_ep_ib_stage(&steps[i], open) == stage &&
			    test_bit(steps[i].index, used))
				dw_pcie_ep_ib_undo(ep, func_no, bar, type, &steps[i]);
		}
	}

	return ret;
}

/*
 * The order of the submap array defines the layout of the BAR: submap[0] starts
 * at offset 0, each entry follows the one before. Together they have to cover
 * the BAR exactly, and sizes and targets have to be aligned to what the
 * windows can do. A subrange without backing is left out.
 *
 * Returns the number of steps or a negative errno.
 */
static int dw_pcie_ep_ib_split(struct dw_pcie_ep *ep,
			       const struct pci_epf_bar *epf_bar,
			       struct dw_pcie_ep_ib_step *steps)
{
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);
	const struct pci_epf_bar_submap *submap;
	u32 align = pci->region_align;
	unsigned int i, num = 0;
	u64 off = 0;

	if (!epf_bar->submap || !align)
		return -EINVAL;

	for (i = 0; i < epf_bar->num_submap; i++) {
		submap = &epf_bar->submap[i];

		if (!submap->size || submap->size > epf_bar->size - off ||
		    !IS_ALIGNED(submap->size, align))
			return -EINVAL;

		if (!submap->no_backing) {
			if (!IS_ALIGNED(submap->phys_addr, align))
				return -EINVAL;

			steps[num++].range = (struct dw_pcie_ep_ib_range) {
				.offset = off,
				.size = submap->size,
				.target = submap->phys_addr,
			};
		}
		off += submap->size;
	}

	return off == epf_bar->size ? num : -EINVAL;
}

/*
 * A reset of the controller disables the windows without telling anybody. One
 * that is off is not part of the mapping any more, whatever the books say.
 */
static void dw_pcie_ep_ib_drop_lost(struct dw_pcie_ep *ep, u8 func_no,
				    enum pci_barno bar)
{
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);
	unsigned int i;

	for (i = 0; i < pci->num_ib_windows; i++) {
		if (dw_pcie_ep_ib_owns(&ep->ib_wins[i], func_no, bar) &&
		    ep->ib_wins[i].range.size &&
		    !dw_pcie_atu_is_enabled(pci, PCIE_ATU_REGION_DIR_IB, i))
			ep->ib_wins[i].busy = false;
	}
}

/**
 * dw_pcie_ep_ib_set() - change the mapping behind a BAR
 * @ep: DWC EP device
 * @func_no: endpoint function
 * @epf_bar: what to map
 *
 * Writes the windows that differ from the present mapping only.
 *
 * Submaps need the PCI address of the BAR. When the host has not assigned one,
 * all of the BAR is refused for now, and dw_pcie_ep_ib_retry() does the rest.
 *
 * Context: Process context, with the lock of the EPC held.
 *
 * Return: 0, -EINVAL when submaps do not fit the BAR or a target is not aligned,
 * -ENOMEM, -ENOSPC when the controller has too few windows, -ETIMEDOUT when it
 * does not accept one, -EOPNOTSUPP when it cannot refuse requests. On an error the
 * mapping is what it was before.
 */
int dw_pcie_ep_ib_set(struct dw_pcie_ep *ep, u8 func_no,
		      const struct pci_epf_bar *epf_bar)
{
	unsigned int i, num = epf_bar->num_submap ?: 1;
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);
	enum pci_barno bar = epf_bar->barno;
	int type, ret;
	u64 base = 0;

	lockdep_assert_held(&ep->epc->lock);

	struct dw_pcie_ep_ib_step *steps __free(kfree) = kzalloc_objs(*steps, num + 1);
	if (!steps)
		return -ENOMEM;

	if (epf_bar->no_backing) {
		num = 0;
	} else if (epf_bar->num_submap) {
		ret = dw_pcie_ep_ib_split(ep, epf_bar, steps);
		if (ret < 0)
			return ret;
		num = ret;

		base = dw_pcie_ep_ib_bar_base(ep, func_no, bar, epf_bar->flags);
		if (base + epf_bar->size - 1 < base)
			return -EINVAL;

		for (i = 0; i < num; i++)
			steps[i].range.base = base;
	} else {
		/* Not to find out when the old window is off already */
		if (!IS_ALIGNED(epf_bar->phys_addr, epf_bar->size) ||
		    !IS_ALIGNED(epf_bar->phys_addr, pci->region_align))
			return -EINVAL;

		steps[0].range = (struct dw_pcie_ep_ib_range) {
			.size = epf_bar->size,
			.target = epf_bar->phys_addr,
			.bar_match = true,
		};
	}

	/* What the others do not match: holes, and a BAR that the host moves */
	if (epf_bar->no_backing || epf_bar->num_submap) {
		steps[num++].range = (struct dw_pcie_ep_ib_range) {
			.size = epf_bar->size,
			.bar_match = true,
			.refuse = true,
		};
	}

	dw_pcie_ep_ib_drop_lost(ep, func_no, bar);

	ret = dw_pcie_ep_ib_plan(ep->ib_wins, pci->num_ib_windows, func_no, bar,
				 steps, num);
	if (ret) {
		dev_err_ratelimited(pci->dev, "BAR%u needs %u inbound windows, not enough of %u are free\n",
				    bar, num, pci->num_ib_windows);
		return ret;
	}

	if (epf_bar->flags & PCI_BASE_ADDRESS_SPACE)
		type = PCIE_TLP_TYPE_IO_RDWR;
	else
		type = PCIE_TLP_TYPE_MEM_RDWR;

	if (epf_bar->num_submap && !base)
		return dw_pcie_ep_ib_remember(ep, func_no, type, epf_bar, steps, num);

	ret = dw_pcie_ep_ib_apply(ep, func_no, bar, type, steps, num);
	if (ret)
		return ret;

	/* Last, as @epf_bar may be the very mapping that was waiting */
	dw_pcie_ep_ib_forget(ep, func_no, bar);

	return 0;
}

/**
 * dw_pcie_ep_ib_clear() - take away the mapping behind a BAR
 * @ep: DWC EP device
 * @func_no: endpoint function
 * @bar: the BAR
 *
 * Context: Process context, with the lock of the EPC held.
 */
void dw_pcie_ep_ib_clear(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar)
{
	/* Disables all windows, as there are no steps that need one */
	dw_pcie_ep_ib_apply(ep, func_no, bar, 0, NULL, 0);
	dw_pcie_ep_ib_forget(ep, func_no, bar);
}

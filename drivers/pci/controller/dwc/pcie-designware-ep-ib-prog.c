// SPDX-License-Identifier: GPL-2.0
/*
 * Synopsys DesignWare PCIe Endpoint controller driver: programming of windows
 *
 * One inbound window (iATU region) at a time, there and back again. In which
 * order is up to pcie-designware-ep-ib.c.
 */

#include <linux/pci-epf.h>

#include "pcie-designware.h"
#include "pcie-designware-ep-ib.h"

static int dw_pcie_ep_ib_prog(struct dw_pcie *pci, u8 func_no, enum pci_barno bar, int type,
			      unsigned int index,
			      const struct dw_pcie_ep_ib_range *range)
{
	if (range->refuse)
		return dw_pcie_prog_ep_inbound_ur(pci, func_no, index, type, bar);

	if (range->bar_match)
		return dw_pcie_prog_ep_inbound_atu(pci, func_no, index, type,
						   range->target, bar,
						   range->size);

	return dw_pcie_prog_inbound_atu(pci, index, type, range->target,
					range->base + range->offset,
					range->size);
}

/*
 * Never enabled with one half of an address old and the other new, and a window
 * that matches all of the BAR is never off: what it does not match any more
 * would be passed on untranslated.
 */
static int dw_pcie_ep_ib_reprog(struct dw_pcie *pci, u8 func_no, enum pci_barno bar, int type,
				unsigned int index,
				const struct dw_pcie_ep_ib_range *from,
				const struct dw_pcie_ep_ib_range *to)
{
	if (!from->bar_match || !to->bar_match ||
	    dw_pcie_prog_ep_inbound_ur(pci, func_no, index, type, bar))
		dw_pcie_disable_atu(pci, PCIE_ATU_REGION_DIR_IB, index);

	return dw_pcie_ep_ib_prog(pci, func_no, bar, type, index, to);
}

/**
 * dw_pcie_ep_ib_do_step() - program the window of one range
 * @ep: DWC EP device
 * @func_no: endpoint function
 * @bar: the BAR
 * @type: of the requests, memory or I/O
 * @step: what dw_pcie_ep_ib_plan() made of the range, not to be kept
 *
 * Context: Process context, with the lock of the EPC held.
 *
 * Return: 0 or a negative errno, after a message.
 */
int dw_pcie_ep_ib_do_step(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar,
			  int type, const struct dw_pcie_ep_ib_step *step)
{
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);
	int ret;

	if (step->action == DW_PCIE_EP_IB_REUSE)
		ret = dw_pcie_ep_ib_reprog(pci, func_no, bar, type, step->index,
					   &ep->ib_wins[step->index].range,
					   &step->range);
	else
		ret = dw_pcie_ep_ib_prog(pci, func_no, bar, type, step->index,
					 &step->range);
	if (!ret)
		return 0;

	if (step->range.refuse)
		dev_err_ratelimited(pci->dev, "BAR%u: cannot refuse what is not mapped: %d\n",
				    bar, ret);
	else
		dev_err_ratelimited(pci->dev, "BAR%u: cannot map %#llx bytes at %#llx to %#llx: %d\n",
				    bar, step->range.size, step->range.offset,
				    step->range.target, ret);
	return ret;
}

/**
 * dw_pcie_ep_ib_undo() - take back what dw_pcie_ep_ib_do_step() did
 * @ep: DWC EP device
 * @func_no: endpoint function
 * @bar: the BAR
 * @type: of the requests, memory or I/O
 * @step: the step, done or failed
 *
 * Puts things back as they were, except what cannot be programmed any more.
 *
 * Context: Process context, with the lock of the EPC held.
 */
void dw_pcie_ep_ib_undo(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar,
			int type, const struct dw_pcie_ep_ib_step *step)
{
	struct dw_pcie_ep_ib_win *win = &ep->ib_wins[step->index];
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);

	/* Nothing was in a window that is only set aside */
	if (step->action == DW_PCIE_EP_IB_REUSE && win->range.size) {
		if (!dw_pcie_ep_ib_reprog(pci, func_no, bar, type, step->index,
					  &step->range, &win->range))
			return;
		win->busy = false;
	}

	dw_pcie_disable_atu(pci, PCIE_ATU_REGION_DIR_IB, step->index);
}

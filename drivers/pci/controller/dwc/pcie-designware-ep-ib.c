// SPDX-License-Identifier: GPL-2.0
/*
 * Synopsys DesignWare PCIe Endpoint controller driver: inbound windows of BARs
 *
 * Turns the mapping that an endpoint function wants behind a BAR into ranges,
 * has them planned (pcie-designware-ep-ib-plan.c) and programs the windows. A
 * request that fails leaves the mapping as it was.
 */

#include <linux/align.h>
#include <linux/bitmap.h>
#include <linux/cleanup.h>
#include <linux/lockdep.h>
#include <linux/overflow.h>
#include <linux/pci-epc.h>
#include <linux/pci-epf.h>
#include <linux/slab.h>

#include "pcie-designware.h"
#include "pcie-designware-ep-ib.h"

static int dw_pcie_ep_ib_prog(struct dw_pcie *pci, u8 func_no, enum pci_barno bar, int type,
			      unsigned int index,
			      const struct dw_pcie_ep_ib_range *range)
{
	if (range->bar_match)
		return dw_pcie_prog_ep_inbound_atu(pci, func_no, index, type,
						   range->target, bar,
						   range->size);

	return dw_pcie_prog_inbound_atu(pci, index, type, range->target,
					range->base + range->offset,
					range->size);
}

static int dw_pcie_ep_ib_do_step(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar,
				 int type, const struct dw_pcie_ep_ib_step *step)
{
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);
	int ret;

	/* Never enabled with one half of an address old and the other new */
	if (step->action == DW_PCIE_EP_IB_REUSE)
		dw_pcie_disable_atu(pci, PCIE_ATU_REGION_DIR_IB, step->index);

	ret = dw_pcie_ep_ib_prog(pci, func_no, bar, type, step->index,
				 &step->range);
	if (!ret)
		return 0;

	dev_err_ratelimited(pci->dev, "BAR%u: cannot map %#llx bytes at %#llx to %#llx: %d\n",
			    bar, step->range.size, step->range.offset,
			    step->range.target, ret);
	return ret;
}

/* Put things back as they were, except what cannot be programmed any more */
static void dw_pcie_ep_ib_undo(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar,
			       int type, const struct dw_pcie_ep_ib_step *step)
{
	struct dw_pcie_ep_ib_win *win = &ep->ib_wins[step->index];
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);

	dw_pcie_disable_atu(pci, PCIE_ATU_REGION_DIR_IB, step->index);

	if (step->action == DW_PCIE_EP_IB_REUSE &&
	    dw_pcie_ep_ib_prog(pci, func_no, bar, type, step->index, &win->range)) {
		dw_pcie_disable_atu(pci, PCIE_ATU_REGION_DIR_IB, step->index);
		win->busy = false;
	}
}

static int dw_pcie_ep_ib_apply(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar,
			       int type, struct dw_pcie_ep_ib_step *steps,
			       unsigned int num_steps)
{
	static const enum dw_pcie_ep_ib_action order[] = {
		DW_PCIE_EP_IB_NEW, DW_PCIE_EP_IB_REUSE,
	};
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);
	DECLARE_BITMAP(used, MAX_IATU_IN) = { };
	unsigned int i, o;
	int ret;

	for (o = 0; o < ARRAY_SIZE(order); o++) {
		for (i = 0; i < num_steps; i++) {
			if (steps[i].action != order[o])
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

	for (i = 0; i < pci->num_ib_windows; i++) {
		if (test_bit(i, used) ||
		    !dw_pcie_ep_ib_owns(&ep->ib_wins[i], func_no, bar))
			continue;

		dw_pcie_disable_atu(pci, PCIE_ATU_REGION_DIR_IB, i);
		ep->ib_wins[i].busy = false;
	}

	return 0;

undo:
	for (i = 0; i < num_steps; i++) {
		if (test_bit(steps[i].index, used))
			dw_pcie_ep_ib_undo(ep, func_no, bar, type, &steps[i]);
	}

	return ret;
}

/*
 * The address that the host has assigned, 0: none. While the host finds out the
 * size of the BAR, or moves it, something else is in there. It does not let the
 * function decode addresses meanwhile.
 */
static u64 dw_pcie_ep_ib_bar_base(struct dw_pcie_ep *ep, u8 func_no,
				  enum pci_barno bar, int flags)
{
	u16 decode = flags & PCI_BASE_ADDRESS_SPACE ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
	u32 reg = PCI_BASE_ADDRESS_0 + (4 * bar);
	u32 lo, hi;
	u64 addr;

	if (!(dw_pcie_ep_readw_dbi(ep, func_no, PCI_COMMAND) & decode))
		return 0;

	lo = dw_pcie_ep_readl_dbi(ep, func_no, reg);

	if (flags & PCI_BASE_ADDRESS_SPACE)
		return lo & PCI_BASE_ADDRESS_IO_MASK;

	addr = lo & PCI_BASE_ADDRESS_MEM_MASK;
	if (!(flags & PCI_BASE_ADDRESS_MEM_TYPE_64))
		return addr;

	hi = dw_pcie_ep_readl_dbi(ep, func_no, reg + 4);
	return addr | ((u64)hi << 32);
}

/*
 * The order of the submap array defines the layout of the BAR: submap[0] starts
 * at offset 0, each entry follows the one before. Together they have to cover
 * the BAR exactly, and sizes and targets have to be aligned to what the
 * windows can do. A subrange without backing needs no window.
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

	/* Those that are set aside are off, too */
	if (dw_pcie_ep_get_func_from_ep(ep, func_no)->ib_wait[bar])
		return;

	for (i = 0; i < pci->num_ib_windows; i++) {
		if (dw_pcie_ep_ib_owns(&ep->ib_wins[i], func_no, bar) &&
		    !dw_pcie_atu_is_enabled(pci, PCIE_ATU_REGION_DIR_IB, i))
			ep->ib_wins[i].busy = false;
	}
}

/* Forget the mapping that waits for the address of the BAR, if there is one */
static void dw_pcie_ep_ib_forget(struct dw_pcie_ep *ep, u8 func_no,
				 enum pci_barno bar)
{
	struct dw_pcie_ep_func *ep_func = dw_pcie_ep_get_func_from_ep(ep, func_no);

	devm_kfree(to_dw_pcie_from_ep(ep)->dev, ep_func->ib_wait[bar]);
	ep_func->ib_wait[bar] = NULL;
}

/*
 * The host has not assigned the address. The new mapping has to wait, but the
 * old one goes at once: the caller may free the memory behind it. @epf_bar may be
 * the mapping that waits now, which is gone with the old one.
 *
 * The windows of @steps are set aside, or others could have them when the address
 * comes. They map nothing.
 */
static int dw_pcie_ep_ib_remember(struct dw_pcie_ep *ep, u8 func_no,
				  const struct pci_epf_bar *epf_bar,
				  const struct dw_pcie_ep_ib_step *steps,
				  unsigned int num_steps)
{
	struct dw_pcie_ep_func *ep_func = dw_pcie_ep_get_func_from_ep(ep, func_no);
	struct device *dev = to_dw_pcie_from_ep(ep)->dev;
	struct dw_pcie_ep_ib_wait *wait;
	unsigned int i;

	wait = devm_kzalloc(dev, struct_size(wait, submap, epf_bar->num_submap),
			    GFP_KERNEL);
	if (!wait)
		return -ENOMEM;

	memcpy(wait->submap, epf_bar->submap,
	       flex_array_size(wait, submap, epf_bar->num_submap));
	wait->bar = *epf_bar;
	wait->bar.submap = wait->submap;

	dw_pcie_ep_ib_clear(ep, func_no, wait->bar.barno);
	ep_func->ib_wait[wait->bar.barno] = wait;

	for (i = 0; i < num_steps; i++)
		ep->ib_wins[steps[i].index] = (struct dw_pcie_ep_ib_win) {
			.busy = true,
			.func_no = func_no,
			.bar = wait->bar.barno,
		};

	return 0;
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
 * nothing is mapped behind the BAR for now, and dw_pcie_ep_ib_retry() does the
 * rest.
 *
 * Context: Process context, with the lock of the EPC held.
 *
 * Return: 0, -EINVAL when submaps do not fit the BAR or a target is not aligned,
 * -ENOMEM, -ENOSPC when the controller has too few windows, -ETIMEDOUT when it
 * does not accept one. On an error the mapping is what it was before.
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

	if (epf_bar->no_backing) {
		dw_pcie_ep_ib_clear(ep, func_no, bar);
		return 0;
	}

	struct dw_pcie_ep_ib_step *steps __free(kfree) = kzalloc_objs(*steps, num);
	if (!steps)
		return -ENOMEM;

	if (epf_bar->num_submap) {
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

	dw_pcie_ep_ib_drop_lost(ep, func_no, bar);

	ret = dw_pcie_ep_ib_plan(ep->ib_wins, pci->num_ib_windows, func_no, bar,
				 steps, num);
	if (ret) {
		dev_err_ratelimited(pci->dev, "BAR%u needs %u inbound windows, not enough of %u are free\n",
				    bar, num, pci->num_ib_windows);
		return ret;
	}

	if (epf_bar->num_submap && !base)
		return dw_pcie_ep_ib_remember(ep, func_no, epf_bar, steps, num);

	if (epf_bar->flags & PCI_BASE_ADDRESS_SPACE)
		type = PCIE_TLP_TYPE_IO_RDWR;
	else
		type = PCIE_TLP_TYPE_MEM_RDWR;

	ret = dw_pcie_ep_ib_apply(ep, func_no, bar, type, steps, num);
	if (ret)
		return ret;

	/* Last, as @epf_bar may be the very mapping that was waiting */
	dw_pcie_ep_ib_forget(ep, func_no, bar);

	return 0;
}

/**
 * dw_pcie_ep_ib_retry() - set up mappings that waited for the BAR's address
 * @ep: DWC EP device
 * @func_no: endpoint function
 *
 * To be called whenever there is a sign of life from the host.
 *
 * Context: Process context, with the lock of the EPC held.
 */
void dw_pcie_ep_ib_retry(struct dw_pcie_ep *ep, u8 func_no)
{
	struct dw_pcie_ep_func *ep_func = dw_pcie_ep_get_func_from_ep(ep, func_no);
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);
	struct dw_pcie_ep_ib_wait *wait;
	enum pci_barno bar;
	int ret;

	for (bar = 0; ep_func && bar < PCI_STD_NUM_BARS; bar++) {
		wait = ep_func->ib_wait[bar];
		if (!wait || !dw_pcie_ep_ib_bar_base(ep, func_no, bar,
						     wait->bar.flags))
			continue;

		ret = dw_pcie_ep_ib_set(ep, func_no, &wait->bar);
		if (ret)
			dev_err_ratelimited(pci->dev, "BAR%u: cannot set up the mapping asked for earlier: %d\n",
					    bar, ret);
	}
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

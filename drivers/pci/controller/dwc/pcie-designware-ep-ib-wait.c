// SPDX-License-Identifier: GPL-2.0
/*
 * Synopsys DesignWare PCIe Endpoint controller driver: mappings that wait
 *
 * Subranges of a BAR are matched by their PCI addresses, which the host assigns
 * without telling anybody. Until it has done so the wanted mapping is kept here.
 */

#include <linux/overflow.h>
#include <linux/pci-epc.h>
#include <linux/pci-epf.h>
#include <linux/slab.h>

#include "pcie-designware.h"
#include "pcie-designware-ep-ib.h"

/**
 * dw_pcie_ep_ib_bar_base() - the address that the host has assigned
 * @ep: DWC EP device
 * @func_no: endpoint function
 * @bar: the BAR
 * @flags: of the BAR
 *
 * While the host finds out the size of the BAR, or moves it, something else is
 * in there. It does not let the function decode addresses meanwhile.
 *
 * Context: Any context in which the registers can be accessed.
 *
 * Return: the PCI address, 0 when there is none.
 */
u64 dw_pcie_ep_ib_bar_base(struct dw_pcie_ep *ep, u8 func_no,
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

/**
 * dw_pcie_ep_ib_forget() - forget the mapping that waits for the BAR's address
 * @ep: DWC EP device
 * @func_no: endpoint function
 * @bar: the BAR, there need not be such a mapping
 *
 * Context: Process context, with the lock of the EPC held.
 */
void dw_pcie_ep_ib_forget(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar)
{
	struct dw_pcie_ep_func *ep_func = dw_pcie_ep_get_func_from_ep(ep, func_no);

	devm_kfree(to_dw_pcie_from_ep(ep)->dev, ep_func->ib_wait[bar]);
	ep_func->ib_wait[bar] = NULL;
}

/**
 * dw_pcie_ep_ib_remember() - let a mapping wait for the BAR's address
 * @ep: DWC EP device
 * @func_no: endpoint function
 * @type: of the requests, memory or I/O
 * @epf_bar: what to map, may be the mapping that waits now
 * @steps: what dw_pcie_ep_ib_plan() made of it, the one that refuses last
 * @num_steps: number of @steps
 *
 * The old mapping goes at once, as the caller may free the memory behind it, and
 * all of the BAR is refused. The other windows of @steps are set aside, or others
 * could have them when the address comes. They map nothing.
 *
 * Context: Process context, with the lock of the EPC held.
 *
 * Return: 0 or a negative errno, then everything is as it was.
 */
int dw_pcie_ep_ib_remember(struct dw_pcie_ep *ep, u8 func_no, int type,
			   const struct pci_epf_bar *epf_bar,
			   const struct dw_pcie_ep_ib_step *steps,
			   unsigned int num_steps)
{
	struct dw_pcie_ep_func *ep_func = dw_pcie_ep_get_func_from_ep(ep, func_no);
	struct device *dev = to_dw_pcie_from_ep(ep)->dev;
	enum pci_barno bar = epf_bar->barno;
	struct dw_pcie_ep_ib_wait *wait;
	unsigned int i;
	int ret;

	wait = devm_kzalloc(dev, struct_size(wait, submap, epf_bar->num_submap),
			    GFP_KERNEL);
	if (!wait)
		return -ENOMEM;

	memcpy(wait->submap, epf_bar->submap,
	       flex_array_size(wait, submap, epf_bar->num_submap));
	wait->bar = *epf_bar;
	wait->bar.submap = wait->submap;

	ret = dw_pcie_ep_ib_apply(ep, func_no, bar, type, &steps[num_steps - 1], 1);
	if (ret) {
		devm_kfree(dev, wait);
		return ret;
	}

	dw_pcie_ep_ib_forget(ep, func_no, bar);
	ep_func->ib_wait[bar] = wait;

	for (i = 0; i < num_steps - 1; i++)
		ep->ib_wins[steps[i].index] = (struct dw_pcie_ep_ib_win) {
			.busy = true,
			.func_no = func_no,
			.bar = bar,
		};

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

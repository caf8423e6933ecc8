/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Synopsys DesignWare PCIe Endpoint controller driver: inbound windows of BARs
 */

#ifndef _PCIE_DESIGNWARE_EP_IB_H
#define _PCIE_DESIGNWARE_EP_IB_H

#include <linux/pci-epf.h>
#include <linux/types.h>

struct dw_pcie_ep;
struct pci_epc_ops;

/**
 * struct dw_pcie_ep_ib_range - a part of a BAR that one inbound window maps
 * @base: PCI address of the BAR, 0 in BAR Match Mode
 * @offset: where the part starts in the BAR
 * @size: how many bytes
 * @target: parent bus address of the first byte
 * @bar_match: the window matches the BAR by its number (BAR Match Mode) rather
 *	       than an address range (Address Match Mode)
 * @refuse: maps nothing: what no window before it matches is answered as an
 *	    unsupported request. For all of the BAR, with @bar_match
 */
struct dw_pcie_ep_ib_range {
	u64	base;
	u64	offset;
	u64	size;
	u64	target;
	bool	bar_match;
	bool	refuse;
};

/**
 * struct dw_pcie_ep_ib_win - what an inbound window (iATU region) is used for
 * @busy: somebody uses the window, the other members are valid
 * @func_no: the endpoint function
 * @bar: the BAR of the function
 * @range: what the window was programmed with; all zero when the window is only
 *	   set aside for a mapping that waits for the BAR's address
 *
 * Protected by the lock of the EPC.
 */
struct dw_pcie_ep_ib_win {
	bool				busy;
	u8				func_no;
	enum pci_barno			bar;
	struct dw_pcie_ep_ib_range	range;
};

/**
 * enum dw_pcie_ep_ib_action - what has to happen to get a range mapped
 * @DW_PCIE_EP_IB_OPEN: nothing decided yet
 * @DW_PCIE_EP_IB_KEEP: a window has the very same content, leave it alone
 * @DW_PCIE_EP_IB_NEW: program a free window
 * @DW_PCIE_EP_IB_REUSE: take a window of the old mapping away, then program it
 */
enum dw_pcie_ep_ib_action {
	DW_PCIE_EP_IB_OPEN,
	DW_PCIE_EP_IB_KEEP,
	DW_PCIE_EP_IB_NEW,
	DW_PCIE_EP_IB_REUSE,
};

/**
 * struct dw_pcie_ep_ib_step - a range of the new mapping and how to get there
 * @range: the range
 * @index: the window that will map it, result of dw_pcie_ep_ib_plan()
 * @action: how, result of dw_pcie_ep_ib_plan()
 */
struct dw_pcie_ep_ib_step {
	struct dw_pcie_ep_ib_range	range;
	unsigned int			index;
	enum dw_pcie_ep_ib_action	action;
};

static inline bool dw_pcie_ep_ib_owns(const struct dw_pcie_ep_ib_win *win,
				      u8 func_no, enum pci_barno bar)
{
	return win->busy && win->func_no == func_no && win->bar == bar;
}

/**
 * struct dw_pcie_ep_ib_wait - a mapping that waits for the BAR's address
 * @bar: the request, its submap points to @submap
 * @submap: copy of the submap array
 *
 * Protected by the lock of the EPC.
 */
struct dw_pcie_ep_ib_wait {
	struct pci_epf_bar		bar;
	struct pci_epf_bar_submap	submap[];
};

int dw_pcie_ep_ib_plan(const struct dw_pcie_ep_ib_win *wins,
		       unsigned int num_wins, u8 func_no, enum pci_barno bar,
		       struct dw_pcie_ep_ib_step *steps, unsigned int num_steps);
int dw_pcie_ep_ib_do_step(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar,
			  int type, const struct dw_pcie_ep_ib_step *step);
void dw_pcie_ep_ib_undo(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar,
			int type, const struct dw_pcie_ep_ib_step *step);
int dw_pcie_ep_ib_apply(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar,
			int type, const struct dw_pcie_ep_ib_step *steps,
			unsigned int num_steps);
int dw_pcie_ep_ib_set(struct dw_pcie_ep *ep, u8 func_no,
		      const struct pci_epf_bar *epf_bar);
u64 dw_pcie_ep_ib_bar_base(struct dw_pcie_ep *ep, u8 func_no,
			   enum pci_barno bar, int flags);
int dw_pcie_ep_ib_remember(struct dw_pcie_ep *ep, u8 func_no, int type,
			   const struct pci_epf_bar *epf_bar,
			   const struct dw_pcie_ep_ib_step *steps,
			   unsigned int num_steps);
void dw_pcie_ep_ib_forget(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar);
void dw_pcie_ep_ib_retry(struct dw_pcie_ep *ep, u8 func_no);
void dw_pcie_ep_ib_clear(struct dw_pcie_ep *ep, u8 func_no, enum pci_barno bar);

#if IS_ENABLED(CONFIG_KUNIT)
extern const struct pci_epc_ops dw_pcie_ep_epc_ops;
void dw_pcie_ep_forget_bars(struct dw_pcie_ep *ep);
#endif

#endif /* _PCIE_DESIGNWARE_EP_IB_H */

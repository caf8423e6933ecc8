// SPDX-License-Identifier: GPL-2.0
/*
 * Synopsys DesignWare PCIe Endpoint controller driver: planning of BAR mappings
 *
 * A BAR is mapped by one inbound window (iATU region) that matches the BAR as
 * a whole, BAR Match Mode, or by several that match a range of PCI addresses
 * each, Address Match Mode. Its mapping may be changed while the host uses the
 * BAR. Then only windows that differ are written, and what old and new mapping
 * have in common stays mapped throughout, as long as the controller has windows
 * to spare: the window of the new mapping is programmed before that of the old
 * one goes. Of windows that overlap for that moment, and map what they have in
 * common to the same place, either may win.
 *
 * A request to a BAR that matches no window is passed on with its PCI address,
 * which is the host's choice. So a BAR always has a window in BAR Match Mode:
 * where not all of the BAR is mapped, or windows in Address Match Mode would miss
 * it once the host has moved it, one that refuses what no other matches. The
 * lowest number wins, hence it has to come after all others of the BAR.
 *
 * Nothing here touches the hardware, see pcie-designware-ep-ib.c for that.
 */

#include <kunit/visibility.h>
#include <linux/bitmap.h>
#include <linux/errno.h>

#include "pcie-designware.h"
#include "pcie-designware-ep-ib.h"

/* Which window to look for, in the order in which they are preferred */
enum dw_pcie_ep_ib_match {
	IB_IDENTICAL,		/* has the content wanted */
	IB_SAME_SPAN,		/* maps the same part of the BAR to elsewhere */
	IB_FREE,
	IB_UNRELATED,		/* nothing that it maps stays as it is */
	IB_ANY_OLD,
};

static bool dw_pcie_ep_ib_same_span(const struct dw_pcie_ep_ib_range *a,
				    const struct dw_pcie_ep_ib_range *b)
{
	return a->bar_match == b->bar_match && a->offset == b->offset &&
	       a->size == b->size;
}

/* Is there a byte of the BAR that both map to the same place? */
static bool dw_pcie_ep_ib_common(const struct dw_pcie_ep_ib_range *a,
				 const struct dw_pcie_ep_ib_range *b)
{
	if (a->refuse || b->refuse)
		return false;

	/* The host moved the BAR: what was mapped cannot be reached any more */
	if (!a->bar_match && !b->bar_match && a->base != b->base)
		return false;

	return a->offset < b->offset + b->size &&
	       b->offset < a->offset + a->size &&
	       a->target - a->offset == b->target - b->offset;
}

struct dw_pcie_ep_ib_search {
	const struct dw_pcie_ep_ib_win	*wins;
	unsigned int			num_wins;
	u8				func_no;
	enum pci_barno			bar;
	struct dw_pcie_ep_ib_step	*steps;
	unsigned int			num_steps;	/* without the one that refuses */
	unsigned int			end;		/* of the windows to choose from */
	DECLARE_BITMAP(taken, MAX_IATU_IN);	/* by one of @steps */
};

static bool dw_pcie_ep_ib_suits(const struct dw_pcie_ep_ib_search *search,
				unsigned int index,
				const struct dw_pcie_ep_ib_range *range,
				enum dw_pcie_ep_ib_match match)
{
	const struct dw_pcie_ep_ib_win *win = &search->wins[index];
	unsigned int i;

	if (test_bit(index, search->taken))
		return false;
	if (match == IB_FREE)
		return !win->busy;
	if (!dw_pcie_ep_ib_owns(win, search->func_no, search->bar))
		return false;

	switch (match) {
	case IB_IDENTICAL:
		return dw_pcie_ep_ib_same_span(&win->range, range) &&
		       win->range.refuse == range->refuse &&
		       win->range.base == range->base &&
		       win->range.target == range->target;
	case IB_SAME_SPAN:
		return dw_pcie_ep_ib_same_span(&win->range, range);
	case IB_UNRELATED:
		for (i = 0; i < search->num_steps; i++) {
			if (dw_pcie_ep_ib_common(&win->range,
						 &search->steps[i].range))
				return false;
		}
		return true;
	default:
		return true;
	}
}

/* Is any of the range mapped to the same place already? */
static bool dw_pcie_ep_ib_was_mapped(const struct dw_pcie_ep_ib_search *search,
				     const struct dw_pcie_ep_ib_range *range)
{
	unsigned int i;

	for (i = 0; i < search->num_wins; i++) {
		if (dw_pcie_ep_ib_owns(&search->wins[i], search->func_no,
				       search->bar) &&
		    dw_pcie_ep_ib_common(&search->wins[i].range, range))
			return true;
	}

	return false;
}

/* Returns how many steps are left without a window */
static unsigned int dw_pcie_ep_ib_assign(struct dw_pcie_ep_ib_search *search,
					 enum dw_pcie_ep_ib_match match,
					 enum dw_pcie_ep_ib_action action,
					 bool only_mapped)
{
	struct dw_pcie_ep_ib_step *step;
	unsigned int i, w, open = 0;

	for (i = 0; i < search->num_steps; i++) {
		step = &search->steps[i];
		if (step->action != DW_PCIE_EP_IB_OPEN)
			continue;

		open++;
		if (only_mapped && !dw_pcie_ep_ib_was_mapped(search, &step->range))
			continue;

		for (w = 0; w < search->end; w++) {
			if (!dw_pcie_ep_ib_suits(search, w, &step->range, match))
				continue;

			__set_bit(w, search->taken);
			step->index = w;
			step->action = action;
			open--;
			break;
		}
	}

	return open;
}

static bool dw_pcie_ep_ib_plan_maps(struct dw_pcie_ep_ib_search *search)
{
	unsigned int i;

	for (i = 0; i < search->num_steps; i++)
		search->steps[i].action = DW_PCIE_EP_IB_OPEN;

	dw_pcie_ep_ib_assign(search, IB_IDENTICAL, DW_PCIE_EP_IB_KEEP, false);
	dw_pcie_ep_ib_assign(search, IB_SAME_SPAN, DW_PCIE_EP_IB_REUSE, false);
	/*
	 * Free windows go to ranges that were mapped to the same place before:
	 * only these would suffer if the old window had to go first.
	 */
	dw_pcie_ep_ib_assign(search, IB_FREE, DW_PCIE_EP_IB_NEW, true);
	dw_pcie_ep_ib_assign(search, IB_FREE, DW_PCIE_EP_IB_NEW, false);
	dw_pcie_ep_ib_assign(search, IB_UNRELATED, DW_PCIE_EP_IB_REUSE, false);

	return !dw_pcie_ep_ib_assign(search, IB_ANY_OLD, DW_PCIE_EP_IB_REUSE, false);
}

/*
 * The later the window that refuses, the more there is to choose from for the
 * others. One that maps the BAR as a whole becomes one that refuses in place.
 */
static bool dw_pcie_ep_ib_plan_refusal(struct dw_pcie_ep_ib_search *search,
				       struct dw_pcie_ep_ib_step *last)
{
	static const struct {
		enum dw_pcie_ep_ib_match match;
		enum dw_pcie_ep_ib_action action;
	} order[] = {
		{ IB_IDENTICAL,	DW_PCIE_EP_IB_KEEP },
		{ IB_SAME_SPAN,	DW_PCIE_EP_IB_REUSE },
		{ IB_FREE,	DW_PCIE_EP_IB_NEW },
		{ IB_ANY_OLD,	DW_PCIE_EP_IB_REUSE },
	};
	unsigned int o, w;

	for (o = 0; o < ARRAY_SIZE(order); o++) {
		for (w = search->num_wins; w-- > 0;) {
			bitmap_zero(search->taken, MAX_IATU_IN);
			if (!dw_pcie_ep_ib_suits(search, w, &last->range, order[o].match))
				continue;

			search->end = w;
			if (!dw_pcie_ep_ib_plan_maps(search))
				continue;

			last->index = w;
			last->action = order[o].action;
			return true;
		}
	}

	return false;
}

/**
 * dw_pcie_ep_ib_plan() - find windows for a new mapping of a BAR
 * @wins: what the windows of the controller are used for
 * @num_wins: number of @wins, at most MAX_IATU_IN
 * @func_no: endpoint function of the BAR
 * @bar: the BAR
 * @steps: in: the ranges of the new mapping, one that refuses last; out: window
 *	   and action of each
 * @num_steps: number of @steps
 *
 * Changes nothing but @steps. The caller has to program the new windows first,
 * the one that refuses next, then those that are reused, and to disable the
 * windows of the BAR that no step refers to last, beginning with those in BAR
 * Match Mode: there may be new ones behind them.
 *
 * Context: Any context.
 *
 * Return: 0, or -ENOSPC when the controller has not enough windows, even when
 * all of the BAR's old windows are reused.
 */
int dw_pcie_ep_ib_plan(const struct dw_pcie_ep_ib_win *wins,
		       unsigned int num_wins, u8 func_no, enum pci_barno bar,
		       struct dw_pcie_ep_ib_step *steps, unsigned int num_steps)
{
	struct dw_pcie_ep_ib_search search = {
		.wins = wins,
		.num_wins = num_wins,
		.func_no = func_no,
		.bar = bar,
		.steps = steps,
		.num_steps = num_steps,
		.end = num_wins,
	};
	bool refuse = num_steps && steps[num_steps - 1].range.refuse;
	bool found;

	if (refuse) {
		search.num_steps--;
		found = dw_pcie_ep_ib_plan_refusal(&search, &steps[num_steps - 1]);
	} else {
		found = dw_pcie_ep_ib_plan_maps(&search);
	}

	if (!found)
		return -ENOSPC;

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(dw_pcie_ep_ib_plan);

// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual NTB endpoint function: what is behind a BAR at the moment
 *
 * The host must not reach anything through a BAR but what was put there: the
 * memory that a client translates a window to, and a DMA slice while it is up. A
 * controller that can leave a BAR, or a part of it, without a target does so
 * with the rest. One that cannot needs memory that does no harm.
 */

#include <linux/align.h>
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/pci-epc.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "pci-epf-vntb-map.h"

/* A rest that is larger stays without backing */
#define VNTB_MAX_SCRATCH	SZ_1M

static struct pci_epf_bar *vntb_bar_epf_bar(struct vntb_bar *bar)
{
	return &bar->epf->bar[bar->barno];
}

static bool vntb_bar_is_whole(const struct vntb_bar *bar)
{
	return bar->layout.num_spans == 1;
}

/* Nothing at all to see in there */
static bool vntb_bar_is_empty(const struct vntb_bar *bar)
{
	return !bar->content.mw.size && !bar->content.num_dma &&
	       (vntb_bar_is_whole(bar) || !bar->content.scratch_size);
}

/*
 * Hosts of old take all of the BAR for the memory window, so behind it is memory
 * to write to. Windows themselves have none unless the controller needs it.
 */
static int vntb_bar_alloc_scratch(struct vntb_bar *bar,
				  const struct pci_epc_features *epc_features)
{
	struct pci_epf_bar *epf_bar = vntb_bar_epf_bar(bar);
	size_t size = bar->layout.size;

	if (!epc_features->unbacked_bar) {
		bar->scratch = pci_epf_alloc_space(bar->epf, size, bar->barno, epc_features, 0);
		if (!bar->scratch)
			goto err_no_memory;
		bar->content.scratch = epf_bar->phys_addr;
		bar->content.scratch_size = size;
		/* It may have been rounded up, but the BAR is what was planned */
		epf_bar->size = size;
		return 0;
	}

	bar->content.mw_unbacked = true;
	epf_bar->no_backing = true;
	if (!vntb_bar_find(&bar->layout, VNTB_BAR_MW))
		return 0;

	size = min(vntb_bar_scratch_size(&bar->layout), VNTB_MAX_SCRATCH);
	if (!size)
		return 0;

	bar->scratch = dma_alloc_coherent(bar->epf->epc->dev.parent, size, &bar->content.scratch,
					  GFP_KERNEL);
	if (!bar->scratch)
		goto err_no_memory;
	bar->scratch_alloc = size;
	if (!IS_ALIGNED(bar->content.scratch, bar->align))
		goto err_no_memory;
	bar->content.scratch_size = size;
	return 0;

err_no_memory:
	dev_err(&bar->epf->dev, "no memory to put %zu bytes behind BAR%d\n", size, bar->barno);
	return -ENOMEM;
}

static void vntb_bar_free(struct vntb_bar *bar)
{
	struct pci_epf_bar *epf_bar = vntb_bar_epf_bar(bar);

	if (bar->scratch_alloc) {
		dma_free_coherent(bar->epf->epc->dev.parent, bar->scratch_alloc, bar->scratch,
				  bar->content.scratch);
	} else if (bar->scratch) {
		epf_bar->phys_addr = bar->content.scratch;
		pci_epf_free_space(bar->epf, bar->scratch, bar->barno, 0);
	}

	bar->scratch = NULL;
	bar->scratch_alloc = 0;
	memset(&bar->content, 0, sizeof(bar->content));
	memset(epf_bar, 0, sizeof(*epf_bar));
	bar->epf = NULL;
}

/* To clear the BAR instead would take the host's address */
static void vntb_bar_describe_empty(struct vntb_bar *bar)
{
	struct pci_epf_bar *epf_bar = vntb_bar_epf_bar(bar);

	epf_bar->num_submap = 0;
	epf_bar->submap = NULL;
	/* Scratch of less than the BAR is for a controller that can do without */
	epf_bar->no_backing = !bar->scratch || bar->scratch_alloc;
	epf_bar->phys_addr = epf_bar->no_backing ? 0 : bar->content.scratch;
}

/* Write @bar->content down in terms of the EPC core */
static int vntb_bar_describe(struct vntb_bar *bar)
{
	struct pci_epf_bar *epf_bar = vntb_bar_epf_bar(bar);
	const struct pci_epf_bar_submap *mw = &bar->content.mw;
	int num;

	vntb_bar_describe_empty(bar);
	if (vntb_bar_is_empty(bar))
		return 0;

	epf_bar->no_backing = false;
	epf_bar->phys_addr = mw->phys_addr;

	/* Such a target can be had for the BAR as a whole */
	if (vntb_bar_is_whole(bar) && mw->size == epf_bar->size &&
	    IS_ALIGNED(mw->phys_addr, mw->size))
		return 0;

	if (!bar->can_split) {
		if (mw->size != epf_bar->size)
			dev_warn(&bar->epf->dev,
				 "BAR%d: host reaches %zu bytes behind the translated memory, the controller maps whole BARs only\n",
				 bar->barno, epf_bar->size - mw->size);
		return 0;
	}

	if (!IS_ALIGNED(mw->phys_addr | mw->size, bar->align)) {
		dev_err(&bar->epf->dev, "BAR%d: %zu bytes at %pad are not aligned to %zu\n",
			bar->barno, mw->size, &mw->phys_addr, bar->align);
		return -EINVAL;
	}

	num = vntb_bar_map(&bar->layout, &bar->content, bar->submap, ARRAY_SIZE(bar->submap));
	if (num < 0)
		return num;

	epf_bar->submap = bar->submap;
	epf_bar->num_submap = num;

	return 0;
}

/**
 * vntb_bar_update() - tell the controller what is behind a BAR
 * @bar: the BAR, with @bar->content being what should be there
 *
 * Context: Process context, with the lock of @bar held.
 *
 * Return: 0, -EINVAL when the controller cannot map it, or another errno of the
 * EPC driver. On errors what was there before is still there.
 */
int vntb_bar_update(struct vntb_bar *bar)
{
	struct pci_epf *epf = bar->epf;
	int ret;

	lockdep_assert_held(bar->lock);

	ret = vntb_bar_describe(bar);
	if (ret)
		return ret;

	return pci_epc_set_bar(epf->epc, epf->func_no, epf->vfunc_no, vntb_bar_epf_bar(bar));
}
EXPORT_SYMBOL_NS_GPL(vntb_bar_update, "PCI_EPF_VNTB");

/**
 * vntb_bar_refresh() - tell the controller again what is behind a BAR
 * @bar: the BAR
 *
 * For when the host may have assigned another address to the BAR, which a
 * controller needs to know for the parts of it, or has reset the controller.
 *
 * Context: Process context, with the lock of @bar held.
 *
 * Return: as vntb_bar_update().
 */
int vntb_bar_refresh(struct vntb_bar *bar)
{
	return bar->can_update ? vntb_bar_update(bar) : 0;
}
EXPORT_SYMBOL_NS_GPL(vntb_bar_refresh, "PCI_EPF_VNTB");

/**
 * vntb_bar_block() - take away all that is behind a BAR
 * @bar: the BAR
 *
 * For when vntb_bar_update() cannot take away a part of it: needs neither memory
 * nor windows of the controller. @bar->content remains, and the next update
 * brings back what is in there.
 *
 * Context: Process context, with the lock of @bar held.
 *
 * Return: 0, or an errno of pci_epc_set_bar(): all is as it was.
 */
int vntb_bar_block(struct vntb_bar *bar)
{
	struct pci_epf_bar *epf_bar = vntb_bar_epf_bar(bar);
	struct pci_epf *epf = bar->epf;
	int ret;

	lockdep_assert_held(bar->lock);

	vntb_bar_describe_empty(bar);
	ret = pci_epc_set_bar(epf->epc, epf->func_no, epf->vfunc_no, epf_bar);
	if (ret)
		dev_err_ratelimited(&epf->dev, "BAR%d: the host still reaches what was there: %d\n",
				    bar->barno, ret);

	return ret;
}
EXPORT_SYMBOL_NS_GPL(vntb_bar_block, "PCI_EPF_VNTB");

/**
 * vntb_bar_set_trans() - put memory behind the window in a BAR, or take it away
 * @bar: the BAR
 * @addr: DMA address of the memory
 * @size: bytes, 0: nothing is behind the window any more
 *
 * Context: Process context, with the lock of @bar held.
 *
 * Return: as vntb_bar_update().
 */
int vntb_bar_set_trans(struct vntb_bar *bar, dma_addr_t addr, size_t size)
{
	struct pci_epf_bar_submap old = bar->content.mw;
	int ret;

	lockdep_assert_held(bar->lock);

	bar->content.mw.phys_addr = size ? addr : 0;
	bar->content.mw.size = size;

	ret = vntb_bar_update(bar);
	if (ret) {
		bar->content.mw = old;
		vntb_bar_describe(bar);
	}

	return ret;
}
EXPORT_SYMBOL_NS_GPL(vntb_bar_set_trans, "PCI_EPF_VNTB");

/**
 * vntb_bar_init() - set a BAR up that was planned
 * @bar: the BAR, with @bar->layout being what vntb_bar_plan() said
 * @epf: the function, bound to a controller
 * @lock: lock that the users of @bar have in common
 * @barno: number of the BAR
 *
 * Context: Process context, before the host can see the BAR.
 *
 * Return: 0, -ENOMEM, or an errno of the EPC driver.
 */
int vntb_bar_init(struct vntb_bar *bar, struct pci_epf *epf, struct mutex *lock,
		  enum pci_barno barno)
{
	const struct pci_epc_features *epc_features;
	struct pci_epf_bar *epf_bar = &epf->bar[barno];
	u64 size = bar->layout.size;
	struct vntb_bar_limits limits;
	int ret;

	epc_features = pci_epc_get_features(epf->epc, epf->func_no, epf->vfunc_no);
	vntb_bar_get_limits(epc_features, barno, &limits);

	bar->epf = epf;
	bar->lock = lock;
	bar->barno = barno;
	bar->align = limits.align;
	bar->can_split = limits.can_split;
	bar->can_update = epc_features->dynamic_inbound_mapping;
	memset(&bar->content, 0, sizeof(bar->content));
	memset(epf_bar, 0, sizeof(*epf_bar));
	epf_bar->barno = barno;
	epf_bar->size = size;

	ret = vntb_bar_alloc_scratch(bar, epc_features);
	if (ret)
		goto err_free;

	if (upper_32_bits(size) || epc_features->bar[barno].only_64bit)
		epf_bar->flags = PCI_BASE_ADDRESS_MEM_TYPE_64;
	else
		epf_bar->flags = PCI_BASE_ADDRESS_MEM_TYPE_32;

	/* The first time always as a whole: that gives the BAR its size */
	ret = pci_epc_set_bar(epf->epc, epf->func_no, epf->vfunc_no, epf_bar);
	if (ret) {
		dev_err(&epf->dev, "BAR%d cannot have %llu bytes: %d\n", barno, size, ret);
		goto err_free;
	}

	mutex_lock(lock);
	ret = vntb_bar_is_empty(bar) ? 0 : vntb_bar_update(bar);
	mutex_unlock(lock);
	if (ret) {
		dev_err(&epf->dev, "BAR%d cannot have parts: %d\n", barno, ret);
		goto err_clear;
	}

	return 0;

err_clear:
	pci_epc_clear_bar(epf->epc, epf->func_no, epf->vfunc_no, epf_bar);
err_free:
	vntb_bar_free(bar);
	return ret;
}
EXPORT_SYMBOL_NS_GPL(vntb_bar_init, "PCI_EPF_VNTB");

/**
 * vntb_bar_exit() - take a BAR down
 * @bar: the BAR, set up or not
 *
 * Context: Process context.
 */
void vntb_bar_exit(struct vntb_bar *bar)
{
	struct pci_epf *epf = bar->epf;

	if (!epf)
		return;

	pci_epc_clear_bar(epf->epc, epf->func_no, epf->vfunc_no, vntb_bar_epf_bar(bar));
	vntb_bar_free(bar);
}
EXPORT_SYMBOL_NS_GPL(vntb_bar_exit, "PCI_EPF_VNTB");

// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual NTB endpoint function: DMA channels for the host
 *
 * From bind to unbind the channels belong to the host, but it sees the slice by
 * which it drives them only while the link is up, and only if it said that it
 * knows what to do with it. Before and after that there is scratch memory, or
 * nothing, in its place.
 */

#include <linux/export.h>
#include <linux/lockdep.h>
#include <linux/pci-ep-dma.h>
#include <linux/sysfs.h>

#include "pci-epf-vntb-dma.h"

/**
 * vntb_dma_create() - take the channels
 * @dma: the export, with what the user wants in it
 * @epf: the function
 *
 * Context: Process context.
 *
 * Return: 0 or an errno of pci_ep_dma_create().
 */
int vntb_dma_create(struct vntb_dma *dma, struct pci_epf *epf)
{
	struct pci_ep_dma *slice;

	slice = pci_ep_dma_create(epf, dma->num_chans);
	if (IS_ERR(slice)) {
		dev_err(&epf->dev, "dma_bar: no DMA channels for the host: %pe%s\n", slice,
			IS_ENABLED(CONFIG_PCI_ENDPOINT_DMA) ? "" :
			", built without CONFIG_PCI_ENDPOINT_DMA");
		return PTR_ERR(slice);
	}

	dma->slice = slice;
	dma->live = false;
	dma->dirty = false;
	dma->told = false;

	return 0;
}
EXPORT_SYMBOL_NS_GPL(vntb_dma_create, "PCI_EPF_VNTB");

/**
 * vntb_dma_destroy() - give the channels back
 * @dma: the export, whether there is one or not
 *
 * Context: Process context. The host must not see the slice any more.
 */
void vntb_dma_destroy(struct vntb_dma *dma)
{
	pci_ep_dma_destroy(dma->slice);
	dma->slice = NULL;
	dma->bar = NULL;
}
EXPORT_SYMBOL_NS_GPL(vntb_dma_destroy, "PCI_EPF_VNTB");

/**
 * vntb_dma_get_region() - what the slice needs in its BAR
 * @dma: the export
 * @region: the answer
 *
 * Context: Any context.
 */
void vntb_dma_get_region(const struct vntb_dma *dma, struct vntb_bar_region *region)
{
	*region = (struct vntb_bar_region) {
		.use = VNTB_BAR_DMA,
		.attr = "dma_offset",
		.offset = dma->offset == VNTB_DMA_OFFSET_AUTO ? VNTB_BAR_OFFSET_AUTO : dma->offset,
		.size = pci_ep_dma_size(dma->slice),
	};
}
EXPORT_SYMBOL_NS_GPL(vntb_dma_get_region, "PCI_EPF_VNTB");

/**
 * vntb_dma_fill_ctrl_ext() - tell the host where the slice will be
 * @dma: the export, whether there is one or not
 * @barno: its BAR
 * @ext: extension of the control block
 *
 * Context: Process context, after the BAR was planned.
 */
void vntb_dma_fill_ctrl_ext(const struct vntb_dma *dma, enum pci_barno barno,
			    struct vntb_ctrl_ext *ext)
{
	const struct vntb_bar_span *span;

	ext->dma_abi = cpu_to_le32(VNTB_DMA_ABI_NONE);
	if (!dma->slice)
		return;

	span = vntb_bar_find(&dma->bar->layout, VNTB_BAR_DMA);
	ext->dma_bar = cpu_to_le32(barno);
	ext->dma_offset = cpu_to_le32(span->offset);
	ext->dma_size = cpu_to_le32(span->size);
	ext->dma_num_chans = cpu_to_le32(hweight32(pci_ep_dma_chan_mask(dma->slice)));
	ext->dma_abi = cpu_to_le32(VNTB_DMA_ABI_V1);
}
EXPORT_SYMBOL_NS_GPL(vntb_dma_fill_ctrl_ext, "PCI_EPF_VNTB");

static int vntb_dma_quiesce(struct vntb_dma *dma)
{
	int ret;

	if (!dma->dirty)
		return 0;

	ret = pci_ep_dma_quiesce(dma->slice);
	/* A host that still sees them can start them again */
	if (!ret)
		dma->dirty = dma->live;

	return ret;
}

static int vntb_dma_show_slice(struct vntb_dma *dma)
{
	struct vntb_bar_content *content = &dma->bar->content;
	const struct vntb_bar_span *span;
	int ret;

	/* What another host left running must not meet the next one's buffers */
	ret = vntb_dma_quiesce(dma);
	if (ret)
		return ret;

	span = vntb_bar_find(&dma->bar->layout, VNTB_BAR_DMA);
	pci_ep_dma_publish(dma->slice, dma->bar->barno, span->offset);

	content->num_dma = pci_ep_dma_regions(dma->slice, &content->dma);
	ret = vntb_bar_update(dma->bar);
	if (ret) {
		/* What was there before is still there */
		if (!dma->live)
			content->num_dma = 0;
		return ret;
	}

	dma->live = true;
	dma->dirty = true;

	return 0;
}

/**
 * vntb_dma_link_up() - show the slice to the host
 * @dma: the export, whether there is one or not
 * @host_knows: the host said that it knows what a slice is
 *
 * A host that cannot have the slice can still have the rest of the NTB. It finds
 * no header in the place of the slice.
 *
 * Context: Process context, with the lock of the BAR held.
 */
void vntb_dma_link_up(struct vntb_dma *dma, bool host_knows)
{
	struct device *dev;
	int ret;

	if (!dma->slice)
		return;

	lockdep_assert_held(dma->bar->lock);
	dev = &dma->bar->epf->dev;

	if (!host_knows) {
		if (dma->live)
			vntb_dma_link_down(dma);
		if (!dma->told)
			dev_info_ratelimited(dev, "the host does not use the DMA channels, BAR%d has %s in their place\n",
					     dma->bar->barno,
					     dma->bar->scratch ? "scratch memory" : "nothing");
		dma->told = true;
		return;
	}

	dma->told = false;
	ret = vntb_dma_show_slice(dma);
	if (ret)
		dev_err_ratelimited(dev, "cannot show the DMA channels to the host: %d\n", ret);
}
EXPORT_SYMBOL_NS_GPL(vntb_dma_link_up, "PCI_EPF_VNTB");

/**
 * vntb_dma_link_down() - hide the slice from the host and stop the channels
 * @dma: the export, whether there is one or not
 *
 * The host loses sight of the registers first, or it could start the channels
 * again. It keeps those that the controller exposes by itself.
 *
 * Context: Process context, with the lock of the BAR held. Sleeps for some
 * 100 ms if a channel does not stop.
 *
 * Return: 0, or an errno of pci_ep_dma_quiesce(). What failed is tried again when
 * the link goes down or up the next time.
 */
int vntb_dma_link_down(struct vntb_dma *dma)
{
	struct device *dev;
	int ret;

	if (!dma->slice)
		return 0;

	lockdep_assert_held(dma->bar->lock);
	dev = &dma->bar->epf->dev;

	if (dma->live) {
		dma->bar->content.num_dma = 0;
		ret = vntb_bar_update(dma->bar);
		if (ret) {
			dev_err_ratelimited(dev, "BAR%d: nothing can be put in the place of the DMA channels: %d\n",
					    dma->bar->barno, ret);
			ret = vntb_bar_block(dma->bar);
		}
		/* If all of it failed, the next time may be better */
		dma->live = !!ret;
	}

	ret = vntb_dma_quiesce(dma);
	if (ret)
		dev_err_ratelimited(dev, "DMA channels do not stop: %d\n", ret);

	return ret;
}
EXPORT_SYMBOL_NS_GPL(vntb_dma_link_down, "PCI_EPF_VNTB");

/**
 * vntb_dma_epc_deinit() - give the channels back before the controller is reset
 * @dma: the export, whether there is one or not
 *
 * The place of the slice in its BAR remains.
 *
 * Context: Process context, with the lock of the BAR held.
 */
void vntb_dma_epc_deinit(struct vntb_dma *dma)
{
	vntb_dma_link_down(dma);
	pci_ep_dma_destroy(dma->slice);
	dma->slice = NULL;
}
EXPORT_SYMBOL_NS_GPL(vntb_dma_epc_deinit, "PCI_EPF_VNTB");

/**
 * vntb_dma_epc_init() - take the channels again after a reset of the controller
 * @dma: the export, whether there is one or not
 * @epf: the function
 *
 * Context: Process context, with the lock of the BAR held.
 */
void vntb_dma_epc_init(struct vntb_dma *dma, struct pci_epf *epf)
{
	const struct vntb_bar_span *span;

	if (dma->slice || !dma->bar || vntb_dma_create(dma, epf))
		return;

	span = vntb_bar_find(&dma->bar->layout, VNTB_BAR_DMA);
	if (pci_ep_dma_size(dma->slice) == span->size)
		return;

	dev_err(&epf->dev, "dma_bar: the DMA engine is not the one that it was before the reset\n");
	vntb_dma_epc_deinit(dma);
}
EXPORT_SYMBOL_NS_GPL(vntb_dma_epc_init, "PCI_EPF_VNTB");

/**
 * vntb_dma_show_status() - tell the user what is exported
 * @dma: the export, whether there is one or not
 * @page: where to
 *
 * Context: Process context, with the lock of the BAR held.
 *
 * Return: number of bytes written.
 */
ssize_t vntb_dma_show_status(const struct vntb_dma *dma, char *page)
{
	unsigned long mask;

	if (!dma->slice)
		return sysfs_emit(page, "off\n");

	mask = pci_ep_dma_chan_mask(dma->slice);

	return sysfs_emit(page, "%s read %*pbl\n", dma->live ? "live" : "armed", BITS_PER_LONG,
			  &mask);
}
EXPORT_SYMBOL_NS_GPL(vntb_dma_show_status, "PCI_EPF_VNTB");

// SPDX-License-Identifier: GPL-2.0
/*
 * PCI endpoint: DMA channels that the host drives
 *
 * An endpoint function that lends DMA channels to its host has to show it three
 * things: the registers of the engine, the memory in which the channels find
 * their descriptors, and a header that says where these are. Together they are a
 * DMA slice, a part of a BAR. This file takes the channels from the users of
 * the endpoint, says what has to be mapped for the slice, and writes the header,
 * in the format of linux/pci-ep-dma-abi.h. Which BAR that is, and when the host
 * may look at it, is for the function to decide.
 *
 * The channels lent are those that read from the link. The host gets data to the
 * endpoint with them, the endpoint keeps those for the other way. Whoever drives
 * a channel reaches all memory of the endpoint that the engine reaches, and the
 * registers of those that the endpoint keeps are next to the ones of the others.
 */

#include <linux/align.h>
#include <linux/cleanup.h>
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/pci-ep-dma.h>
#include <linux/pci-ep-dma-abi.h>
#include <linux/pci-epc.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pci-ep-dma-res.h"

/**
 * struct pci_ep_dma - a DMA slice
 * @epf: function that lends the channels
 * @align: what is mapped starts at, and is, multiples of this
 * @res: what is lent
 * @regs_iova: what is mapped of the registers, unless a BAR shows them anyway
 * @regs_size: bytes of @regs_iova, 0: a BAR shows them
 * @hdr: the header, with zeroes behind it up to @align
 * @hdr_iova: DMA address of @hdr
 * @num_regions: number of @regions
 * @regions: what has to be mapped, in the order of the slice
 */
struct pci_ep_dma {
	struct pci_epf *epf;
	size_t align;
	struct pci_ep_dma_res res;
	dma_addr_t regs_iova;
	size_t regs_size;
	struct pci_ep_dma_hdr *hdr;
	dma_addr_t hdr_iova;
	unsigned int num_regions;
	struct pci_epf_bar_submap regions[PCI_EP_DMA_MAX_REGIONS];
};

static struct device *pci_ep_dma_dev(struct pci_ep_dma *dma)
{
	return dma->epf->epc->dev.parent;
}

static int pci_ep_dma_find(struct pci_ep_dma *dma, unsigned int num_chans)
{
	struct pci_epf *epf = dma->epf;
	int count, ret;

	count = pci_epc_get_aux_resources_count(epf->epc, epf->func_no, epf->vfunc_no);
	if (count < 0)
		return count;
	if (!count)
		return -ENODEV;

	struct pci_epc_aux_resource *aux __free(kfree) = kzalloc_objs(*aux, count);
	if (!aux)
		return -ENOMEM;

	ret = pci_epc_get_aux_resources(epf->epc, epf->func_no, epf->vfunc_no, aux, count);
	if (ret)
		return ret;

	return pci_ep_dma_select(&epf->dev, aux, count, num_chans, dma->align, &dma->res);
}

/* No more than the channels need, and never what is behind the registers */
static int pci_ep_dma_map_regs(struct pci_ep_dma *dma)
{
	struct pci_epc_aux_resource *regs = &dma->res.regs;
	struct device *dma_dev = pci_ep_dma_dev(dma);
	size_t need = dma->res.regs_need, size;
	dma_addr_t iova;

	if (regs->bar != NO_BAR) {
		if (regs->size >= need && regs->size <= U32_MAX && regs->bar_offset <= U32_MAX)
			return 0;
		goto refuse;
	}

	size = min(ALIGN_DOWN(regs->size, dma->align), ALIGN(need, dma->align));
	if (size < need || !IS_ALIGNED(regs->phys_addr, dma->align))
		goto refuse;

	iova = dma_map_resource(dma_dev, regs->phys_addr, size, DMA_BIDIRECTIONAL, 0);
	if (dma_mapping_error(dma_dev, iova))
		return -EIO;

	dma->regs_iova = iova;
	dma->regs_size = size;
	if (IS_ALIGNED(iova, dma->align))
		return 0;

refuse:
	dev_err(&dma->epf->dev, "cannot show %#zx bytes of DMA registers, of %pa at %pa, in steps of %#zx\n",
		need, &regs->size, &regs->phys_addr, dma->align);
	return -EOPNOTSUPP;
}

static int pci_ep_dma_alloc_hdr(struct pci_ep_dma *dma)
{
	dma->hdr = dma_alloc_coherent(pci_ep_dma_dev(dma), dma->align, &dma->hdr_iova, GFP_KERNEL);
	if (!dma->hdr)
		return -ENOMEM;

	return IS_ALIGNED(dma->hdr_iova, dma->align) ? 0 : -ENOMEM;
}

static void pci_ep_dma_add_region(struct pci_ep_dma *dma, dma_addr_t addr, size_t size)
{
	dma->regions[dma->num_regions++] = (struct pci_epf_bar_submap) {
		.phys_addr = addr,
		.size = size,
	};
}

static void pci_ep_dma_free(struct pci_ep_dma *dma)
{
	struct device *dma_dev = pci_ep_dma_dev(dma);

	if (dma->hdr)
		dma_free_coherent(dma_dev, dma->align, dma->hdr, dma->hdr_iova);
	if (dma->regs_size)
		dma_unmap_resource(dma_dev, dma->regs_iova, dma->regs_size, DMA_BIDIRECTIONAL, 0);
	kfree(dma);
}

DEFINE_FREE(pci_ep_dma_free, struct pci_ep_dma *, if (_T) pci_ep_dma_free(_T))

/**
 * pci_ep_dma_create() - take DMA channels and make a slice of them
 * @epf: endpoint function that is bound to a controller
 * @num_chans: number of channels, 0: all that read from the link
 *
 * The channels are gone for the users of the endpoint. The host sees nothing of
 * them before the function has mapped the regions of the slice.
 *
 * Messages about @num_chans call it dma_num_chans, as the configfs attributes
 * of functions do.
 *
 * Context: Process context, may sleep. Takes lock and dma_lock of the EPC.
 *
 * Return: the slice, or an ERR_PTR:
 * * -EINVAL: there are not that many channels, or they can only be lent together
 * * -EBUSY: one of the channels, or a doorbell among them, is in use
 * * -ENODEV: there is no DMA engine
 * * -EOPNOTSUPP: the EPC driver cannot delegate channels, the host does not know
 *   the engine, or other things would be seen with it
 * * -ENOMEM, -EIO: no memory for the header, or no DMA mapping
 */
struct pci_ep_dma *pci_ep_dma_create(struct pci_epf *epf, unsigned int num_chans)
{
	const struct pci_epc_features *features;
	int ret;

	features = pci_epc_get_features(epf->epc, epf->func_no, epf->vfunc_no);
	if (!features)
		return ERR_PTR(-EOPNOTSUPP);

	struct pci_ep_dma *dma __free(pci_ep_dma_free) = kzalloc_obj(*dma);
	if (!dma)
		return ERR_PTR(-ENOMEM);

	dma->epf = epf;
	dma->align = max_t(size_t, features->align, PCI_EP_DMA_ALIGN);

	ret = pci_ep_dma_find(dma, num_chans);
	if (ret)
		return ERR_PTR(ret);

	ret = pci_ep_dma_map_regs(dma);
	if (ret)
		return ERR_PTR(ret);

	ret = pci_ep_dma_alloc_hdr(dma);
	if (ret)
		return ERR_PTR(ret);

	pci_ep_dma_add_region(dma, dma->hdr_iova, dma->align);
	if (dma->regs_size)
		pci_ep_dma_add_region(dma, dma->regs_iova, dma->regs_size);
	pci_ep_dma_add_region(dma, dma->res.descs.phys_addr, dma->res.descs.size);

	ret = pci_epc_delegate_dma_channels(epf->epc, epf->func_no, epf->vfunc_no, 0,
					    dma->res.rd_mask);
	if (ret) {
		dev_err(&epf->dev, "cannot have DMA read channels %#x for the host: %d\n",
			dma->res.rd_mask, ret);
		return ERR_PTR(ret);
	}

	return no_free_ptr(dma);
}
EXPORT_SYMBOL_GPL(pci_ep_dma_create);

/**
 * pci_ep_dma_destroy() - give the channels of a slice back
 * @dma: the slice, or NULL
 *
 * The host must not see the slice any more. Channels that do not stop stay
 * delegated, until the EPC driver removes the engine.
 *
 * Context: Process context, may sleep for some 100 ms. Takes dma_lock of the EPC.
 */
void pci_ep_dma_destroy(struct pci_ep_dma *dma)
{
	struct pci_epf *epf;
	int ret;

	if (!dma)
		return;

	epf = dma->epf;
	ret = pci_epc_undelegate_dma_channels(epf->epc, epf->func_no, epf->vfunc_no, 0,
					      dma->res.rd_mask);
	/* A controller that was reset has taken them back by itself */
	if (ret && ret != -ENODEV)
		dev_err(&epf->dev, "DMA read channels %#x do not come back from the host: %d\n",
			dma->res.rd_mask, ret);

	pci_ep_dma_free(dma);
}
EXPORT_SYMBOL_GPL(pci_ep_dma_destroy);

/**
 * pci_ep_dma_size() - how large a slice is
 * @dma: the slice
 *
 * Context: Any context.
 *
 * Return: bytes, a multiple of what the controller can map.
 */
size_t pci_ep_dma_size(const struct pci_ep_dma *dma)
{
	size_t size = 0;
	unsigned int i;

	for (i = 0; i < dma->num_regions; i++)
		size += dma->regions[i].size;

	return size;
}
EXPORT_SYMBOL_GPL(pci_ep_dma_size);

/**
 * pci_ep_dma_chan_mask() - which channels are lent
 * @dma: the slice
 *
 * Context: Any context.
 *
 * Return: bit n is hardware channel n of those that read from the link.
 */
u32 pci_ep_dma_chan_mask(const struct pci_ep_dma *dma)
{
	return dma->res.rd_mask;
}
EXPORT_SYMBOL_GPL(pci_ep_dma_chan_mask);

/**
 * pci_ep_dma_num_irqs() - how many interrupts the channels raise at the host
 * @dma: the slice
 *
 * Context: Any context.
 *
 * Return: number of interrupt vectors that the function needs beside its own.
 */
unsigned int pci_ep_dma_num_irqs(const struct pci_ep_dma *dma)
{
	return dma->res.num_chans;
}
EXPORT_SYMBOL_GPL(pci_ep_dma_num_irqs);

/**
 * pci_ep_dma_regions() - what to map for the host to see a slice
 * @dma: the slice
 * @regions: the answer, for as long as the slice exists
 *
 * Context: Any context.
 *
 * Return: number of @regions, which follow each other in the BAR.
 */
unsigned int pci_ep_dma_regions(const struct pci_ep_dma *dma,
				const struct pci_epf_bar_submap **regions)
{
	*regions = dma->regions;

	return dma->num_regions;
}
EXPORT_SYMBOL_GPL(pci_ep_dma_regions);

/**
 * pci_ep_dma_publish() - write the header of a slice
 * @dma: the slice
 * @bar: BAR in which the function maps it
 * @offset: where in that BAR, a multiple of what the controller can map
 *
 * To be called each time before the host may look: it can write to the header,
 * and what an earlier one left there is none of its business.
 *
 * Context: Process context.
 */
void pci_ep_dma_publish(struct pci_ep_dma *dma, enum pci_barno bar, u32 offset)
{
	struct pci_ep_dma_place place = {
		.bar = bar,
		.offset = offset,
		.size = pci_ep_dma_size(dma),
		.regs_offset = offset + dma->align,
		.regs_size = dma->regs_size,
		.descs_offset = offset + dma->align + dma->regs_size,
	};
	struct pci_ep_dma_hdr hdr;

	pci_ep_dma_fill_hdr(&dma->res, &place, &hdr);
	memset(dma->hdr, 0, dma->align);
	memcpy(dma->hdr, &hdr, sizeof(hdr));
	/* Before whatever lets the host look */
	dma_wmb();
}
EXPORT_SYMBOL_GPL(pci_ep_dma_publish);

/**
 * pci_ep_dma_quiesce() - stop the channels of a slice
 * @dma: the slice
 *
 * For when the host has gone, or has to go. They remain lent.
 *
 * Context: Process context, may sleep for some 100 ms. Takes dma_lock of the EPC.
 *
 * Return: 0, -ETIMEDOUT when a channel does not stop, -EIO when the engine does
 * not answer, -ENODEV when it is gone.
 */
int pci_ep_dma_quiesce(struct pci_ep_dma *dma)
{
	struct pci_epf *epf = dma->epf;

	return pci_epc_quiesce_dma_channels(epf->epc, epf->func_no, epf->vfunc_no, 0,
					    dma->res.rd_mask);
}
EXPORT_SYMBOL_GPL(pci_ep_dma_quiesce);

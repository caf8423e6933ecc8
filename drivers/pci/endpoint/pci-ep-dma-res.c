// SPDX-License-Identifier: GPL-2.0
/*
 * PCI endpoint: DMA channels that the host drives, what is there to lend
 *
 * Finds the registers and the descriptor memory of the channels among what the
 * endpoint controller can show to the host, and makes sure that nothing else
 * gets to be seen with them. Only computes.
 */

#include <linux/align.h>
#include <linux/bits.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "pci-ep-dma-res.h"

static const struct pci_ep_dma_format pci_ep_dma_formats[] = {
	{ PCI_EPC_DMA_REG_DW_EDMA_UNROLL, PCI_EP_DMA_REG_EDMA_UNROLL, true, 0x200, 0x200 },
	{ PCI_EPC_DMA_REG_DW_HDMA_COMPAT, PCI_EP_DMA_REG_HDMA_COMPAT, true, 0x200, 0x200 },
	{ PCI_EPC_DMA_REG_DW_HDMA_NATIVE, PCI_EP_DMA_REG_HDMA_NATIVE, false, 0, 0x200 },
};

/* Is it descriptor memory of a channel that could be lent? */
static bool pci_ep_dma_is_chan(const struct pci_epc_aux_resource *aux)
{
	return aux->type == PCI_EPC_AUX_DMA_CHAN_DESC &&
	       aux->u.dma_desc.dir == PCI_EPC_DMA_READ;
}

static bool pci_ep_dma_is_lent(const struct pci_ep_dma_res *res,
			       const struct pci_epc_aux_resource *aux)
{
	return pci_ep_dma_is_chan(aux) && aux->u.dma_desc.hw_ch < PCI_EP_DMA_MAX_CHANS &&
	       res->rd_mask & BIT(aux->u.dma_desc.hw_ch);
}

static int pci_ep_dma_select_regs(struct device *dev, const struct pci_epc_aux_resource *aux,
				  int count, struct pci_ep_dma_res *res)
{
	int i;

	for (i = 0; i < count; i++)
		if (aux[i].type == PCI_EPC_AUX_DMA_CTRL_MMIO)
			break;

	if (i == count) {
		dev_err(dev, "the controller has no DMA engine for the host\n");
		return -ENODEV;
	}

	res->regs = aux[i];

	for (i = 0; i < ARRAY_SIZE(pci_ep_dma_formats); i++)
		if (pci_ep_dma_formats[i].epc_format == res->regs.u.dma_ctrl.reg_format)
			res->format = &pci_ep_dma_formats[i];

	if (res->format)
		return 0;

	dev_err(dev, "a DMA engine with register map %u is nothing for the host\n",
		res->regs.u.dma_ctrl.reg_format);
	return -EOPNOTSUPP;
}

/* Channels from 0 up, so that their number says which ones they are */
static int pci_ep_dma_select_chans(struct device *dev, const struct pci_epc_aux_resource *aux,
				   int count, unsigned int num_chans, struct pci_ep_dma_res *res)
{
	unsigned int present = 0, max, min;
	u32 mask = 0;
	int i;

	for (i = 0; i < count; i++) {
		if (!pci_ep_dma_is_chan(&aux[i]))
			continue;
		present++;
		if (aux[i].u.dma_desc.hw_ch < PCI_EP_DMA_MAX_CHANS)
			mask |= BIT(aux[i].u.dma_desc.hw_ch);
	}

	max = min(present, PCI_EP_DMA_MAX_CHANS);
	min = res->format->shared ? present : 1;
	if (!max || min > max || mask != GENMASK(max - 1, 0)) {
		dev_err(dev, "the DMA engine has %u read channels (%#x), allowed: 1 - %u\n",
			present, mask, PCI_EP_DMA_MAX_CHANS);
		return -ENODEV;
	}

	if (!num_chans)
		num_chans = max;
	if (num_chans < min || num_chans > max) {
		dev_err(dev, "dma_num_chans: %u, allowed: %u - %u%s\n", num_chans, min, max,
			min > 1 ? ", they share registers" : "");
		return -EINVAL;
	}

	res->num_chans = num_chans;
	res->rd_mask = GENMASK(num_chans - 1, 0);
	res->regs_need = res->format->chan_base + res->format->chan_size * num_chans;
	for (i = 0; i < count; i++)
		if (pci_ep_dma_is_lent(res, &aux[i]))
			res->chans[aux[i].u.dma_desc.hw_ch] = aux[i];

	return 0;
}

/*
 * All read channels have a block of memory for themselves, which can be shown as
 * a whole. Of a part of them no more than their own memory may be seen.
 */
static void pci_ep_dma_descs_range(const struct pci_epc_aux_resource *aux, int count,
				   const struct pci_ep_dma_res *res, dma_addr_t *start,
				   dma_addr_t *end)
{
	dma_addr_t block = res->chans[0].u.dma_desc.block_addr;
	dma_addr_t block_end = block + res->chans[0].u.dma_desc.block_size;
	const struct pci_epc_aux_resource *chan;
	int i;

	*start = res->chans[0].u.dma_desc.dma_addr;
	*end = *start;

	for (i = 0; i < res->num_chans; i++) {
		chan = &res->chans[i];
		*start = min(*start, chan->u.dma_desc.dma_addr);
		*end = max(*end, chan->u.dma_desc.dma_addr + chan->size);
	}

	if (*start < block || *end > block_end)
		return;

	for (i = 0; i < count; i++)
		if (pci_ep_dma_is_chan(&aux[i]) && !pci_ep_dma_is_lent(res, &aux[i]))
			return;

	*start = block;
	*end = block_end;
}

static int pci_ep_dma_select_descs(struct device *dev, const struct pci_epc_aux_resource *aux,
				   int count, size_t align, struct pci_ep_dma_res *res)
{
	dma_addr_t start, end;
	int i;

	pci_ep_dma_descs_range(aux, count, res, &start, &end);

	for (i = 0; i < count; i++) {
		if (aux[i].type != PCI_EPC_AUX_DMA_CHAN_DESC || pci_ep_dma_is_lent(res, &aux[i]))
			continue;
		if (aux[i].u.dma_desc.dma_addr < end &&
		    aux[i].u.dma_desc.dma_addr + aux[i].size > start)
			goto refuse;
	}

	if (start == end || !IS_ALIGNED(start | end, align))
		goto refuse;

	res->descs.phys_addr = start;
	res->descs.size = end - start;
	return 0;

refuse:
	dev_err(dev, "cannot show descriptors of %u DMA channels (%pad - %pad) alone, in steps of %#zx\n",
		res->num_chans, &start, &end, align);
	return -EOPNOTSUPP;
}

/**
 * pci_ep_dma_select() - find what makes up a DMA slice
 * @dev: for messages
 * @aux: what the controller can show to the host
 * @count: number of @aux
 * @num_chans: how many channels to lend, 0: all
 * @align: what is mapped starts at, and is, multiples of this
 * @res: the answer
 *
 * Context: Any context.
 *
 * Return: 0, or
 * * -EINVAL: there are not that many channels, or they can only be lent together
 * * -ENODEV: there is no DMA engine, or one without suitable channels
 * * -EOPNOTSUPP: the engine is one that the host does not know, or other things
 *   would be seen with it
 */
int pci_ep_dma_select(struct device *dev, const struct pci_epc_aux_resource *aux, int count,
		      unsigned int num_chans, size_t align, struct pci_ep_dma_res *res)
{
	int ret;

	memset(res, 0, sizeof(*res));

	ret = pci_ep_dma_select_regs(dev, aux, count, res);
	if (ret)
		return ret;

	ret = pci_ep_dma_select_chans(dev, aux, count, num_chans, res);
	if (ret)
		return ret;

	return pci_ep_dma_select_descs(dev, aux, count, align, res);
}

/**
 * pci_ep_dma_fill_hdr() - describe a slice to the host
 * @res: what is lent
 * @place: where it is
 * @hdr: the answer
 *
 * Context: Any context.
 */
void pci_ep_dma_fill_hdr(const struct pci_ep_dma_res *res, const struct pci_ep_dma_place *place,
			 struct pci_ep_dma_hdr *hdr)
{
	bool exposed = !place->regs_size;
	unsigned int i;

	*hdr = (struct pci_ep_dma_hdr) {
		.magic = cpu_to_le32(PCI_EP_DMA_MAGIC),
		.version = cpu_to_le32(PCI_EP_DMA_VERSION),
		.hdr_size = cpu_to_le32(sizeof(*hdr)),
		.total_size = cpu_to_le32(place->size),
		.reg_format = cpu_to_le32(res->format->abi_format),
		.reg_bar = cpu_to_le32(exposed ? res->regs.bar : place->bar),
		.reg_offset = cpu_to_le32(exposed ? res->regs.bar_offset : place->regs_offset),
		.reg_size = cpu_to_le32(exposed ? res->regs.size : place->regs_size),
		.num_irqs = cpu_to_le32(res->num_chans),
		.num_chans = cpu_to_le32(res->num_chans),
	};

	for (i = 0; i < res->num_chans; i++) {
		dma_addr_t addr = res->chans[i].u.dma_desc.dma_addr;
		u32 offset = addr - res->descs.phys_addr;

		hdr->chans[i] = (struct pci_ep_dma_chan_abi) {
			.dir = cpu_to_le32(PCI_EP_DMA_DIR_READ),
			.hw_ch = cpu_to_le32(res->chans[i].u.dma_desc.hw_ch),
			.desc_bar = cpu_to_le32(place->bar),
			.desc_offset = cpu_to_le32(place->descs_offset + offset),
			.desc_size = cpu_to_le32(res->chans[i].size),
			.desc_addr = cpu_to_le64(addr),
		};
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * dmaengine provider of the channels that a PCI endpoint lends
 *
 * The driver of the endpoint's function knows where the DMA slice is and adds an
 * auxiliary device, which comes and goes with the link. This driver reads the
 * header of the slice and has dw-edma drive the channels through the BARs.
 *
 * The engine does DMA in the name of the PCI device, interrupts through the last
 * of the PCI device's vectors, and appears under its name: clients find channels
 * by the PCI device, and may hold one for longer than the auxiliary device, whose
 * memory belongs to a module that nothing here keeps from being unloaded.
 */

#include <linux/auxiliary_bus.h>
#include <linux/device.h>
#include <linux/dma/edma.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pci-epf-vntb-abi.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "dw-edma-aux-hdr.h"

/**
 * struct dw_edma_aux - a bound auxiliary device
 * @chip: the engine
 * @pdev: PCI device it is part of
 * @place: where the slice is
 * @irq_base: first interrupt vector of @pdev that may be used
 * @irq_count: how many these are
 * @io: the slice
 */
struct dw_edma_aux {
	struct dw_edma_chip chip;
	struct pci_dev *pdev;
	struct dw_edma_aux_place place;
	u32 irq_base;
	u32 irq_count;
	void __iomem *io;
};

static int dw_edma_aux_irq_vector(struct device *dev, unsigned int nr)
{
	struct dw_edma_aux *aux = dev_get_drvdata(dev);

	return pci_irq_vector(aux->pdev, aux->irq_base + nr);
}

static const struct dw_edma_plat_ops dw_edma_aux_ops = {
	.irq_vector = dw_edma_aux_irq_vector,
};

/* The properties come from the parent's driver, which has checked the place */
static int dw_edma_aux_get_place(struct device *dev, struct dw_edma_aux *aux)
{
	struct {
		const char *name;
		u32 *value;
	} props[] = {
		{ "dma-bar",		&aux->place.bar },
		{ "dma-offset",		&aux->place.offset },
		{ "dma-size",		&aux->place.size },
		{ "dma-num-chans",	&aux->place.num_chans },
		{ "dma-irq-base",	&aux->irq_base },
		{ "dma-irq-count",	&aux->irq_count },
	};
	u32 i, abi;
	int ret;

	ret = device_property_read_u32(dev, "dma-abi", &abi);
	for (i = 0; i < ARRAY_SIZE(props) && !ret; i++)
		ret = device_property_read_u32(dev, props[i].name, props[i].value);
	if (ret)
		return dev_err_probe(dev, ret, "a property is missing\n");

	if (abi != VNTB_DMA_ABI_V1)
		return dev_err_probe(dev, -EINVAL, "dma-abi %u, known: %u\n", abi,
				     VNTB_DMA_ABI_V1);

	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		if (pci_resource_flags(aux->pdev, i) & IORESOURCE_MEM)
			aux->place.bar_len[i] = pci_resource_len(aux->pdev, i);

	if (aux->place.bar >= PCI_STD_NUM_BARS || !aux->irq_count ||
	    aux->place.size < sizeof(struct pci_ep_dma_hdr) ||
	    (u64)aux->place.offset + aux->place.size > aux->place.bar_len[aux->place.bar])
		return dev_err_probe(dev, -EINVAL, "properties do not fit the PCI device\n");

	return 0;
}

/* No word is read twice, and none that does not count */
static int dw_edma_aux_read(struct device *dev, struct dw_edma_aux *aux,
			    struct dw_edma_aux_slice *slice)
{
	const size_t head = offsetof(struct pci_ep_dma_hdr, chans);
	struct dw_edma_aux_refusal why;
	struct pci_ep_dma_hdr hdr;
	char buf[128];
	size_t len;

	memcpy_fromio(&hdr, aux->io, head);
	len = dw_edma_aux_hdr_len(&hdr);
	memcpy_fromio(&hdr.chans, aux->io + head, len - head);

	if (!dw_edma_aux_parse(&hdr, len, &aux->place, slice, &why))
		return 0;

	dw_edma_aux_refusal_print(buf, sizeof(buf), &why);
	dev_err_ratelimited(dev, "endpoint's DMA header: %s\n", buf);

	/* Said already */
	return -ENODEV;
}

static void dw_edma_aux_set_lists(struct dw_edma_aux *aux,
				  const struct dw_edma_aux_list *list, u32 count,
				  struct dw_edma_region *region)
{
	u32 i;

	for (i = 0; i < count; i++) {
		region[i].vaddr.io = aux->io + list[i].offset;
		region[i].paddr = list[i].addr;
		region[i].sz = list[i].size;
	}
}

static int dw_edma_aux_set_chip(struct auxiliary_device *adev, struct dw_edma_aux *aux,
				const struct dw_edma_aux_slice *slice)
{
	struct dw_edma_chip *chip = &aux->chip;

	if (slice->reg_bar == aux->place.bar)
		chip->reg_base = aux->io + (slice->reg_offset - aux->place.offset);
	else
		chip->reg_base = devm_ioremap(&adev->dev,
					      pci_resource_start(aux->pdev, slice->reg_bar) +
					      slice->reg_offset, slice->reg_size);
	if (!chip->reg_base)
		return -ENOMEM;

	chip->dev = &aux->pdev->dev;
	chip->dma_dev = &aux->pdev->dev;
	chip->irq_dev = &adev->dev;
	chip->owner = THIS_MODULE;
	chip->ops = &dw_edma_aux_ops;
	chip->nr_irqs = min(slice->num_irqs, aux->irq_count);
	chip->flags = DW_EDMA_CHIP_PARTIAL;
	chip->mf = slice->mf;
	/* func_no stays 0: the endpoint lends channels of this function only */

	chip->ll_wr_cnt = slice->count[EDMA_DIR_WRITE];
	chip->ll_rd_cnt = slice->count[EDMA_DIR_READ];
	dw_edma_aux_set_lists(aux, slice->list[EDMA_DIR_WRITE], chip->ll_wr_cnt,
			      chip->ll_region_wr);
	dw_edma_aux_set_lists(aux, slice->list[EDMA_DIR_READ], chip->ll_rd_cnt,
			      chip->ll_region_rd);

	return 0;
}

static int dw_edma_aux_probe(struct auxiliary_device *adev,
			     const struct auxiliary_device_id *id)
{
	struct device *dev = &adev->dev;
	struct dw_edma_aux_slice slice;
	struct dw_edma_aux *aux;
	int ret;

	if (!dev->parent || !dev_is_pci(dev->parent))
		return -ENODEV;

	aux = devm_kzalloc(dev, sizeof(*aux), GFP_KERNEL);
	if (!aux)
		return -ENOMEM;

	aux->pdev = to_pci_dev(dev->parent);
	ret = dw_edma_aux_get_place(dev, aux);
	if (ret)
		return ret;

	aux->io = devm_ioremap(dev, pci_resource_start(aux->pdev, aux->place.bar) +
			       aux->place.offset, aux->place.size);
	if (!aux->io)
		return -ENOMEM;

	ret = dw_edma_aux_read(dev, aux, &slice);
	if (ret)
		return ret;

	ret = dw_edma_aux_set_chip(adev, aux, &slice);
	if (ret)
		return ret;

	dev_set_drvdata(dev, aux);
	ret = dw_edma_probe(&aux->chip);
	if (ret)
		dev_err_ratelimited(dev, "%u write and %u read channels not usable: %d\n",
				    slice.count[EDMA_DIR_WRITE],
				    slice.count[EDMA_DIR_READ], ret);

	return ret;
}

static void dw_edma_aux_remove(struct auxiliary_device *adev)
{
	struct dw_edma_aux *aux = dev_get_drvdata(&adev->dev);

	/* Whoever holds a channel hears of it; the mappings may go after this */
	dw_edma_remove(&aux->chip);
}

static const struct auxiliary_device_id dw_edma_aux_ids[] = {
	{ .name = "ntb_hw_epf.ep_dma_v1" },
	{}
};
MODULE_DEVICE_TABLE(auxiliary, dw_edma_aux_ids);

static struct auxiliary_driver dw_edma_aux_driver = {
	.probe = dw_edma_aux_probe,
	.remove = dw_edma_aux_remove,
	.id_table = dw_edma_aux_ids,
};
module_auxiliary_driver(dw_edma_aux_driver);

MODULE_DESCRIPTION("DesignWare eDMA channels lent by a PCI endpoint");
MODULE_AUTHOR("PCI endpoint testbed");
MODULE_LICENSE("GPL");

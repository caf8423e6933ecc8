// SPDX-License-Identifier: GPL-2.0
/*
 * An endpoint controller that lends DMA channels, for KUnit tests: only keeps
 * books, see pci_ep_dma_fake.h
 */

#include <kunit/device.h>
#include <linux/dma-mapping.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "pci_ep_dma_fake.h"

static struct ep_dma_fake *to_fake(struct pci_epc *epc)
{
	return container_of(epc, struct ep_dma_fake, epc);
}

static int fake_count(struct pci_epc *epc, u8 func_no, u8 vfunc_no)
{
	return to_fake(epc)->count;
}

static int fake_get(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
		    struct pci_epc_aux_resource *res, int num)
{
	memcpy(res, to_fake(epc)->aux, num * sizeof(*res));
	return to_fake(epc)->get_ret;
}

static int fake_delegate(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u32 wr_mask, u32 rd_mask)
{
	struct ep_dma_fake *fake = to_fake(epc);

	if (fake->dma_ret)
		return fake->dma_ret;
	if (wr_mask || rd_mask & fake->delegated)
		return -EBUSY;
	fake->delegated |= rd_mask;
	return 0;
}

static int fake_quiesce(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u32 wr_mask, u32 rd_mask)
{
	struct ep_dma_fake *fake = to_fake(epc);

	fake->nr_quiesce++;
	return rd_mask & ~fake->delegated ? -EINVAL : fake->dma_ret;
}

static int fake_undelegate(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u32 wr_mask, u32 rd_mask)
{
	struct ep_dma_fake *fake = to_fake(epc);

	if (!fake->dma_ret)
		fake->delegated &= ~rd_mask;
	return fake->dma_ret;
}

static const struct pci_epc_features *fake_features(struct pci_epc *epc, u8 func_no, u8 vfunc_no)
{
	return &to_fake(epc)->features;
}

static struct pci_epc_aux_resource desc(enum pci_epc_dma_dir dir, u16 hw_ch, u64 block,
					size_t block_size)
{
	return (struct pci_epc_aux_resource) {
		.type = PCI_EPC_AUX_DMA_CHAN_DESC,
		.size = SZ_4K,
		.bar = NO_BAR,
		.u.dma_desc = {
			.dir = dir,
			.hw_ch = hw_ch,
			.dma_addr = block + hw_ch * SZ_4K,
			.block_addr = block,
			.block_size = block_size,
		},
	};
}

/* Doorbell, registers, @chans channels each way, with @block_size for each */
void ep_dma_fake_fill(struct ep_dma_fake *fake, u32 format, unsigned int chans,
		      size_t block_size)
{
	struct pci_epc_aux_resource *res = fake->aux;
	unsigned int i;

	*res++ = (struct pci_epc_aux_resource) {
		.type = PCI_EPC_AUX_DOORBELL_MMIO,
		.bar = NO_BAR,
	};
	*res++ = (struct pci_epc_aux_resource) {
		.type = PCI_EPC_AUX_DMA_CTRL_MMIO,
		.phys_addr = REGS,
		.size = 0x1200,
		.bar = NO_BAR,
		.u.dma_ctrl.reg_format = format,
	};
	for (i = 0; i < chans; i++)
		*res++ = desc(PCI_EPC_DMA_WRITE, i, WR_BLOCK, block_size);
	/* In no particular order */
	for (i = chans; i > 0; i--)
		*res++ = desc(PCI_EPC_DMA_READ, i - 1, RD_BLOCK, block_size);
	fake->count = res - fake->aux;
}

/* Controller with four channels each way, in test->priv */
int ep_dma_fake_init(struct kunit *test)
{
	struct ep_dma_fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	struct device *dev;

	KUNIT_ASSERT_NOT_NULL(test, fake);
	test->priv = fake;

	dev = kunit_device_register(test, "fake-epc");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	dev->dma_mask = &dev->coherent_dma_mask;
	dev->coherent_dma_mask = DMA_BIT_MASK(64);

	fake->ops = (struct pci_epc_ops) {
		.get_features = fake_features,
		.get_aux_resources_count = fake_count,
		.get_aux_resources = fake_get,
		.delegate_dma_channels = fake_delegate,
		.quiesce_dma_channels = fake_quiesce,
		.undelegate_dma_channels = fake_undelegate,
	};
	mutex_init(&fake->epc.lock);
	mutex_init(&fake->epc.dma_lock);
	fake->epc.dev.parent = dev;
	fake->epc.ops = &fake->ops;
	fake->epc.max_functions = 1;
	fake->epf.dev.init_name = "fake-epf";
	fake->epf.epc = &fake->epc;
	fake->features.align = SZ_4K;
	ep_dma_fake_fill(fake, PCI_EPC_DMA_REG_DW_EDMA_UNROLL, 4, SZ_16K);

	return 0;
}

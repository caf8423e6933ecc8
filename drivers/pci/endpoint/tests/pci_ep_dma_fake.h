/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An endpoint controller that lends DMA channels, for KUnit tests
 */

#ifndef _PCI_EP_DMA_FAKE_H
#define _PCI_EP_DMA_FAKE_H

#include <kunit/test.h>
#include <linux/pci-epc.h>
#include <linux/pci-epf.h>

#define REGS		0x6000000000ULL
#define WR_BLOCK	0x5000000000ULL
#define RD_BLOCK	0x5000100000ULL
#define MAX_AUX		32

/**
 * struct ep_dma_fake - a controller with a DMA engine
 * @epc: the controller
 * @epf: function 0 of it
 * @ops: what it can do
 * @features: what it says about itself
 * @aux: its auxiliary resources
 * @count: number of @aux
 * @get_ret: what asking for them returns
 * @dma_ret: what the calls for DMA channels return
 * @delegated: read channels of the host
 * @nr_quiesce: how often they were stopped
 */
struct ep_dma_fake {
	struct pci_epc epc;
	struct pci_epf epf;
	struct pci_epc_ops ops;
	struct pci_epc_features features;
	struct pci_epc_aux_resource aux[MAX_AUX];
	int count;
	int get_ret, dma_ret;
	u32 delegated;
	unsigned int nr_quiesce;
};

int ep_dma_fake_init(struct kunit *test);
void ep_dma_fake_fill(struct ep_dma_fake *fake, u32 format, unsigned int chans,
		      size_t block_size);

#endif /* _PCI_EP_DMA_FAKE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PCI endpoint: DMA channels that the host drives
 */

#ifndef __LINUX_PCI_EP_DMA_H
#define __LINUX_PCI_EP_DMA_H

#include <linux/err.h>
#include <linux/pci-epf.h>
#include <linux/types.h>

/* Header, registers, descriptors */
#define PCI_EP_DMA_MAX_REGIONS	3

struct pci_ep_dma;

#if IS_ENABLED(CONFIG_PCI_ENDPOINT_DMA)

struct pci_ep_dma *pci_ep_dma_create(struct pci_epf *epf, unsigned int num_chans);
void pci_ep_dma_destroy(struct pci_ep_dma *dma);
size_t pci_ep_dma_size(const struct pci_ep_dma *dma);
u32 pci_ep_dma_chan_mask(const struct pci_ep_dma *dma);
unsigned int pci_ep_dma_num_irqs(const struct pci_ep_dma *dma);
unsigned int pci_ep_dma_regions(const struct pci_ep_dma *dma,
				const struct pci_epf_bar_submap **regions);
void pci_ep_dma_publish(struct pci_ep_dma *dma, enum pci_barno bar, u32 offset);
int pci_ep_dma_quiesce(struct pci_ep_dma *dma);

#else

static inline struct pci_ep_dma *pci_ep_dma_create(struct pci_epf *epf,
						   unsigned int num_chans)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline void pci_ep_dma_destroy(struct pci_ep_dma *dma)
{
}

static inline size_t pci_ep_dma_size(const struct pci_ep_dma *dma)
{
	return 0;
}

static inline u32 pci_ep_dma_chan_mask(const struct pci_ep_dma *dma)
{
	return 0;
}

static inline unsigned int pci_ep_dma_num_irqs(const struct pci_ep_dma *dma)
{
	return 0;
}

static inline unsigned int
pci_ep_dma_regions(const struct pci_ep_dma *dma, const struct pci_epf_bar_submap **regions)
{
	*regions = NULL;
	return 0;
}

static inline void pci_ep_dma_publish(struct pci_ep_dma *dma, enum pci_barno bar, u32 offset)
{
}

static inline int pci_ep_dma_quiesce(struct pci_ep_dma *dma)
{
	return 0;
}

#endif /* CONFIG_PCI_ENDPOINT_DMA */

#endif /* __LINUX_PCI_EP_DMA_H */

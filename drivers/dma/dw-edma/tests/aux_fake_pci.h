/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _AUX_FAKE_PCI_H
#define _AUX_FAKE_PCI_H

#include <kunit/test.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#define FAKE_BAR	2
#define FAKE_BASE	0xe0000000
#define FAKE_LEN	SZ_64K
#define FAKE_CHANS	4
#define FAKE_OFFSET	0x1000		/* of the slice */
#define FAKE_REGS	0x2000
#define FAKE_LISTS	0x3000
#define FAKE_SIZE	(2 * SZ_4K + FAKE_CHANS * SZ_4K)

/**
 * struct aux_fake - MMIO of the PCI device
 * @bar: what is behind FAKE_BAR, keeps what was written last
 * @config: configuration space
 * @reads: words of 32 bits that were read from @bar
 * @writes: words of 32 bits that were written to @bar
 * @registered: it is known to ioremap(), which has no way back
 */
struct aux_fake {
	u8 bar[FAKE_LEN] __aligned(8);
	u32 config[PCI_CFG_SPACE_SIZE / 4];
	unsigned int reads;
	unsigned int writes;
	bool registered;
};

extern struct aux_fake aux_fake;

/**
 * struct aux_ctx - a PCI device that lends DMA channels
 * @bridge: host bridge it is behind
 * @bus: bus number of @bridge
 * @pdev: the PCI device
 * @irq: the only interrupt it has
 * @adev: auxiliary device of its DMA channels, NULL: none
 */
struct aux_ctx {
	struct pci_host_bridge *bridge;
	struct resource bus;
	struct pci_dev *pdev;
	int irq;
	struct auxiliary_device *adev;
};

void aux_fake_add_pci(struct kunit *test, struct aux_ctx *ctx);
void aux_fake_del_pci(struct aux_ctx *ctx);

#endif /* _AUX_FAKE_PCI_H */

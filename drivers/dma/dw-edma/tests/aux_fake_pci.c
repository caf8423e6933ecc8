// SPDX-License-Identifier: GPL-2.0
/*
 * A PCI device whose BAR is plain memory, with all accesses counted
 *
 * BARs that drivers ioremap() can only be made of memory where accesses to MMIO
 * are function calls, which is ARCH=um. Registers keep what was written last.
 */

#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/logic_iomem.h>
#include <linux/math.h>
#include <linux/string.h>

#include "aux_fake_pci.h"

/* Tests do not run in parallel, and a region of MMIO stays for ever */
struct aux_fake aux_fake;

static void fake_count(unsigned int *counter, unsigned int offset, int size)
{
	*counter += DIV_ROUND_UP(offset % 4 + size, 4);
}

static unsigned long fake_read(void *priv, unsigned int offset, int size)
{
	unsigned long val = 0;

	fake_count(&aux_fake.reads, offset, size);
	memcpy(&val, aux_fake.bar + offset, size);

	return val;
}

static void fake_write(void *priv, unsigned int offset, int size, unsigned long val)
{
	fake_count(&aux_fake.writes, offset, size);
	memcpy(aux_fake.bar + offset, &val, size);
}

static void fake_copy_from(void *priv, void *buf, unsigned int offset, int size)
{
	fake_count(&aux_fake.reads, offset, size);
	memcpy(buf, aux_fake.bar + offset, size);
}

static const struct logic_iomem_ops fake_ops = {
	.read = fake_read,
	.write = fake_write,
	.copy_from = fake_copy_from,
};

static long fake_map(unsigned long offset, size_t size,
		     const struct logic_iomem_ops **ops, void **priv)
{
	*ops = &fake_ops;

	return offset;
}

static const struct logic_iomem_region_ops fake_region_ops = {
	.map = fake_map,
};

static struct resource fake_region = {
	.name = "kunit MMIO",
	.start = FAKE_BASE,
	.end = FAKE_BASE + FAKE_LEN - 1,
	.flags = IORESOURCE_MEM,
};

/* Configuration space: memory, but for the BAR's address bits */
static int fake_cfg_read(struct pci_bus *bus, unsigned int devfn, int where, int size,
			 u32 *val)
{
	if (devfn || where + size > sizeof(aux_fake.config)) {
		*val = ~0;
		return PCIBIOS_DEVICE_NOT_FOUND;
	}

	*val = aux_fake.config[where / 4] >> (8 * (where % 4));
	if (size < 4)
		*val &= BIT(8 * size) - 1;

	return PCIBIOS_SUCCESSFUL;
}

static int fake_cfg_write(struct pci_bus *bus, unsigned int devfn, int where, int size,
			  u32 val)
{
	if (where >= PCI_BASE_ADDRESS_0 && where <= PCI_BASE_ADDRESS_5)
		aux_fake.config[where / 4] = where == PCI_BASE_ADDRESS_0 + 4 * FAKE_BAR ?
					 val & ~(FAKE_LEN - 1) : 0;

	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops fake_pci_ops = {
	.read = fake_cfg_read,
	.write = fake_cfg_write,
};

/* A PCI device behind a host bridge of its own, and no driver for it */
void aux_fake_add_pci(struct kunit *test, struct aux_ctx *ctx)
{
	struct pci_host_bridge *bridge;

	if (!aux_fake.registered)
		KUNIT_ASSERT_EQ(test, 0, logic_iomem_add_region(&fake_region,
								&fake_region_ops));
	aux_fake.registered = true;

	memset(aux_fake.config, 0, sizeof(aux_fake.config));
	aux_fake.config[PCI_VENDOR_ID / 4] = 0xfffe1af4;
	aux_fake.config[PCI_CLASS_REVISION / 4] = PCI_CLASS_MEMORY_OTHER << 16;

	bridge = pci_alloc_host_bridge(0);
	KUNIT_ASSERT_NOT_NULL(test, bridge);
	ctx->bus = (struct resource) {
		.name = "kunit bus", .start = 0xee, .end = 0xee, .flags = IORESOURCE_BUS,
	};
	pci_add_resource(&bridge->windows, &fake_region);
	pci_add_resource(&bridge->windows, &ctx->bus);
	bridge->busnr = 0xee;
	bridge->ops = &fake_pci_ops;
	KUNIT_ASSERT_EQ(test, 0, pci_host_probe(bridge));
	ctx->bridge = bridge;

	ctx->pdev = pci_get_slot(bridge->bus, 0);
	KUNIT_ASSERT_NOT_NULL(test, ctx->pdev);
	pci_dev_put(ctx->pdev);
	KUNIT_ASSERT_EQ(test, FAKE_LEN, pci_resource_len(ctx->pdev, FAKE_BAR));
	KUNIT_ASSERT_EQ(test, FAKE_BASE, pci_resource_start(ctx->pdev, FAKE_BAR));

	/* As if it were the only vector */
	ctx->irq = irq_alloc_desc(NUMA_NO_NODE);
	KUNIT_ASSERT_GT(test, ctx->irq, 0);
	irq_set_chip_and_handler(ctx->irq, &dummy_irq_chip, handle_simple_irq);
	ctx->pdev->irq = ctx->irq;
}

void aux_fake_del_pci(struct aux_ctx *ctx)
{
	if (ctx->bridge) {
		pci_lock_rescan_remove();
		pci_stop_root_bus(ctx->bridge->bus);
		pci_remove_root_bus(ctx->bridge->bus);
		pci_unlock_rescan_remove();
		pci_free_host_bridge(ctx->bridge);
	}
	if (ctx->irq > 0)
		irq_free_desc(ctx->irq);
}

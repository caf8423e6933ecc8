// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the virtual PCI bus of ARCH=um (arch/um/drivers/virt-pci.c).
 *
 * Devices are registered whose configuration space and BAR are plain arrays, so
 * that the PCI core enumerates them as any others. Whatever the core writes
 * there, for example the message of an MSI, can be looked at, and the test sends
 * the messages that a device would send.
 */
#include <kunit/test.h>
#include <kunit/visibility.h>
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/unaligned.h>

#include "../virt-pci.h"

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");

/* no device that any driver binds to */
#define FAKE_VENDOR	0xfade
#define FAKE_DEVICE	0x0100
#define FAKE_DEVICES	3

#define FAKE_MSI	0x40
#define FAKE_MSI_VECS	32
#define FAKE_MSIX	0x60
#define FAKE_MSIX_VECS	2048
#define FAKE_PBA	SZ_32K
#define FAKE_BAR_SIZE	SZ_64K

struct fake_device {
	struct um_pci_device pdev;
	struct pci_dev *pci;
	bool registered;
	u8 cfg[PCI_CFG_SPACE_SIZE];
	u8 mask[PCI_CFG_SPACE_SIZE];	/* bits of cfg that can be written */
	u8 *bar;
	unsigned int irqs[FAKE_MSI_VECS];	/* interrupts seen per vector */
};

struct fake_ctx {
	struct fake_device dev[FAKE_DEVICES];
};

static unsigned long fake_load(const u8 *p, int size)
{
	u64 val = 0;

	memcpy(&val, p, size);
	return le64_to_cpu((__force __le64)val);
}

static unsigned long fake_cfg_read(struct um_pci_device *pdev, unsigned int offset, int size)
{
	struct fake_device *dev = container_of(pdev, struct fake_device, pdev);

	return offset + size > PCI_CFG_SPACE_SIZE ? ~0UL : fake_load(dev->cfg + offset, size);
}

static void fake_cfg_write(struct um_pci_device *pdev, unsigned int offset, int size,
			   unsigned long val)
{
	struct fake_device *dev = container_of(pdev, struct fake_device, pdev);

	for (; size && offset < PCI_CFG_SPACE_SIZE; size--, offset++, val >>= 8)
		dev->cfg[offset] = (dev->cfg[offset] & ~dev->mask[offset]) |
				   (val & dev->mask[offset]);
}

static unsigned long fake_bar_read(struct um_pci_device *pdev, int bar, unsigned int offset,
				   int size)
{
	return fake_load(container_of(pdev, struct fake_device, pdev)->bar + offset, size);
}

static void fake_bar_write(struct um_pci_device *pdev, int bar, unsigned int offset, int size,
			   unsigned long val)
{
	u64 le = (__force u64)cpu_to_le64(val);

	memcpy(container_of(pdev, struct fake_device, pdev)->bar + offset, &le, size);
}

static const struct um_pci_ops fake_ops = {
	.cfgspace_read	= fake_cfg_read,
	.cfgspace_write	= fake_cfg_write,
	.bar_read	= fake_bar_read,
	.bar_write	= fake_bar_write,
};

static void fake_init(struct fake_device *dev, int nr)
{
	u8 *cfg = dev->cfg, *mask = dev->mask;

	put_unaligned_le16(FAKE_VENDOR, cfg + PCI_VENDOR_ID);
	put_unaligned_le16(FAKE_DEVICE + nr, cfg + PCI_DEVICE_ID);
	put_unaligned_le16(PCI_STATUS_CAP_LIST, cfg + PCI_STATUS);
	put_unaligned_le16(PCI_CLASS_OTHERS << 8, cfg + PCI_CLASS_DEVICE);
	cfg[PCI_CAPABILITY_LIST] = FAKE_MSI;

	cfg[FAKE_MSI] = PCI_CAP_ID_MSI;
	cfg[FAKE_MSI + 1] = FAKE_MSIX;
	put_unaligned_le16(FIELD_PREP(PCI_MSI_FLAGS_QMASK, ilog2(FAKE_MSI_VECS)) |
			   PCI_MSI_FLAGS_64BIT, cfg + FAKE_MSI + PCI_MSI_FLAGS);

	cfg[FAKE_MSIX] = PCI_CAP_ID_MSIX;
	put_unaligned_le16(FAKE_MSIX_VECS - 1, cfg + FAKE_MSIX + PCI_MSIX_FLAGS);
	put_unaligned_le32(FAKE_PBA, cfg + FAKE_MSIX + PCI_MSIX_PBA);

	put_unaligned_le16(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE,
			   mask + PCI_COMMAND);
	put_unaligned_le32(~(FAKE_BAR_SIZE - 1), mask + PCI_BASE_ADDRESS_0);
	put_unaligned_le16(PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE,
			   mask + FAKE_MSI + PCI_MSI_FLAGS);
	memset(mask + FAKE_MSI + PCI_MSI_ADDRESS_LO, 0xff, 8);
	put_unaligned_le16(0xffff, mask + FAKE_MSI + PCI_MSI_DATA_64);
	put_unaligned_le16(PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL,
			   mask + FAKE_MSIX + PCI_MSIX_FLAGS);

	dev->pdev.ops = &fake_ops;
}

static u16 fake_msi_data(struct fake_device *dev)
{
	return get_unaligned_le16(dev->cfg + FAKE_MSI + PCI_MSI_DATA_64);
}

static u32 fake_msix_data(struct fake_device *dev, int vec)
{
	return get_unaligned_le32(dev->bar + vec * PCI_MSIX_ENTRY_SIZE + PCI_MSIX_ENTRY_DATA);
}

/* What virtio_pcidev does when a message arrives */
static int fake_send(u32 data)
{
	unsigned long flags;
	int err;

	local_irq_save(flags);
	err = um_pci_handle_msi(data);
	local_irq_restore(flags);

	return err;
}

static irqreturn_t fake_handler(int irq, void *counter)
{
	++*(unsigned int *)counter;

	return IRQ_HANDLED;
}

/* The device sends each vector's message once: it replaces the low bits of the data */
static void check_msi(struct kunit *test, struct fake_device *dev, int nvec)
{
	u16 data = fake_msi_data(dev);
	int i;

	KUNIT_EXPECT_EQ_MSG(test, data & (roundup_pow_of_two(nvec) - 1), 0,
			    "data %#x for %d vectors", data, nvec);
	KUNIT_EXPECT_NE(test, data, 0);

	memset(dev->irqs, 0, sizeof(dev->irqs));
	for (i = 0; i < nvec; i++)
		KUNIT_ASSERT_EQ(test, request_irq(pci_irq_vector(dev->pci, i), fake_handler, 0,
						  "virt-pci-kunit", &dev->irqs[i]), 0);

	for (i = 0; i < nvec; i++) {
		KUNIT_EXPECT_EQ(test, fake_send(data | i), 0);
		KUNIT_EXPECT_EQ(test, dev->irqs[i], 1);
	}

	for (i = 0; i < nvec; i++) {
		KUNIT_EXPECT_EQ(test, dev->irqs[i], 1);
		free_irq(pci_irq_vector(dev->pci, i), &dev->irqs[i]);
	}
}

/* Each number of vectors, on three devices so that blocks of all sizes mix */
static void virt_pci_test_multi_msi(struct kunit *test)
{
	static const int nvecs[] = { 1, 2, 3, 4, 5, 8, 16, 17, 32 };
	struct fake_ctx *ctx = test->priv;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(nvecs); i++) {
		int n[FAKE_DEVICES] = { 1, nvecs[i], nvecs[ARRAY_SIZE(nvecs) - 1 - i] };

		for (j = 0; j < FAKE_DEVICES; j++)
			KUNIT_ASSERT_EQ(test, n[j],
					pci_alloc_irq_vectors(ctx->dev[j].pci, n[j], n[j],
							      PCI_IRQ_MSI));
		for (j = 0; j < FAKE_DEVICES; j++)
			check_msi(test, &ctx->dev[j], n[j]);
		for (j = 0; j < FAKE_DEVICES; j++)
			pci_free_irq_vectors(ctx->dev[j].pci);
	}
}

/* MSI-X of a full table: two devices leave too few for a third, until freed */
static void virt_pci_test_msix(struct kunit *test)
{
	struct fake_ctx *ctx = test->priv;
	struct fake_device *dev = ctx->dev;
	int i;

	for (i = 0; i < 2; i++) {
		int nvec = FAKE_MSIX_VECS - i;

		KUNIT_ASSERT_EQ(test, nvec, pci_alloc_irq_vectors(dev[i].pci, nvec, nvec,
								  PCI_IRQ_MSIX));
	}
	KUNIT_EXPECT_LT(test, pci_alloc_irq_vectors(dev[2].pci, FAKE_MSIX_VECS, FAKE_MSIX_VECS,
						    PCI_IRQ_MSIX), 0);

	dev->irqs[0] = 0;
	i = FAKE_MSIX_VECS - 1;
	KUNIT_ASSERT_EQ(test, request_irq(pci_irq_vector(dev->pci, i), fake_handler, 0,
					  "virt-pci-kunit", &dev->irqs[0]), 0);
	KUNIT_EXPECT_EQ(test, fake_send(fake_msix_data(dev, i)), 0);
	KUNIT_EXPECT_EQ(test, dev->irqs[0], 1);
	free_irq(pci_irq_vector(dev->pci, i), &dev->irqs[0]);

	pci_free_irq_vectors(dev[0].pci);
	KUNIT_EXPECT_EQ(test, FAKE_MSIX_VECS, pci_alloc_irq_vectors(dev[2].pci, FAKE_MSIX_VECS,
								    FAKE_MSIX_VECS, PCI_IRQ_MSIX));
	pci_free_irq_vectors(dev[2].pci);
	pci_free_irq_vectors(dev[1].pci);
}

/* Messages that belong to no vector are refused, and raise nothing */
static void virt_pci_test_unknown_msi(struct kunit *test)
{
	struct fake_ctx *ctx = test->priv;
	struct fake_device *dev = ctx->dev;
	u16 data;

	KUNIT_ASSERT_EQ(test, 3, pci_alloc_irq_vectors(dev->pci, 3, 3, PCI_IRQ_MSI));
	data = fake_msi_data(dev);

	KUNIT_EXPECT_EQ(test, fake_send(0), -EINVAL);
	KUNIT_EXPECT_EQ(test, fake_send(0xffff), -EINVAL);
	KUNIT_EXPECT_EQ(test, fake_send(~0), -EINVAL);
	/* rounded up to four, but not in use */
	KUNIT_EXPECT_EQ(test, fake_send(data | 3), -EINVAL);
	/* allocated, nobody requested it yet */
	KUNIT_EXPECT_EQ(test, fake_send(data), 0);

	pci_free_irq_vectors(dev->pci);
	KUNIT_EXPECT_EQ(test, fake_send(data), -EINVAL);
}

/* A message that arrives while the interrupt is disabled is not lost */
static void virt_pci_test_disabled_msi(struct kunit *test)
{
	struct fake_ctx *ctx = test->priv;
	struct fake_device *dev = ctx->dev;
	int irq, i;

	KUNIT_ASSERT_EQ(test, 1, pci_alloc_irq_vectors(dev->pci, 1, 1, PCI_IRQ_MSI));
	irq = pci_irq_vector(dev->pci, 0);
	dev->irqs[0] = 0;
	KUNIT_ASSERT_EQ(test, request_irq(irq, fake_handler, 0, "virt-pci-kunit",
					  &dev->irqs[0]), 0);

	disable_irq(irq);
	KUNIT_EXPECT_EQ(test, fake_send(fake_msi_data(dev)), 0);
	KUNIT_EXPECT_EQ(test, dev->irqs[0], 0);
	enable_irq(irq);

	for (i = 0; i < 50 && !READ_ONCE(dev->irqs[0]); i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, dev->irqs[0], 1);

	free_irq(irq, &dev->irqs[0]);
	pci_free_irq_vectors(dev->pci);
}

/* Unregistering removes that device, drops all references to it, and no other */
static void virt_pci_test_unregister(struct kunit *test)
{
	struct fake_ctx *ctx = test->priv;
	struct fake_device *dev = &ctx->dev[1];
	struct pci_dev *pci;
	int i;

	um_pci_device_unregister(&dev->pdev);
	dev->registered = false;

	for (i = 0; i < FAKE_DEVICES; i++) {
		pci = pci_get_device(FAKE_VENDOR, FAKE_DEVICE + i, NULL);
		KUNIT_EXPECT_EQ(test, !!pci, i != 1);
		pci_dev_put(pci);
	}

	/* the one of fake_setup() */
	KUNIT_EXPECT_EQ(test, kref_read(&dev->pci->dev.kobj.kref), 1);
}

static int virt_pci_test_init(struct kunit *test)
{
	struct fake_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	int i, err;

	if (!ctx)
		return -ENOMEM;
	test->priv = ctx;

	for (i = 0; i < FAKE_DEVICES; i++) {
		struct fake_device *dev = &ctx->dev[i];

		dev->bar = kunit_kzalloc(test, FAKE_BAR_SIZE, GFP_KERNEL);
		if (!dev->bar)
			return -ENOMEM;

		fake_init(dev, i);
		err = um_pci_device_register(&dev->pdev);
		if (err)
			return err;
		dev->registered = true;

		dev->pci = pci_get_device(FAKE_VENDOR, FAKE_DEVICE + i, NULL);
		if (!dev->pci)
			return -ENODEV;
		err = pci_enable_device_mem(dev->pci);
		if (err)
			return err;
	}

	return 0;
}

static void virt_pci_test_exit(struct kunit *test)
{
	struct fake_ctx *ctx = test->priv;
	int i;

	if (!ctx)
		return;

	for (i = 0; i < FAKE_DEVICES; i++) {
		if (ctx->dev[i].pci)
			pci_free_irq_vectors(ctx->dev[i].pci);
		if (ctx->dev[i].registered)
			um_pci_device_unregister(&ctx->dev[i].pdev);
		pci_dev_put(ctx->dev[i].pci);
	}
}

static struct kunit_case virt_pci_cases[] = {
	KUNIT_CASE(virt_pci_test_multi_msi),
	KUNIT_CASE(virt_pci_test_msix),
	KUNIT_CASE(virt_pci_test_unknown_msi),
	KUNIT_CASE(virt_pci_test_disabled_msi),
	KUNIT_CASE(virt_pci_test_unregister),
	{}
};

static struct kunit_suite virt_pci_suite = {
	.name = "um_virt_pci",
	.init = virt_pci_test_init,
	.exit = virt_pci_test_exit,
	.test_cases = virt_pci_cases,
};

kunit_test_suite(virt_pci_suite);

MODULE_DESCRIPTION("KUnit tests for the virtual PCI bus of ARCH=um");
MODULE_LICENSE("GPL");

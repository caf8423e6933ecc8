// SPDX-License-Identifier: GPL-2.0
/*
 * DesignWare PCIe endpoint of the board-less PCI endpoint testbed
 *
 * The glue that every SoC has around the DesignWare core, for a controller that
 * is emulated by the testbed, a program. Each profile takes the limits of a real
 * SoC, so that code can be tried against them on a machine that has no board.
 * What is not here: clocks, resets, PHY and PERST#, the emulated controller needs
 * none of them.
 */

#include <linux/bits.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/sizes.h>

#include "pcie-designware.h"

/*
 * The "app" block of the emulated board. Real SoCs have the same in their own
 * words: link training enable, link state, link interrupts.
 */
#define TESTBED_LTSSM_CTRL		0x00
#define TESTBED_LTSSM_ENABLE			BIT(0)
#define TESTBED_LINK_STATUS		0x04
#define TESTBED_LINK_STATUS_UP			BIT(0)
#define TESTBED_INT_STATUS		0x08
#define TESTBED_INT_ENABLE		0x0c
#define TESTBED_INT_LINK_UP			BIT(0)
#define TESTBED_INT_LINK_DOWN			BIT(1)
#define TESTBED_INT_HOT_RESET			BIT(2)
#define TESTBED_INT_ALL				GENMASK(2, 0)
#define TESTBED_ID			0x10
#define TESTBED_ID_VALUE			0x44574345

static bool subrange = true;
module_param(subrange, bool, 0444);
MODULE_PARM_DESC(subrange, "the controller can map parts of BARs (default Y)");

/**
 * struct dw_testbed_profile - limits of one SoC
 * @features: what its controller can do, handed to the EPC core
 * @page_size: granularity of outbound windows in bytes, that of the iATU
 */
struct dw_testbed_profile {
	struct pci_epc_features features;
	size_t page_size;
};

/**
 * struct dw_testbed_ep - one emulated endpoint controller
 * @pci: DesignWare core
 * @app: the board's own register block
 * @profile: whose limits it has
 * @features: those of @profile, less what the user took away
 */
struct dw_testbed_ep {
	struct dw_pcie pci;
	void __iomem *app;
	const struct dw_testbed_profile *profile;
	struct pci_epc_features features;
};

static struct dw_testbed_ep *to_testbed(struct dw_pcie *pci)
{
	return container_of(pci, struct dw_testbed_ep, pci);
}

static bool dw_testbed_link_up(struct dw_pcie *pci)
{
	return readl(to_testbed(pci)->app + TESTBED_LINK_STATUS) &
	       TESTBED_LINK_STATUS_UP;
}

static int dw_testbed_start_link(struct dw_pcie *pci)
{
	writel(TESTBED_LTSSM_ENABLE, to_testbed(pci)->app + TESTBED_LTSSM_CTRL);

	return 0;
}

static void dw_testbed_stop_link(struct dw_pcie *pci)
{
	writel(0, to_testbed(pci)->app + TESTBED_LTSSM_CTRL);
}

static const struct dw_pcie_ops dw_testbed_pcie_ops = {
	.link_up = dw_testbed_link_up,
	.start_link = dw_testbed_start_link,
	.stop_link = dw_testbed_stop_link,
};

static int dw_testbed_raise_irq(struct dw_pcie_ep *ep, u8 func_no,
				unsigned int type, u16 interrupt_num)
{
	switch (type) {
	case PCI_IRQ_INTX:
		return dw_pcie_ep_raise_intx_irq(ep, func_no);
	case PCI_IRQ_MSI:
		return dw_pcie_ep_raise_msi_irq(ep, func_no, interrupt_num);
	case PCI_IRQ_MSIX:
		return dw_pcie_ep_raise_msix_irq(ep, func_no, interrupt_num);
	default:
		dev_err(to_dw_pcie_from_ep(ep)->dev,
			"interrupt type %u is not INTx, MSI or MSI-X\n", type);
		return -EINVAL;
	}
}

static const struct pci_epc_features *dw_testbed_get_features(struct dw_pcie_ep *ep)
{
	return &to_testbed(to_dw_pcie_from_ep(ep))->features;
}

static const struct dw_pcie_ep_ops dw_testbed_ep_ops = {
	.raise_irq = dw_testbed_raise_irq,
	.get_features = dw_testbed_get_features,
};

/*
 * Runs in a thread: pci_epc_linkup() and pci_epc_linkdown() take mutexes. The
 * status is cleared before it is acted upon, so that an event which comes
 * meanwhile raises the line again.
 */
static irqreturn_t dw_testbed_app_irq(int irq, void *data)
{
	struct dw_testbed_ep *testbed = data;
	u32 status;

	status = readl(testbed->app + TESTBED_INT_STATUS) & TESTBED_INT_ALL;
	if (!status)
		return IRQ_NONE;

	writel(status, testbed->app + TESTBED_INT_STATUS);

	if (status & (TESTBED_INT_LINK_DOWN | TESTBED_INT_HOT_RESET))
		dw_pcie_ep_linkdown(&testbed->pci.ep);

	/*
	 * Down and up may have met in one status word: the state of the link
	 * says which came last.
	 */
	if ((status & TESTBED_INT_LINK_UP) && dw_testbed_link_up(&testbed->pci))
		dw_pcie_ep_linkup(&testbed->pci.ep);

	return IRQ_HANDLED;
}

static int dw_testbed_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct dw_testbed_ep *testbed;
	int irq, ret;
	u32 id;

	testbed = devm_kzalloc(dev, sizeof(*testbed), GFP_KERNEL);
	if (!testbed)
		return -ENOMEM;

	testbed->profile = device_get_match_data(dev);
	testbed->features = testbed->profile->features;
	if (!subrange) {
		testbed->features.subrange_mapping = false;
		testbed->features.dynamic_inbound_mapping = false;
	}
	testbed->pci.dev = dev;
	testbed->pci.ops = &dw_testbed_pcie_ops;
	testbed->pci.mode = DW_PCIE_EP_TYPE;
	testbed->pci.ep.ops = &dw_testbed_ep_ops;
	testbed->pci.ep.page_size = testbed->profile->page_size;

	testbed->app = devm_platform_ioremap_resource_byname(pdev, "app");
	if (IS_ERR(testbed->app))
		return PTR_ERR(testbed->app);

	id = readl(testbed->app + TESTBED_ID);
	if (id != TESTBED_ID_VALUE)
		return dev_err_probe(dev, -ENODEV,
				     "app block ID is %#010x, not %#010x: is the emulator running?\n",
				     id, TESTBED_ID_VALUE);

	irq = platform_get_irq_byname(pdev, "app");
	if (irq < 0)
		return irq;

	ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (ret)
		return dev_err_probe(dev, ret, "no 64-bit DMA\n");

	platform_set_drvdata(pdev, testbed);

	ret = dw_pcie_ep_init(&testbed->pci.ep);
	if (ret)
		return dev_err_probe(dev, ret, "endpoint initialization failed\n");

	ret = dw_pcie_ep_init_registers(&testbed->pci.ep);
	if (ret) {
		dev_err(dev, "endpoint registers: %d\n", ret);
		goto err_deinit;
	}

	ret = request_threaded_irq(irq, NULL, dw_testbed_app_irq, IRQF_ONESHOT,
				   dev_name(dev), testbed);
	if (ret) {
		dev_err(dev, "link interrupt %d: %d\n", irq, ret);
		goto err_deinit;
	}

	writel(TESTBED_INT_ALL, testbed->app + TESTBED_INT_ENABLE);
	pci_epc_init_notify(testbed->pci.ep.epc);

	return 0;

err_deinit:
	dw_pcie_ep_deinit(&testbed->pci.ep);

	return ret;
}

static void dw_testbed_remove(struct platform_device *pdev)
{
	struct dw_testbed_ep *testbed = platform_get_drvdata(pdev);

	dw_testbed_stop_link(&testbed->pci);
	writel(0, testbed->app + TESTBED_INT_ENABLE);
	free_irq(platform_get_irq_byname(pdev, "app"), testbed);
	pci_epc_deinit_notify(testbed->pci.ep.epc);
	dw_pcie_ep_deinit(&testbed->pci.ep);
}

static const struct dw_testbed_profile dw_testbed_generic = {
	.features = {
		DWC_EPC_COMMON_FEATURES,
		.linkup_notifier = true,
		.msi_capable = true,
		.msix_capable = true,
		.align = SZ_4K,
	},
	.page_size = SZ_4K,
};

/* As in pcie-rcar-gen4.c, rcar_gen4_pcie_epc_features */
static const struct dw_testbed_profile dw_testbed_rcar_s4 = {
	.features = {
		DWC_EPC_COMMON_FEATURES,
		.linkup_notifier = true,
		.msi_capable = true,
		.bar[BAR_0] = { .type = BAR_RESIZABLE, },
		.bar[BAR_1] = { .type = BAR_DISABLED, },
		.bar[BAR_2] = { .type = BAR_RESIZABLE, },
		.bar[BAR_3] = { .type = BAR_DISABLED, },
		.bar[BAR_4] = { .type = BAR_FIXED, .fixed_size = 256 },
		.bar[BAR_5] = { .type = BAR_DISABLED, },
		.align = SZ_4K,
	},
	.page_size = SZ_4K,
};

static const struct pci_epc_bar_rsvd_region dw_testbed_rk3588_bar4_rsvd[] = {
	{
		.type = PCI_EPC_BAR_RSVD_DMA_CTRL_MMIO,
		.offset = 0x0,
		.size = 0x2000,
	},
};

/* As in pcie-dw-rockchip.c, rockchip_pcie_epc_features_rk3588 */
static const struct dw_testbed_profile dw_testbed_rk3588 = {
	.features = {
		DWC_EPC_COMMON_FEATURES,
		.linkup_notifier = true,
		.msi_capable = true,
		.msix_capable = true,
		.align = SZ_64K,
		.bar[BAR_0] = { .type = BAR_RESIZABLE, },
		.bar[BAR_1] = { .type = BAR_RESIZABLE, },
		.bar[BAR_2] = { .type = BAR_RESIZABLE, },
		.bar[BAR_3] = { .type = BAR_RESIZABLE, },
		.bar[BAR_4] = {
			.type = BAR_RESERVED,
			.nr_rsvd_regions = ARRAY_SIZE(dw_testbed_rk3588_bar4_rsvd),
			.rsvd_regions = dw_testbed_rk3588_bar4_rsvd,
		},
		.bar[BAR_5] = { .type = BAR_RESIZABLE, },
	},
	.page_size = SZ_64K,
};

static const struct of_device_id dw_testbed_of_match[] = {
	{ .compatible = "linux,dw-testbed-ep-generic", .data = &dw_testbed_generic },
	{ .compatible = "linux,dw-testbed-ep-rcar-s4", .data = &dw_testbed_rcar_s4 },
	{ .compatible = "linux,dw-testbed-ep-rk3588", .data = &dw_testbed_rk3588 },
	{ }
};
MODULE_DEVICE_TABLE(of, dw_testbed_of_match);

static struct platform_driver dw_testbed_driver = {
	.driver = {
		.name = "pcie-dw-testbed",
		.of_match_table = dw_testbed_of_match,
		/* it would go around the module reference of pci_epc_get() */
		.suppress_bind_attrs = true,
	},
	.probe = dw_testbed_probe,
	.remove = dw_testbed_remove,
};
module_platform_driver(dw_testbed_driver);

MODULE_DESCRIPTION("DesignWare PCIe endpoint of the PCI endpoint testbed");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for resets of DesignWare endpoints
 *
 * The host resets the controller by PERST#, registers are at power-on values,
 * and the driver initializes them again, with functions bound all the time.
 * Invariant: what a function sets afterwards is in the registers, whatever was
 * there before the reset and whoever else was at work meanwhile. The fake has
 * outbound windows as well here, and calls the other side in the gaps.
 */

#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/kthread.h>

#include "pcie_designware_ep_fake.h"

#define MSI_CAP		0x50
#define MSIX_CAP	0x70
#define MSI_ADDR	0xfee00000
#define MSI_WINDOW	0x10800000

static struct {
	struct fake		*fake;
	struct pci_epc		*epc;
	struct pci_epc_mem	mem;
	void			(*write_hook)(u32 *reg);
	void			(*stop_hook)(void);
	unsigned int		unlocked;
} reset;

static bool in_array(u32 *p, u32 *array, size_t num)
{
	return p >= array && p < array + num;
}

static void reset_write(struct dw_pcie *pci, void __iomem *base, u32 reg,
			size_t size, u32 val)
{
	void *p = (void __force *)base + reg;
	struct fake *fake = reset.fake;

	if (reset.write_hook)
		reset.write_hook(p);

	if (in_array(p, fake->atu, ARRAY_SIZE(fake->atu))) {
		if (reg == PCIE_ATU_LIMIT)
			val |= SZ_4K - 1;
		if (reg == PCIE_ATU_REGION_CTRL2 && fake->no_refusal)
			val &= ~PCIE_ATU_RESPONSE_CODE;
	}

	if (size == 4)
		*(u32 *)p = val;
	else if (size == 2)
		*(u16 *)p = val;
	else
		*(u8 *)p = val;
}

static void reset_stop_link(struct dw_pcie *pci)
{
	if (reset.stop_hook)
		reset.stop_hook();
}

static const struct dw_pcie_ops reset_ops = {
	.read_dbi = fake_read,
	.write_dbi = reset_write,
	.write_dbi2 = reset_write,
	.stop_link = reset_stop_link,
};

static void power_on(void)
{
	struct fake *fake = reset.fake;

	memset(fake->dbi, 0, sizeof(fake->dbi));
	memset(fake->dbi2, 0, sizeof(fake->dbi2));
	memset(fake->atu, 0, sizeof(fake->atu));
	fake->dbi[PCIE_VERSION_NUMBER / 4] = 0x3532302a;
	/* no viewports, no eDMA */
	fake->dbi[PCIE_ATU_VIEWPORT / 4] = ~0;
	fake->dbi[(PCIE_DMA_VIEWPORT_BASE + PCIE_DMA_CTRL) / 4] = ~0;
}

/* What a driver does when PERST# is deasserted */
static void perst(struct kunit *test)
{
	power_on();
	KUNIT_ASSERT_EQ(test, dw_pcie_ep_init_registers(&reset.fake->pci.ep), 0);
}

static int reset_init(struct kunit *test)
{
	struct dw_pcie *pci;
	struct pci_epc *epc;
	int ret;

	memset(&reset, 0, sizeof(reset));
	ret = fake_init(test);
	if (ret)
		return ret;
	reset.fake = test->priv;
	pci = &reset.fake->pci;

	epc = devm_pci_epc_create(pci->dev, &dw_pcie_ep_epc_ops);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, epc);
	epc->max_functions = 1;
	reset.mem.window.page_size = SZ_4K;
	epc->mem = &reset.mem;
	epc_set_drvdata(epc, &pci->ep);
	reset.epc = epc;

	pci->ops = &reset_ops;
	pci->atu_size = sizeof(reset.fake->atu);
	pci->ep.epc = epc;
	pci->ep.msi_mem_phys = MSI_WINDOW;
	pci->ep.msi_mem = (void __iomem __force *)kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, (void __force *)pci->ep.msi_mem);
	reset.fake->func.msi_cap = MSI_CAP;
	reset.fake->func.msix_cap = MSIX_CAP;

	perst(test);

	return 0;
}

static void reset_exit(struct kunit *test)
{
	if (reset.epc)
		dw_pcie_ep_cleanup(&reset.fake->pci.ep);
}

static int reset_set(void)
{
	struct pci_epf_bar bar = fake_bar(0x1000000);

	return pci_epc_set_bar(reset.epc, 0, 0, &bar);
}

static bool bar_is_set(void)
{
	return reset.fake->dbi2[PCI_BASE_ADDRESS_2 / 4] == BAR_SIZE - 1 &&
	       fake_target(reset.fake, 0) == 0x1000000;
}

/* Does a window take the MSI's page of the outbound region to the host's address? */
static bool msi_window_is_set(void)
{
	unsigned int i;
	u32 *win;

	for (i = 0; i < NUM_WINS; i++) {
		win = &reset.fake->atu[PCIE_ATU_UNROLL_BASE(PCIE_ATU_REGION_DIR_OB, i) / 4];
		if (win[PCIE_ATU_REGION_CTRL2 / 4] & PCIE_ATU_ENABLE &&
		    fake_pair(win, PCIE_ATU_LOWER_BASE, PCIE_ATU_UPPER_BASE) == MSI_WINDOW)
			return fake_pair(win, PCIE_ATU_LOWER_TARGET,
					 PCIE_ATU_UPPER_TARGET) == MSI_ADDR;
	}

	return false;
}

static void host_sets_msi(void)
{
	reset.fake->dbi[MSI_CAP / 4] |= PCI_MSI_FLAGS_ENABLE << 16;
	reset.fake->dbi[(MSI_CAP + PCI_MSI_ADDRESS_LO) / 4] = MSI_ADDR;
}

/* The host has the same address again, only the window is gone */
static void msi_is_sent_after_each_reset(struct kunit *test)
{
	struct fake *fake = test->priv;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		host_sets_msi();
		KUNIT_EXPECT_EQ(test, dw_pcie_ep_raise_msi_irq(&fake->pci.ep, 0, 1), 0);
		KUNIT_EXPECT_TRUE(test, msi_window_is_set());
		KUNIT_EXPECT_EQ(test, bitmap_weight(fake->pci.ep.ob_window_map, NUM_WINS), 1);
		perst(test);
		KUNIT_EXPECT_FALSE(test, msi_window_is_set());
	}
}

/* What pci_epf_test and others do in epc_init, each time the same */
static void all_is_programmed_after_each_reset(struct kunit *test)
{
	struct pci_epf_header header = {
		.vendorid = 0x104c,
		.deviceid = 0xb500,
		.baseclass_code = PCI_CLASS_OTHERS,
	};
	struct fake *fake = test->priv;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_FALSE(test, bar_is_set());
		KUNIT_EXPECT_EQ(test, pci_epc_write_header(reset.epc, 0, 0, &header), 0);
		KUNIT_EXPECT_EQ(test, reset_set(), 0);
		KUNIT_EXPECT_EQ(test, pci_epc_set_msi(reset.epc, 0, 0, 8), 0);
		KUNIT_EXPECT_EQ(test, pci_epc_set_msix(reset.epc, 0, 0, 16, BAR_2, 0x8000), 0);

		KUNIT_EXPECT_EQ(test, fake->dbi[PCI_VENDOR_ID / 4], 0xb500104c);
		KUNIT_EXPECT_TRUE(test, bar_is_set());
		KUNIT_EXPECT_EQ(test, fake->dbi[MSI_CAP / 4] >> 16, 3 << 1);
		KUNIT_EXPECT_EQ(test, fake->dbi[MSIX_CAP / 4] >> 16, 15);
		KUNIT_EXPECT_EQ(test, fake->dbi[(MSIX_CAP + PCI_MSIX_TABLE) / 4],
				0x8000 | BAR_2);
		KUNIT_EXPECT_EQ(test, fake->dbi[(MSIX_CAP + PCI_MSIX_PBA) / 4],
				0x8100 | BAR_2);
		perst(test);
	}
}

static void set_on_other_cpu(u32 *reg)
{
	if (reg != &reset.fake->dbi2[PCI_BASE_ADDRESS_2 / 4] ||
	    !mutex_trylock(&reset.epc->lock))
		return;

	/* It could be had */
	mutex_unlock(&reset.epc->lock);
	reset.write_hook = NULL;
	reset_set();
}

/* Sets the BAR just before its mask is cleared, and once more when it is told to */
static void bar_set_meanwhile_can_be_set(struct kunit *test)
{
	reset.write_hook = set_on_other_cpu;
	perst(test);
	reset.write_hook = NULL;
	KUNIT_EXPECT_EQ(test, reset_set(), 0);
	KUNIT_EXPECT_TRUE(test, bar_is_set());
}

static void count_unlocked(u32 *reg)
{
	if (!mutex_is_locked(&reset.epc->lock))
		reset.unlocked++;
}

/* Write access to read-only registers is the same bit for all */
static void link_down_keeps_others_out(struct kunit *test)
{
	struct fake *fake = test->priv;

	reset.write_hook = count_unlocked;
	dw_pcie_ep_linkdown(&fake->pci.ep);
	KUNIT_EXPECT_EQ(test, reset.unlocked, 0);
	reset_set();
	KUNIT_EXPECT_EQ(test, reset.unlocked, 0);
}

static DECLARE_COMPLETION(handler_done);
static unsigned long handler_left;

/* The handler of PERST#: functions take their BARs down */
static int perst_handler(void *data)
{
	struct pci_epf_bar bar = fake_bar(0);

	pci_epc_clear_bar(reset.epc, 0, 0, &bar);
	complete(&handler_done);

	return 0;
}

/* As disable_irq() would wait, only not for ever */
static void stop_during_handler(void)
{
	struct task_struct *task;

	task = kthread_run(perst_handler, NULL, "perst");
	if (!IS_ERR(task))
		handler_left = wait_for_completion_timeout(&handler_done, 5 * HZ);
}

static void stop_lets_the_handler_end(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, reset_set(), 0);
	handler_left = 0;
	reinit_completion(&handler_done);
	reset.stop_hook = stop_during_handler;
	pci_epc_stop(reset.epc);
	KUNIT_EXPECT_NE(test, handler_left, 0);
	if (!handler_left)
		wait_for_completion(&handler_done);
	KUNIT_EXPECT_FALSE(test, bar_is_set());
}

/* A reset whose initialization fails is followed by the next one */
static void cleanup_can_come_twice(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct dentry *dir;

	dw_pcie_ep_cleanup(&fake->pci.ep);
	dw_pcie_ep_cleanup(&fake->pci.ep);
	perst(test);
	perst(test);
	dw_pcie_ep_cleanup(&fake->pci.ep);
	dir = debugfs_lookup("dwc_pcie_dw-pcie-ep-kunit", NULL);
	KUNIT_EXPECT_TRUE(test, IS_ERR_OR_NULL(dir));
	if (!IS_ERR_OR_NULL(dir))
		dput(dir);
}

static void windows_are_counted(struct kunit *test)
{
	const struct pci_epc_features *features;

	features = pci_epc_get_features(reset.epc, 0, 0);
	KUNIT_ASSERT_NOT_NULL(test, features);
	KUNIT_EXPECT_EQ(test, features->num_inbound_windows, NUM_WINS);
	KUNIT_EXPECT_TRUE(test, features->subrange_mapping);
	KUNIT_EXPECT_TRUE(test, features->unbacked_bar);
	perst(test);
	/* Functions keep what they were given */
	KUNIT_EXPECT_PTR_EQ(test, pci_epc_get_features(reset.epc, 0, 0), features);
}

/* Such a controller can do with BARs in one piece, and says so */
static void no_refusal_is_no_feature(struct kunit *test)
{
	const struct pci_epc_features *features;
	struct pci_epf_bar bar = fake_bar(0);
	struct fake *fake = test->priv;

	fake->pci.ep.features = NULL;
	fake->no_refusal = true;
	perst(test);
	features = pci_epc_get_features(reset.epc, 0, 0);
	KUNIT_ASSERT_NOT_NULL(test, features);
	KUNIT_EXPECT_FALSE(test, features->subrange_mapping);
	KUNIT_EXPECT_FALSE(test, features->unbacked_bar);
	KUNIT_EXPECT_TRUE(test, features->dynamic_inbound_mapping);
	bar.no_backing = true;
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(reset.epc, 0, 0, &bar), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, reset_set(), 0);
	KUNIT_EXPECT_TRUE(test, bar_is_set());
}

static struct kunit_case reset_cases[] = {
	KUNIT_CASE(msi_is_sent_after_each_reset),
	KUNIT_CASE(all_is_programmed_after_each_reset),
	KUNIT_CASE(bar_set_meanwhile_can_be_set),
	KUNIT_CASE(link_down_keeps_others_out),
	KUNIT_CASE(stop_lets_the_handler_end),
	KUNIT_CASE(cleanup_can_come_twice),
	KUNIT_CASE(windows_are_counted),
	KUNIT_CASE(no_refusal_is_no_feature),
	{ }
};

static struct kunit_suite reset_suite = {
	.name = "dw_pcie_ep_reset",
	.init = reset_init,
	.exit = reset_exit,
	.test_cases = reset_cases,
};

kunit_test_suite(reset_suite);

MODULE_DESCRIPTION("KUnit tests for resets of DesignWare endpoints");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_LICENSE("GPL");

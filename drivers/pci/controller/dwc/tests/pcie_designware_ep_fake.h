/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A fake DesignWare endpoint controller for KUnit tests of BAR mappings
 *
 * It keeps the registers in memory and translates addresses as inbound windows
 * do: the lowest number wins, and what hits the BAR and matches no window is
 * passed on as it is. While told to watch, it looks after every single write of
 * a window register, which is what a host that uses BAR2 in that moment would
 * see. It knows nothing of links, outbound windows, sizes of BARs and functions
 * other than 0.
 */

#ifndef _DW_PCIE_EP_FAKE_H
#define _DW_PCIE_EP_FAKE_H

#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/sizes.h>

#include "../pcie-designware.h"
#include "../pcie-designware-ep-ib.h"

#define NUM_WINS	9
#define PAGES		16
#define BAR_SIZE	(PAGES * SZ_4K)
#define BASE		0x4480000000ULL
#define NOWHERE		(~0ULL)		/* refused */
#define ASTRAY		(~0ULL - 1)	/* passed on with its PCI address */

struct fake {
	struct kunit		*test;
	struct dw_pcie		pci;
	struct dw_pcie_ep_func	func;
	struct pci_epc		epc;
	struct pci_epc_features	features;
	struct dw_pcie_ep_ib_win wins[NUM_WINS];
	u32			dbi[SZ_4K / 4];
	u32			dbi2[SZ_4K / 4];
	u32			atu[NUM_WINS * 512 / 4];
	unsigned int		writes;		/* of window registers */
	int			broken_win;	/* cannot be enabled, -1: none */
	bool			no_refusal;	/* windows have no response code */
	bool			watching;
	u64			before[PAGES];
	u64			after[PAGES];
};

static u32 *fake_win(struct fake *fake, unsigned int i)
{
	return &fake->atu[PCIE_ATU_UNROLL_BASE(PCIE_ATU_REGION_DIR_IB, i) / 4];
}

static u64 fake_pair(u32 *win, unsigned int lo, unsigned int hi)
{
	return win[lo / 4] | (u64)win[hi / 4] << 32;
}

/* Where does window @i take an access to byte @off of BAR2? ASTRAY: not matched */
static u64 fake_win_target(struct fake *fake, unsigned int i, u64 off)
{
	u32 *win = fake_win(fake, i), ctrl = win[PCIE_ATU_REGION_CTRL2 / 4];
	u64 target = fake_pair(win, PCIE_ATU_LOWER_TARGET, PCIE_ATU_UPPER_TARGET);
	u64 base = fake_pair(win, PCIE_ATU_LOWER_BASE, PCIE_ATU_UPPER_BASE);
	u64 limit = fake_pair(win, PCIE_ATU_LIMIT, PCIE_ATU_UPPER_LIMIT);
	u64 addr = fake_pair(fake->dbi, PCI_BASE_ADDRESS_2, PCI_BASE_ADDRESS_3);

	if (!(ctrl & PCIE_ATU_ENABLE))
		return ASTRAY;
	if (ctrl & PCIE_ATU_BAR_MODE_ENABLE) {
		if (FIELD_GET(GENMASK(10, 8), ctrl) != BAR_2)
			return ASTRAY;
		target += off;
	} else {
		addr = (addr & PCI_BASE_ADDRESS_MEM_MASK) + off;
		if (addr < base || addr > limit)
			return ASTRAY;
		target += addr - base;
	}

	return ctrl & PCIE_ATU_RESPONSE_CODE ? NOWHERE : target;
}

static u64 fake_target(struct fake *fake, u64 off)
{
	unsigned int i;
	u64 t;

	if (!(fake->dbi2[PCI_BASE_ADDRESS_2 / 4] & 1))
		return NOWHERE;

	for (i = 0; i < NUM_WINS; i++) {
		t = fake_win_target(fake, i, off);
		if (t != ASTRAY)
			return t;
	}

	return ASTRAY;
}

/*
 * Which of two windows that map wins is not to matter: look at each. One that
 * refuses hides what is behind it.
 */
static void fake_watch_page(struct fake *fake, unsigned int page)
{
	u64 before = fake->before[page], after = fake->after[page], t = ASTRAY;
	bool hit = false;
	unsigned int i;

	for (i = 0; i < NUM_WINS && t != NOWHERE; i++) {
		t = fake_win_target(fake, i, page * SZ_4K);
		if (t == ASTRAY || t == NOWHERE)
			continue;
		hit = true;
		if (t != before && t != after)
			KUNIT_FAIL(fake->test, "page %u strays to %#llx\n", page, t);
	}

	if (!hit && t != NOWHERE && before != ASTRAY)
		KUNIT_FAIL(fake->test, "page %u is passed on untranslated\n", page);
	if (!hit && before < ASTRAY && before == after)
		KUNIT_FAIL(fake->test, "page %u is lost\n", page);
}

static void fake_watch(struct fake *fake)
{
	unsigned int page;

	for (page = 0; page < PAGES; page++)
		fake_watch_page(fake, page);
}

static u32 fake_read(struct dw_pcie *pci, void __iomem *base, u32 reg, size_t size)
{
	void *p = (void __force *)base + reg;

	return size == 4 ? *(u32 *)p : size == 2 ? *(u16 *)p : *(u8 *)p;
}

static void fake_write(struct dw_pcie *pci, void __iomem *base, u32 reg,
		       size_t size, u32 val)
{
	struct fake *fake = container_of(pci, struct fake, pci);
	u32 *p = (void __force *)base + reg;
	int broken = fake->broken_win;

	KUNIT_ASSERT_EQ(fake->test, size, 4);
	if (p < fake->atu || p >= fake->atu + ARRAY_SIZE(fake->atu)) {
		*p = val;
		if (p == &fake->dbi2[PCI_BASE_ADDRESS_2 / 4])
			KUNIT_EXPECT_NE(fake->test, fake_target(fake, 0), ASTRAY);
		return;
	}

	fake->writes++;
	if (reg == PCIE_ATU_REGION_CTRL2 && broken >= 0 &&
	    (u32 __force *)base == fake_win(fake, broken))
		val &= ~PCIE_ATU_ENABLE;
	if (reg == PCIE_ATU_REGION_CTRL2 && fake->no_refusal)
		val &= ~PCIE_ATU_RESPONSE_CODE;
	*p = val;
	if (fake->watching)
		fake_watch(fake);
}

static void fake_write_dbi2(struct dw_pcie *pci, void __iomem *base, u32 reg,
			    size_t size, u32 val)
{
	fake_write(pci, base, reg, size, val);
}

static const struct dw_pcie_ops fake_ops = {
	.read_dbi = fake_read,
	.write_dbi = fake_write,
	.write_dbi2 = fake_write_dbi2,
};

static const struct pci_epc_features *fake_features(struct dw_pcie_ep *ep)
{
	return &container_of(ep, struct fake, pci.ep)->features;
}

static int fake_raise_irq(struct dw_pcie_ep *ep, u8 func_no, unsigned int type,
			  u16 interrupt_num)
{
	return 0;
}

static const struct dw_pcie_ep_ops fake_ep_ops = {
	.get_features = fake_features,
	.raise_irq = fake_raise_irq,
};

static void fake_assign(struct fake *fake, u64 addr)
{
	fake->dbi[PCI_BASE_ADDRESS_2 / 4] = lower_32_bits(addr) |
					    PCI_BASE_ADDRESS_MEM_TYPE_64;
	fake->dbi[PCI_BASE_ADDRESS_3 / 4] = upper_32_bits(addr);
	fake->dbi[PCI_COMMAND / 4] = addr ? PCI_COMMAND_MEMORY : 0;
}

static struct pci_epf_bar fake_bar(u64 target)
{
	return (struct pci_epf_bar) {
		.phys_addr = target,
		.size = BAR_SIZE,
		.barno = BAR_2,
		.flags = PCI_BASE_ADDRESS_MEM_TYPE_64,
	};
}

/* Tests start with BAR2 set up, enumerated and mapped in BAR Match Mode */
static int fake_init(struct kunit *test)
{
	struct pci_epf_bar bar = fake_bar(0x1000000);
	struct dw_pcie *pci;
	struct fake *fake;

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	test->priv = fake;
	fake->test = test;
	fake->broken_win = -1;
	fake->features = (struct pci_epc_features) { DWC_EPC_COMMON_FEATURES };

	pci = &fake->pci;
	pci->dev = kunit_device_register(test, "dw-pcie-ep-kunit");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pci->dev);
	pci->ops = &fake_ops;
	pci->dbi_base = (void __iomem __force *)fake->dbi;
	pci->dbi_base2 = (void __iomem __force *)fake->dbi2;
	pci->atu_base = (void __iomem __force *)fake->atu;
	pci->version = 0x3532302a; /* 5.20* */
	pci->num_ib_windows = NUM_WINS;
	pci->region_align = SZ_4K;
	pci->region_limit = U64_MAX;
	dw_pcie_cap_set(pci, IATU_UNROLL);

	mutex_init(&fake->epc.lock);
	fake->epc.ops = &dw_pcie_ep_epc_ops;
	fake->epc.max_functions = 1;
	epc_set_drvdata(&fake->epc, &pci->ep);
	pci->ep.epc = &fake->epc;
	pci->ep.ops = &fake_ep_ops;
	pci->ep.ib_wins = fake->wins;
	INIT_LIST_HEAD(&pci->ep.func_list);
	list_add(&fake->func.list, &pci->ep.func_list);

	KUNIT_ASSERT_EQ(test, pci_epc_set_bar(&fake->epc, 0, 0, &bar), 0);
	fake_assign(fake, BASE);

	return 0;
}

static int fake_set(struct fake *fake, struct pci_epf_bar *bar)
{
	return pci_epc_set_bar(&fake->epc, 0, 0, bar);
}

/* What the BAR looks like once @bar is in place */
static void fake_expect(u64 *pages, const struct pci_epf_bar *bar)
{
	unsigned int page, i = 0;
	u64 off = 0;

	for (page = 0; page < PAGES; page++) {
		pages[page] = NOWHERE;
		if (!bar->num_submap) {
			if (!bar->no_backing)
				pages[page] = bar->phys_addr + page * SZ_4K;
			continue;
		}
		if (page * SZ_4K - off >= bar->submap[i].size)
			off += bar->submap[i++].size;
		if (!bar->submap[i].no_backing)
			pages[page] = bar->submap[i].phys_addr + page * SZ_4K - off;
	}
}

static void fake_check(struct fake *fake, const u64 *pages)
{
	unsigned int page;

	for (page = 0; page < PAGES; page++)
		KUNIT_EXPECT_EQ_MSG(fake->test, fake_target(fake, page * SZ_4K),
				    pages[page], "page %u", page);
}

/* Change the mapping of the live BAR under the eyes of the host */
static void fake_change(struct fake *fake, struct pci_epf_bar *bar)
{
	unsigned int page;

	for (page = 0; page < PAGES; page++)
		fake->before[page] = fake_target(fake, page * SZ_4K);
	fake_expect(fake->after, bar);

	fake->writes = 0;
	fake->watching = true;
	KUNIT_ASSERT_EQ(fake->test, fake_set(fake, bar), 0);
	fake->watching = false;
	fake_check(fake, fake->after);
}

#endif /* _DW_PCIE_EP_FAKE_H */

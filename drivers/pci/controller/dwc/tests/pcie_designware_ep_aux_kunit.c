// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the auxiliary resources of DesignWare endpoints
 *
 * What is reported decides what an endpoint function exposes to the host.
 * Invariant: never more than the controller has, never to the wrong function,
 * and the count is the number of entries that are filled in, no matter which
 * parts of the eDMA are missing.
 */

#include <kunit/test.h>
#include <linux/sizes.h>

#include "../pcie-designware.h"
#include "../pcie-designware-ep-ib.h"

#define NUM_WR	3
#define NUM_RD	4
#define NUM_AUX	(2 + NUM_WR + NUM_RD)
#define REGS	0x30000000
#define WR_MEM	0x50000000
#define RD_MEM	0x60000000

struct aux {
	struct dw_pcie			pci;
	struct pci_epc			epc;
	struct pci_epc_features		features;
	struct pci_epc_aux_resource	res[NUM_AUX + 1];
	u8				max_vfs[2];
};

static const struct pci_epc_features *aux_features(struct dw_pcie_ep *ep)
{
	return &container_of(ep, struct aux, pci.ep)->features;
}

static const struct dw_pcie_ep_ops aux_ep_ops = { .get_features = aux_features };

static int aux_init(struct kunit *test)
{
	struct aux *aux = kunit_kzalloc(test, sizeof(*aux), GFP_KERNEL);
	struct dw_edma_chip *edma;
	struct dw_pcie *pci;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, aux);
	test->priv = aux;
	mutex_init(&aux->epc.lock);
	aux->epc.ops = &dw_pcie_ep_epc_ops;
	aux->epc.max_functions = 2;
	aux->epc.max_vfs = aux->max_vfs;
	aux->max_vfs[0] = 1;

	pci = &aux->pci;
	epc_set_drvdata(&aux->epc, &pci->ep);
	pci->ep.epc = &aux->epc;
	pci->ep.ops = &aux_ep_ops;
	pci->region_align = SZ_64K;
	pci->edma_reg_phys = REGS;
	pci->edma_reg_size = 0x4000;
	edma = &pci->edma;
	edma->dw = (struct dw_edma *)aux;	/* never followed */
	edma->mf = EDMA_MF_EDMA_UNROLL;
	edma->db_irq = 77;
	edma->db_offset = 0x4c;
	edma->ll_wr_cnt = NUM_WR;
	edma->ll_rd_cnt = NUM_RD;
	for (i = 0; i < NUM_WR; i++)
		edma->ll_region_wr[i] = (struct dw_edma_region) {
			.paddr = WR_MEM + i * SZ_4K, .sz = SZ_4K,
		};
	for (i = 0; i < NUM_RD; i++)
		edma->ll_region_rd[i] = (struct dw_edma_region) {
			.paddr = RD_MEM + i * SZ_4K, .sz = SZ_4K,
		};

	return 0;
}

/* Gets the resources into an array that they have to fit exactly */
static void aux_get(struct kunit *test, u8 func_no, u8 vfunc_no, int count)
{
	struct aux *aux = test->priv;
	int i;

	KUNIT_ASSERT_EQ(test, count,
			pci_epc_get_aux_resources_count(&aux->epc, func_no, vfunc_no));
	memset(aux->res, 0xff, sizeof(aux->res));
	if (!count)
		return;

	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources(&aux->epc, func_no, vfunc_no,
							aux->res, count), 0);
	for (i = 0; i < ARRAY_SIZE(aux->res); i++)
		KUNIT_EXPECT_EQ_MSG(test, (int)aux->res[i].type != -1, i < count,
				    "entry %d", i);
	if (count > 1)
		KUNIT_EXPECT_EQ(test, -ENOSPC,
				pci_epc_get_aux_resources(&aux->epc, func_no, vfunc_no,
							  aux->res, count - 1));
}

static void everything(struct kunit *test)
{
	struct aux *aux = test->priv;
	struct pci_epc_aux_resource *res = aux->res;
	unsigned int i;
	bool wr;

	aux_get(test, 0, 0, NUM_AUX);

	KUNIT_EXPECT_EQ(test, res->type, PCI_EPC_AUX_DOORBELL_MMIO);
	KUNIT_EXPECT_EQ(test, res->phys_addr, REGS + 0x4c);
	KUNIT_EXPECT_EQ(test, res->size, 4);
	KUNIT_EXPECT_EQ(test, res->bar, NO_BAR);
	KUNIT_EXPECT_EQ(test, res->u.db_mmio.irq, 77);
	res++;

	KUNIT_EXPECT_EQ(test, res->type, PCI_EPC_AUX_DMA_CTRL_MMIO);
	KUNIT_EXPECT_EQ(test, res->phys_addr, REGS);
	KUNIT_EXPECT_EQ(test, res->size, 0x4000);
	KUNIT_EXPECT_EQ(test, res->bar, NO_BAR);
	KUNIT_EXPECT_EQ(test, res->u.dma_ctrl.reg_format, PCI_EPC_DMA_REG_DW_EDMA_UNROLL);
	res++;

	for (i = 0; i < NUM_WR + NUM_RD; i++, res++) {
		wr = i < NUM_WR;
		KUNIT_EXPECT_EQ(test, res->type, PCI_EPC_AUX_DMA_CHAN_DESC);
		KUNIT_EXPECT_EQ(test, res->phys_addr, 0);
		KUNIT_EXPECT_EQ(test, res->size, SZ_4K);
		KUNIT_EXPECT_EQ(test, res->bar, NO_BAR);
		KUNIT_EXPECT_EQ(test, res->u.dma_desc.dir,
				wr ? PCI_EPC_DMA_WRITE : PCI_EPC_DMA_READ);
		KUNIT_EXPECT_EQ(test, res->u.dma_desc.hw_ch, wr ? i : i - NUM_WR);
		KUNIT_EXPECT_EQ(test, res->u.dma_desc.dma_addr,
				wr ? WR_MEM + i * SZ_4K :
				     RD_MEM + (i - NUM_WR) * SZ_4K);
		KUNIT_EXPECT_EQ(test, res->u.dma_desc.block_addr, wr ? WR_MEM : RD_MEM);
		/* What an inbound window can map, not what the lists need */
		KUNIT_EXPECT_EQ(test, res->u.dma_desc.block_size, SZ_64K);
	}
}

static const struct pci_epc_features *aux_no_features(struct dw_pcie_ep *ep)
{
	return NULL;
}

/* A glue driver that does not say what is special has no BAR with the registers */
static void glue_without_features(struct kunit *test)
{
	static const struct dw_pcie_ep_ops ops[] = {
		{ }, { .get_features = aux_no_features },
	};
	struct aux *aux = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		aux->pci.ep.ops = &ops[i];
		aux_get(test, 0, 0, NUM_AUX);
		KUNIT_EXPECT_EQ(test, aux->res[1].bar, NO_BAR);
	}
}

static void fixed_bar_limits_the_registers(struct kunit *test)
{
	static const struct pci_epc_bar_rsvd_region rsvd[] = {
		{ .type = PCI_EPC_BAR_RSVD_MSIX_TBL_RAM, .size = SZ_4K },
		{ .type = PCI_EPC_BAR_RSVD_DMA_CTRL_MMIO, .offset = 0x1000,
		  .size = 0x2000 },
	};
	struct aux *aux = test->priv;

	aux->features.bar[BAR_4] = (struct pci_epc_bar_desc) {
		.type = BAR_RESERVED,
		.nr_rsvd_regions = ARRAY_SIZE(rsvd),
		.rsvd_regions = rsvd,
	};
	aux_get(test, 0, 0, NUM_AUX);
	KUNIT_EXPECT_EQ(test, aux->res[0].bar, BAR_4);
	KUNIT_EXPECT_EQ(test, aux->res[0].bar_offset, 0x104c);
	KUNIT_EXPECT_EQ(test, aux->res[1].bar, BAR_4);
	KUNIT_EXPECT_EQ(test, aux->res[1].bar_offset, 0x1000);
	KUNIT_EXPECT_EQ(test, aux->res[1].size, 0x2000);
	KUNIT_EXPECT_EQ(test, aux->res[2].bar, NO_BAR);

	/* A doorbell that the BAR does not reach */
	aux->pci.edma.db_offset = 0x2000;
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources(&aux->epc, 0, 0, aux->res,
							NUM_AUX), -EINVAL);
}

static void doorbell_follows_the_driver(struct kunit *test)
{
	struct aux *aux = test->priv;

	aux->pci.edma.db_offset = 0xa0;
	aux_get(test, 0, 0, NUM_AUX);
	KUNIT_EXPECT_EQ(test, aux->res[0].phys_addr, REGS + 0xa0);

	aux->pci.edma.db_offset = ~0;
	aux_get(test, 0, 0, NUM_AUX - 1);
	KUNIT_EXPECT_EQ(test, aux->res[0].type, PCI_EPC_AUX_DMA_CTRL_MMIO);
}

static void only_function_0_has_dma(struct kunit *test)
{
	aux_get(test, 1, 0, 1);
	aux_get(test, 0, 1, 1);
}

static void no_driver_no_resources(struct kunit *test)
{
	struct aux *aux = test->priv;

	/* As dw_edma_probe() leaves it when it is never called */
	aux->pci.edma.dw = NULL;
	aux->pci.edma.db_irq = 0;
	aux->pci.edma.db_offset = 0;
	aux_get(test, 0, 0, 0);
}

static void no_registers_no_resources(struct kunit *test)
{
	struct aux *aux = test->priv;

	aux->pci.edma.mf = EDMA_MF_EDMA_LEGACY;
	aux_get(test, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, 0, pci_epc_get_aux_resources(&aux->epc, 0, 0, aux->res, 1));
	aux->pci.edma.mf = EDMA_MF_HDMA_NATIVE;
	aux_get(test, 0, 0, NUM_AUX);
	aux->pci.edma_reg_size = 0;
	aux_get(test, 0, 0, 0);
}

static void every_register_map(struct kunit *test)
{
	static const struct {
		enum dw_edma_map_format mf;
		enum pci_epc_dma_reg_format format;
	} maps[] = {
		{ EDMA_MF_EDMA_UNROLL, PCI_EPC_DMA_REG_DW_EDMA_UNROLL },
		{ EDMA_MF_HDMA_COMPAT, PCI_EPC_DMA_REG_DW_HDMA_COMPAT },
		{ EDMA_MF_HDMA_NATIVE, PCI_EPC_DMA_REG_DW_HDMA_NATIVE },
	};
	struct aux *aux = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(maps); i++) {
		aux->pci.edma.mf = maps[i].mf;
		aux_get(test, 0, 0, NUM_AUX);
		KUNIT_EXPECT_EQ(test, aux->res[1].u.dma_ctrl.reg_format, maps[i].format);
	}
}

static struct kunit_case aux_cases[] = {
	KUNIT_CASE(everything),
	KUNIT_CASE(every_register_map),
	KUNIT_CASE(glue_without_features),
	KUNIT_CASE(fixed_bar_limits_the_registers),
	KUNIT_CASE(doorbell_follows_the_driver),
	KUNIT_CASE(only_function_0_has_dma),
	KUNIT_CASE(no_driver_no_resources),
	KUNIT_CASE(no_registers_no_resources),
	{ }
};

static struct kunit_suite aux_suite = {
	.name = "dw_pcie_ep_aux",
	.init = aux_init,
	.test_cases = aux_cases,
};

kunit_test_suite(aux_suite);

MODULE_DESCRIPTION("KUnit tests for the auxiliary resources of DesignWare endpoints");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_LICENSE("GPL");

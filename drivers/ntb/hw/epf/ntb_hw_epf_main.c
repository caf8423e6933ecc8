// SPDX-License-Identifier: GPL-2.0
/*
 * Host side endpoint driver to implement Non-Transparent Bridge functionality
 *
 * Copyright (C) 2020 Texas Instruments
 * Author: Kishon Vijay Abraham I <kishon@ti.com>
 */

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/ntb.h>

#include "ntb_hw_epf_ctrl.h"
#include "ntb_hw_epf_dma.h"
#include "ntb_hw_epf_ext.h"

#define NTB_EPF_COMMAND		0x0
#define CMD_CONFIGURE_DOORBELL	1
#define CMD_TEARDOWN_DOORBELL	2
#define CMD_CONFIGURE_MW	3
#define CMD_TEARDOWN_MW		4
#define CMD_LINK_UP		5
#define CMD_LINK_DOWN		6

#define NTB_EPF_ARGUMENT	0x4
#define MSIX_ENABLE		BIT(16)

#define NTB_EPF_CMD_STATUS	0x8
#define COMMAND_STATUS_OK	1
#define COMMAND_STATUS_ERROR	2

#define NTB_EPF_LINK_STATUS	0x0A
#define LINK_STATUS_UP		BIT(0)

#define NTB_EPF_TOPOLOGY	0x0C
#define NTB_EPF_LOWER_ADDR	0x10
#define NTB_EPF_UPPER_ADDR	0x14
#define NTB_EPF_LOWER_SIZE	0x18
#define NTB_EPF_UPPER_SIZE	0x1C

/*
 * Legacy doorbell slot layout when paired with pci-epf-*ntb:
 *
 *   slot 0 : reserved for link events
 *   slot 1 : unused (historical extra offset)
 *   slot 2 : DB#0
 *   slot 3 : DB#1
 *   ...
 *
 * Thus, NTB_EPF_MIN_DB_COUNT=3 means that we at least create vectors for
 * doorbells DB#0 and DB#1.
 */
#define NTB_EPF_MIN_DB_COUNT	3
#define NTB_EPF_MAX_DB_COUNT	31

#define NTB_EPF_COMMAND_TIMEOUT	1000 /* 1 Sec */
#define NTB_EPF_POLL_MIN_US	10UL
#define NTB_EPF_POLL_MAX_US	2000UL
#define NTB_EPF_NO_ANSWER	0xffff /* What reads return without a link */

enum pci_barno {
	NO_BAR = -1,
	BAR_0,
	BAR_1,
	BAR_2,
	BAR_3,
	BAR_4,
	BAR_5,
};

enum epf_ntb_bar {
	BAR_CONFIG,
	BAR_PEER_SPAD,
	BAR_DB,
	BAR_MW1,
	BAR_MW2,
	BAR_MW3,
	BAR_MW4,
	NTB_BAR_NUM,
};

static_assert(NTB_BAR_NUM - BAR_MW1 == NTB_EPF_MAX_MW_COUNT);
static_assert(NTB_EPF_MAX_DB_COUNT + 1 == NTB_EPF_MAX_SLOTS);

struct ntb_epf_dev;

struct ntb_epf_irq_ctx {
	struct ntb_epf_dev *ndev;
	unsigned int irq_no;
};

struct ntb_epf_dev {
	struct ntb_dev ntb;
	struct device *dev;
	/* Mutex to protect providing commands to NTB EPF */
	struct mutex cmd_lock;

	const enum pci_barno *barno_map;

	/* What the endpoint said when it was probed, it is not asked again */
	struct ntb_epf_ctrl ctrl;
	struct ntb_epf_layout layout;
	struct ntb_epf_ctrl_issue ext_issue;	/* why layout is not all of it */
	struct ntb_epf_dma dma;
	unsigned int db_count;

	void __iomem *ctrl_reg;
	void __iomem *db_reg;
	void __iomem *peer_spad_reg;

	unsigned int self_spad;
	unsigned int peer_spad;

	/* ntb is registered: events can be handed to it */
	bool registered;

	atomic64_t db_val;
	u64 db_valid_mask;
	struct ntb_epf_irq_ctx irq_ctx[NTB_EPF_MAX_DB_COUNT + 1];
};

#define ntb_ndev(__ntb) container_of(__ntb, struct ntb_epf_dev, ntb)

static int ntb_epf_wait_status(struct ntb_epf_dev *ndev, u32 command)
{
	unsigned long delay = NTB_EPF_POLL_MIN_US;
	ktime_t timeout;
	bool timedout;
	u16 status;

	timeout = ktime_add_ms(ktime_get(), NTB_EPF_COMMAND_TIMEOUT);
	while (1) {
		timedout = ktime_after(ktime_get(), timeout);
		status = readw(ndev->ctrl_reg + NTB_EPF_CMD_STATUS);

		if (status == COMMAND_STATUS_ERROR)
			return -EINVAL;

		if (status == COMMAND_STATUS_OK)
			return 0;

		if (status == NTB_EPF_NO_ANSWER) {
			dev_err_ratelimited(ndev->dev, "endpoint is gone, command %u\n", command);
			return -ENODEV;
		}

		if (timedout) {
			dev_err_ratelimited(ndev->dev, "no answer to command %u within %u ms\n",
					    command, NTB_EPF_COMMAND_TIMEOUT);
			return -ETIMEDOUT;
		}

		/* The endpoint polls for commands every few ms, or more rarely */
		usleep_range(delay, 2 * delay);
		delay = min(2 * delay, NTB_EPF_POLL_MAX_US);
	}
}

static int __ntb_epf_send_command(struct ntb_epf_dev *ndev, u32 command,
				  u32 argument)
{
	int ret;

	lockdep_assert_held(&ndev->cmd_lock);

	/* A late answer to a command that was given up is not the one to this */
	writew(0, ndev->ctrl_reg + NTB_EPF_CMD_STATUS);
	writel(argument, ndev->ctrl_reg + NTB_EPF_ARGUMENT);
	writel(command, ndev->ctrl_reg + NTB_EPF_COMMAND);

	ret = ntb_epf_wait_status(ndev, command);

	writew(0, ndev->ctrl_reg + NTB_EPF_CMD_STATUS);

	return ret;
}

static int ntb_epf_send_command(struct ntb_epf_dev *ndev, u32 command,
				u32 argument)
{
	int ret;

	mutex_lock(&ndev->cmd_lock);
	ret = __ntb_epf_send_command(ndev, command, argument);
	mutex_unlock(&ndev->cmd_lock);

	return ret;
}

static int ntb_epf_mw_to_bar(struct ntb_epf_dev *ndev, int idx)
{
	struct device *dev = ndev->dev;
	int bar;

	if (idx < 0 || idx >= ndev->ctrl.mw_count) {
		dev_err(dev, "Unsupported Memory Window index %d\n", idx);
		return -EINVAL;
	}

	bar = ndev->barno_map[BAR_MW1 + idx];
	if (bar == NO_BAR) {
		dev_err(dev, "No BAR for Memory Window index %d\n", idx);
		return -EINVAL;
	}

	return bar;
}

static resource_size_t ntb_epf_mw_size(struct ntb_epf_dev *ndev, int idx, int bar)
{
	if (ndev->layout.extended)
		return ndev->layout.mw[idx].size;

	return pci_resource_len(ndev->ntb.pdev, bar);
}

static int ntb_epf_mw_count(struct ntb_dev *ntb, int pidx)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);
	struct device *dev = ndev->dev;

	if (pidx != NTB_DEF_PEER_IDX) {
		dev_err(dev, "Unsupported Peer ID %d\n", pidx);
		return -EINVAL;
	}

	return ndev->ctrl.mw_count;
}

static int ntb_epf_mw_get_align(struct ntb_dev *ntb, int pidx, int idx,
				resource_size_t *addr_align,
				resource_size_t *size_align,
				resource_size_t *size_max)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);
	struct device *dev = ndev->dev;
	int bar;

	if (pidx != NTB_DEF_PEER_IDX) {
		dev_err(dev, "Unsupported Peer ID %d\n", pidx);
		return -EINVAL;
	}

	bar = ntb_epf_mw_to_bar(ndev, idx);
	if (bar < 0)
		return bar;

	if (addr_align)
		*addr_align = SZ_4K;

	if (size_align)
		*size_align = 1;

	if (size_max)
		*size_max = ntb_epf_mw_size(ndev, idx, bar);

	return 0;
}

static bool ntb_epf_peer_link_up(struct ntb_epf_dma *dma)
{
	struct ntb_epf_dev *ndev = container_of(dma, struct ntb_epf_dev, dma);
	u16 status;

	status = readw(ndev->ctrl_reg + NTB_EPF_LINK_STATUS);
	if (status == NTB_EPF_NO_ANSWER)
		return false;

	return status & LINK_STATUS_UP;
}

static u64 ntb_epf_link_is_up(struct ntb_dev *ntb,
			      enum ntb_speed *speed,
			      enum ntb_width *width)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);

	return ntb_epf_dma_link_is_up(&ndev->dma);
}

static u32 ntb_epf_spad_read(struct ntb_dev *ntb, int idx)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);
	struct device *dev = ndev->dev;
	u32 offset;

	if (idx < 0 || idx >= ndev->ctrl.spad_count) {
		dev_err(dev, "READ: Invalid ScratchPad Index %d\n", idx);
		return 0;
	}

	offset = ndev->ctrl.spad_offset + (idx << 2);

	return readl(ndev->ctrl_reg + offset);
}

static int ntb_epf_spad_write(struct ntb_dev *ntb,
			      int idx, u32 val)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);
	struct device *dev = ndev->dev;
	u32 offset;

	if (idx < 0 || idx >= ndev->ctrl.spad_count) {
		dev_err(dev, "WRITE: Invalid ScratchPad Index %d\n", idx);
		return -EINVAL;
	}

	offset = ndev->ctrl.spad_offset + (idx << 2);
	writel(val, ndev->ctrl_reg + offset);

	return 0;
}

static u32 ntb_epf_peer_spad_read(struct ntb_dev *ntb, int pidx, int idx)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);
	struct device *dev = ndev->dev;
	u32 offset;

	if (pidx != NTB_DEF_PEER_IDX) {
		dev_err(dev, "Unsupported Peer ID %d\n", pidx);
		return -EINVAL;
	}

	if (idx < 0 || idx >= ndev->ctrl.spad_count) {
		dev_err(dev, "WRITE: Invalid Peer ScratchPad Index %d\n", idx);
		return -EINVAL;
	}

	offset = (idx << 2);
	return readl(ndev->peer_spad_reg + offset);
}

static int ntb_epf_peer_spad_write(struct ntb_dev *ntb, int pidx,
				   int idx, u32 val)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);
	struct device *dev = ndev->dev;
	u32 offset;

	if (pidx != NTB_DEF_PEER_IDX) {
		dev_err(dev, "Unsupported Peer ID %d\n", pidx);
		return -EINVAL;
	}

	if (idx < 0 || idx >= ndev->ctrl.spad_count) {
		dev_err(dev, "WRITE: Invalid Peer ScratchPad Index %d\n", idx);
		return -EINVAL;
	}

	offset = (idx << 2);
	writel(val, ndev->peer_spad_reg + offset);

	return 0;
}

static int ntb_epf_link_enable(struct ntb_dev *ntb,
			       enum ntb_speed max_speed,
			       enum ntb_width max_width)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);
	struct device *dev = ndev->dev;
	int ret;

	/* The endpoint may interrupt before it answers, and clients then look */
	WRITE_ONCE(ndev->dma.link_up, true);

	ret = ntb_epf_send_command(ndev, CMD_LINK_UP, ntb_epf_dma_link_arg(&ndev->dma));
	if (ret) {
		WRITE_ONCE(ndev->dma.link_up, false);
		dev_err(dev, "Fail to enable link\n");
		return ret;
	}

	ntb_epf_dma_link_up(&ndev->dma);

	return 0;
}

static int ntb_epf_link_disable(struct ntb_dev *ntb)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);
	struct device *dev = ndev->dev;
	int ret;

	ntb_epf_dma_link_down(&ndev->dma);

	ret = ntb_epf_send_command(ndev, CMD_LINK_DOWN, 0);
	if (ret) {
		dev_err(dev, "Fail to disable link\n");
		return ret;
	}

	return 0;
}

static irqreturn_t ntb_epf_vec_isr(int irq, void *dev)
{
	struct ntb_epf_irq_ctx *ctx = dev;
	struct ntb_epf_dev *ndev = ctx->ndev;
	unsigned int db_vector;
	unsigned int irq_no = ctx->irq_no;
	/* Pairs with smp_store_release() in ntb_epf_pci_probe() */
	bool registered = smp_load_acquire(&ndev->registered);

	if (irq_no == EPF_IRQ_LINK) {
		if (registered)
			ntb_link_event(&ndev->ntb);
		ntb_epf_dma_link_event(&ndev->dma);
	} else if (irq_no == EPF_IRQ_RESERVED_DB) {
		dev_warn_ratelimited(ndev->dev,
				     "Unexpected reserved doorbell slot IRQ received\n");
	} else {
		db_vector = irq_no - EPF_IRQ_DB_START;
		if (ndev->db_count < NTB_EPF_MIN_DB_COUNT ||
		    db_vector >= ndev->db_count - 1) {
			dev_warn_ratelimited(ndev->dev,
					     "Unexpected doorbell vector %u (db_count %u)\n",
					     db_vector, ndev->db_count);
			return IRQ_HANDLED;
		}

		atomic64_or(BIT_ULL(db_vector), &ndev->db_val);
		if (registered)
			ntb_db_event(&ndev->ntb, db_vector);
	}

	return IRQ_HANDLED;
}

static unsigned int ntb_epf_max_slots(struct ntb_epf_dev *ndev)
{
	return ntb_epf_ext_slots(&ndev->layout, NTB_EPF_MIN_DB_COUNT + 1,
				 ndev->ctrl.slots);
}

static int ntb_epf_try_isr(struct ntb_epf_dev *ndev, int msi_min, int msi_max,
			   unsigned int type)
{
	u32 argument = type == PCI_IRQ_MSIX ? MSIX_ENABLE : 0;
	struct pci_dev *pdev = ndev->ntb.pdev;
	struct device *dev = ndev->dev;
	int slots;
	int irq;
	int ret;
	int i;

	irq = pci_alloc_irq_vectors(pdev, msi_min, msi_max, type);
	if (irq < 0)
		return irq;

	/* Link and doorbells do not get more than the endpoint uses */
	slots = min_t(int, irq, ntb_epf_max_slots(ndev));
	ntb_epf_dma_set_irqs(&ndev->dma, slots, irq);
	ndev->db_count = slots - 1;
	for (i = 0; i < slots; i++) {
		ndev->irq_ctx[i].ndev = ndev;
		ndev->irq_ctx[i].irq_no = i;
		ret = request_irq(pci_irq_vector(pdev, i), ntb_epf_vec_isr,
				  0, "ntb_epf", &ndev->irq_ctx[i]);
		if (ret) {
			dev_err(dev, "Failed to request irq\n");
			goto err_free_irq;
		}
	}

	ret = ntb_epf_send_command(ndev, CMD_CONFIGURE_DOORBELL,
				   argument | slots);
	if (ret) {
		dev_err(dev, "Failed to configure doorbell\n");
		goto err_free_irq;
	}

	return 0;

err_free_irq:
	while (i--)
		free_irq(pci_irq_vector(pdev, i), &ndev->irq_ctx[i]);
	pci_free_irq_vectors(pdev);

	return ret;
}

static int ntb_epf_init_isr(struct ntb_epf_dev *ndev, int msi_min, int msi_max)
{
	int ret;

	ret = ntb_epf_try_isr(ndev, msi_min, msi_max, PCI_IRQ_MSIX);
	/* Only the endpoint knows whether there is more than the capability */
	if (ret && ret != -ETIMEDOUT) {
		dev_dbg(ndev->dev, "No MSI-X interrupts: %d\n", ret);
		ret = ntb_epf_try_isr(ndev, msi_min, msi_max, PCI_IRQ_MSI);
	}
	if (ret)
		dev_err(ndev->dev, "Failed to get MSI interrupts\n");

	return ret;
}

static int ntb_epf_peer_mw_count(struct ntb_dev *ntb)
{
	return ntb_ndev(ntb)->ctrl.mw_count;
}

static int ntb_epf_spad_count(struct ntb_dev *ntb)
{
	return ntb_ndev(ntb)->ctrl.spad_count;
}

static u64 ntb_epf_db_valid_mask(struct ntb_dev *ntb)
{
	return ntb_ndev(ntb)->db_valid_mask;
}

static int ntb_epf_db_vector_count(struct ntb_dev *ntb)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);
	unsigned int db_count = ndev->db_count;

	/*
	 * db_count includes an extra skipped slot due to the legacy
	 * doorbell layout. Expose only the real doorbell vectors.
	 */
	if (db_count < NTB_EPF_MIN_DB_COUNT)
		return 0;

	return db_count - 1;
}

static u64 ntb_epf_db_vector_mask(struct ntb_dev *ntb, int db_vector)
{
	int nr_vec;

	/*
	 * db_count includes one skipped slot in the legacy layout. Valid
	 * doorbell vectors are therefore [0 .. (db_count - 2)].
	 */
	nr_vec = ntb_epf_db_vector_count(ntb);
	if (db_vector < 0 || db_vector >= nr_vec)
		return 0;

	return BIT_ULL(db_vector);
}

static int ntb_epf_db_set_mask(struct ntb_dev *ntb, u64 db_bits)
{
	return 0;
}

static int ntb_epf_mw_set_trans(struct ntb_dev *ntb, int pidx, int idx,
				dma_addr_t addr, resource_size_t size)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);
	struct device *dev = ndev->dev;
	resource_size_t mw_size;
	int bar, ret;

	if (pidx != NTB_DEF_PEER_IDX) {
		dev_err(dev, "Unsupported Peer ID %d\n", pidx);
		return -EINVAL;
	}

	bar = ntb_epf_mw_to_bar(ndev, idx);
	if (bar < 0)
		return bar;

	mw_size = ntb_epf_mw_size(ndev, idx, bar);

	if (size > mw_size) {
		dev_err(dev, "Size:%pa is greater than the MW size %pa\n",
			&size, &mw_size);
		return -EINVAL;
	}

	mutex_lock(&ndev->cmd_lock);
	writel(lower_32_bits(addr), ndev->ctrl_reg + NTB_EPF_LOWER_ADDR);
	writel(upper_32_bits(addr), ndev->ctrl_reg + NTB_EPF_UPPER_ADDR);
	writel(lower_32_bits(size), ndev->ctrl_reg + NTB_EPF_LOWER_SIZE);
	writel(upper_32_bits(size), ndev->ctrl_reg + NTB_EPF_UPPER_SIZE);
	ret = __ntb_epf_send_command(ndev, CMD_CONFIGURE_MW, idx);
	mutex_unlock(&ndev->cmd_lock);
	if (ret)
		dev_err(dev, "Failed to configure memory window %d\n", idx);

	return ret;
}

static int ntb_epf_mw_clear_trans(struct ntb_dev *ntb, int pidx, int idx)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);
	struct device *dev = ndev->dev;
	int ret;

	ret = ntb_epf_send_command(ndev, CMD_TEARDOWN_MW, idx);
	if (ret)
		dev_err(dev, "Failed to teardown memory window %d\n", idx);

	return ret;
}

static int ntb_epf_peer_mw_get_addr(struct ntb_dev *ntb, int idx,
				    phys_addr_t *base, resource_size_t *size)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);
	resource_size_t mw_size;
	u64 offset = 0;
	int bar;

	bar = ntb_epf_mw_to_bar(ndev, idx);
	if (bar < 0)
		return bar;

	mw_size = ntb_epf_mw_size(ndev, idx, bar);
	if (ndev->layout.extended) {
		offset = ndev->layout.mw[idx].offset;
	} else if (idx == 0) {
		offset = ndev->ctrl.mw1_offset;
		mw_size -= offset;
	}

	if (base)
		*base = pci_resource_start(ndev->ntb.pdev, bar) + offset;

	if (size)
		*size = mw_size;

	return 0;
}

static int ntb_epf_peer_db_set(struct ntb_dev *ntb, u64 db_bits)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);
	unsigned int db_bit, slot;

	if (db_bits & ~ndev->db_valid_mask) {
		dev_err(ndev->dev, "Doorbells %#llx are not among those supported: %#llx\n",
			db_bits, ndev->db_valid_mask);
		return -EINVAL;
	}

	/*
	 * With slot 0 reserved for link events, DB#0 would naturally map to
	 * slot 1. Historically an extra +1 offset was added, so DB#0 maps to
	 * slot 2 and slot 1 remains unused. Keep this mapping for
	 * backward-compatibility.
	 */
	while (db_bits) {
		db_bit = __ffs64(db_bits);
		db_bits &= ~BIT_ULL(db_bit);
		slot = db_bit + EPF_IRQ_DB_START;
		writel(ndev->ctrl.db_data[slot], ndev->db_reg + ndev->ctrl.db_offset[slot]);
	}

	return 0;
}

static u64 ntb_epf_db_read(struct ntb_dev *ntb)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);

	return atomic64_read(&ndev->db_val);
}

static int ntb_epf_db_clear_mask(struct ntb_dev *ntb, u64 db_bits)
{
	return 0;
}

static int ntb_epf_db_clear(struct ntb_dev *ntb, u64 db_bits)
{
	struct ntb_epf_dev *ndev = ntb_ndev(ntb);

	atomic64_and(~db_bits, &ndev->db_val);

	return 0;
}

static const struct ntb_dev_ops ntb_epf_ops = {
	.mw_count		= ntb_epf_mw_count,
	.spad_count		= ntb_epf_spad_count,
	.peer_mw_count		= ntb_epf_peer_mw_count,
	.db_valid_mask		= ntb_epf_db_valid_mask,
	.db_vector_count	= ntb_epf_db_vector_count,
	.db_vector_mask		= ntb_epf_db_vector_mask,
	.db_set_mask		= ntb_epf_db_set_mask,
	.mw_set_trans		= ntb_epf_mw_set_trans,
	.mw_clear_trans		= ntb_epf_mw_clear_trans,
	.peer_mw_get_addr	= ntb_epf_peer_mw_get_addr,
	.link_enable		= ntb_epf_link_enable,
	.spad_read		= ntb_epf_spad_read,
	.spad_write		= ntb_epf_spad_write,
	.peer_spad_read		= ntb_epf_peer_spad_read,
	.peer_spad_write	= ntb_epf_peer_spad_write,
	.peer_db_set		= ntb_epf_peer_db_set,
	.db_read		= ntb_epf_db_read,
	.mw_get_align		= ntb_epf_mw_get_align,
	.link_is_up		= ntb_epf_link_is_up,
	.db_clear_mask		= ntb_epf_db_clear_mask,
	.db_clear		= ntb_epf_db_clear,
	.link_disable		= ntb_epf_link_disable,
};

static inline void ntb_epf_init_struct(struct ntb_epf_dev *ndev,
				       struct pci_dev *pdev)
{
	ndev->ntb.pdev = pdev;
	ndev->ntb.topo = NTB_TOPO_NONE;
	ndev->ntb.ops = &ntb_epf_ops;
}

static int ntb_epf_init_dev(struct ntb_epf_dev *ndev)
{
	struct device *dev = ndev->dev;
	int ret;

	/* One Link interrupt and rest doorbell interrupt */
	ret = ntb_epf_init_isr(ndev, NTB_EPF_MIN_DB_COUNT + 1,
			       ntb_epf_max_slots(ndev) + ntb_epf_dma_max_irqs(&ndev->dma));
	if (ret) {
		dev_err(dev, "Failed to init ISR\n");
		return ret;
	}

	/*
	 * ndev->db_count includes an extra skipped slot due to the legacy
	 * doorbell layout, hence -1.
	 */
	ndev->db_valid_mask = BIT_ULL(ndev->db_count - 1) - 1;

	return 0;
}

static u64 ntb_epf_bar_len(struct ntb_epf_dev *ndev, enum epf_ntb_bar bar)
{
	enum pci_barno barno = ndev->barno_map[bar];
	struct pci_dev *pdev = ndev->ntb.pdev;

	if (barno == NO_BAR || !(pci_resource_flags(pdev, barno) & IORESOURCE_MEM))
		return 0;

	return pci_resource_len(pdev, barno);
}

/* Read the control block once and keep what is usable */
static int ntb_epf_read_ctrl(struct ntb_epf_dev *ndev)
{
	struct ntb_epf_ctrl_issue issue;
	struct ntb_epf_bar_lens lens = {
		.ctrl	= ntb_epf_bar_len(ndev, BAR_CONFIG),
		.db	= ntb_epf_bar_len(ndev, BAR_DB),
	};
	struct device *dev = ndev->dev;
	unsigned int i;
	int ret;

	if (lens.ctrl < NTB_EPF_CTRL_SIZE) {
		dev_err(dev, "control BAR has %llu bytes, %u are needed\n",
			lens.ctrl, NTB_EPF_CTRL_SIZE);
		return -EINVAL;
	}

	if (ndev->barno_map[BAR_PEER_SPAD] != ndev->barno_map[BAR_CONFIG]) {
		lens.peer_spad = ntb_epf_bar_len(ndev, BAR_PEER_SPAD);
		if (!lens.peer_spad) {
			dev_err(dev, "no BAR for the scratchpads of the peer\n");
			return -EINVAL;
		}
	}

	for (i = 0; i < NTB_EPF_MAX_MW_COUNT; i++)
		lens.mw[i] = ntb_epf_bar_len(ndev, BAR_MW1 + i);

	__le32 *block __free(kfree) = kzalloc(NTB_EPF_CTRL_SIZE, GFP_KERNEL);
	if (!block)
		return -ENOMEM;

	for (i = 0; i < NTB_EPF_CTRL_SIZE / sizeof(u32); i++)
		block[i] = cpu_to_le32(readl(ndev->ctrl_reg + i * sizeof(u32)));

	ret = ntb_epf_parse_ctrl(block, &lens, &ndev->ctrl, &issue);
	if (ret == -ENODEV)
		dev_err(dev, "the endpoint has no control block\n");
	else if (issue.field)
		dev_printk(ret ? KERN_ERR : KERN_WARNING, dev,
			   "control block: %s %#llx out of range (%#llx - %#llx)\n",
			   issue.field, issue.value, issue.min, issue.max);

	return ret;
}

/* What the control block says beyond the words that are always there */
static void ntb_epf_read_ext(struct ntb_epf_dev *ndev)
{
	const enum pci_barno *map = ndev->barno_map;
	struct pci_dev *pdev = ndev->ntb.pdev;
	struct ntb_epf_bars bars = {
		.mw_count = ndev->ctrl.mw_count,
		.in_use = BIT(map[BAR_CONFIG]) | BIT(map[BAR_PEER_SPAD]) | BIT(map[BAR_DB]),
	};
	unsigned int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		if (pci_resource_flags(pdev, i) & IORESOURCE_MEM)
			bars.len[i] = pci_resource_len(pdev, i);
	for (i = 0; i < ndev->ctrl.mw_count; i++)
		bars.mw[i] = map[BAR_MW1 + i];

	ntb_epf_ext_read(ndev->dev, ndev->ctrl_reg, bars.len[map[BAR_CONFIG]],
			 ndev->ctrl.spad_offset, &bars, &ndev->layout, &ndev->ext_issue);
}

static int ntb_epf_init_pci(struct ntb_epf_dev *ndev,
			    struct pci_dev *pdev)
{
	struct device *dev = ndev->dev;
	int ret;

	pci_set_drvdata(pdev, ndev);

	ret = pci_enable_device(pdev);
	if (ret) {
		dev_err(dev, "Cannot enable PCI device\n");
		goto err_pci_enable;
	}

	ret = pci_request_regions(pdev, "ntb");
	if (ret) {
		dev_err(dev, "Cannot obtain PCI resources\n");
		goto err_pci_disable;
	}

	pci_set_master(pdev);

	ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (ret) {
		ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32));
		if (ret) {
			dev_err(dev, "Cannot set DMA mask\n");
			goto err_pci_regions;
		}
		dev_warn(&pdev->dev, "Cannot DMA highmem\n");
	}

	ndev->ctrl_reg = pci_iomap(pdev, ndev->barno_map[BAR_CONFIG], 0);
	if (!ndev->ctrl_reg) {
		ret = -EIO;
		goto err_pci_regions;
	}

	ret = ntb_epf_read_ctrl(ndev);
	if (ret)
		goto err_unmap_ctrl;
	ntb_epf_read_ext(ndev);

	if (ndev->barno_map[BAR_PEER_SPAD] != ndev->barno_map[BAR_CONFIG]) {
		ndev->peer_spad_reg = pci_iomap(pdev,
						ndev->barno_map[BAR_PEER_SPAD], 0);
		if (!ndev->peer_spad_reg) {
			ret = -EIO;
			goto err_unmap_ctrl;
		}
	} else {
		ndev->peer_spad_reg = ndev->ctrl_reg + ndev->ctrl.peer_spad_offset;
	}

	ndev->db_reg = pci_iomap(pdev, ndev->barno_map[BAR_DB], 0);
	if (!ndev->db_reg) {
		ret = -EIO;
		goto err_unmap_peer_spad;
	}

	return 0;

err_unmap_peer_spad:
	if (ndev->barno_map[BAR_PEER_SPAD] != ndev->barno_map[BAR_CONFIG])
		pci_iounmap(pdev, ndev->peer_spad_reg);

err_unmap_ctrl:
	pci_iounmap(pdev, ndev->ctrl_reg);

err_pci_regions:
	pci_release_regions(pdev);

err_pci_disable:
	pci_disable_device(pdev);

err_pci_enable:
	pci_set_drvdata(pdev, NULL);

	return ret;
}

static void ntb_epf_deinit_pci(struct ntb_epf_dev *ndev)
{
	struct pci_dev *pdev = ndev->ntb.pdev;

	pci_iounmap(pdev, ndev->ctrl_reg);
	if (ndev->barno_map[BAR_PEER_SPAD] != ndev->barno_map[BAR_CONFIG])
		pci_iounmap(pdev, ndev->peer_spad_reg);
	pci_iounmap(pdev, ndev->db_reg);

	pci_release_regions(pdev);
	pci_disable_device(pdev);
	pci_set_drvdata(pdev, NULL);
}

static void ntb_epf_cleanup_isr(struct ntb_epf_dev *ndev)
{
	struct pci_dev *pdev = ndev->ntb.pdev;
	int i;

	ntb_epf_send_command(ndev, CMD_TEARDOWN_DOORBELL, ndev->db_count + 1);

	for (i = 0; i < ndev->db_count + 1; i++)
		free_irq(pci_irq_vector(pdev, i), &ndev->irq_ctx[i]);
	pci_free_irq_vectors(pdev);
}

/* A client may be there since its probe, and wait for a doorbell that has rung */
static void ntb_epf_replay_doorbells(struct ntb_epf_dev *ndev)
{
	unsigned int i;
	u64 db_bits;

	/* Interrupts that were not handed over have left their bit after this */
	for (i = 0; i < ndev->db_count + 1; i++)
		synchronize_irq(pci_irq_vector(ndev->ntb.pdev, i));

	db_bits = atomic64_read(&ndev->db_val);
	while (db_bits) {
		i = __ffs64(db_bits);
		db_bits &= ~BIT_ULL(i);
		ntb_db_event(&ndev->ntb, i);
	}
}

static int ntb_epf_pci_probe(struct pci_dev *pdev,
			     const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct ntb_epf_dev *ndev;
	int ret;

	if (pci_is_bridge(pdev))
		return -ENODEV;

	ndev = devm_kzalloc(dev, sizeof(*ndev), GFP_KERNEL);
	if (!ndev)
		return -ENOMEM;

	ndev->barno_map = (const enum pci_barno *)id->driver_data;
	if (!ndev->barno_map)
		return -EINVAL;

	ndev->dev = dev;

	ntb_epf_init_struct(ndev, pdev);
	mutex_init(&ndev->cmd_lock);
	ntb_epf_dma_init(&ndev->dma, dev, &ndev->layout, &ndev->ext_issue,
			 ntb_epf_peer_link_up);

	ret = ntb_epf_init_pci(ndev, pdev);
	if (ret) {
		dev_err(dev, "Failed to init PCI\n");
		return ret;
	}

	ret = ntb_epf_init_dev(ndev);
	if (ret) {
		dev_err(dev, "Failed to init device\n");
		goto err_init_dev;
	}

	ret = ntb_register_device(&ndev->ntb);
	if (ret) {
		dev_err(dev, "Failed to register NTB device\n");
		goto err_register_dev;
	}

	/* Pairs with smp_load_acquire() in ntb_epf_vec_isr() */
	smp_store_release(&ndev->registered, true);
	ntb_epf_replay_doorbells(ndev);
	/* The client may have missed one that came since its probe */
	ntb_link_event(&ndev->ntb);
	ntb_epf_debugfs_add(&ndev->dma);

	return 0;

err_register_dev:
	ntb_epf_cleanup_isr(ndev);

err_init_dev:
	ntb_epf_dma_exit(&ndev->dma);
	ntb_epf_deinit_pci(ndev);

	return ret;
}

static void ntb_epf_pci_remove(struct pci_dev *pdev)
{
	struct ntb_epf_dev *ndev = pci_get_drvdata(pdev);

	ntb_epf_debugfs_del(&ndev->dma);
	ntb_unregister_device(&ndev->ntb);
	ntb_epf_dma_exit(&ndev->dma);
	ntb_epf_cleanup_isr(ndev);
	ntb_epf_deinit_pci(ndev);
}

static const enum pci_barno j721e_map[NTB_BAR_NUM] = {
	[BAR_CONFIG]	= BAR_0,
	[BAR_PEER_SPAD]	= BAR_1,
	[BAR_DB]	= BAR_2,
	[BAR_MW1]	= BAR_2,
	[BAR_MW2]	= BAR_3,
	[BAR_MW3]	= BAR_4,
	[BAR_MW4]	= BAR_5
};

static const enum pci_barno mx8_map[NTB_BAR_NUM] = {
	[BAR_CONFIG]	= BAR_0,
	[BAR_PEER_SPAD]	= BAR_0,
	[BAR_DB]	= BAR_2,
	[BAR_MW1]	= BAR_4,
	[BAR_MW2]	= BAR_5,
	[BAR_MW3]	= NO_BAR,
	[BAR_MW4]	= NO_BAR
};

static const enum pci_barno rcar_barno[NTB_BAR_NUM] = {
	[BAR_CONFIG]	= BAR_0,
	[BAR_PEER_SPAD]	= BAR_0,
	[BAR_DB]	= BAR_4,
	[BAR_MW1]	= BAR_2,
	[BAR_MW2]	= NO_BAR,
	[BAR_MW3]	= NO_BAR,
	[BAR_MW4]	= NO_BAR,
};

static const struct pci_device_id ntb_epf_pci_tbl[] = {
	{
		PCI_DEVICE(PCI_VENDOR_ID_TI, PCI_DEVICE_ID_TI_J721E),
		.class = PCI_CLASS_MEMORY_RAM << 8, .class_mask = 0xffff00,
		.driver_data = (kernel_ulong_t)j721e_map,
	},
	{
		PCI_DEVICE(PCI_VENDOR_ID_FREESCALE, 0x0809),
		.class = PCI_CLASS_MEMORY_RAM << 8, .class_mask = 0xffff00,
		.driver_data = (kernel_ulong_t)mx8_map,
	},
	{
		PCI_DEVICE(PCI_VENDOR_ID_RENESAS, 0x0030),
		.class = PCI_CLASS_MEMORY_RAM << 8, .class_mask = 0xffff00,
		.driver_data = (kernel_ulong_t)rcar_barno,
	},
	{ },
};

static struct pci_driver ntb_epf_pci_driver = {
	.name		= KBUILD_MODNAME,
	.id_table	= ntb_epf_pci_tbl,
	.probe		= ntb_epf_pci_probe,
	.remove		= ntb_epf_pci_remove,
};

static int __init ntb_epf_init(void)
{
	int ret;

	ntb_epf_debugfs_init();
	ret = pci_register_driver(&ntb_epf_pci_driver);
	if (ret)
		ntb_epf_debugfs_exit();

	return ret;
}
module_init(ntb_epf_init);

static void __exit ntb_epf_exit(void)
{
	pci_unregister_driver(&ntb_epf_pci_driver);
	ntb_epf_debugfs_exit();
}
module_exit(ntb_epf_exit);

MODULE_DESCRIPTION("PCI ENDPOINT NTB HOST DRIVER");
MODULE_AUTHOR("Kishon Vijay Abraham I <kishon@ti.com>");
MODULE_LICENSE("GPL v2");

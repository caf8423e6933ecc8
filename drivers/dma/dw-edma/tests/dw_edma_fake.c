// SPDX-License-Identifier: GPL-2.0
/*
 * An eDMA v0 made of plain memory, and a dmaengine client for it
 *
 * The driver sees a register file that keeps what was written last: status bits
 * do not clear themselves, nothing is transferred, no interrupt comes unless
 * the test raises it. A test plays the hardware by writing to the register file
 * and looks at what the driver left there.
 */

#include <kunit/device.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>

#include "dw_edma_fake.h"

static int dw_edma_fake_irq_vector(struct device *dev, unsigned int nr)
{
	struct dw_edma_fake *fake = dev_get_drvdata(dev);

	nr += fake->first;

	return nr < FAKE_MAX_IRQS ? fake->irq[nr] : -EINVAL;
}

static const struct dw_edma_plat_ops dw_edma_fake_ops = {
	.irq_vector = dw_edma_fake_irq_vector,
};

static void dw_edma_fake_free_irqs(void *data)
{
	struct dw_edma_fake *fake = data;

	irq_free_descs(fake->irq[0], FAKE_MAX_IRQS);
}

static void dw_edma_fake_remove(void *data)
{
	struct dw_edma_fake *fake = data;

	if (fake->chip.dw)
		dw_edma_remove(&fake->chip);
}

/* One channel's linked list */
static void dw_edma_fake_ll(struct dw_edma_fake *fake, int nr,
			    struct dw_edma_region *region)
{
	region->vaddr.mem = fake->ll + nr * FAKE_LL_SZ;
	region->paddr = 0x40000000 + nr * FAKE_LL_SZ;
	region->sz = FAKE_LL_SZ;
}

/* A chip that is ready for dw_edma_probe(), to be changed before by the test */
struct dw_edma_fake *dw_edma_fake_create(struct kunit *test, u32 flags,
					 u16 wr, u16 rd, int nr_irqs)
{
	struct dw_edma_fake *fake;
	int i, irq;

	KUNIT_ASSERT_LE(test, wr, FAKE_MAX_CH);
	KUNIT_ASSERT_LE(test, rd, FAKE_MAX_CH);
	KUNIT_ASSERT_LE(test, nr_irqs, FAKE_MAX_IRQS);

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->regs = kunit_kzalloc(test, sizeof(*fake->regs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake->regs);
	fake->ll = kunit_kzalloc(test, (wr + rd) * FAKE_LL_SZ, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake->ll);

	fake->dev = kunit_device_register(test, "edma");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->dev);
	fake->dev->dma_parms = &fake->dma_parms;
	dev_set_drvdata(fake->dev, fake);

	irq = irq_alloc_descs(-1, 1, FAKE_MAX_IRQS, NUMA_NO_NODE);
	KUNIT_ASSERT_GT(test, irq, 0);
	for (i = 0; i < FAKE_MAX_IRQS; i++) {
		fake->irq[i] = irq + i;
		irq_set_chip_and_handler(irq + i, &dummy_irq_chip,
					 handle_simple_irq);
	}
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, dw_edma_fake_free_irqs,
						  fake));

	fake->regs->ctrl = FIELD_PREP(EDMA_V0_WRITE_CH_COUNT_MASK, wr) |
			   FIELD_PREP(EDMA_V0_READ_CH_COUNT_MASK, rd);

	fake->chip.dev = fake->dev;
	fake->chip.ops = &dw_edma_fake_ops;
	fake->chip.flags = flags;
	fake->chip.mf = EDMA_MF_EDMA_UNROLL;
	fake->chip.nr_irqs = nr_irqs;
	fake->chip.reg_base = (void __iomem __force *)fake->regs;
	fake->chip.ll_wr_cnt = wr;
	fake->chip.ll_rd_cnt = rd;
	for (i = 0; i < wr; i++)
		dw_edma_fake_ll(fake, i, &fake->chip.ll_region_wr[i]);
	for (i = 0; i < rd; i++)
		dw_edma_fake_ll(fake, wr + i, &fake->chip.ll_region_rd[i]);

	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, dw_edma_fake_remove,
						  fake));

	return fake;
}

struct dw_edma_fake *dw_edma_fake_probed(struct kunit *test, u32 flags,
					 u16 wr, u16 rd, int nr_irqs)
{
	struct dw_edma_fake *fake;

	fake = dw_edma_fake_create(test, flags, wr, rd, nr_irqs);
	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));

	return fake;
}

/* The hardware raises vector @nr; returns when deferred handlers have run, too */
void dw_edma_fake_irq(struct dw_edma_fake *fake, int nr)
{
	generic_handle_irq_safe(fake->irq[fake->first + nr]);
	if (fake->chip.dw)
		flush_workqueue(fake->chip.dw->wq);
}

struct dw_edma_chan *dw_edma_fake_chan(struct dw_edma_fake *fake,
				       enum dw_edma_dir dir, int ch)
{
	struct dw_edma *dw = fake->chip.dw;

	return &dw->chan[dir == EDMA_DIR_WRITE ? ch : dw->wr_ch_cnt + ch];
}

u32 *dw_edma_fake_control1(struct dw_edma_fake *fake, enum dw_edma_dir dir,
			   int ch)
{
	struct dw_edma_v0_ch *regs = &fake->regs->type.unroll.ch[ch];

	return dir == EDMA_DIR_WRITE ? &regs->wr.ch_control1 :
				       &regs->rd.ch_control1;
}

/* What a client gets that asks for this very channel, NULL if it is in use */
struct dma_chan *dw_edma_fake_get(struct dw_edma_fake *fake,
				  enum dw_edma_dir dir, int ch)
{
	return dma_get_slave_channel(&dw_edma_fake_chan(fake, dir, ch)->vc.chan);
}

struct dma_async_tx_descriptor *dw_edma_fake_prep(struct dma_chan *dchan)
{
	struct dma_slave_config config = {
		.src_addr = 0x10000,
		.dst_addr = 0x20000,
	};
	struct dma_slave_caps caps;
	enum dma_transfer_direction dir;

	if (dma_get_slave_caps(dchan, &caps))
		return NULL;

	dir = caps.directions & BIT(DMA_MEM_TO_DEV) ? DMA_MEM_TO_DEV :
						      DMA_DEV_TO_MEM;
	if (dmaengine_slave_config(dchan, &config))
		return NULL;

	return dmaengine_prep_slave_single(dchan, 0x30000, 64, dir,
					   DMA_PREP_INTERRUPT);
}

void dw_edma_fake_callback(void *data, const struct dmaengine_result *result)
{
	struct dw_edma_fake_client *client = data;

	client->result = *result;
	client->calls++;
	complete(&client->done);
}

void dw_edma_fake_submit(struct kunit *test, struct dma_chan *dchan,
			 struct dw_edma_fake_client *client)
{
	struct dma_async_tx_descriptor *tx = dw_edma_fake_prep(dchan);

	KUNIT_ASSERT_NOT_NULL(test, tx);

	memset(client, 0, sizeof(*client));
	init_completion(&client->done);
	tx->callback_result = dw_edma_fake_callback;
	tx->callback_param = client;
	client->cookie = dmaengine_submit(tx);
	KUNIT_ASSERT_GT(test, client->cookie, 0);
}

bool dw_edma_fake_called(struct dw_edma_fake_client *client)
{
	return wait_for_completion_timeout(&client->done, HZ / 5);
}

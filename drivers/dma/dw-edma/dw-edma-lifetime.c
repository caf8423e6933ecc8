// SPDX-License-Identifier: GPL-2.0
/*
 * How long a dw-edma instance lives, and what is left of it without hardware
 *
 * Clients may hold channels when the provider goes: an endpoint disappears, a
 * driver is unbound. struct dw_edma and everything it points to therefore lives
 * until the last client has released its channel. It works on a copy of the chip
 * and takes its memory from dw_edma_zalloc(), because the chip and the devres
 * lists of its devices can be gone long before, or, where a link goes up and
 * down, live long after.
 *
 * dw_edma_remove() marks the channels gone. From then on nobody touches the
 * registers or the linked lists on behalf of a client: this is decided under
 * vc.lock, like everything that starts or stops a transfer. When the hardware
 * has stopped, all transfers end with DMA_TRANS_ABORTED, and so does what a
 * client issues later.
 */

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/dmaengine.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "dw-edma-core.h"

/* Memory of an instance, freed with it */
struct dw_edma_mem {
	struct list_head	node;
	u8			data[] __aligned(ARCH_KMALLOC_MINALIGN);
};

void *dw_edma_zalloc(struct dw_edma *dw, size_t n, size_t size)
{
	struct dw_edma_mem *mem;

	mem = kzalloc(size_add(sizeof(*mem), size_mul(n, size)), GFP_KERNEL);
	if (!mem)
		return NULL;

	list_add(&mem->node, &dw->mem);

	return mem->data;
}

/* An instance with one reference */
struct dw_edma *dw_edma_alloc(const struct dw_edma_chip *chip)
{
	struct dw_edma *dw = kzalloc_obj(*dw);

	if (!dw)
		return NULL;

	kref_init(&dw->ref);
	INIT_LIST_HEAD(&dw->mem);
	dw->chip_copy = *chip;
	dw->chip = &dw->chip_copy;
	if (!dw->chip->dma_dev)
		dw->chip->dma_dev = chip->dev;
	if (!dw->chip->irq_dev)
		dw->chip->irq_dev = chip->dev;

	/* Clients unmap buffers, and name the provider in messages, to the end */
	get_device(dw->chip->dma_dev);
	get_device(dw->chip->dev);

	return dw;
}

static void dw_edma_free(struct kref *ref)
{
	struct dw_edma *dw = container_of(ref, struct dw_edma, ref);
	struct dw_edma_mem *mem, *tmp;

	put_device(dw->chip->dev);
	put_device(dw->chip->dma_dev);
	list_for_each_entry_safe(mem, tmp, &dw->mem, node)
		kfree(mem);
	kfree(dw);
}

void dw_edma_put(struct dw_edma *dw)
{
	kref_put(&dw->ref, dw_edma_free);
}

/* No client holds a channel any more, and none will */
static void dw_edma_dma_release(struct dma_device *dma)
{
	dw_edma_put(container_of(dma, struct dw_edma, dma));
}

/* Clients can find the channels from now on, and keep the instance alive */
int dw_edma_register(struct dw_edma *dw)
{
	int ret;

	kref_get(&dw->ref);
	dw->dma.device_release = dw_edma_dma_release;
	ret = dma_async_device_register(&dw->dma);
	if (ret)
		dw_edma_put(dw);

	return ret;
}

/*
 * Nobody gets a channel, or at the registers, from now on. What runs goes on
 * running: the caller stops it, and then calls dw_edma_fail_all().
 */
void dw_edma_unregister(struct dw_edma *dw)
{
	int i;

	dma_async_device_unregister(&dw->dma);

	for (i = 0; i < dw->wr_ch_cnt + dw->rd_ch_cnt; i++) {
		guard(spinlock_irqsave)(&dw->chan[i].vc.lock);
		WRITE_ONCE(dw->chan[i].gone, true);
	}
}

/* End all that a client has submitted to a channel without hardware */
void dw_edma_fail_descs(struct dw_edma_chan *chan)
{
	struct virt_dma_desc *vd, *tmp;

	lockdep_assert_held(&chan->vc.lock);

	vchan_issue_pending(&chan->vc);
	list_for_each_entry_safe(vd, tmp, &chan->vc.desc_issued, node) {
		dw_hdma_set_callback_result(vd, DMA_TRANS_ABORTED);
		list_del(&vd->node);
		vchan_cookie_complete(vd);
	}
}

/* The hardware has stopped: tell the clients, and return when they know */
void dw_edma_fail_all(struct dw_edma *dw)
{
	struct dw_edma_chan *chan;
	int i;

	for (i = 0; i < dw->wr_ch_cnt + dw->rd_ch_cnt; i++) {
		chan = &dw->chan[i];

		scoped_guard(spinlock_irqsave, &chan->vc.lock) {
			/* Who is about to terminate expects no callbacks */
			if (chan->request == EDMA_REQ_STOP)
				dw_edma_terminate_all_descs(chan);
			else
				dw_edma_fail_descs(chan);
			chan->request = EDMA_REQ_NONE;
			chan->status = EDMA_ST_IDLE;
		}

		tasklet_kill(&chan->vc.task);
	}
}

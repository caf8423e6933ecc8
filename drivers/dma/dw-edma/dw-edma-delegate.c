// SPDX-License-Identifier: GPL-2.0
/*
 * Hand exact hardware channels of an eDMA to the other side of the PCIe link
 *
 * dmaengine clients never see hardware numbering, so whoever gives channels
 * away asks here for the hardware channel it has to be. Between reserve and
 * release the channel is held like by any exclusive client: nobody else gets
 * it. Maps that share the interrupt and enable registers of a direction have
 * one owner per direction: reserved channels and clients do not mix there.
 */

#include <linux/cleanup.h>
#include <linux/dma/edma.h>
#include <linux/dmaengine.h>
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/string_choices.h>

#include "dw-edma-core.h"

static struct dw_edma_chan *
dw_edma_hw_channel(struct dw_edma *dw, enum dw_edma_dir dir, unsigned int hw_ch)
{
	switch (dir) {
	case EDMA_DIR_WRITE:
		return hw_ch < dw->wr_ch_cnt ? &dw->chan[hw_ch] : NULL;
	case EDMA_DIR_READ:
		return hw_ch < dw->rd_ch_cnt ?
		       &dw->chan[dw->wr_ch_cnt + hw_ch] : NULL;
	default:
		return NULL;
	}
}

/*
 * Is a channel, other than @chan, of the same direction on the other side of
 * the line between reserved channels and clients?
 */
static bool dw_edma_direction_conflict(struct dw_edma_chan *chan, bool reserved)
{
	struct dw_edma *dw = chan->dw;
	struct dw_edma_chan *other;
	int i;

	lockdep_assert_held(&dw->own_lock);

	if (!dw_edma_shared_direction(dw->chip))
		return false;

	for (i = 0; i < dw->wr_ch_cnt + dw->rd_ch_cnt; i++) {
		other = &dw->chan[i];
		if (other == chan || other->dir != chan->dir)
			continue;
		if (reserved ? other->held && !other->reserved : other->reserved)
			return true;
	}

	return false;
}

static bool dw_edma_direction_kept(struct dw_edma *dw, enum dw_edma_dir dir)
{
	int cnt = dir == EDMA_DIR_WRITE ? dw->wr_ch_cnt : dw->rd_ch_cnt;
	int i;

	for (i = 0; i < cnt; i++)
		if (dw_edma_hw_channel(dw, dir, i)->reserved)
			return false;

	return cnt;
}

static bool dw_edma_doorbell_used(struct dw_edma *dw)
{
	return dw->chip->db_irq > 0 && irq_has_action(dw->chip->db_irq);
}

static void __dw_edma_place_doorbell(struct dw_edma *dw)
{
	lockdep_assert_held(&dw->own_lock);

	/* What has been told to somebody stays where it is */
	if (dw->chip->db_irq <= 0 || dw_edma_doorbell_used(dw))
		return;

	/* As long as nothing is reserved it is where it always was */
	if (dw_edma_direction_kept(dw, EDMA_DIR_READ)) {
		dw->db_dir = EDMA_DIR_READ;
		dw->chip->db_offset = dw_edma_core_db_offset(dw);
	} else if (dw_edma_direction_kept(dw, EDMA_DIR_WRITE)) {
		dw->db_dir = EDMA_DIR_WRITE;
		dw->chip->db_offset = dw_edma_core_db_offset(dw);
	} else {
		dw->chip->db_offset = ~0;
	}

	if (dw->orig_chip)
		dw->orig_chip->db_offset = dw->chip->db_offset;
}

/*
 * Put the interrupt-emulation doorbell into a direction none of whose channels
 * is reserved: whoever drives channels of a direction writes its INT_CLEAR, and
 * that deasserts a doorbell, too.
 */
void dw_edma_place_doorbell(struct dw_edma *dw)
{
	guard(spinlock)(&dw->own_lock);

	__dw_edma_place_doorbell(dw);
}

/* dmaengine gives the channel to somebody, in dma_list_mutex */
int dw_edma_own_channel(struct dw_edma_chan *chan)
{
	guard(spinlock)(&chan->dw->own_lock);

	/* Not for a client that comes while somebody else reserves it */
	if (chan->reserved ? chan->reserver != current :
			     dw_edma_direction_conflict(chan, false))
		return -EBUSY;

	chan->held = true;

	return 0;
}

void dw_edma_disown_channel(struct dw_edma_chan *chan)
{
	guard(spinlock)(&chan->dw->own_lock);

	chan->held = false;
	if (chan->reserved) {
		chan->reserved = false;
		__dw_edma_place_doorbell(chan->dw);
	}
}

static bool dw_edma_is_reserved(struct dw_edma_chan *chan)
{
	guard(spinlock)(&chan->dw->own_lock);

	return chan->reserved;
}

/**
 * dw_edma_shared_direction - do the channels of a direction share registers?
 * @chip: chip that dw_edma_probe() was called with
 *
 * Context: Any.
 * Return: true if a direction of this engine can only have one owner, so that
 * all of its channels have to be handed over together.
 */
bool dw_edma_shared_direction(struct dw_edma_chip *chip)
{
	return chip->mf != EDMA_MF_HDMA_NATIVE;
}
EXPORT_SYMBOL_GPL(dw_edma_shared_direction);

/**
 * dw_edma_reserve_channel - take one exact hardware channel from the clients
 * @chip: chip that dw_edma_probe() was called with
 * @dir: direction of the channel
 * @hw_ch: hardware number of the channel within @dir
 *
 * The channel is held exclusively until dw_edma_release_channel(). It keeps its
 * interrupt routing; see dw_edma_set_irq_mode(). Where a direction shares its
 * registers no client can get another channel of that direction meanwhile. An
 * interrupt-emulation doorbell that is not in use moves out of the direction, so
 * look at &dw_edma_chip.db_offset after this.
 *
 * Context: Process context, may sleep. Must not race with dw_edma_remove().
 * Return: the channel, or ERR_PTR:
 * * -ENODEV: there is no instance behind @chip
 * * -EINVAL: the instance has no such channel
 * * -EOPNOTSUPP: the register map has one viewport for all channels
 * * -EBUSY: the channel, or another one of a shared direction, or the doorbell
 *   in this direction, is in use
 */
struct dma_chan *dw_edma_reserve_channel(struct dw_edma_chip *chip,
					 enum dw_edma_dir dir,
					 unsigned int hw_ch)
{
	struct dw_edma *dw = chip->dw;
	struct dw_edma_chan *chan;
	struct dma_chan *dchan;

	if (!dw)
		return ERR_PTR(-ENODEV);

	chan = dw_edma_hw_channel(dw, dir, hw_ch);
	if (!chan)
		return ERR_PTR(-EINVAL);

	if (chip->mf == EDMA_MF_EDMA_LEGACY)
		return ERR_PTR(-EOPNOTSUPP);

	scoped_guard(spinlock, &dw->own_lock) {
		if (chan->held || chan->reserved ||
		    dw_edma_direction_conflict(chan, true))
			return ERR_PTR(-EBUSY);
		if (dir == dw->db_dir && dw_edma_doorbell_used(dw)) {
			dev_err(dw->chip->dev, "%s channels have the doorbell, which is in use\n",
				str_write_read(dir == EDMA_DIR_WRITE));
			return ERR_PTR(-EBUSY);
		}
		chan->reserved = true;
		chan->reserver = current;
		__dw_edma_place_doorbell(dw);
	}

	dchan = dma_get_slave_channel(&chan->vc.chan);
	if (!dchan) {
		/* It still runs for its last user */
		scoped_guard(spinlock, &dw->own_lock) {
			chan->reserved = false;
			__dw_edma_place_doorbell(dw);
		}
		return ERR_PTR(-EBUSY);
	}

	return dchan;
}
EXPORT_SYMBOL_GPL(dw_edma_reserve_channel);

/**
 * dw_edma_set_irq_mode - route the interrupts of a reserved channel
 * @dchan: channel from dw_edma_reserve_channel()
 * @mode: who gets the completion interrupts
 *
 * The channel's local interrupt is masked until a transfer enables it, so a
 * change of the routing never lets an old event through.
 *
 * Context: Process context.
 * Return: 0, or
 * * -ENODEV: the engine was removed
 * * -EINVAL: @dchan is not reserved, or there is no such @mode
 * * -EBUSY: the channel has transfers
 */
int dw_edma_set_irq_mode(struct dma_chan *dchan, enum dw_edma_ch_irq_mode mode)
{
	struct dw_edma_chan *chan = dchan2dw_edma_chan(dchan);

	if (mode != DW_EDMA_CH_IRQ_LOCAL && mode != DW_EDMA_CH_IRQ_REMOTE)
		return -EINVAL;

	if (!dw_edma_is_reserved(chan))
		return -EINVAL;

	guard(spinlock_irqsave)(&chan->vc.lock);

	if (chan->gone)
		return -ENODEV;

	if (chan->status != EDMA_ST_IDLE || !list_empty(&chan->vc.desc_issued) ||
	    !list_empty(&chan->vc.desc_submitted))
		return -EBUSY;

	if (chan->irq_mode == mode)
		return 0;

	dw_edma_core_ch_irq_mask(chan);
	chan->irq_mode = mode;

	return 0;
}
EXPORT_SYMBOL_GPL(dw_edma_set_irq_mode);

/**
 * dw_edma_quiesce_channel - stop what the other side does with a channel
 * @dchan: channel from dw_edma_reserve_channel()
 *
 * Stops the hardware, and forgets what was programmed into the channel. Where
 * channels share the registers of their direction, the whole direction stops;
 * it has one owner, see dw_edma_reserve_channel(). The caller prevents the
 * other side from starting the channel again.
 *
 * Context: Process context, may sleep. Must not race with dw_edma_remove();
 * after that there is nothing left to stop.
 * Return: 0, or
 * * -EINVAL: @dchan is not reserved
 * * -ENODEV: the hardware does not answer
 * * -ETIMEDOUT: the hardware did not stop
 */
int dw_edma_quiesce_channel(struct dma_chan *dchan)
{
	struct dw_edma_chan *chan = dchan2dw_edma_chan(dchan);
	int ret;

	if (!dw_edma_is_reserved(chan))
		return -EINVAL;

	if (READ_ONCE(chan->gone))
		return 0;

	ret = dw_edma_core_ch_quiesce(chan);
	if (ret)
		return ret;

	dw_edma_core_ch_scrub(chan);

	return 0;
}
EXPORT_SYMBOL_GPL(dw_edma_quiesce_channel);

/**
 * dw_edma_release_channel - give a reserved channel back to the clients
 * @dchan: channel from dw_edma_reserve_channel()
 *
 * Quiesces the channel and routes its interrupts as dw_edma_probe() did. A
 * channel that does not stop stays unusable until it does. May be called after
 * dw_edma_remove(), but must not race with it.
 *
 * Context: Process context, may sleep.
 */
void dw_edma_release_channel(struct dma_chan *dchan)
{
	struct dw_edma_chan *chan = dchan2dw_edma_chan(dchan);
	int ret;

	ret = dw_edma_quiesce_channel(dchan);

	scoped_guard(spinlock_irqsave, &chan->vc.lock) {
		chan->irq_mode = dw_edma_get_default_irq_mode(chan);
		if (ret)
			chan->status = EDMA_ST_BUSY;
	}

	dma_release_channel(dchan);
}
EXPORT_SYMBOL_GPL(dw_edma_release_channel);

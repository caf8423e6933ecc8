// SPDX-License-Identifier: GPL-2.0
/*
 * When an endpoint's DMA channels exist on the host
 *
 * The endpoint maps the DMA slice when it answers LINK_UP, and takes it away with
 * LINK_DOWN. In between there is an auxiliary device (ntb_hw_epf_child.c) whose
 * driver may touch the slice. On the way down the order is: the own link state,
 * the child and with it all that uses the channels, and only then the command.
 * If the endpoint goes first, it says so in the control block and interrupts; the
 * child then goes from a work.
 *
 * Whatever goes wrong here, the NTB works as without DMA.
 */

#include <kunit/visibility.h>
#include <linux/bug.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/minmax.h>

#include "ntb_hw_epf_dma.h"

static void ntb_epf_dma_del_child(struct ntb_epf_dma *dma)
{
	lockdep_assert_held(&dma->lock);

	if (!dma->child)
		return;

	ntb_epf_dma_child_delete(dma->child);
	dma->child = NULL;
}

static void ntb_epf_dma_work(struct work_struct *work)
{
	struct ntb_epf_dma *dma = container_of(work, struct ntb_epf_dma, work);

	guard(mutex)(&dma->lock);

	if (dma->child && !dma->link_is_up(dma))
		ntb_epf_dma_del_child(dma);
}

/**
 * ntb_epf_dma_init - prepare, with no link and no child
 * @dma: zeroed
 * @dev: NTB PCI device
 * @layout: what the endpoint says, may be filled in later
 * @issue: why part of it is not believed
 * @link_is_up: does the endpoint say that the link is up? May sleep
 *
 * Context: Process context, before there are interrupts.
 */
void ntb_epf_dma_init(struct ntb_epf_dma *dma, struct device *dev,
		      const struct ntb_epf_layout *layout,
		      const struct ntb_epf_ctrl_issue *issue,
		      bool (*link_is_up)(struct ntb_epf_dma *dma))
{
	dma->dev = dev;
	dma->layout = layout;
	dma->issue = issue;
	dma->link_is_up = link_is_up;
	mutex_init(&dma->lock);
	INIT_WORK(&dma->work, ntb_epf_dma_work);
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_dma_init);

/* Interrupt vectors that the channels can use beside those for link and doorbells */
unsigned int ntb_epf_dma_max_irqs(const struct ntb_epf_dma *dma)
{
	return dma->layout->dma_abi == VNTB_DMA_ABI_V1 ? dma->layout->dma_num_chans : 0;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_dma_max_irqs);

/**
 * ntb_epf_dma_set_irqs - divide the interrupt vectors
 * @dma: the device
 * @slots: vectors for link and doorbells
 * @vectors: vectors that there are
 *
 * Context: Process context, before there are clients.
 */
void ntb_epf_dma_set_irqs(struct ntb_epf_dma *dma, unsigned int slots,
			  unsigned int vectors)
{
	dma->vectors = vectors;
	dma->irq_base = slots;
	dma->irq_count = min(vectors - min(slots, vectors), ntb_epf_dma_max_irqs(dma));

	if (ntb_epf_dma_max_irqs(dma) && !dma->irq_count)
		dev_warn(dma->dev, "no DMA: %u interrupt vectors, needed %u - %u\n",
			 vectors, slots + 1, slots + ntb_epf_dma_max_irqs(dma));
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_dma_set_irqs);

/* Both sides have to say so, and the own one is asked first */
bool ntb_epf_dma_link_is_up(struct ntb_epf_dma *dma)
{
	return READ_ONCE(dma->link_up) && dma->link_is_up(dma);
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_dma_link_is_up);

/* Argument of LINK_UP: only who can use the slice lets the endpoint map it */
u32 ntb_epf_dma_link_arg(const struct ntb_epf_dma *dma)
{
	return dma->irq_count ? VNTB_LINK_UP_ARG_DMA_V1 : 0;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_dma_link_arg);

/**
 * ntb_epf_dma_link_up - the endpoint has answered LINK_UP
 * @dma: the device
 *
 * Context: Process context.
 */
void ntb_epf_dma_link_up(struct ntb_epf_dma *dma)
{
	struct auxiliary_device *child;

	if (!ntb_epf_dma_link_arg(dma))
		return;

	guard(mutex)(&dma->lock);

	/* Either side may have had second thoughts */
	if (dma->child || dma->gone || !ntb_epf_dma_link_is_up(dma))
		return;

	child = ntb_epf_dma_child_create(dma->dev, dma->layout, dma->irq_base,
					 dma->irq_count);
	dma->error = PTR_ERR_OR_ZERO(child);
	if (dma->error)
		dev_err(dma->dev, "no DMA: cannot add the auxiliary device: %d\n",
			dma->error);
	else
		dma->child = child;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_dma_link_up);

/**
 * ntb_epf_dma_link_down - LINK_DOWN is about to be sent
 * @dma: the device
 *
 * The NTB client is not told: it is the one who takes the link down, and it may
 * be half gone by now. Those who use the channels hear it from their provider.
 *
 * Context: Process context.
 */
void ntb_epf_dma_link_down(struct ntb_epf_dma *dma)
{
	WRITE_ONCE(dma->link_up, false);

	guard(mutex)(&dma->lock);
	ntb_epf_dma_del_child(dma);
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_dma_link_down);

/**
 * ntb_epf_dma_link_event - the endpoint has raised the link interrupt
 * @dma: the device
 *
 * Context: Any.
 */
void ntb_epf_dma_link_event(struct ntb_epf_dma *dma)
{
	schedule_work(&dma->work);
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_dma_link_event);

/**
 * ntb_epf_dma_exit - no child any more, neither now nor later
 * @dma: the device
 *
 * Call it when there are no NTB clients any more, and before interrupts and
 * mappings go. A second call does nothing.
 *
 * Context: Process context.
 */
void ntb_epf_dma_exit(struct ntb_epf_dma *dma)
{
	/* A link interrupt cannot start it again */
	disable_work_sync(&dma->work);

	guard(mutex)(&dma->lock);
	dma->gone = true;
	ntb_epf_dma_del_child(dma);
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_dma_exit);

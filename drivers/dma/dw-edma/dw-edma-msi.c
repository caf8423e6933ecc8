// SPDX-License-Identifier: GPL-2.0
/*
 * MSI messages that a remote eDMA sends when a channel is done
 *
 * The engine does not use the MSI capability: it writes a message of its own
 * (IMWr) to an address and with data that the driver programs. They have to be
 * those of the interrupt vectors that the driver was given, wherever in the
 * function's vectors these are.
 *
 * In the v0 register maps there is one address per direction and 16 bits of
 * data per channel (dw_edma_v0_core_ch_config()). A direction whose vectors have
 * different addresses, which MSI-X can have, shares the first vector. Nothing
 * tells the engine when the address changes, so the vectors stay where they are.
 * This does not help when their CPU is taken offline: they move, and completions
 * are lost until the driver is bound again.
 */

#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/limits.h>
#include <linux/msi.h>
#include <linux/string_choices.h>

#include "dw-edma-core.h"

static bool dw_edma_msi_used(struct dw_edma *dw, int nr)
{
	return !(dw->chip->flags & DW_EDMA_CHIP_LOCAL) && irq_get_msi_desc(nr);
}

/* Flags for request_irq() of vector @nr */
unsigned long dw_edma_irq_flags(struct dw_edma *dw, int nr)
{
	if (!dw_edma_msi_used(dw, nr))
		return IRQF_SHARED;

	dev_dbg(dw->chip->dev, "irq %d: affinity is fixed, the engine sends its message\n",
		nr);

	return IRQF_SHARED | IRQF_NOBALANCING;
}

/*
 * The message of an interrupt. One descriptor may stand for a block of vectors:
 * its message is that of the first, and the data of the others count up from it.
 */
void dw_edma_msi_compose(struct dw_edma_irq *irq)
{
	struct msi_desc *desc = irq_get_msi_desc(irq->nr);

	if (!desc)
		return;

	get_cached_msi_msg(irq->nr, &irq->msi);
	irq->msi.data += irq->nr - desc->irq;
}

static bool dw_edma_msi_same_address(const struct msi_msg *a,
				     const struct msi_msg *b)
{
	return a->address_lo == b->address_lo && a->address_hi == b->address_hi;
}

/**
 * dw_edma_msi_check - can the hardware send the messages of a direction?
 * @dw: instance
 * @dir: direction
 * @first: first of the direction's vectors
 * @count: how many there are, reduced to what can be used
 *
 * Context: Process context, after the vectors were requested.
 * Return: 0 or -EINVAL if not even one vector can be used.
 */
int dw_edma_msi_check(struct dw_edma *dw, enum dw_edma_dir dir, int first,
		      u32 *count)
{
	struct dw_edma_irq *irq = &dw->irq[first];
	u32 i;

	/* Native HDMA has address and 32 bits of data for each channel */
	if (dw->chip->mf == EDMA_MF_HDMA_NATIVE)
		return 0;

	for (i = 0; i < *count; i++) {
		if (!dw_edma_msi_used(dw, irq[i].nr))
			continue;

		if (irq[i].msi.data > U16_MAX) {
			dev_err(dw->chip->dev, "irq %d: MSI data %#x, the engine sends %#x at most\n",
				irq[i].nr, irq[i].msi.data, U16_MAX);
			return -EINVAL;
		}

		if (!dw_edma_msi_same_address(&irq[i].msi, &irq[0].msi)) {
			dev_warn(dw->chip->dev, "irqs %d and %d have different MSI addresses, the engine has one: all %s channels use irq %d\n",
				 irq[0].nr, irq[i].nr,
				 str_write_read(dir == EDMA_DIR_WRITE),
				 irq[0].nr);
			*count = 1;
			break;
		}
	}

	return 0;
}

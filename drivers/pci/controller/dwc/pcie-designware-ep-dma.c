// SPDX-License-Identifier: GPL-2.0
/*
 * Synopsys DesignWare PCIe Endpoint controller driver: delegation of eDMA channels
 *
 * Channels that an endpoint function delegates to the host are reserved in the
 * eDMA driver, so that no dmaengine client can get them, and their interrupts are
 * routed to the host. They stand still before they come back. Transfers of the
 * engine carry the number of one function, which is 0 here, so only that one can
 * have channels.
 */

#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/dma/edma.h>
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/pci-epc.h>
#include <linux/string_choices.h>

#include "pcie-designware.h"
#include "pcie-designware-ep-dma.h"

static_assert((int)PCI_EPC_DMA_WRITE == (int)EDMA_DIR_WRITE);
static_assert((int)PCI_EPC_DMA_READ == (int)EDMA_DIR_READ);

/* Is the whole of @masks something that can be delegated? */
static int dw_pcie_ep_dma_check(struct dw_pcie_ep *ep, u8 func_no, u8 vfunc_no,
				const unsigned long *masks)
{
	struct dw_edma_chip *chip = &to_dw_pcie_from_ep(ep)->edma;
	const u16 cnt[] = { chip->ll_wr_cnt, chip->ll_rd_cnt };
	unsigned int dir;

	if (func_no || vfunc_no || chip->mf == EDMA_MF_EDMA_LEGACY)
		return -EOPNOTSUPP;

	if (!chip->dw)
		return -ENODEV;

	for (dir = EDMA_DIR_WRITE; dir <= EDMA_DIR_READ; dir++) {
		if (masks[dir] >> cnt[dir])
			return -EINVAL;

		if (masks[dir] && dw_edma_shared_direction(chip) &&
		    masks[dir] != GENMASK(cnt[dir] - 1, 0))
			return -EINVAL;
	}

	return 0;
}

static bool dw_pcie_ep_dma_all_delegated(struct dw_pcie_ep *ep,
					 const unsigned long *masks)
{
	return !(masks[EDMA_DIR_WRITE] & ~ep->dma_delegated[EDMA_DIR_WRITE]) &&
	       !(masks[EDMA_DIR_READ] & ~ep->dma_delegated[EDMA_DIR_READ]);
}

static int dw_pcie_ep_dma_take(struct dw_pcie_ep *ep, enum dw_edma_dir dir,
			       unsigned int hw_ch)
{
	struct dma_chan *chan;
	int ret;

	chan = dw_edma_reserve_channel(&to_dw_pcie_from_ep(ep)->edma, dir, hw_ch);
	if (IS_ERR(chan))
		return PTR_ERR(chan);

	ret = dw_edma_set_irq_mode(chan, DW_EDMA_CH_IRQ_REMOTE);
	if (ret) {
		dw_edma_release_channel(chan);
		return ret;
	}

	ep->dma_chan[dir][hw_ch] = chan;
	ep->dma_delegated[dir] |= BIT(hw_ch);

	return 0;
}

/* Give back what is delegated of @masks, stopped or not */
static void dw_pcie_ep_dma_give(struct dw_pcie_ep *ep, const unsigned long *masks)
{
	unsigned long mask;
	unsigned int dir, i;

	for (dir = EDMA_DIR_WRITE; dir <= EDMA_DIR_READ; dir++) {
		mask = masks[dir] & ep->dma_delegated[dir];
		for_each_set_bit(i, &mask, BITS_PER_LONG) {
			dw_edma_release_channel(ep->dma_chan[dir][i]);
			ep->dma_chan[dir][i] = NULL;
			ep->dma_delegated[dir] &= ~BIT(i);
		}
	}
}

/* Tries all that there are to stop, whatever happens to one */
static int dw_pcie_ep_dma_stop(struct dw_pcie_ep *ep, const unsigned long *masks)
{
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);
	unsigned int dir, i;
	int err, ret = 0;

	for (dir = EDMA_DIR_WRITE; dir <= EDMA_DIR_READ; dir++) {
		for_each_set_bit(i, &masks[dir], BITS_PER_LONG) {
			err = dw_edma_quiesce_channel(ep->dma_chan[dir][i]);
			if (!err)
				continue;

			dev_err_ratelimited(pci->dev, "delegated DMA %s channel %u does not stop: %d\n",
					    str_write_read(dir == EDMA_DIR_WRITE), i, err);
			/* -ENODEV would say that the delegation has ended */
			ret = err == -ENODEV ? -EIO : err;
			/* It is the engine of the whole direction */
			if (dw_edma_shared_direction(&pci->edma))
				break;
		}
	}

	return ret;
}

int dw_pcie_ep_delegate_dma_channels(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
				     u32 wr_mask, u32 rd_mask)
{
	const unsigned long masks[] = { wr_mask, rd_mask };
	struct dw_pcie_ep *ep = epc_get_drvdata(epc);
	unsigned int dir, i;
	int ret;

	lockdep_assert_held(&epc->dma_lock);

	ret = dw_pcie_ep_dma_check(ep, func_no, vfunc_no, masks);
	if (ret)
		return ret;

	if ((wr_mask & ep->dma_delegated[EDMA_DIR_WRITE]) ||
	    (rd_mask & ep->dma_delegated[EDMA_DIR_READ]))
		return -EBUSY;

	for (dir = EDMA_DIR_WRITE; dir <= EDMA_DIR_READ; dir++) {
		for_each_set_bit(i, &masks[dir], BITS_PER_LONG) {
			ret = dw_pcie_ep_dma_take(ep, dir, i);
			if (ret) {
				dw_pcie_ep_dma_give(ep, masks);
				return ret;
			}
		}
	}

	return 0;
}

int dw_pcie_ep_quiesce_dma_channels(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
				    u32 wr_mask, u32 rd_mask)
{
	const unsigned long masks[] = { wr_mask, rd_mask };
	struct dw_pcie_ep *ep = epc_get_drvdata(epc);
	int ret;

	lockdep_assert_held(&epc->dma_lock);

	ret = dw_pcie_ep_dma_check(ep, func_no, vfunc_no, masks);
	if (ret)
		return ret;

	if (!dw_pcie_ep_dma_all_delegated(ep, masks))
		return -EINVAL;

	return dw_pcie_ep_dma_stop(ep, masks);
}

int dw_pcie_ep_undelegate_dma_channels(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
				       u32 wr_mask, u32 rd_mask)
{
	const unsigned long masks[] = { wr_mask, rd_mask };
	int ret;

	ret = dw_pcie_ep_quiesce_dma_channels(epc, func_no, vfunc_no, wr_mask,
					      rd_mask);
	if (ret)
		return ret;

	dw_pcie_ep_dma_give(epc_get_drvdata(epc), masks);

	return 0;
}

/**
 * dw_pcie_ep_dma_remove() - take delegated channels back and remove the eDMA
 * @ep: DWC EP device
 *
 * A channel that does not stop is left to dw_edma_remove(), which switches the
 * engine off. No channel can be delegated afterwards, until the eDMA is detected
 * again.
 *
 * Context: Process context, may sleep for some 100 ms. Takes dma_lock of the EPC.
 */
void dw_pcie_ep_dma_remove(struct dw_pcie_ep *ep)
{
	static const unsigned long all[] = { ~0UL, ~0UL };

	guard(mutex)(&ep->epc->dma_lock);

	dw_pcie_ep_dma_give(ep, all);
	dw_pcie_edma_remove(to_dw_pcie_from_ep(ep));
}

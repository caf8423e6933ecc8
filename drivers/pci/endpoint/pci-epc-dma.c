// SPDX-License-Identifier: GPL-2.0
/*
 * PCI Endpoint *Controller* (EPC) DMA channel delegation
 *
 * Many endpoint controllers have a DMA engine that masters the link. Its channels
 * serve drivers of the endpoint, unless they are delegated: then the host drives
 * them, by the registers and the descriptor memory that an endpoint function
 * exposes (see pci_epc_get_aux_resources()), and no driver of the endpoint can
 * get them. Who drives a channel decides what memory of the endpoint it touches.
 */

#include <linux/cleanup.h>
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/pci-epc.h>

#include "pci-epc-internal.h"

typedef int (*pci_epc_dma_op_t)(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
				u32 wr_mask, u32 rd_mask);

static int pci_epc_dma_op(struct pci_epc *epc, pci_epc_dma_op_t op, u8 func_no,
			  u8 vfunc_no, u32 wr_mask, u32 rd_mask)
{
	if (!pci_epc_function_is_valid(epc, func_no, vfunc_no))
		return -EINVAL;

	if (!wr_mask && !rd_mask)
		return -EINVAL;

	if (!op)
		return -EOPNOTSUPP;

	guard(mutex)(&epc->dma_lock);

	return op(epc, func_no, vfunc_no, wr_mask, rd_mask);
}

/**
 * pci_epc_delegate_dma_channels() - leave DMA channels to the host
 * @epc: EPC device
 * @func_no: function number
 * @vfunc_no: virtual function number
 * @wr_mask: channels that write to the link, bit n is hardware channel n
 * @rd_mask: channels that read from the link, bit n is hardware channel n
 *
 * Takes the channels from the drivers of the endpoint and routes their
 * interrupts to the host: all of them or, on an error, none. The channels are
 * idle; it is up to the caller to let the host at them.
 *
 * The delegation ends with pci_epc_undelegate_dma_channels(), or when the
 * controller is reset or goes away: what functions have not taken back in their
 * epc_deinit the EPC driver takes back by itself. After a reset it has to be
 * asked for again.
 *
 * Context: Process context, may sleep. Takes dma_lock of @epc.
 *
 * Return: 0 on success, or
 * * -EINVAL: an argument is invalid, both masks are empty, there is no such
 *   channel, or the engine can only delegate a direction as a whole and a mask
 *   asks for a part of one
 * * -EOPNOTSUPP: the EPC driver cannot delegate channels, or not to this function
 * * -ENODEV: the engine, or its driver, is not there
 * * -EBUSY: one of the channels, or a doorbell that the engine has among them,
 *   is in use, or a channel is delegated already
 */
int pci_epc_delegate_dma_channels(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
				  u32 wr_mask, u32 rd_mask)
{
	if (IS_ERR_OR_NULL(epc) || !epc->ops)
		return -EINVAL;

	return pci_epc_dma_op(epc, epc->ops->delegate_dma_channels, func_no,
			      vfunc_no, wr_mask, rd_mask);
}
EXPORT_SYMBOL_GPL(pci_epc_delegate_dma_channels);

/**
 * pci_epc_quiesce_dma_channels() - stop DMA channels that the host drives
 * @epc: EPC device
 * @func_no: function number
 * @vfunc_no: virtual function number
 * @wr_mask: channels that write to the link, bit n is hardware channel n
 * @rd_mask: channels that read from the link, bit n is hardware channel n
 *
 * Stops the channels and clears what the host has programmed into them. They
 * stay delegated. The caller first takes away the host's access to their
 * registers as far as it can, or the host may start them again.
 *
 * Context: Process context, may sleep for some 100 ms, where channels share
 * nothing for each that does not stop. Takes dma_lock of @epc.
 *
 * Return: 0 on success, or
 * * -EINVAL: an argument is invalid, both masks are empty, or one of the channels
 *   is not delegated
 * * -EOPNOTSUPP: the EPC driver cannot delegate channels, or not to this function
 * * -ENODEV: the engine, or its driver, is gone, and the delegation with it
 * * -ETIMEDOUT: a channel did not stop
 * * -EIO: the engine does not answer
 */
int pci_epc_quiesce_dma_channels(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
				 u32 wr_mask, u32 rd_mask)
{
	if (IS_ERR_OR_NULL(epc) || !epc->ops)
		return -EINVAL;

	return pci_epc_dma_op(epc, epc->ops->quiesce_dma_channels, func_no,
			      vfunc_no, wr_mask, rd_mask);
}
EXPORT_SYMBOL_GPL(pci_epc_quiesce_dma_channels);

/**
 * pci_epc_undelegate_dma_channels() - take DMA channels back from the host
 * @epc: EPC device
 * @func_no: function number
 * @vfunc_no: virtual function number
 * @wr_mask: channels that write to the link, bit n is hardware channel n
 * @rd_mask: channels that read from the link, bit n is hardware channel n
 *
 * Stops the channels as pci_epc_quiesce_dma_channels() does and gives them back
 * to the drivers of the endpoint: all of them or, on an error, none. Any channels
 * that are delegated may be named, however many calls delegated them.
 *
 * Context: Process context, may sleep for some 100 ms, where channels share
 * nothing for each that does not stop. Takes dma_lock of @epc.
 *
 * Return: as pci_epc_quiesce_dma_channels(); after -ETIMEDOUT or -EIO all channels
 * are still delegated, and the call may be repeated.
 */
int pci_epc_undelegate_dma_channels(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
				    u32 wr_mask, u32 rd_mask)
{
	if (IS_ERR_OR_NULL(epc) || !epc->ops)
		return -EINVAL;

	return pci_epc_dma_op(epc, epc->ops->undelegate_dma_channels, func_no,
			      vfunc_no, wr_mask, rd_mask);
}
EXPORT_SYMBOL_GPL(pci_epc_undelegate_dma_channels);

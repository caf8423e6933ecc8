/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Synopsys DesignWare PCIe Endpoint controller driver: eDMA for the host
 */

#ifndef _PCIE_DESIGNWARE_EP_DMA_H
#define _PCIE_DESIGNWARE_EP_DMA_H

#include <linux/types.h>

struct dw_pcie_ep;
struct pci_epc;
struct pci_epc_aux_resource;

int dw_pcie_ep_get_aux_resources_count(struct pci_epc *epc, u8 func_no,
				       u8 vfunc_no);
int dw_pcie_ep_get_aux_resources(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
				 struct pci_epc_aux_resource *resources,
				 int num_resources);
int dw_pcie_ep_delegate_dma_channels(struct pci_epc *epc, u8 func_no,
				     u8 vfunc_no, u32 wr_mask, u32 rd_mask);
int dw_pcie_ep_quiesce_dma_channels(struct pci_epc *epc, u8 func_no,
				    u8 vfunc_no, u32 wr_mask, u32 rd_mask);
int dw_pcie_ep_undelegate_dma_channels(struct pci_epc *epc, u8 func_no,
				       u8 vfunc_no, u32 wr_mask, u32 rd_mask);
void dw_pcie_ep_dma_remove(struct dw_pcie_ep *ep);

#endif /* _PCIE_DESIGNWARE_EP_DMA_H */

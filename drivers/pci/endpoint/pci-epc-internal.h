/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PCI Endpoint *Controller* (EPC) library, not for its users
 */

#ifndef _PCI_EPC_INTERNAL_H
#define _PCI_EPC_INTERNAL_H

#include <linux/types.h>

struct pci_epc;

bool pci_epc_function_is_valid(struct pci_epc *epc, u8 func_no, u8 vfunc_no);

#endif /* _PCI_EPC_INTERNAL_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NTB_HW_EPF_LINK_H
#define _NTB_HW_EPF_LINK_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct ntb_epf_link;
struct pci_dev;
struct pci_saved_state;

/**
 * struct ntb_epf_link_ops - what only the driver can do
 * @configure: the endpoint knows nothing of this host any more: tell it again
 * @up: send LINK_UP
 * @is_up: does the endpoint say that the link is up?
 * @changed: the link has come up, or gone down, without a client's doing
 *
 * All of them are called with &struct ntb_epf_link.lock held.
 */
struct ntb_epf_link_ops {
	int (*configure)(struct ntb_epf_link *link);
	int (*up)(struct ntb_epf_link *link);
	bool (*is_up)(struct ntb_epf_link *link);
	void (*changed)(struct ntb_epf_link *link, bool up);
};

/**
 * struct ntb_epf_link - a link that stays up as long as a client wants it
 * @pdev: NTB PCI device
 * @ops: what only the driver can do
 * @bar: in configuration space, the BAR with the control block
 * @bar_val: what it holds
 * @state: what is restored when the device was reset
 * @flags: enum ntb_epf_link_flag
 * @lock: protects all below, and is held while the link is enabled and disabled
 * @wanted: a client has enabled it
 * @seen: the client has been told that it is up
 * @ask: LINK_UP has to be sent
 * @lost: the endpoint has to be configured before
 * @delay: in ms, before the next attempt if one fails
 * @error: of the last attempt
 * @work: looks after all this
 */
struct ntb_epf_link {
	struct pci_dev *pdev;
	const struct ntb_epf_link_ops *ops;
	int bar;
	u32 bar_val;
	struct pci_saved_state *state;
	unsigned long flags;
	struct mutex lock; /* Protects all below */
	bool wanted;
	bool seen;
	bool ask;
	bool lost;
	unsigned int delay;
	int error;
	struct delayed_work work;
};

void ntb_epf_link_init(struct ntb_epf_link *link, struct pci_dev *pdev, unsigned int barno,
		       const struct ntb_epf_link_ops *ops);
int ntb_epf_link_save(struct ntb_epf_link *link);
int ntb_epf_link_want(struct ntb_epf_link *link);
void ntb_epf_link_drop(struct ntb_epf_link *link);
void ntb_epf_link_event(struct ntb_epf_link *link);
void ntb_epf_link_reset(struct ntb_epf_link *link);
void ntb_epf_link_exit(struct ntb_epf_link *link);

#endif /* _NTB_HW_EPF_LINK_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NTB_HW_EPF_DMA_H
#define _NTB_HW_EPF_DMA_H

#include <linux/auxiliary_bus.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "ntb_hw_epf_ext.h"

struct dentry;
struct seq_file;

#define NTB_EPF_DMA_CHILD_NAME	"ep_dma_v1"

/**
 * struct ntb_epf_dma - the link, and the DMA channels that come and go with it
 * @dev: NTB PCI device
 * @link_is_up: does the endpoint say that the link is up?
 * @layout: what the endpoint said when the driver was bound
 * @issue: why part of it is not believed
 * @vectors: interrupt vectors of the function
 * @irq_base: first of those that are left for the DMA channels
 * @irq_count: how many these are
 * @link_up: this side wants the link up. Goes down before anything else does,
 *	so that no client takes the endpoint's word for it while the DMA
 *	channels are on their way out
 * @lock: protects @child, @gone and @error. Held while a driver of the child is
 *	bound and unbound, so that nobody sees one that is half there
 * @child: the channels' auxiliary device, NULL: none
 * @gone: there will be no other child
 * @error: why the last attempt to create a child failed
 * @work: deletes the child when the endpoint has taken the link down
 * @debugfs: directory of the device
 */
struct ntb_epf_dma {
	struct device *dev;
	bool (*link_is_up)(struct ntb_epf_dma *dma);
	const struct ntb_epf_layout *layout;
	const struct ntb_epf_ctrl_issue *issue;
	unsigned int vectors;
	unsigned int irq_base;
	unsigned int irq_count;
	bool link_up;
	struct mutex lock;	/* protects child, gone and error */
	struct auxiliary_device *child;
	bool gone;
	int error;
	struct work_struct work;
	struct dentry *debugfs;
};

void ntb_epf_dma_init(struct ntb_epf_dma *dma, struct device *dev,
		      const struct ntb_epf_layout *layout,
		      const struct ntb_epf_ctrl_issue *issue,
		      bool (*link_is_up)(struct ntb_epf_dma *dma));
unsigned int ntb_epf_dma_max_irqs(const struct ntb_epf_dma *dma);
void ntb_epf_dma_set_irqs(struct ntb_epf_dma *dma, unsigned int slots,
			  unsigned int vectors);
bool ntb_epf_dma_link_is_up(struct ntb_epf_dma *dma);
u32 ntb_epf_dma_link_arg(const struct ntb_epf_dma *dma);
void ntb_epf_dma_link_up(struct ntb_epf_dma *dma);
void ntb_epf_dma_link_down(struct ntb_epf_dma *dma);
void ntb_epf_dma_link_event(struct ntb_epf_dma *dma);
void ntb_epf_dma_exit(struct ntb_epf_dma *dma);

/* ntb_hw_epf_child.c */
struct auxiliary_device *ntb_epf_dma_child_create(struct device *parent,
						  const struct ntb_epf_layout *layout,
						  unsigned int irq_base,
						  unsigned int irq_count);
void ntb_epf_dma_child_delete(struct auxiliary_device *adev);

/* ntb_hw_epf_debugfs.c */
void ntb_epf_info_show(struct seq_file *s, struct ntb_epf_dma *dma);
void ntb_epf_debugfs_add(struct ntb_epf_dma *dma);
void ntb_epf_debugfs_del(struct ntb_epf_dma *dma);
void ntb_epf_debugfs_init(void);
void ntb_epf_debugfs_exit(void);

#endif /* _NTB_HW_EPF_DMA_H */

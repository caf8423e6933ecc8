// SPDX-License-Identifier: GPL-2.0
/*
 * The auxiliary device that stands for the DMA channels an endpoint lends
 *
 * The NTB driver knows where the DMA slice is and which interrupt vectors are
 * left, and nothing about DMA engines: it says both in properties of a software
 * node, and a driver for the engine binds to the device.
 *
 * All that a child has is freed by ntb_epf_dma_child_free(), once: by release()
 * from auxiliary_device_init() on, directly before.
 */

#include <kunit/visibility.h>
#include <linux/auxiliary_bus.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/idr.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "ntb_hw_epf_dma.h"

static DEFINE_IDA(ntb_epf_dma_ids);

struct ntb_epf_dma_child {
	struct auxiliary_device adev;
	struct fwnode_handle *props;
	int id;
};

static void ntb_epf_dma_child_free(struct ntb_epf_dma_child *child)
{
	if (!IS_ERR_OR_NULL(child->props))
		fwnode_remove_software_node(child->props);
	if (child->id >= 0)
		ida_free(&ntb_epf_dma_ids, child->id);
	kfree(child);
}

static void ntb_epf_dma_child_release(struct device *dev)
{
	struct auxiliary_device *adev = to_auxiliary_dev(dev);

	ntb_epf_dma_child_free(container_of(adev, struct ntb_epf_dma_child, adev));
}

static struct ntb_epf_dma_child *
ntb_epf_dma_child_alloc(const struct property_entry *props)
{
	struct ntb_epf_dma_child *child = kzalloc_obj(*child);
	int ret;

	if (!child)
		return ERR_PTR(-ENOMEM);

	child->id = ida_alloc(&ntb_epf_dma_ids, GFP_KERNEL);
	if (child->id < 0) {
		ret = child->id;
		ntb_epf_dma_child_free(child);
		return ERR_PTR(ret);
	}

	child->props = fwnode_create_software_node(props, NULL);
	if (IS_ERR(child->props)) {
		ret = PTR_ERR(child->props);
		ntb_epf_dma_child_free(child);
		return ERR_PTR(ret);
	}

	return child;
}

/**
 * ntb_epf_dma_child_create - add the auxiliary device
 * @parent: NTB PCI device
 * @layout: has the place of the DMA slice
 * @irq_base: first interrupt vector of @parent that DMA may use
 * @irq_count: how many these are
 *
 * Context: Process context, may bind a driver.
 * Return: the device, or an ERR_PTR() of whatever failed.
 */
struct auxiliary_device *
ntb_epf_dma_child_create(struct device *parent, const struct ntb_epf_layout *layout,
			 unsigned int irq_base, unsigned int irq_count)
{
	const struct property_entry props[] = {
		PROPERTY_ENTRY_U32("dma-abi", layout->dma_abi),
		PROPERTY_ENTRY_U32("dma-bar", layout->dma_bar),
		PROPERTY_ENTRY_U32("dma-offset", layout->dma_offset),
		PROPERTY_ENTRY_U32("dma-size", layout->dma_size),
		PROPERTY_ENTRY_U32("dma-num-chans", layout->dma_num_chans),
		PROPERTY_ENTRY_U32("dma-irq-base", irq_base),
		PROPERTY_ENTRY_U32("dma-irq-count", irq_count),
		{}
	};
	struct ntb_epf_dma_child *child = ntb_epf_dma_child_alloc(props);
	int ret;

	if (IS_ERR(child))
		return ERR_CAST(child);

	child->adev.name = NTB_EPF_DMA_CHILD_NAME;
	child->adev.id = child->id;
	child->adev.dev.parent = parent;
	child->adev.dev.release = ntb_epf_dma_child_release;
	device_set_node(&child->adev.dev, child->props);

	ret = auxiliary_device_init(&child->adev);
	if (ret) {
		ntb_epf_dma_child_free(child);
		return ERR_PTR(ret);
	}

	ret = auxiliary_device_add(&child->adev);
	if (ret) {
		/* Frees it: not to be touched any more */
		auxiliary_device_uninit(&child->adev);
		return ERR_PTR(ret);
	}

	return &child->adev;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_dma_child_create);

/**
 * ntb_epf_dma_child_delete - take the auxiliary device away
 * @adev: from ntb_epf_dma_child_create()
 *
 * Its driver has let go of slice and interrupts when this returns.
 *
 * Context: Process context, unbinds a driver.
 */
void ntb_epf_dma_child_delete(struct auxiliary_device *adev)
{
	auxiliary_device_delete(adev);
	auxiliary_device_uninit(adev);
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_dma_child_delete);

// SPDX-License-Identifier: GPL-2.0
/*
 * A link that a client has enabled, and an endpoint that comes and goes
 *
 * The endpoint takes the link down when it stops, and only a LINK_UP of the host
 * brings it up again. It can also go without a word, because it has died, and come
 * back: then its configuration space is empty, there are neither addresses nor
 * interrupts, and a host whose slot has no hotplug is told nothing.
 *
 * So while a client wants the link, the configuration space is looked at once a
 * second: it can be read whatever has become of the endpoint, which is not true of
 * what is behind the BARs. What was lost is restored, the endpoint is configured
 * as in the probe, and asked for the link, with pauses that become longer as long
 * as that fails. Nothing is asked of an endpoint that is not there.
 */

#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "ntb_hw_epf_link.h"

#define LINK_WATCH_MS		1000
/* Who takes the link down is not through with that when it says so */
#define LINK_RETRY_MIN_MS	500
#define LINK_RETRY_MAX_MS	8000

enum ntb_epf_link_flag {
	LINK_FLAG_EVENT,	/* The endpoint has something to say about the link */
	LINK_FLAG_RESET,	/* It was reset, by somebody who has restored it */
};

static void again(struct ntb_epf_link *link, unsigned int ms)
{
	/* A command can take a second */
	mod_delayed_work(system_dfl_long_wq, &link->work, msecs_to_jiffies(ms));
}

/* Returns: 0 if it is there as it was configured, 1 if it was reset, -ENODEV if it is gone */
static int look(struct ntb_epf_link *link)
{
	struct pci_dev *pdev = link->pdev;
	u32 val;

	if (pci_read_config_dword(pdev, PCI_VENDOR_ID, &val) ||
	    val != (pdev->vendor | (u32)pdev->device << 16))
		return -ENODEV;

	if (pci_read_config_dword(pdev, link->bar, &val))
		return -ENODEV;

	/* A reset clears it. Who switches the memory space off has a reason to. */
	return val != link->bar_val;
}

static int restore(struct ntb_epf_link *link)
{
	struct device *dev = &link->pdev->dev;
	int ret;

	/* Somebody else may be resetting and restoring it just now */
	if (!device_trylock(dev))
		return -EBUSY;

	ret = pci_load_saved_state(link->pdev, link->state);
	if (!ret)
		pci_restore_state(link->pdev);
	device_unlock(dev);

	return ret ?: look(link) ? -ENODEV : 0;
}

static int bring_up(struct ntb_epf_link *link)
{
	int ret;

	lockdep_assert_held(&link->lock);

	if (test_and_clear_bit(LINK_FLAG_RESET, &link->flags)) {
		link->lost = true;
		link->ask = true;
	}

	ret = look(link);
	if (ret) {
		link->lost = true;
		link->ask = true;
		if (ret > 0)
			ret = restore(link);
		if (ret)
			return ret;
	}

	if (link->lost) {
		ret = link->ops->configure(link);
		if (ret)
			return ret;
		link->lost = false;
	}

	if (link->ask) {
		ret = link->ops->up(link);
		if (ret)
			return ret;
		link->ask = false;
	}

	return 0;
}

/* Without an event there is nothing new behind the BARs of an endpoint that is there */
static bool went_down(struct ntb_epf_link *link)
{
	bool event = test_and_clear_bit(LINK_FLAG_EVENT, &link->flags);

	if (!link->seen)
		return false;

	return test_bit(LINK_FLAG_RESET, &link->flags) || look(link) ||
	       (event && !link->ops->is_up(link));
}

static void ntb_epf_link_work(struct work_struct *work)
{
	struct ntb_epf_link *link = container_of(to_delayed_work(work), struct ntb_epf_link,
						 work);
	int ret;

	guard(mutex)(&link->lock);

	if (!link->wanted)
		return;

	if (went_down(link)) {
		link->seen = false;
		link->ask = true;
		link->delay = LINK_RETRY_MIN_MS;
		link->ops->changed(link, false);
		again(link, LINK_RETRY_MIN_MS);
		return;
	}

	ret = bring_up(link);
	if (ret && ret != -ENODEV && ret != link->error)
		dev_err(&link->pdev->dev, "the link cannot be brought up again: %d\n", ret);
	link->error = ret;

	if (ret == -ENODEV) {
		again(link, LINK_WATCH_MS);
		return;
	}
	if (ret) {
		again(link, link->delay);
		link->delay = min(2 * link->delay, LINK_RETRY_MAX_MS);
		return;
	}

	link->delay = LINK_RETRY_MIN_MS;
	if (!link->seen && link->ops->is_up(link)) {
		link->seen = true;
		link->ops->changed(link, true);
		dev_info_ratelimited(&link->pdev->dev, "the link is up again\n");
	}
	again(link, LINK_WATCH_MS);
}

/**
 * ntb_epf_link_init - prepare, with a link that nobody wants
 * @link: zeroed
 * @pdev: NTB PCI device
 * @barno: BAR with the control block
 * @ops: what only the driver can do
 *
 * Context: Process context.
 */
void ntb_epf_link_init(struct ntb_epf_link *link, struct pci_dev *pdev, unsigned int barno,
		       const struct ntb_epf_link_ops *ops)
{
	link->pdev = pdev;
	link->bar = PCI_BASE_ADDRESS_0 + barno * sizeof(u32);
	link->ops = ops;
	mutex_init(&link->lock);
	INIT_DELAYED_WORK(&link->work, ntb_epf_link_work);
}

/**
 * ntb_epf_link_save - this is what the device has to look like
 * @link: the link
 *
 * Context: Process context, in the probe, when interrupts are enabled.
 * Return: 0, or -ENOMEM.
 */
int ntb_epf_link_save(struct ntb_epf_link *link)
{
	struct pci_dev *pdev = link->pdev;
	int ret;

	ret = pci_save_state(pdev);
	if (ret)
		return ret;

	link->state = pci_store_saved_state(pdev);
	if (!link->state)
		return -ENOMEM;

	/* Whoever suspends the device saves what is there then */
	pdev->state_saved = false;
	pci_read_config_dword(pdev, link->bar, &link->bar_val);

	return 0;
}

/**
 * ntb_epf_link_want - a client wants the link
 * @link: the link, with its lock held
 *
 * An endpoint that is not there, or does not answer, may do so later: then the
 * client is told.
 *
 * Context: Process context.
 * Return: 0, or what the endpoint says against it.
 */
int ntb_epf_link_want(struct ntb_epf_link *link)
{
	int ret;

	lockdep_assert_held(&link->lock);

	link->wanted = true;
	link->seen = false;
	link->ask = true;
	link->delay = LINK_RETRY_MIN_MS;

	ret = bring_up(link);
	link->error = ret;
	if (ret && ret != -ENODEV && ret != -ETIMEDOUT && ret != -EBUSY) {
		link->wanted = false;
		return ret;
	}

	if (!ret)
		link->seen = link->ops->is_up(link);
	again(link, ret ? link->delay : LINK_WATCH_MS);

	return 0;
}

/**
 * ntb_epf_link_drop - nobody wants the link any more
 * @link: the link, with its lock held
 *
 * Context: Process context.
 */
void ntb_epf_link_drop(struct ntb_epf_link *link)
{
	lockdep_assert_held(&link->lock);

	link->wanted = false;
	link->seen = false;
	/* If it runs it waits for the lock, and does nothing then */
	cancel_delayed_work(&link->work);
}

/**
 * ntb_epf_link_event - the endpoint has raised the link interrupt
 * @link: the link
 *
 * Context: Any.
 */
void ntb_epf_link_event(struct ntb_epf_link *link)
{
	set_bit(LINK_FLAG_EVENT, &link->flags);
}

/**
 * ntb_epf_link_reset - the device was reset, and its configuration restored
 * @link: the link
 *
 * Context: Any.
 */
void ntb_epf_link_reset(struct ntb_epf_link *link)
{
	set_bit(LINK_FLAG_RESET, &link->flags);
}

/**
 * ntb_epf_link_exit - the driver goes
 * @link: the link
 *
 * Context: Process context, without clients.
 */
void ntb_epf_link_exit(struct ntb_epf_link *link)
{
	disable_delayed_work_sync(&link->work);
	kfree(link->state);
	link->state = NULL;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the lifetime rules of the DMA engine core
 *
 * The invariant: a provider with a device_release() callback may be unregistered
 * while clients hold its channels. Everything those clients can reach stays
 * valid until the last of them lets go, and is freed then. The provider here
 * frees itself in device_release(), so with KASAN a violation is a report.
 */

#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/dmaengine.h>
#include <linux/slab.h>

#include "../dmaengine.h"

#define PROVIDER_CHANNELS	2

struct provider {
	struct dma_device dma;
	struct dma_chan chan[PROVIDER_CHANNELS];
	struct dma_slave_map map;
	bool *released;
};

static enum dma_status provider_tx_status(struct dma_chan *chan,
					  dma_cookie_t cookie,
					  struct dma_tx_state *state)
{
	return DMA_COMPLETE;
}

static void provider_issue_pending(struct dma_chan *chan)
{
}

static void provider_release(struct dma_device *dma)
{
	struct provider *p = container_of(dma, struct provider, dma);

	*p->released = true;
	kfree(p);
}

static bool provider_filter(struct dma_chan *chan, void *param)
{
	struct provider *p = container_of(chan->device, struct provider, dma);

	return chan == &p->chan[0];
}

/* A provider whose first channel belongs to the slave "ch0" of its own device */
static struct provider *provider_create_on(struct kunit *test, struct device *dev,
					   bool *released)
{
	struct provider *p = kzalloc_obj(*p);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);

	*released = false;
	p->released = released;
	p->map.devname = dev_name(dev);
	p->map.slave = "ch0";

	p->dma.dev = dev;
	p->dma.device_tx_status = provider_tx_status;
	p->dma.device_issue_pending = provider_issue_pending;
	p->dma.device_release = provider_release;
	p->dma.filter.map = &p->map;
	p->dma.filter.mapcnt = 1;
	p->dma.filter.fn = provider_filter;
	dma_cap_set(DMA_SLAVE, p->dma.cap_mask);
	dma_cap_set(DMA_PRIVATE, p->dma.cap_mask);
	INIT_LIST_HEAD(&p->dma.channels);
	for (i = 0; i < PROVIDER_CHANNELS; i++) {
		p->chan[i].device = &p->dma;
		list_add_tail(&p->chan[i].device_node, &p->dma.channels);
	}

	KUNIT_ASSERT_EQ(test, 0, dma_async_device_register(&p->dma));

	return p;
}

static struct provider *provider_create(struct kunit *test, bool *released)
{
	return provider_create_on(test, kunit_device_register(test, "provider"),
				  released);
}

/* Without clients, unregistering is the end */
static void unused_test(struct kunit *test)
{
	bool released;
	struct provider *p = provider_create(test, &released);

	dma_async_device_unregister(&p->dma);
	KUNIT_EXPECT_TRUE(test, released);
}

/* The last client frees the provider, and its own channel with it */
static void held_test(struct kunit *test)
{
	bool released;
	struct provider *p = provider_create(test, &released);
	struct dma_chan *chan = dma_get_slave_channel(&p->chan[1]);

	KUNIT_ASSERT_NOT_NULL(test, chan);
	dma_async_device_unregister(&p->dma);
	KUNIT_EXPECT_FALSE(test, released);
	KUNIT_EXPECT_EQ(test, 0, strncmp(dma_chan_name(chan), "dma", 3));

	dma_release_channel(chan);
	KUNIT_EXPECT_TRUE(test, released);
}

/* The same for a channel with names and sysfs links */
static void held_slave_test(struct kunit *test)
{
	bool released;
	struct provider *p = provider_create(test, &released);
	struct dma_chan *chan = dma_request_chan(p->dma.dev, "ch0");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, chan);
	KUNIT_ASSERT_PTR_EQ(test, chan, &p->chan[0]);
	dma_async_device_unregister(&p->dma);
	KUNIT_EXPECT_FALSE(test, released);

	dma_release_channel(chan);
	KUNIT_EXPECT_TRUE(test, released);
}

/* Links and names go when the provider stays, and the channel is usable again */
static void slave_again_test(struct kunit *test)
{
	bool released;
	struct provider *p = provider_create(test, &released);
	struct dma_chan *chan;
	int i;

	for (i = 0; i < 2; i++) {
		chan = dma_request_chan(p->dma.dev, "ch0");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, chan);
		KUNIT_EXPECT_NOT_NULL(test, chan->name);
		dma_release_channel(chan);
		KUNIT_EXPECT_NULL(test, chan->name);
	}

	dma_async_device_unregister(&p->dma);
	KUNIT_EXPECT_TRUE(test, released);
}

/* The channels that nobody holds are not for sale any more */
static void not_found_test(struct kunit *test)
{
	bool released;
	struct provider *p = provider_create(test, &released);
	struct dma_chan *held = dma_get_slave_channel(&p->chan[1]), *chan;
	struct device *dev = p->dma.dev;

	KUNIT_ASSERT_NOT_NULL(test, held);
	dma_async_device_unregister(&p->dma);

	chan = dma_request_chan(dev, "ch0");
	KUNIT_EXPECT_TRUE(test, IS_ERR(chan));
	if (!IS_ERR(chan))
		dma_release_channel(chan);

	dma_release_channel(held);
	KUNIT_EXPECT_TRUE(test, released);
}

static bool second_filter(struct dma_chan *chan, void *param)
{
	struct provider *p = param;

	return chan == &p->chan[1];
}

struct passer_by {
	struct provider *p;
	bool came;
	struct dma_chan *chan;
};

static void passer_by_request(void *data)
{
	struct passer_by *client = data;
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	dma_cap_set(DMA_SLAVE, mask);
	client->came = true;
	client->chan = dma_request_channel(mask, second_filter, client->p);
}

/* Nor are they while the provider goes: this is when the first one has gone */
static void not_found_meanwhile_test(struct kunit *test)
{
	bool released;
	struct passer_by client = { .p = provider_create(test, &released) };
	struct dma_device *dma = &client.p->dma;

	KUNIT_ASSERT_EQ(test, 0, devm_add_action(&client.p->chan[0].dev->device,
						 passer_by_request, &client));
	dma_async_device_unregister(dma);
	KUNIT_EXPECT_TRUE(test, client.came);
	KUNIT_EXPECT_NULL(test, client.chan);
	if (client.chan)
		dma_release_channel(client.chan);
	KUNIT_EXPECT_TRUE(test, released);
}

static int no_device(struct dma_chan *chan)
{
	return -ENODEV;
}

/* A request that fails does not take the provider's unregistration ahead */
static void no_device_test(struct kunit *test)
{
	bool released;
	struct provider *p = provider_create(test, &released);
	struct dma_chan *chan;

	p->dma.device_alloc_chan_resources = no_device;
	KUNIT_EXPECT_EQ(test, -ENODEV, PTR_ERR(dma_request_chan(p->dma.dev, "ch0")));

	p->dma.device_alloc_chan_resources = NULL;
	chan = dma_request_chan(p->dma.dev, "ch0");
	KUNIT_EXPECT_FALSE(test, IS_ERR(chan));
	if (!IS_ERR(chan))
		dma_release_channel(chan);

	dma_async_device_unregister(&p->dma);
	KUNIT_EXPECT_TRUE(test, released);
}

/* The device that does the DMA need not be bound: there is no module to pin */
static void no_driver_test(struct kunit *test)
{
	struct device *dev = root_device_register("provider");
	struct dma_chan *chan;
	struct provider *p;
	bool released;

	p = provider_create_on(test, dev, &released);
	chan = dma_get_slave_channel(&p->chan[0]);
	KUNIT_EXPECT_NOT_NULL(test, chan);
	if (chan)
		dma_release_channel(chan);

	dma_async_device_unregister(&p->dma);
	KUNIT_EXPECT_TRUE(test, released);
	root_device_unregister(dev);
}

static struct kunit_case dmaengine_cases[] = {
	KUNIT_CASE(unused_test),
	KUNIT_CASE(held_test),
	KUNIT_CASE(held_slave_test),
	KUNIT_CASE(slave_again_test),
	KUNIT_CASE(not_found_test),
	KUNIT_CASE(not_found_meanwhile_test),
	KUNIT_CASE(no_device_test),
	KUNIT_CASE(no_driver_test),
	{}
};

static struct kunit_suite dmaengine_suite = {
	.name = "dmaengine",
	.test_cases = dmaengine_cases,
};

kunit_test_suite(dmaengine_suite);

MODULE_DESCRIPTION("KUnit tests of the DMA engine core");
MODULE_LICENSE("GPL");

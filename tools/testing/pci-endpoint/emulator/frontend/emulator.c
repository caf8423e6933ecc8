// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/virtio_gpio.h>
#include <string.h>

#include "frontend/emulator.h"
#include "frontend/log.h"
#include "frontend/util.h"

/*
 * Work (in bytes) done before the sockets are looked at again, and requests of one guest before the
 * others have their turn: a guest that never stops must not rule. The ring of virtio_uml has 256
 * entries, so a turn takes everything that was in it.
 */
#define SYNC_BUDGET (1ULL << 20)
#define SYNC_TURN 256

#define CMD_QUEUE 0
#define IRQ_QUEUE 1

/* What the model asks for. None of these may call the model. */

static uint64_t env_now(void *ctx)
{
	struct emulator *e = ctx;

	return e->loop.clock->now(e->loop.clock);
}

static void env_set_timer(void *ctx, uint64_t deadline)
{
	struct emulator *e = ctx;

	e->loop.deadline = deadline;
}

static int env_ep_read(void *ctx, uint64_t addr, void *buf, size_t len)
{
	struct emulator *e = ctx;

	return gmem_read(&e->ep.vu.mem, addr, buf, len);
}

static int env_ep_write(void *ctx, uint64_t addr, const void *buf, size_t len)
{
	struct emulator *e = ctx;

	return gmem_write(&e->ep.vu.mem, addr, buf, len);
}

static int env_rc_read(void *ctx, uint64_t addr, void *buf, size_t len)
{
	struct emulator *e = ctx;

	return gmem_read(&e->rc.vu.mem, addr, buf, len);
}

static int env_rc_write(void *ctx, uint64_t addr, const void *buf, size_t len)
{
	struct emulator *e = ctx;

	return gmem_write(&e->rc.vu.mem, addr, buf, len);
}

static void env_rc_msi(void *ctx, uint64_t addr, uint32_t data)
{
	struct emulator *e = ctx;

	(void)addr; /* UML's MSI message is all in the data */
	pcidev_msi(&e->rc, data);
}

static void env_ep_irq(void *ctx, enum dwc_irq_line line, int level)
{
	struct emulator *e = ctx;

	gpio_set(&e->gpio, line, level);
}

static void env_trace(void *ctx, const struct dwc_event *ev)
{
	struct emulator *e = ctx;

	trace_write(&e->trace, ev);
}

/* What the vhost-user devices report. */

static struct emulator *of_ep(struct vu_dev *dev)
{
	return container_of(dev, struct emulator, ep.vu);
}

static struct emulator *of_rc(struct vu_dev *dev)
{
	return container_of(dev, struct emulator, rc.vu);
}

static void ep_sync(struct vu_dev *dev)
{
	emulator_sync(of_ep(dev));
}

static void ep_started(struct vu_dev *dev, unsigned int queue)
{
	of_ep(dev)->booted |= queue == CMD_QUEUE;
}

static void ep_gone(struct vu_dev *dev)
{
	struct emulator *e = of_ep(dev);

	if (e->booted)
		dwc_ep_detach(e->model);
	e->booted = false;
}

static void gpio_sync(struct vu_dev *dev)
{
	emulator_sync(container_of(dev, struct emulator, gpio.vu));
}

static void rc_sync(struct vu_dev *dev)
{
	emulator_sync(of_rc(dev));
}

static void rc_started(struct vu_dev *dev, unsigned int queue)
{
	struct emulator *e = of_rc(dev);

	if (queue != CMD_QUEUE || e->attached)
		return;
	e->attached = true;
	dwc_rc_attach(e->model);
}

static void rc_stopped(struct vu_dev *dev, unsigned int queue)
{
	if (queue == IRQ_QUEUE)
		of_rc(dev)->rc.msi_count = 0;
}

static void rc_gone(struct vu_dev *dev)
{
	struct emulator *e = of_rc(dev);

	if (e->attached)
		dwc_rc_detach(e->model);
	e->attached = false;
}

static const struct vu_ops ep_ops = {
	.started = ep_started,
	.gone = ep_gone,
	.sync = ep_sync,
};

static const struct vu_ops gpio_ops = {
	.features = 1ULL << VIRTIO_GPIO_F_IRQ,
	.config = gpio_config,
	.stopped = gpio_stopped,
	.gone = gpio_gone,
	.sync = gpio_sync,
};

static const struct vu_ops rc_ops = {
	.started = rc_started,
	.stopped = rc_stopped,
	.gone = rc_gone,
	.sync = rc_sync,
};

static uint64_t serve_turn(struct pcidev *p)
{
	uint64_t done = 0, n;
	unsigned int i;

	for (i = 0; i < SYNC_TURN; i++) {
		n = pcidev_serve(p);
		if (!n)
			break;
		done += n;
	}
	return done;
}

/*
 * The order is part of what the testbed promises: the endpoint CPU's register accesses come before
 * its interrupt buffers, although they travel on different sockets. So a handler that clears an
 * interrupt and then returns from it does not get the same level-triggered interrupt again.
 */
bool emulator_sync(struct emulator *e)
{
	uint64_t done = 0, n;

	do {
		n = serve_turn(&e->ep);
		n += serve_turn(&e->rc);
		n += gpio_serve(&e->gpio);
		done += n;
	} while (n && done < SYNC_BUDGET);

	/* First what can end in a disconnection: that can raise an interrupt on the other side. */
	pcidev_deliver(&e->rc);
	vu_check_memory(&e->ep.vu);
	vu_check_memory(&e->gpio.vu);
	vu_check_memory(&e->rc.vu);
	gpio_deliver(&e->gpio);
	vu_call(&e->gpio.vu);
	vu_call(&e->rc.vu);
	vu_call(&e->ep.vu);
	return n;
}

static bool emulator_drain(void *ctx)
{
	return emulator_sync(ctx);
}

static void emulator_timer(void *ctx)
{
	struct emulator *e = ctx;

	dwc_timer(e->model);
}

static int emulator_listen(struct emulator *e, const struct options *o)
{
	struct { struct vu_dev *dev; const char *path; } all[] = {
		{ &e->ep.vu, o->ep_socket },
		{ &e->gpio.vu, o->gpio_socket },
		{ &e->rc.vu, o->rc_socket },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		all[i].dev->offer_inband = o->inband;
		if (all[i].path && vu_listen(all[i].dev, all[i].path))
			return -1;
	}
	return o->control ? control_listen(&e->control, o->control) : 0;
}

int emulator_init(struct emulator *e, const struct options *o, struct fe_clock *clock)
{
	struct dwc_env env = {
		.ctx = e,
		.now = env_now,
		.set_timer = env_set_timer,
		.ep_read = env_ep_read,
		.ep_write = env_ep_write,
		.rc_read = env_rc_read,
		.rc_write = env_rc_write,
		.rc_msi = env_rc_msi,
		.ep_irq = env_ep_irq,
	};
	struct dwc_config config = DWC_CONFIG_DEFAULT(o->profile);

	memset(e, 0, sizeof(*e));
	if (loop_init(&e->loop, clock)) {
		log_msg("event loop: %s", strerror(errno));
		loop_exit(&e->loop);
		return -1;
	}
	e->loop.timer = emulator_timer;
	e->loop.drain = emulator_drain;
	e->loop.ctx = e;
	e->ep.side = PCIDEV_EP;
	e->rc.side = PCIDEV_RC;
	vu_init(&e->ep.vu, "ep", &ep_ops, &e->loop);
	vu_init(&e->gpio.vu, "gpio", &gpio_ops, &e->loop);
	vu_init(&e->rc.vu, "rc", &rc_ops, &e->loop);
	control_init(&e->control, e);

	if (trace_open(&e->trace, o->trace, o->trace_json))
		goto fail;
	if (trace_possible(&e->trace))
		env.trace = env_trace;
	e->model = dwc_create(&env, &config);
	if (!e->model) {
		log_msg("out of memory");
		goto fail;
	}
	e->ep.model = e->model;
	e->rc.model = e->model;
	if (!emulator_listen(e, o))
		return 0;
fail:
	emulator_exit(e);
	return -1;
}

void emulator_exit(struct emulator *e)
{
	control_exit(&e->control);
	vu_exit(&e->rc.vu);
	vu_exit(&e->gpio.vu);
	vu_exit(&e->ep.vu);
	dwc_destroy(e->model);
	e->model = NULL;
	trace_close(&e->trace);
	loop_exit(&e->loop);
}

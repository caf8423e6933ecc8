/* SPDX-License-Identifier: GPL-2.0 */
/*
 * virtio-gpio (virtio 1.2, 5.18; driver: drivers/gpio/gpio-virtio.c) as the endpoint CPU's
 * interrupt controller: its lines are inputs that the model drives.
 */
#ifndef FE_GPIO_H
#define FE_GPIO_H

#include <stdbool.h>
#include <stdint.h>

#include "frontend/vhost_user.h"

/* The model has two lines, see enum dwc_irq_line; the others are spare and stay low. */
#define GPIO_LINES 4

/**
 * struct gpio_line - one line
 * @type: what the driver wants to hear about, VIRTIO_GPIO_IRQ_TYPE_*
 * @level: as driven by the model
 * @edge: an edge that was wanted came while the driver had no buffer queued
 * @queued: the driver has a buffer queued for an interrupt of this line
 * @buffer: that buffer
 * @irqs: interrupts delivered
 */
struct gpio_line {
	uint8_t type;
	bool level;
	bool edge;
	bool queued;
	struct chain buffer;
	uint64_t irqs;
};

/**
 * struct gpio - the device
 * @vu: the vhost-user side
 * @line: its lines
 * @bad: requests that were answered with an error
 */
struct gpio {
	struct vu_dev vu;
	struct gpio_line line[GPIO_LINES];
	uint64_t bad;
};

/** gpio_config() - the config space; for struct vu_ops */
unsigned int gpio_config(struct vu_dev *dev, void *buf);

/** gpio_stopped() - a queue stopped; for struct vu_ops */
void gpio_stopped(struct vu_dev *dev, unsigned int queue);

/** gpio_gone() - the guest is gone; for struct vu_ops. The levels stay, the rest is forgotten. */
void gpio_gone(struct vu_dev *dev);

/** gpio_set() - the model drives a line; the guest hears of it with gpio_deliver() */
void gpio_set(struct gpio *g, unsigned int line, int level);

/** gpio_serve() - handle one request or take one interrupt buffer; false if there was none */
bool gpio_serve(struct gpio *g);

/** gpio_deliver() - give back the buffers of the lines that want to interrupt */
void gpio_deliver(struct gpio *g);

#endif

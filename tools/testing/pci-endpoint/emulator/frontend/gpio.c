// SPDX-License-Identifier: GPL-2.0
#include <linux/virtio_gpio.h>
#include <string.h>

#include "frontend/gpio.h"
#include "frontend/log.h"
#include "frontend/util.h"

#define REQUEST_QUEUE 0
#define EVENT_QUEUE 1

static const char gpio_names[] = "edma\0app\0spare2\0spare3";

unsigned int gpio_config(struct vu_dev *dev, void *buf)
{
	struct virtio_gpio_config c = {
		.ngpio = GPIO_LINES,
		.gpio_names_size = sizeof(gpio_names),
	};

	(void)dev;
	memcpy(buf, &c, sizeof(c));
	return sizeof(c);
}

void gpio_gone(struct vu_dev *dev)
{
	struct gpio *g = container_of(dev, struct gpio, vu);
	unsigned int i;

	for (i = 0; i < GPIO_LINES; i++) {
		g->line[i].type = VIRTIO_GPIO_IRQ_TYPE_NONE;
		g->line[i].edge = false;
		g->line[i].queued = false;
	}
}

void gpio_stopped(struct vu_dev *dev, unsigned int queue)
{
	struct gpio *g = container_of(dev, struct gpio, vu);
	unsigned int i;

	/* The buffers are in a ring that the guest is about to take away. */
	for (i = 0; queue == EVENT_QUEUE && i < GPIO_LINES; i++)
		g->line[i].queued = false;
}

void gpio_set(struct gpio *g, unsigned int line, int level)
{
	struct gpio_line *l;
	uint8_t edge = level ? VIRTIO_GPIO_IRQ_TYPE_EDGE_RISING :
			       VIRTIO_GPIO_IRQ_TYPE_EDGE_FALLING;

	if (line >= GPIO_LINES)
		return;
	l = &g->line[line];
	if (l->level == !!level)
		return;
	l->level = level;
	/* EDGE_BOTH is both bits, the level types are others. */
	if (l->type & edge)
		l->edge = true;
}

static bool gpio_pending(const struct gpio_line *l)
{
	switch (l->type) {
	case VIRTIO_GPIO_IRQ_TYPE_LEVEL_HIGH:
		return l->level;
	case VIRTIO_GPIO_IRQ_TYPE_LEVEL_LOW:
		return !l->level;
	default:
		return l->edge;
	}
}

/* Give the line's interrupt buffer back. */
static void gpio_return(struct gpio *g, struct gpio_line *l, uint8_t status)
{
	l->queued = false;
	chain_write(&l->buffer, 0, &status, sizeof(status));
	vu_queue_push(&g->vu.queue[EVENT_QUEUE], &l->buffer, sizeof(status), true);
}

void gpio_deliver(struct gpio *g)
{
	unsigned int i;

	for (i = 0; i < GPIO_LINES; i++) {
		struct gpio_line *l = &g->line[i];

		if (!l->queued || !gpio_pending(l))
			continue;
		l->edge = false;
		l->irqs++;
		gpio_return(g, l, VIRTIO_GPIO_IRQ_STATUS_VALID);
	}
}

static uint8_t gpio_set_type(struct gpio *g, struct gpio_line *l, uint32_t type)
{
	switch (type) {
	case VIRTIO_GPIO_IRQ_TYPE_NONE:
		/* The device has to give the buffer back unused (5.18.6.8). */
		if (l->queued)
			gpio_return(g, l, VIRTIO_GPIO_IRQ_STATUS_INVALID);
		break;
	case VIRTIO_GPIO_IRQ_TYPE_EDGE_RISING:
	case VIRTIO_GPIO_IRQ_TYPE_EDGE_FALLING:
	case VIRTIO_GPIO_IRQ_TYPE_EDGE_BOTH:
	case VIRTIO_GPIO_IRQ_TYPE_LEVEL_HIGH:
	case VIRTIO_GPIO_IRQ_TYPE_LEVEL_LOW:
		break;
	default:
		return VIRTIO_GPIO_STATUS_ERR;
	}
	l->type = type;
	l->edge = false;
	return VIRTIO_GPIO_STATUS_OK;
}

static uint8_t gpio_request(struct gpio *g, const struct virtio_gpio_request *r, uint8_t *value)
{
	struct gpio_line *l = &g->line[r->gpio];

	switch (r->type) {
	case VIRTIO_GPIO_MSG_GET_DIRECTION:
		*value = VIRTIO_GPIO_DIRECTION_IN;
		return VIRTIO_GPIO_STATUS_OK;
	case VIRTIO_GPIO_MSG_SET_DIRECTION:
		return r->value == VIRTIO_GPIO_DIRECTION_NONE ||
		       r->value == VIRTIO_GPIO_DIRECTION_IN ? VIRTIO_GPIO_STATUS_OK :
							      VIRTIO_GPIO_STATUS_ERR;
	case VIRTIO_GPIO_MSG_GET_VALUE:
		*value = l->level;
		return VIRTIO_GPIO_STATUS_OK;
	case VIRTIO_GPIO_MSG_IRQ_TYPE:
		return gpio_set_type(g, l, r->value);
	default: /* SET_VALUE of an input, or no request at all */
		return VIRTIO_GPIO_STATUS_ERR;
	}
}

static bool gpio_serve_request(struct gpio *g)
{
	struct vu_queue *q = &g->vu.queue[REQUEST_QUEUE];
	uint8_t answer[1 + sizeof(gpio_names)] = { VIRTIO_GPIO_STATUS_ERR };
	struct virtio_gpio_request r;
	size_t len = 2; /* status and value */
	struct chain c;

	if (!vu_queue_pop(q, &c))
		return false;
	if (chain_read(&c, 0, &r, sizeof(r)) != sizeof(r)) {
		log_msg("%s: request of %llu bytes (allowed: %zu)", g->vu.name,
			(unsigned long long)c.out_len, sizeof(r));
	} else if (r.type == VIRTIO_GPIO_MSG_GET_NAMES) {
		answer[0] = VIRTIO_GPIO_STATUS_OK;
		memcpy(answer + 1, gpio_names, sizeof(gpio_names));
		len = sizeof(answer);
	} else if (r.gpio >= GPIO_LINES) {
		log_msg("%s: request for line %u (allowed: 0..%d)", g->vu.name, r.gpio,
			GPIO_LINES - 1);
	} else {
		answer[0] = gpio_request(g, &r, &answer[1]);
		if (answer[0] != VIRTIO_GPIO_STATUS_OK)
			log_msg("%s: request %u with value %u for line %u refused", g->vu.name,
				r.type, r.value, r.gpio);
	}
	g->bad += answer[0] != VIRTIO_GPIO_STATUS_OK;
	vu_queue_push(q, &c, chain_write(&c, 0, answer, len), true);
	return true;
}

static bool gpio_take_buffer(struct gpio *g)
{
	struct vu_queue *q = &g->vu.queue[EVENT_QUEUE];
	struct virtio_gpio_irq_request r;
	struct gpio_line *l;
	struct chain c;

	if (!vu_queue_pop(q, &c))
		return false;
	if (chain_read(&c, 0, &r, sizeof(r)) != sizeof(r) || !c.in_len) {
		vu_fault(&g->vu, "interrupt buffer of %llu + %llu bytes (allowed: 2 + 1)",
			 (unsigned long long)c.out_len, (unsigned long long)c.in_len);
		return false;
	}
	if (r.gpio >= GPIO_LINES || g->line[r.gpio].queued) {
		vu_fault(&g->vu, "interrupt buffer for line %u (allowed: 0..%d, one each)", r.gpio,
			 GPIO_LINES - 1);
		return false;
	}
	l = &g->line[r.gpio];
	l->buffer = c;
	l->queued = true;
	if (l->type == VIRTIO_GPIO_IRQ_TYPE_NONE)
		gpio_return(g, l, VIRTIO_GPIO_IRQ_STATUS_INVALID);
	return true;
}

bool gpio_serve(struct gpio *g)
{
	bool any = gpio_serve_request(g);

	return gpio_take_buffer(g) || any;
}

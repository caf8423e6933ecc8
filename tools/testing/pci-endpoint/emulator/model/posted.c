// SPDX-License-Identifier: GPL-2.0
/*
 * Posted writes. Normally they arrive at once. With "posted delay on" they wait in one queue per
 * direction, in order, until the rules of PCI Express (transaction ordering) let them wait no
 * longer: a non-posted request or a completion of the same direction pushes them, the queue is
 * full, or a short time is over. A write of the endpoint's CPU waits before its address is
 * translated, as it would in the AXI bridge: unmapping a window without a flush sends it astray.
 */
#include <stdlib.h>

#include "internal.h"

#define MAX_ENTRIES 256
#define MAX_BYTES (256 * KIB)

void posted_init(struct dwc *d)
{
	for (int i = 0; i < DWC_NUM_DIR; i++)
		d->posted[i] = (struct posted_queue){ .tail = &d->posted[i].head };
}

static int deliver(struct dwc *d, enum posted_kind kind, unsigned int bar, uint64_t addr,
		   const void *buf, size_t len, int ch)
{
	switch (kind) {
	case POSTED_BAR:
		return bar_deliver(d, bar, addr, (void *)buf, len, true);
	case POSTED_OUTBOUND:
		return outbound_deliver(d, addr, buf, len);
	default:
		return up_write(d, addr, buf, len, ch);
	}
}

static void deliver_head(struct dwc *d, enum dwc_dir dir)
{
	struct posted_queue *q = &d->posted[dir];
	struct posted *p = q->head;

	q->head = p->next;
	if (!q->head)
		q->tail = &q->head;
	q->count--;
	q->bytes -= p->len;
	deliver(d, p->kind, p->bar, p->addr, p->data, p->len, p->ch);
	free(p);
}

/**
 * posted_write() - send a posted write
 * @d: model
 * @dir: direction
 * @kind: how it is delivered
 * @bar: of POSTED_BAR
 * @addr: offset in the BAR, endpoint-physical address, or PCI address
 * @buf: data
 * @len: bytes
 * @ch: eDMA channel or -1
 * Return: 0, or -1 if it is known by now that it went nowhere.
 */
int posted_write(struct dwc *d, enum dwc_dir dir, enum posted_kind kind, unsigned int bar,
		 uint64_t addr, const void *buf, size_t len, int ch)
{
	struct posted_queue *q = &d->posted[dir];
	struct posted *p = NULL;

	if (d->knobs.posted_delay && len <= MAX_BYTES)
		p = malloc(sizeof(*p) + len);
	if (!p) {
		posted_flush(d, dir);
		return deliver(d, kind, bar, addr, buf, len, ch);
	}

	while (q->count && (q->count >= MAX_ENTRIES || q->bytes + len > MAX_BYTES))
		deliver_head(d, dir);
	*p = (struct posted){ .kind = kind, .bar = bar, .addr = addr, .len = len, .ch = ch,
			      .deadline = dwc_now(d) + d->knobs.posted_ns };
	memcpy(p->data, buf, len);
	*q->tail = p;
	q->tail = &p->next;
	q->count++;
	q->bytes += len;
	return 0;
}

void posted_flush(struct dwc *d, enum dwc_dir dir)
{
	while (d->posted[dir].head)
		deliver_head(d, dir);
}

/* The link is gone, and what was on the way with it. */
void posted_discard(struct dwc *d)
{
	for (int dir = 0; dir < DWC_NUM_DIR; dir++) {
		struct posted *p = d->posted[dir].head;

		while (p) {
			struct posted *next = p->next;

			free(p);
			p = next;
		}
	}
	posted_init(d);
}

void posted_step(struct dwc *d)
{
	uint64_t now = dwc_now(d);

	for (int dir = 0; dir < DWC_NUM_DIR; dir++) {
		while (d->posted[dir].head && d->posted[dir].head->deadline <= now)
			deliver_head(d, dir);
	}
}

uint64_t posted_deadline(const struct dwc *d)
{
	uint64_t t = DWC_NEVER;

	for (int dir = 0; dir < DWC_NUM_DIR; dir++) {
		if (d->posted[dir].head)
			t = MIN(t, d->posted[dir].head->deadline);
	}
	return t;
}

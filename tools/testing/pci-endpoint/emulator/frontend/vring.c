// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "frontend/vring.h"

#define fail(q, ...) (snprintf((q)->error, sizeof((q)->error), __VA_ARGS__), -1)

/* Guest memory changes under us: one load, never repeated by the compiler. */
#define READ_GUEST(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)

int splitq_start(struct splitq *q, const struct gmem *mem)
{
	size_t num = q->num;

	splitq_stop(q);
	if (!num)
		return fail(q, "no size was set");
	if (q->addr_desc % 16 || q->addr_avail % 2 || q->addr_used % 4)
		return fail(q, "ring address is not aligned (desc 16, avail 2, used 4)");

	q->desc = gmem_user_ptr(mem, q->addr_desc, num * sizeof(*q->desc));
	q->avail = gmem_user_ptr(mem, q->addr_avail, sizeof(*q->avail) + num * sizeof(__virtio16));
	q->used = gmem_user_ptr(mem, q->addr_used,
				sizeof(*q->used) + num * sizeof(struct vring_used_elem));
	if (!q->desc || !q->avail || !q->used)
		return fail(q, "%s ring at 0x%llx, %zu entries, is outside of the memory table",
			    !q->desc ? "descriptor" : !q->avail ? "available" : "used",
			    (unsigned long long)(!q->desc ? q->addr_desc :
						 !q->avail ? q->addr_avail : q->addr_used), num);

	/* The file behind the mapping starts where it wants: pointers can still be odd. */
	if ((uintptr_t)q->desc % 8 || (uintptr_t)q->avail % 2 || (uintptr_t)q->used % 4)
		return fail(q, "memory table makes the rings unaligned");

	q->used_idx = READ_GUEST(q->used->idx);
	q->started = true;
	return 0;
}

void splitq_stop(struct splitq *q)
{
	q->desc = NULL;
	q->avail = NULL;
	q->used = NULL;
	q->started = false;
}

static int chain_add(struct splitq *q, const struct gmem *mem, struct chain *c,
		     const struct vring_desc *d)
{
	bool in = d->flags & VRING_DESC_F_WRITE;
	unsigned int n = c->n_out + c->n_in;
	void *p;

	if (d->flags & VRING_DESC_F_INDIRECT)
		return fail(q, "indirect descriptor, which was not offered");
	if (!in && c->n_in)
		return fail(q, "readable descriptor after a writable one");
	if (!d->len)
		return 0;
	if (n == VRING_MAX_SEGS)
		return fail(q, "chain of more than %d descriptors with data", VRING_MAX_SEGS);
	p = gmem_ptr(mem, d->addr, d->len);
	if (!p)
		return fail(q,
			    "descriptor address 0x%llx, length %u, is outside of the memory table",
			    (unsigned long long)d->addr, d->len);

	c->seg[n].iov_base = p;
	c->seg[n].iov_len = d->len;
	if (in) {
		c->n_in++;
		c->in_len += d->len;
	} else {
		c->n_out++;
		c->out_len += d->len;
	}
	return 0;
}

int splitq_pop(struct splitq *q, const struct gmem *mem, struct chain *c)
{
	uint16_t idx, ready;
	unsigned int i, hops;
	struct vring_desc d;

	/* Acquire: the entries are read after the index that announces them. */
	idx = __atomic_load_n(&q->avail->idx, __ATOMIC_ACQUIRE);
	ready = idx - q->last_avail;
	if (!ready)
		return 0;
	if (ready > q->num)
		return fail(q, "available index %u is %u ahead (allowed: %u)", idx, ready, q->num);

	i = READ_GUEST(q->avail->ring[q->last_avail & (q->num - 1)]);
	c->head = i;
	c->n_out = 0;
	c->n_in = 0;
	c->out_len = 0;
	c->in_len = 0;

	for (hops = 0;; hops++) {
		if (i >= q->num)
			return fail(q, "descriptor number %u (allowed: 0..%u)", i, q->num - 1);
		if (hops == q->num)
			return fail(q, "descriptor chain has a loop");
		d.addr = READ_GUEST(q->desc[i].addr);
		d.len = READ_GUEST(q->desc[i].len);
		d.flags = READ_GUEST(q->desc[i].flags);
		d.next = READ_GUEST(q->desc[i].next);
		if (chain_add(q, mem, c, &d))
			return -1;
		if (!(d.flags & VRING_DESC_F_NEXT))
			break;
		i = d.next;
	}
	q->last_avail++;
	return 1;
}

void splitq_push(struct splitq *q, uint16_t head, uint32_t len)
{
	struct vring_used_elem *e = &q->used->ring[q->used_idx & (q->num - 1)];

	e->id = head;
	e->len = len;
	/* Release: answer and entry are visible before the index that announces them. */
	__atomic_store_n(&q->used->idx, ++q->used_idx, __ATOMIC_RELEASE);
}

bool splitq_wants_call(struct splitq *q)
{
	/* The guest enables calls, then looks at the index; we do it the other way round. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return !(READ_GUEST(q->avail->flags) & VRING_AVAIL_F_NO_INTERRUPT);
}

static size_t seg_copy(const struct iovec *seg, unsigned int n, uint64_t off, void *to,
		       const void *from, size_t len)
{
	size_t done = 0;
	unsigned int i;

	for (i = 0; i < n && done < len; i++) {
		uint8_t *p = seg[i].iov_base;
		size_t part = seg[i].iov_len;

		if (off >= part) {
			off -= part;
			continue;
		}
		p += off;
		part -= off;
		off = 0;
		if (part > len - done)
			part = len - done;
		if (to)
			memcpy((uint8_t *)to + done, p, part);
		else
			memcpy(p, (const uint8_t *)from + done, part);
		done += part;
	}
	return done;
}

size_t chain_read(const struct chain *c, uint64_t off, void *buf, size_t len)
{
	return seg_copy(c->seg, c->n_out, off, buf, NULL, len);
}

size_t chain_write(const struct chain *c, uint64_t off, const void *buf, size_t len)
{
	return seg_copy(c->seg + c->n_out, c->n_in, off, NULL, buf, len);
}

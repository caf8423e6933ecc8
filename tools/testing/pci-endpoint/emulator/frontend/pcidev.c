// SPDX-License-Identifier: GPL-2.0
#include <linux/virtio_pcidev.h>
#include <string.h>

#include "frontend/log.h"
#include "frontend/pcidev.h"
#include "frontend/util.h"

#define CMD_QUEUE 0
#define IRQ_QUEUE 1

/*
 * Guest memory is copied before the model sees it, a page at a time: the guest could change it
 * between two looks. Pages end where those of the target end, so no access is torn that was whole.
 */
#define PIECE 4096u

/* lib/logic_iomem.c maps no more than this at once. */
#define MAX_ACCESS (16u << 20)

/* What a request without data costs in the accounting of pcidev_serve(). */
#define BASE_COST 64

static uint64_t bad(struct pcidev *p, const char *what, uint64_t value, const char *allowed)
{
	p->stats.bad++;
	log_msg("%s: request ignored: %s 0x%llx (allowed: %s)", p->vu.name, what,
		(unsigned long long)value, allowed);
	return 0;
}

static void model_read(struct pcidev *p, unsigned int bar, uint64_t addr, void *buf, size_t len)
{
	if (p->side == PCIDEV_EP)
		dwc_ep_read(p->model, addr, buf, len);
	else
		dwc_rc_bar_read(p->model, bar, addr, buf, len);
}

static void model_write(struct pcidev *p, unsigned int bar, uint64_t addr, const void *buf,
			size_t len)
{
	if (p->side == PCIDEV_EP)
		dwc_ep_write(p->model, addr, buf, len);
	else
		dwc_rc_bar_write(p->model, bar, addr, buf, len);
}

static size_t piece(uint64_t addr, uint64_t left)
{
	size_t n = PIECE - addr % PIECE;

	return n < left ? n : left;
}

/* Bytes of the answer. */
static uint64_t mmio_read(struct pcidev *p, const struct virtio_pcidev_msg *m, struct chain *c)
{
	uint8_t buf[PIECE];
	uint64_t done;
	size_t n;

	p->stats.reads++;
	if (m->size > c->in_len)
		return bad(p, "MMIO_READ size", m->size, "up to the room for the answer");
	for (done = 0; done < m->size; done += n) {
		n = piece(m->addr + done, m->size - done);
		model_read(p, m->bar, m->addr + done, buf, n);
		chain_write(c, done, buf, n);
	}
	return m->size;
}

static uint64_t mmio_write(struct pcidev *p, const struct virtio_pcidev_msg *m, struct chain *c)
{
	uint8_t buf[PIECE];
	uint64_t done;
	size_t n;

	p->stats.writes++;
	if (m->size > c->out_len - sizeof(*m))
		return bad(p, "MMIO_WRITE size", m->size, "up to the data that is there");
	for (done = 0; done < m->size; done += n) {
		n = piece(m->addr + done, m->size - done);
		chain_read(c, sizeof(*m) + done, buf, n);
		model_write(p, m->bar, m->addr + done, buf, n);
	}
	return 0;
}

static uint64_t mmio_memset(struct pcidev *p, const struct virtio_pcidev_msg *m, struct chain *c)
{
	uint8_t value;

	p->stats.writes++;
	if (chain_read(c, sizeof(*m), &value, 1) != 1)
		return bad(p, "MMIO_MEMSET data bytes", 0, "1");
	if (p->side == PCIDEV_EP)
		dwc_ep_memset(p->model, m->addr, value, m->size);
	else
		dwc_rc_bar_memset(p->model, m->bar, m->addr, value, m->size);
	return 0;
}

static bool config_access_ok(struct pcidev *p, const struct virtio_pcidev_msg *m)
{
	if (p->side == PCIDEV_EP) {
		bad(p, "config access, address", m->addr, "none on a platform device");
		return false;
	}
	if (m->size != 1 && m->size != 2 && m->size != 4 && m->size != 8) {
		bad(p, "config access size", m->size, "1, 2, 4, 8");
		return false;
	}
	if (m->addr > 4096 - m->size) {
		bad(p, "config access address", m->addr, "0..0xfff");
		return false;
	}
	return true;
}

static uint64_t config_read(struct pcidev *p, const struct virtio_pcidev_msg *m, struct chain *c)
{
	uint64_t value;

	p->stats.reads++;
	if (!config_access_ok(p, m))
		return 0;
	if (m->size > c->in_len)
		return bad(p, "CFG_READ size", m->size, "up to the room for the answer");
	value = dwc_rc_cfg_read(p->model, m->addr, m->size);
	return chain_write(c, 0, &value, m->size);
}

static uint64_t config_write(struct pcidev *p, const struct virtio_pcidev_msg *m, struct chain *c)
{
	uint64_t value = 0;

	p->stats.writes++;
	if (!config_access_ok(p, m))
		return 0;
	if (chain_read(c, sizeof(*m), &value, m->size) != m->size)
		return bad(p, "CFG_WRITE size", m->size, "up to the data that is there");
	dwc_rc_cfg_write(p->model, m->addr, m->size, value);
	return 0;
}

/* Act on one request; returns the bytes of the answer. */
static uint64_t pcidev_request(struct pcidev *p, const struct virtio_pcidev_msg *m,
			       struct chain *c)
{
	switch (m->op) {
	case VIRTIO_PCIDEV_OP_CFG_READ:
		return config_read(p, m, c);
	case VIRTIO_PCIDEV_OP_CFG_WRITE:
		return config_write(p, m, c);
	case VIRTIO_PCIDEV_OP_MMIO_READ:
	case VIRTIO_PCIDEV_OP_MMIO_WRITE:
	case VIRTIO_PCIDEV_OP_MMIO_MEMSET:
		break;
	default:
		return bad(p, "operation", m->op, "1..5");
	}

	if (m->bar > (p->side == PCIDEV_EP ? 0 : DWC_NUM_BARS - 1))
		return bad(p, "BAR", m->bar, p->side == PCIDEV_EP ? "0" : "0..5");
	if (m->size > MAX_ACCESS)
		return bad(p, "access size", m->size, "up to 16 MiB");
	if (m->addr > UINT64_MAX - m->size)
		return bad(p, "access address", m->addr, "address + size does not wrap");
	if (m->op == VIRTIO_PCIDEV_OP_MMIO_READ)
		return mmio_read(p, m, c);
	if (m->op == VIRTIO_PCIDEV_OP_MMIO_WRITE)
		return mmio_write(p, m, c);
	return mmio_memset(p, m, c);
}

/* A request that is not answered reads as all-ones, like any PCI access that nobody takes. */
static void fill_ones(struct chain *c, uint64_t from)
{
	uint64_t ones = UINT64_MAX, off;

	for (off = from; off < c->in_len && off < from + PIECE; off += sizeof(ones))
		chain_write(c, off, &ones, sizeof(ones));
}

uint64_t pcidev_serve(struct pcidev *p)
{
	struct vu_queue *q = &p->vu.queue[CMD_QUEUE];
	struct virtio_pcidev_msg m;
	struct chain c;
	uint64_t len = 0;

	if (!vu_queue_pop(q, &c))
		return 0;
	if (chain_read(&c, 0, &m, sizeof(m)) == sizeof(m))
		len = pcidev_request(p, &m, &c);
	else
		bad(p, "request length", c.out_len, "at least 16");
	if (!len)
		fill_ones(&c, 0);
	gmem_touched(c.out_len + c.in_len);

	/* An interrupt raised before a completion must not be seen after it. */
	pcidev_deliver(p);
	if (!q->ring.started)
		return BASE_COST;
	/*
	 * No call for this queue: the driver polls for every answer, and takes back the buffers of
	 * posted writes when it does so or when all twenty are in use (virtio_pcidev_send_cmd()).
	 * An interrupt would cost more than the register access.
	 */
	vu_queue_push(q, &c, len, false);
	return BASE_COST + c.out_len + c.in_len;
}

void pcidev_msi(struct pcidev *p, uint32_t data)
{
	if (!p->vu.queue[IRQ_QUEUE].ring.started || p->msi_count == PCIDEV_MSI_QUEUE) {
		if (!p->stats.msi_lost++)
			log_msg("%s: MSI 0x%x lost: %s", p->vu.name, data,
				p->msi_count ? "4096 are waiting for the guest already" :
					       "the guest's interrupt queue is not set up");
		return;
	}
	p->msi[(p->msi_first + p->msi_count++) % PCIDEV_MSI_QUEUE] = data;
	if (p->msi_count > p->stats.msi_peak)
		p->stats.msi_peak = p->msi_count;
}

void pcidev_deliver(struct pcidev *p)
{
	struct vu_queue *q = &p->vu.queue[IRQ_QUEUE];
	const struct virtio_pcidev_msg m = {
		.op = VIRTIO_PCIDEV_OP_MSI,
		.size = sizeof(p->msi[0]),
	};
	const size_t len = sizeof(m) + m.size;
	struct chain c;

	while (p->msi_count) {
		if (!vu_queue_pop(q, &c))
			return;
		if (c.in_len < len) {
			vu_fault(&p->vu, "interrupt buffer of %llu bytes (allowed: at least %zu)",
				 (unsigned long long)c.in_len, len);
			return;
		}
		chain_write(&c, 0, &m, sizeof(m));
		chain_write(&c, sizeof(m), &p->msi[p->msi_first], m.size);
		p->msi_first = (p->msi_first + 1) % PCIDEV_MSI_QUEUE;
		p->msi_count--;
		p->stats.msi++;
		vu_queue_push(q, &c, len, true);
	}
}

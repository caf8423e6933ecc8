// SPDX-License-Identifier: GPL-2.0
/* Life of a model, the platform window, and the timer. */
#include <stdlib.h>

#include "internal.h"

/* Steps of one dwc_timer() call: work per call is bounded, whatever lists a guest builds. */
#define TIMER_STEPS 64

uint64_t dwc_now(struct dwc *d)
{
	return d->env.now(d->env.ctx);
}

struct dwc *dwc_create(const struct dwc_env *env, const struct dwc_config *cfg)
{
	struct dwc *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->piece = malloc(DWC_PIECE);
	if (!d->piece) {
		free(d);
		return NULL;
	}
	d->env = *env;
	d->cfg = *cfg;
	d->prof = cfg->profile;
	d->timer = DWC_NEVER;
	d->knobs.posted_ns = 100000;
	d->knobs.dma_latency_ns = 1000;
	d->knobs.dma_mbps = 3400;
	posted_init(d);
	for (int ch = 0; ch < DWC_NUM_CH; ch++) {
		d->wr.ch[ch].abort_at = -1;
		d->rd.ch[ch].abort_at = -1;
	}
	config_power_on(d);
	atu_reset(d);
	edma_reset(d);
	return d;
}

void dwc_destroy(struct dwc *d)
{
	if (!d)
		return;
	posted_discard(d);
	free(d->piece);
	free(d);
}

bool dwc_link_up(const struct dwc *d)
{
	return d->link;
}

const char *dwc_get_profile_name(const struct dwc *d)
{
	return d->prof->name;
}

const struct dwc_counters *dwc_get_counters(const struct dwc *d)
{
	return &d->cnt;
}

/* One aligned word of the register part of the window. */
uint32_t window_read32(struct dwc *d, uint64_t off, bool *hole)
{
	if (off < DWC_OFF_DBI + DWC_SIZE_DBI)
		return config_read32(d, off - DWC_OFF_DBI);
	if (off >= DWC_OFF_DBI2 && off < DWC_OFF_DBI2 + DWC_SIZE_DBI)
		return config_read_dbi2(d, off - DWC_OFF_DBI2);
	if (off >= DWC_OFF_ATU && off < DWC_OFF_ATU + DWC_SIZE_ATU)
		return atu_read32(d, off - DWC_OFF_ATU);
	if (off >= DWC_OFF_DMA && off < DWC_OFF_DMA + DWC_SIZE_DMA)
		return edma_read32(d, off - DWC_OFF_DMA);
	if (off >= DWC_OFF_APP && off < DWC_OFF_APP + DWC_SIZE_APP)
		return app_read32(d, off - DWC_OFF_APP);
	*hole = true;
	return ~0u;
}

/* @mask: byte enables as bits; @val has no bits outside of it. */
void window_write32(struct dwc *d, uint64_t off, uint32_t val, uint32_t mask, bool *hole)
{
	if (off < DWC_OFF_DBI + DWC_SIZE_DBI)
		config_write_dbi(d, off - DWC_OFF_DBI, val, mask);
	else if (off >= DWC_OFF_DBI2 && off < DWC_OFF_DBI2 + DWC_SIZE_DBI)
		config_write_dbi2(d, off - DWC_OFF_DBI2, val, mask);
	else if (off >= DWC_OFF_ATU && off < DWC_OFF_ATU + DWC_SIZE_ATU)
		atu_write32(d, off - DWC_OFF_ATU, val, mask);
	else if (off >= DWC_OFF_DMA && off < DWC_OFF_DMA + DWC_SIZE_DMA)
		edma_write32(d, off - DWC_OFF_DMA, val, mask);
	else if (off >= DWC_OFF_APP && off < DWC_OFF_APP + DWC_SIZE_APP)
		app_write32(d, off - DWC_OFF_APP, val, mask);
	else
		*hole = true;
}

/*
 * An access of any size to registers becomes accesses of aligned words with byte enables: eight
 * bytes are two registers, lower address first.
 */
int window_access(struct dwc *d, uint64_t off, void *buf, size_t len, bool write)
{
	uint8_t *p = buf;
	bool hole = false;

	while (len) {
		unsigned int shift = off & 3, n = MIN(len, 4u - shift);
		uint32_t word = 0;

		if (write) {
			uint32_t mask = GENMASK(8 * (shift + n) - 1, 8 * shift);

			memcpy((uint8_t *)&word + shift, p, n);
			window_write32(d, off & ~3ull, word, mask, &hole);
		} else {
			word = window_read32(d, off & ~3ull, &hole);
			memcpy(p, (uint8_t *)&word + shift, n);
		}
		off += n;
		p += n;
		len -= n;
	}
	if (hole)
		d->cnt.bad_access++;
	return hole ? -1 : 0;
}

/*
 * An access on the endpoint's bus, by the inbound path or the eDMA: RAM, or the register part of
 * the platform window. The outbound region is no target there: endpoints do not route.
 */
int bus_access(struct dwc *d, uint64_t bus, void *buf, size_t len, bool write)
{
	int ret = 0;

	if (bus < d->cfg.bus_offset || bus + len < bus) {
		if (!write)
			memset(buf, 0xff, len);
		return -1;
	}
	bus -= d->cfg.bus_offset;

	while (len) {
		size_t n = len;
		int err;

		if (bus >= DWC_WINDOW_BASE && bus < DWC_WINDOW_BASE + DWC_WINDOW_SIZE) {
			n = MIN(n, DWC_WINDOW_BASE + DWC_WINDOW_SIZE - bus);
			err = window_access(d, bus - DWC_WINDOW_BASE, buf, n, write);
		} else {
			if (bus < DWC_WINDOW_BASE)
				n = MIN(n, DWC_WINDOW_BASE - bus);
			err = write ? d->env.ep_write(d->env.ctx, bus, buf, n) :
				      d->env.ep_read(d->env.ctx, bus, buf, n);
			if (err && !write)
				memset(buf, 0xff, n);
		}
		ret |= err;
		bus += n;
		buf = (uint8_t *)buf + n;
		len -= n;
	}
	return ret ? -1 : 0;
}

static bool is_outbound(uint64_t off, size_t len, size_t *n)
{
	if (off >= DWC_OFF_ADDR_SPACE) {
		*n = len;
		return true;
	}
	*n = MIN(len, DWC_OFF_ADDR_SPACE - off);
	return false;
}

static bool in_window(struct dwc *d, uint64_t off, size_t len)
{
	if (off <= DWC_WINDOW_SIZE && len <= DWC_WINDOW_SIZE - off)
		return true;
	d->cnt.bad_access++;
	return false;
}

int dwc_ep_read(struct dwc *d, uint64_t off, void *buf, size_t len)
{
	int ret = 0;

	if (!in_window(d, off, len)) {
		memset(buf, 0xff, len);
		return -1;
	}
	while (len) {
		size_t n;

		if (is_outbound(off, len, &n))
			ret |= outbound_read(d, DWC_WINDOW_BASE + off, buf, n);
		else
			ret |= window_access(d, off, buf, n, false);
		off += n;
		buf = (uint8_t *)buf + n;
		len -= n;
	}
	dwc_rearm(d);
	return ret;
}

int dwc_ep_write(struct dwc *d, uint64_t off, const void *buf, size_t len)
{
	int ret = 0;

	if (!in_window(d, off, len))
		return -1;
	while (len) {
		size_t n;

		if (is_outbound(off, len, &n))
			ret |= outbound_write(d, DWC_WINDOW_BASE + off, buf, n);
		else
			ret |= window_access(d, off, (void *)buf, n, true);
		off += n;
		buf = (const uint8_t *)buf + n;
		len -= n;
	}
	dwc_rearm(d);
	return ret;
}

int dwc_ep_memset(struct dwc *d, uint64_t off, uint8_t value, size_t len)
{
	uint8_t buf[4096];
	int ret = 0;

	if (!in_window(d, off, len))
		return -1;
	memset(buf, value, sizeof(buf));
	while (len) {
		size_t n = MIN(len, sizeof(buf));

		ret |= dwc_ep_write(d, off, buf, n);
		off += n;
		len -= n;
	}
	return ret;
}

static uint64_t next_deadline(const struct dwc *d)
{
	uint64_t t = edma_deadline(d);

	t = MIN(t, posted_deadline(d));
	return MIN(t, msi_deadline(d));
}

static void set_timer(struct dwc *d, uint64_t deadline)
{
	d->timer = deadline;
	d->env.set_timer(d->env.ctx, deadline);
}

void dwc_rearm(struct dwc *d)
{
	uint64_t t = next_deadline(d);

	if (t != d->timer)
		set_timer(d, t);
}

void dwc_timer(struct dwc *d)
{
	uint64_t now = dwc_now(d);

	posted_step(d);
	msi_step(d);
	for (int i = 0; i < TIMER_STEPS && edma_step(d, now); i++)
		;
	set_timer(d, next_deadline(d)); /* even for the same time: it may have fired */
}

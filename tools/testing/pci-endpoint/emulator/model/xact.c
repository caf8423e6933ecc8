// SPDX-License-Identifier: GPL-2.0
/* Transactions of the link: counters, trace, and requests from the endpoint to host memory. */
#include "internal.h"

void trace_event(struct dwc *d, const struct dwc_event *ev)
{
	struct dwc_event e;

	if (!d->env.trace)
		return;
	e = *ev;
	if (!e.time)
		e.time = dwc_now(d);
	d->env.trace(d->env.ctx, &e);
}

void trace_fault(struct dwc *d, const char *text, int ch)
{
	trace_event(d, &(struct dwc_event){
		.type = DWC_EV_FAULT, .ch = ch, .bar = -1, .text = text });
}

/* First bytes of a payload, for the trace. */
uint64_t data_word(const void *buf, size_t len)
{
	uint64_t val = 0;

	memcpy(&val, buf, MIN(len, sizeof(val)));
	return val;
}

/* Number of packets of at most @max bytes that do not cross a multiple of @max. */
static uint64_t split(uint64_t addr, uint64_t len, unsigned int max)
{
	return len ? (addr % max + len - 1) / max + 1 : 0;
}

/* A request travelled in @dir, its completion (if @ok) the other way. */
void count_tlps(struct dwc *d, enum dwc_dir dir, bool write, uint64_t addr, uint64_t len, bool ok)
{
	struct dwc_dir_counters *c = &d->cnt.dir[dir], *back = &d->cnt.dir[!dir];

	if (!ok)
		c->ur++;
	if (write) {
		c->mwr += split(addr, len, config_mps(d));
		c->mwr_bytes += len;
		return;
	}
	c->mrd += split(addr, len, config_mrrs(d));
	c->mrd_bytes += len;
	if (ok) {
		back->cpld += split(addr, len, config_mps(d));
		back->cpld_bytes += len;
	}
}

/* Can the endpoint send requests at all? */
bool up_allowed(const struct dwc *d)
{
	return d->link && !d->knobs.allones && config_master_enabled(d);
}

static bool msi_overlap(const struct dwc *d, uint64_t pci, size_t len)
{
	return pci + len > d->cfg.msi_base && pci < d->cfg.msi_base + d->cfg.msi_size;
}

int up_write(struct dwc *d, uint64_t pci, const void *buf, size_t len, int ch)
{
	bool msi = false;
	int err = -1;

	if (!d->link || d->knobs.allones)
		return -1; /* nothing travels */
	if (config_master_enabled(d) && pci + len > pci) {
		msi = msi_overlap(d, pci, len);
		if (!msi)
			err = d->env.rc_write(d->env.ctx, pci, buf, len);
		else if (len <= 4 && pci % 4 + len <= 4 && pci >= d->cfg.msi_base)
			err = 0;
	}
	count_tlps(d, DWC_UP, true, pci, len, !err);
	if (msi && !err) {
		msi_send(d, pci, (uint32_t)data_word(buf, len));
		return 0;
	}
	trace_event(d, &(struct dwc_event){
		.type = DWC_EV_MWR, .dir = DWC_UP, .ch = ch, .bar = -1, .unsupported = err,
		.addr = pci, .len = len, .value = data_word(buf, len) });
	return err ? -1 : 0;
}

int up_read(struct dwc *d, uint64_t pci, void *buf, size_t len, int ch)
{
	int err = -1;

	if (!d->link || d->knobs.allones) {
		memset(buf, 0xff, len);
		return -1;
	}
	posted_flush(d, DWC_UP); /* the request pushes what goes its way ... */
	if (config_master_enabled(d) && pci + len > pci) {
		if (msi_overlap(d, pci, len)) {
			/* The drivers read back what they wrote an MSI to, as a flush. */
			memset(buf, 0, len);
			err = 0;
		} else {
			err = d->env.rc_read(d->env.ctx, pci, buf, len);
		}
	}
	if (err)
		memset(buf, 0xff, len);
	posted_flush(d, DWC_DOWN); /* ... and the completion what comes back */
	count_tlps(d, DWC_UP, false, pci, len, !err);
	trace_event(d, &(struct dwc_event){
		.type = DWC_EV_MRD, .dir = DWC_UP, .ch = ch, .bar = -1, .unsupported = err,
		.addr = pci, .len = len, .value = data_word(buf, len) });
	return err ? -1 : 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * eDMA v0: the engine. It moves one element after another on the clock; each step is short
 * (DWC_PIECE bytes or a few list pointers), so that a transfer can be stopped, aborted or stalled
 * in the middle, and a list that never ends costs a bounded amount of work per timer tick.
 */
#include "edma.h"

#define MAX_LINKS 4 /* list pointers followed in one step */
#define MAX_LAG_NS 1000000

/* Time of the next piece: a latency per element, and the direction's data path is shared. */
static void schedule(struct dwc *d, struct edma_dir *dir, struct edma_ch *c, uint64_t t)
{
	uint64_t n = MIN(c->size - c->moved, DWC_PIECE);

	if (!c->moved)
		t += MAX(d->knobs.dma_latency_ns, MIN_STEP_NS);
	t = MAX(t, dir->link_free) + n * 1000 / d->knobs.dma_mbps;
	dir->link_free = t;
	c->deadline = t;
}

static void load_data(struct dwc *d, struct edma_dir *dir, unsigned int ch, uint64_t t)
{
	struct edma_ch *c = &dir->ch[ch];

	c->size = c->regs[CH_SIZE];
	c->sar = reg64(c, CH_SAR_LO);
	c->dar = reg64(c, CH_DAR_LO);
	c->moved = 0;
	c->elem_start = t;
	if (c->abort_at >= 0 && c->elem >= c->abort_at) {
		c->abort_at = -1;
		edma_abort(d, dir, ch, FORCED);
		return;
	}
	c->state = CH_DATA;
	schedule(d, dir, c, t);
}

/*
 * Load what the list pointer names. Link elements are followed whatever their cycle bit says. That
 * is inferred from the driver: dw_edma_v0_core_ll_link() writes them with the opposite CB, and a
 * chunk shorter than the one before it works only like this. A data element whose CB differs from
 * the consumer's cycle state ends the list.
 */
static void fetch(struct dwc *d, struct edma_dir *dir, unsigned int ch, uint64_t t)
{
	struct edma_ch *c = &dir->ch[ch];

	c->elem_start = t;
	for (int links = 0; links < MAX_LINKS; links++) {
		uint64_t llp = reg64(c, CH_LLP_LO);
		uint32_t e[6] = { 0 };
		bool ccs = c->regs[CH_CTL1] & CTL_CCS;

		/* A link element has four words only and may be the last thing in its memory. */
		if (bus_access(d, llp, e, 16, false)) {
			edma_abort(d, dir, ch, FETCH_ERR);
			return;
		}
		c->regs[CH_CTL1] = (c->regs[CH_CTL1] & ~CTL_ELEM) | (e[0] & CTL_ELEM);

		if (e[0] & CTL_LLP) {
			set_reg64(c, CH_LLP_LO, (uint64_t)e[3] << 32 | e[2]);
			if (e[0] & CTL_TCB)
				c->regs[CH_CTL1] ^= CTL_CCS;
			edma_counters(d, dir, ch)->chunks++;
			edma_trace(d, dir, ch, DWC_EV_DMA_LINK, t, NULL);
			continue;
		}
		if (!!(e[0] & CTL_CB) != ccs) {
			c->state = CH_IDLE;
			set_cs(c, CS_STOPPED);
			edma_trace(d, dir, ch, DWC_EV_DMA_DONE, c->start, NULL);
			return;
		}
		if (bus_access(d, llp, e, sizeof(e), false)) {
			edma_abort(d, dir, ch, FETCH_ERR);
			return;
		}
		memcpy(&c->regs[CH_SIZE], &e[1], 5 * sizeof(e[0]));
		set_reg64(c, CH_LLP_LO, llp + sizeof(e));
		load_data(d, dir, ch, t);
		return;
	}
	/* A chain of pointers without data: go on later. */
	c->state = CH_FETCH;
	c->deadline = t + MAX(d->knobs.dma_latency_ns, MIN_STEP_NS);
}

/* LIE makes the local status, RIE the message; the data went before either. */
static void element_done(struct dwc *d, struct edma_dir *dir, unsigned int ch, uint64_t t)
{
	struct edma_ch *c = &dir->ch[ch];
	uint32_t ctl = c->regs[CH_CTL1];

	edma_counters(d, dir, ch)->elements++;
	edma_trace(d, dir, ch, DWC_EV_DMA_ELEM, c->elem_start, NULL);
	c->elem++;

	if (ctl & (CTL_LIE | CTL_RIE))
		edma_counters(d, dir, ch)->done++;
	if (ctl & CTL_LIE)
		dir->status |= BIT(ch);

	/*
	 * Go to the next element first: who hears of the last one finds the channel stopped and
	 * rings the doorbell again (dw_edma_done_interrupt()).
	 */
	if (ctl & CTL_LLE) {
		fetch(d, dir, ch, t);
	} else {
		c->state = CH_IDLE;
		set_cs(c, CS_STOPPED);
		edma_trace(d, dir, ch, DWC_EV_DMA_DONE, c->start, NULL);
	}
	if (ctl & CTL_RIE)
		edma_imwr(d, dir, ch, false);
}

/*
 * Moving a piece can end in registers of the eDMA itself, or let waiting register writes of the
 * host in: is it still the same transfer?
 */
static bool still_running(const struct edma_ch *c, unsigned int starts)
{
	return c->state == CH_DATA && c->starts == starts;
}

static void move_piece(struct dwc *d, struct edma_dir *dir, unsigned int ch, uint64_t t)
{
	struct edma_ch *c = &dir->ch[ch];
	uint64_t n = MIN(c->size - c->moved, DWC_PIECE);
	uint64_t sar = c->sar + c->moved, dar = c->dar + c->moved;
	unsigned int starts = c->starts;
	int err;

	if (!d->link || d->knobs.allones) {
		edma_abort(d, dir, ch, LINK_ERR);
		return;
	}
	if (n && edma_is_write(d, dir)) {
		if (bus_access(d, sar, d->piece, n, false)) {
			edma_abort(d, dir, ch, LOCAL_ERR);
			return;
		}
		/* Posted: nobody hears of a write that the host refuses. */
		posted_write(d, DWC_UP, POSTED_DMA, 0, dar, d->piece, n, ch);
	} else if (n) {
		err = up_read(d, sar, d->piece, n, ch);
		if (!still_running(c, starts))
			return;
		if (err) {
			edma_abort(d, dir, ch, REMOTE_ERR);
			return;
		}
		err = bus_access(d, dar, d->piece, n, true);
		if (err && still_running(c, starts)) {
			edma_abort(d, dir, ch, LOCAL_ERR);
			return;
		}
	}
	if (!still_running(c, starts))
		return;
	edma_counters(d, dir, ch)->bytes += n;
	c->moved += n;
	if (c->moved < c->size)
		schedule(d, dir, c, t);
	else
		element_done(d, dir, ch, t);
}

void edma_start(struct dwc *d, struct edma_dir *dir, unsigned int ch)
{
	struct edma_ch *c = &dir->ch[ch];
	uint64_t now = dwc_now(d);

	if (!dir->enabled || c->state != CH_IDLE) {
		trace_fault(d, dir->enabled ? "doorbell of a running channel" :
					      "doorbell while the engine is off", ch);
		return;
	}
	edma_counters(d, dir, ch)->doorbells++;
	c->starts++;
	c->elem = 0;
	c->start = now;
	c->elem_start = now;
	set_cs(c, CS_RUNNING);
	edma_trace(d, dir, ch, DWC_EV_DMA_START, now, NULL);
	if (c->regs[CH_CTL1] & CTL_LLE) {
		c->state = CH_FETCH;
		c->deadline = now + MAX(d->knobs.dma_latency_ns, MIN_STEP_NS);
	} else {
		load_data(d, dir, ch, now);
	}
}

/* The running channel that is due first. */
static struct edma_ch *next_ch(const struct dwc *d, const struct edma_dir **dir, unsigned int *ch)
{
	const struct edma_dir *dirs[] = { &d->wr, &d->rd };
	const struct edma_ch *best = NULL;

	for (int i = 0; i < 2; i++) {
		for (unsigned int n = 0; n < DWC_NUM_CH; n++) {
			const struct edma_ch *c = &dirs[i]->ch[n];

			if (c->state == CH_IDLE || c->stalled ||
			    (best && best->deadline <= c->deadline))
				continue;
			best = c;
			*dir = dirs[i];
			*ch = n;
		}
	}
	return (struct edma_ch *)best;
}

uint64_t edma_deadline(const struct dwc *d)
{
	const struct edma_dir *dir;
	unsigned int ch;
	const struct edma_ch *c = next_ch(d, &dir, &ch);

	return c ? c->deadline : DWC_NEVER;
}

/* One step of the channel that is due; false when none is. */
bool edma_step(struct dwc *d, uint64_t now)
{
	const struct edma_dir *cdir;
	struct edma_dir *dir;
	unsigned int ch;
	struct edma_ch *c = next_ch(d, &cdir, &ch);
	uint64_t t;

	if (!c || c->deadline > now)
		return false;
	dir = cdir == &d->wr ? &d->wr : &d->rd;
	/* A late timer does not slow transfers down, but what it can catch up is limited. */
	t = now - c->deadline > MAX_LAG_NS ? now : c->deadline;
	if (c->state == CH_FETCH)
		fetch(d, dir, ch, t);
	else
		move_piece(d, dir, ch, t);
	irq_update(d);
	return true;
}

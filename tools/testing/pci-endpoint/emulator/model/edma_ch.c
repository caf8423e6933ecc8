// SPDX-License-Identifier: GPL-2.0
/* eDMA v0: how a channel ends (finished ones aside) and who hears of it. */
#include "edma.h"

static const char *const cause_text[] = {
	[FETCH_ERR] = "linked list not readable",
	[LOCAL_ERR] = "endpoint memory error",
	[REMOTE_ERR] = "unsupported request",
	[LINK_ERR] = "link down",
	[FORCED] = "abort knob",
};

struct dwc_ch_counters *edma_counters(struct dwc *d, const struct edma_dir *dir, unsigned int ch)
{
	return edma_is_write(d, dir) ? &d->cnt.wr_ch[ch] : &d->cnt.rd_ch[ch];
}

void edma_trace(struct dwc *d, const struct edma_dir *dir, unsigned int ch, enum dwc_ev_type type,
		uint64_t since, const char *text)
{
	const struct edma_ch *c = &dir->ch[ch];
	uint64_t now = dwc_now(d);

	trace_event(d, &(struct dwc_event){
		.type = type, .dir = edma_is_write(d, dir) ? DWC_UP : DWC_DOWN, .ch = ch, .bar = -1,
		.write_ch = edma_is_write(d, dir), .time = since, .duration = now - since,
		.addr = type == DWC_EV_DMA_LINK ? reg64(c, CH_LLP_LO) : c->sar, .addr2 = c->dar,
		.len = type == DWC_EV_DMA_ELEM ? c->size : 0, .value = c->elem, .text = text });
}

/*
 * Interrupt write to the host. One address per direction, 16 bits of data per channel. Address 0
 * means that nobody programmed it: the driver sets the error enable bits of a local channel too.
 */
void edma_imwr(struct dwc *d, const struct edma_dir *dir, unsigned int ch, bool is_abort)
{
	uint64_t addr = (uint64_t)dir->imwr[is_abort ? 3 : 1] << 32 | dir->imwr[is_abort ? 2 : 0];
	uint32_t data = dir->imwr_data[ch / 2] >> (ch & 1 ? 16 : 0) & 0xffff;

	if (addr)
		posted_write(d, DWC_UP, POSTED_DMA, 0, addr, &data, sizeof(data), ch);
}

/*
 * In linked-list mode LL_ERR_EN decides who hears of an abort: bits 7:0 remote, bits 23:16 local
 * (databook names LLRAIE and LLLAIE). dw-edma sets bits 7:0 only, for local instances too, and
 * expects the status: so either makes the status, and bits 7:0 the message.
 */
void edma_abort(struct dwc *d, struct edma_dir *dir, unsigned int ch, enum cause cause)
{
	struct edma_ch *c = &dir->ch[ch];
	bool ll = c->regs[CH_CTL1] & CTL_LLE, status, remote;

	c->state = CH_IDLE;
	set_cs(c, CS_HALTED);
	edma_counters(d, dir, ch)->abort++;
	edma_trace(d, dir, ch, DWC_EV_DMA_ABORT, c->elem_start, cause_text[cause]);

	switch (cause) {
	case FETCH_ERR:
		dir->err_lo |= BIT(ch + 16);
		break;
	case LINK_ERR:
		if (!edma_is_write(d, dir))
			dir->err_hi |= BIT(ch + 16); /* completion time-out */
		break;
	case REMOTE_ERR:
		if (!edma_is_write(d, dir))
			dir->err_hi |= BIT(ch);
		break;
	default:
		dir->err_lo |= BIT(ch);
	}

	remote = ll ? dir->ll_err_en & BIT(ch) : c->regs[CH_CTL1] & CTL_RIE;
	status = ll ? remote || dir->ll_err_en & BIT(ch + 16) : c->regs[CH_CTL1] & CTL_LIE;
	if (status)
		dir->status |= BIT(ch + 16);
	if (remote && cause != LINK_ERR) /* there is no way to say so */
		edma_imwr(d, dir, ch, true);
}

/* By the stop bit of the doorbell or by disabling the engine; no interrupt. */
void edma_stop(struct dwc *d, struct edma_dir *dir, unsigned int ch)
{
	struct edma_ch *c = &dir->ch[ch];

	if (c->state == CH_IDLE)
		return;
	c->state = CH_IDLE;
	set_cs(c, CS_STOPPED);
	edma_trace(d, dir, ch, DWC_EV_DMA_STOP, c->elem_start, NULL);
}

void edma_link_down(struct dwc *d)
{
	struct edma_dir *dirs[] = { &d->wr, &d->rd };

	for (int i = 0; i < 2; i++) {
		for (unsigned int ch = 0; ch < DWC_NUM_CH; ch++) {
			if (dirs[i]->ch[ch].state != CH_IDLE)
				edma_abort(d, dirs[i], ch, LINK_ERR);
		}
	}
}

void edma_resume(struct dwc *d, struct edma_dir *dir, unsigned int ch)
{
	struct edma_ch *c = &dir->ch[ch];

	c->stalled = false;
	c->deadline = MAX(c->deadline, dwc_now(d));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Link state, resets, the testbed's app block, interrupt lines. The app block itself is the board's:
 * neither PERST# nor the clock of the controller reaches it.
 */
#include "internal.h"

#define APP_LTSSM 0x00
#define APP_LINK 0x04
#define APP_INT_STATUS 0x08
#define APP_INT_ENABLE 0x0c
#define APP_ID 0x10
#define APP_PROFILE 0x14
#define APP_CLOCK 0x18 /* bit 0: on. Boards with PERST# only, others read 1 */

#define INT_UP BIT(0)
#define INT_DOWN BIT(1)
#define INT_HOT_RESET BIT(2)
#define INT_ALL (INT_UP | INT_DOWN | INT_HOT_RESET)

static void set_line(struct dwc *d, enum dwc_irq_line line, int level)
{
	if (d->irq_level[line] == level)
		return;
	d->irq_level[line] = level;
	trace_event(d, &(struct dwc_event){
		.type = DWC_EV_IRQ, .ch = -1, .bar = -1, .addr = line, .value = level });
	d->env.ep_irq(d->env.ctx, line, level);
}

void irq_update(struct dwc *d)
{
	set_line(d, DWC_IRQ_DMA, edma_line(d));
	set_line(d, DWC_IRQ_APP, !!(d->app_status & d->app_enable));
	set_line(d, DWC_IRQ_PERST, !d->perst);
}

/*
 * What a hot reset and the loss of the link do alike: the host's part of the configuration space
 * is reset. iATU windows, BAR masks and eDMA registers stay, since the drivers do not program
 * them again (dw_pcie_ep_linkdown()); running transfers are aborted.
 */
static void link_reset(struct dwc *d)
{
	posted_discard(d);
	d->ndelayed = 0;
	edma_link_down(d);
	config_reset(d);
}

static void power_on(struct dwc *d)
{
	posted_discard(d);
	config_power_on(d);
	atu_reset(d);
	edma_reset(d);
}

void link_init(struct dwc *d)
{
	d->train_end = DWC_NEVER;
	d->clock = !d->prof->perst;
	d->perst = d->prof->perst; /* no host yet */
	power_on(d);
	irq_update(d);
}

/*
 * Does the controller answer the endpoint's CPU? Where the driver handles PERST# it does as long as
 * the clock is on: a driver has a few ms between the assertion and its own deinitialization, see
 * stm32_pcie_perst_assert(). Elsewhere the assertion is the end of it.
 */
bool in_reset(const struct dwc *d)
{
	return d->prof->perst ? !d->clock : d->perst;
}

void link_update(struct dwc *d)
{
	bool up = d->ltssm && d->attached && !d->knobs.link_forced_down && !d->perst &&
		  d->clock && d->train_end == DWC_NEVER;

	if (up == d->link)
		return;
	d->link = up;
	if (up) {
		d->cnt.link_ups++;
		d->app_status |= INT_UP;
	} else {
		d->cnt.link_downs++;
		d->app_status |= INT_DOWN;
		link_reset(d);
	}
	trace_event(d, &(struct dwc_event){
		.type = DWC_EV_LINK, .ch = -1, .bar = -1, .value = up });
	irq_update(d);
	dwc_rearm(d);
}

void link_step(struct dwc *d)
{
	if (dwc_now(d) < d->train_end)
		return;
	d->train_end = DWC_NEVER;
	link_update(d);
}

uint64_t link_deadline(const struct dwc *d)
{
	return d->train_end;
}

/* A host asserts PERST# while it is off, or when the tester says so. */
void perst_update(struct dwc *d)
{
	bool perst = d->knobs.perst || (d->prof->perst && !d->attached);

	if (perst != d->perst) {
		d->perst = perst;
		d->train_end = DWC_NEVER;
		d->cnt.perst += perst;
		trace_event(d, &(struct dwc_event){
			.type = DWC_EV_RESET, .ch = -1, .bar = -1, .dir = DWC_DOWN,
			.text = perst ? "PERST# asserted" : "PERST# deasserted" });
	}
	link_update(d);
	if (perst && in_reset(d))
		power_on(d);
	irq_update(d);
	dwc_rearm(d);
}

/* The driver's part of the reset: with the clock everything starts at power-on values. */
static void set_clock(struct dwc *d, bool on)
{
	if (!d->prof->perst || on == d->clock)
		return;
	d->clock = on;
	trace_event(d, &(struct dwc_event){
		.type = DWC_EV_RESET, .ch = -1, .bar = -1, .text = on ? "clock on" : "clock off" });
	link_update(d);
	power_on(d);
}

void dwc_rc_attach(struct dwc *d)
{
	d->attached = true;
	perst_update(d);
}

void dwc_rc_detach(struct dwc *d)
{
	d->attached = false;
	perst_update(d);
}

void dwc_hot_reset(struct dwc *d)
{
	if (!d->link)
		return;
	d->cnt.hot_resets++;
	trace_event(d, &(struct dwc_event){
		.type = DWC_EV_RESET, .ch = -1, .bar = -1, .dir = DWC_DOWN,
		.text = "hot reset" });
	d->train_end = dwc_now(d) + d->knobs.train_ns;
	d->app_status |= INT_HOT_RESET;
	link_update(d);
}

/* Fault knobs belong to the tester and survive. */
void dwc_ep_detach(struct dwc *d)
{
	d->ltssm = false;
	d->train_end = DWC_NEVER;
	link_update(d);
	d->clock = !d->prof->perst;
	power_on(d);
	d->app_status = 0;
	d->app_enable = 0;
	trace_event(d, &(struct dwc_event){
		.type = DWC_EV_RESET, .ch = -1, .bar = -1, .text = "board reset" });
	irq_update(d);
	dwc_rearm(d);
}

uint32_t app_read32(const struct dwc *d, unsigned int off)
{
	switch (off) {
	case APP_LTSSM:
		return d->ltssm;
	case APP_LINK:
		return d->link;
	case APP_INT_STATUS:
		return d->app_status;
	case APP_INT_ENABLE:
		return d->app_enable;
	case APP_ID:
		return 0x44574345;
	case APP_PROFILE:
		return d->prof->id;
	case APP_CLOCK:
		return d->clock;
	}
	return 0;
}

void app_write32(struct dwc *d, unsigned int off, uint32_t val, uint32_t mask)
{
	switch (off) {
	case APP_LTSSM:
		if (mask & 1)
			d->ltssm = val & 1;
		link_update(d);
		break;
	case APP_INT_STATUS:
		d->app_status &= ~(val & mask);
		break;
	case APP_INT_ENABLE:
		d->app_enable = ((d->app_enable & ~mask) | (val & mask)) & INT_ALL;
		break;
	case APP_CLOCK:
		if (mask & 1)
			set_clock(d, val & 1);
		break;
	}
	irq_update(d);
}

// SPDX-License-Identifier: GPL-2.0
/* Link state, resets, the testbed's app block, interrupt lines. */
#include "internal.h"

#define APP_LTSSM 0x00
#define APP_LINK 0x04
#define APP_INT_STATUS 0x08
#define APP_INT_ENABLE 0x0c
#define APP_ID 0x10
#define APP_PROFILE 0x14

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

void link_update(struct dwc *d)
{
	bool up = d->ltssm && d->attached && !d->knobs.link_forced_down;

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

void dwc_rc_attach(struct dwc *d)
{
	d->attached = true;
	link_update(d);
}

void dwc_rc_detach(struct dwc *d)
{
	d->attached = false;
	link_update(d);
}

void dwc_hot_reset(struct dwc *d)
{
	if (!d->link)
		return;
	d->cnt.hot_resets++;
	trace_event(d, &(struct dwc_event){
		.type = DWC_EV_RESET, .ch = -1, .bar = -1, .dir = DWC_DOWN,
		.text = "hot reset" });
	link_reset(d);
	d->app_status |= INT_HOT_RESET;
	irq_update(d);
	dwc_rearm(d);
}

/* Fault knobs belong to the tester and survive. */
void dwc_ep_detach(struct dwc *d)
{
	d->ltssm = false;
	link_update(d);
	config_power_on(d);
	atu_reset(d);
	edma_reset(d);
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
	}
	irq_update(d);
}

// SPDX-License-Identifier: GPL-2.0
/* Events as text: a line for people, an object for chrome://tracing and Perfetto. */
#include <inttypes.h>

#include "internal.h"

static const char *const names[DWC_NUM_EV] = {
	[DWC_EV_MWR] = "MWr",
	[DWC_EV_MRD] = "MRd",
	[DWC_EV_CFGRD] = "CfgRd",
	[DWC_EV_CFGWR] = "CfgWr",
	[DWC_EV_MSI] = "MSI",
	[DWC_EV_MSIX] = "MSI-X",
	[DWC_EV_DMA_START] = "dma-start",
	[DWC_EV_DMA_ELEM] = "dma-elem",
	[DWC_EV_DMA_LINK] = "dma-link",
	[DWC_EV_DMA_DONE] = "dma-done",
	[DWC_EV_DMA_ABORT] = "dma-abort",
	[DWC_EV_DMA_STOP] = "dma-stop",
	[DWC_EV_LINK] = "link",
	[DWC_EV_RESET] = "reset",
	[DWC_EV_IRQ] = "irq",
	[DWC_EV_FAULT] = "fault",
};

static bool is_dma(const struct dwc_event *ev)
{
	return ev->type >= DWC_EV_DMA_START && ev->type <= DWC_EV_DMA_STOP;
}

static bool is_request(const struct dwc_event *ev)
{
	return ev->type <= DWC_EV_MSIX;
}

void dwc_trace_line(FILE *out, const struct dwc_event *ev)
{
	fprintf(out, "%6" PRIu64 ".%09" PRIu64 " ", ev->time / 1000000000, ev->time % 1000000000);

	if (is_request(ev)) {
		fprintf(out, "%s %-5s 0x%09" PRIx64, ev->dir == DWC_UP ? "EP->RC" : "RC->EP",
			names[ev->type], ev->addr);
		if (ev->bar >= 0)
			fprintf(out, " BAR%d -> 0x%" PRIx64, ev->bar, ev->addr2);
		fprintf(out, " len %" PRIu64 " data 0x%" PRIx64, ev->len, ev->value);
		if (ev->ch >= 0)
			fprintf(out, " dma%d", ev->ch);
		if (ev->unsupported)
			fprintf(out, " UNSUPPORTED");
	} else if (is_dma(ev)) {
		fprintf(out, "%s %d %s", ev->write_ch ? "dma-wr" : "dma-rd", ev->ch,
			names[ev->type]);
		if (ev->type == DWC_EV_DMA_ELEM)
			fprintf(out, " %" PRIu64 ": 0x%" PRIx64 " -> 0x%" PRIx64 " len %" PRIu64,
				ev->value, ev->addr, ev->addr2, ev->len);
		if (ev->type == DWC_EV_DMA_LINK)
			fprintf(out, " 0x%" PRIx64, ev->addr);
		if (ev->type == DWC_EV_DMA_ABORT || ev->type == DWC_EV_DMA_STOP)
			fprintf(out, " at element %" PRIu64, ev->value);
		if (ev->duration)
			fprintf(out, " took %" PRIu64 " ns", ev->duration);
	} else {
		fprintf(out, "%s", names[ev->type]);
		if (ev->type == DWC_EV_LINK)
			fprintf(out, " %s", ev->value ? "up" : "down");
		if (ev->type == DWC_EV_IRQ)
			fprintf(out, " line %" PRIu64 " %s", ev->addr,
				ev->value ? "high" : "low");
		if (ev->ch >= 0)
			fprintf(out, " channel %d", ev->ch);
	}
	if (ev->text)
		fprintf(out, " (%s)", ev->text);
	fputc('\n', out);
}

/* One row in the viewer per direction and per channel. */
static int row(const struct dwc_event *ev)
{
	if (is_request(ev))
		return ev->dir == DWC_UP ? 1 : 2;
	if (is_dma(ev))
		return (ev->write_ch ? 10 : 20) + ev->ch;
	return 3;
}

void dwc_trace_json(FILE *out, const struct dwc_event *ev)
{
	fprintf(out, "{\"name\":\"%s\",\"cat\":\"%s\",\"pid\":1,\"tid\":%d,\"ts\":%" PRIu64
		".%03" PRIu64 ",", names[ev->type],
		is_request(ev) ? "link" : is_dma(ev) ? "dma" : "state", row(ev),
		ev->time / 1000, ev->time % 1000);
	if (ev->duration)
		fprintf(out, "\"ph\":\"X\",\"dur\":%" PRIu64 ".%03" PRIu64 ",",
			ev->duration / 1000, ev->duration % 1000);
	else
		fprintf(out, "\"ph\":\"i\",\"s\":\"t\",");
	fprintf(out, "\"args\":{\"addr\":\"0x%" PRIx64 "\",\"addr2\":\"0x%" PRIx64
		"\",\"len\":%" PRIu64 ",\"value\":\"0x%" PRIx64 "\"", ev->addr, ev->addr2, ev->len,
		ev->value);
	if (ev->bar >= 0)
		fprintf(out, ",\"bar\":%d", ev->bar);
	if (ev->unsupported)
		fprintf(out, ",\"unsupported\":true");
	if (ev->text)
		fprintf(out, ",\"text\":\"%s\"", ev->text);
	fprintf(out, "}}");
}

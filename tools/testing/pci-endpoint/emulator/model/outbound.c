// SPDX-License-Identifier: GPL-2.0
/* The endpoint's CPU accesses host memory through the outbound region. */
#include "internal.h"

static void miss(struct dwc *d, bool write, uint64_t phys, uint64_t len)
{
	d->cnt.dir[DWC_UP].ur++;
	trace_event(d, &(struct dwc_event){
		.type = write ? DWC_EV_MWR : DWC_EV_MRD, .dir = DWC_UP, .ch = -1, .bar = -1,
		.unsupported = true, .addr = phys, .len = len, .text = "no outbound window" });
}

/* Final hop of a write: @phys is translated now. */
int outbound_deliver(struct dwc *d, uint64_t phys, const void *buf, size_t len)
{
	int ret = 0;

	while (len) {
		uint64_t pci, run = len;

		if (atu_outbound(d, phys, &pci, &run)) {
			ret |= up_write(d, pci, buf, run, -1);
		} else {
			miss(d, true, phys, run);
			ret = -1;
		}
		phys += run;
		buf = (const uint8_t *)buf + run;
		len -= run;
	}
	return ret;
}

int outbound_write(struct dwc *d, uint64_t phys, const void *buf, size_t len)
{
	return posted_write(d, DWC_UP, POSTED_OUTBOUND, 0, phys, buf, len, -1);
}

int outbound_read(struct dwc *d, uint64_t phys, void *buf, size_t len)
{
	int ret = 0;

	posted_flush(d, DWC_UP); /* before its address is translated, like the writes */
	while (len) {
		uint64_t pci, run = len;

		if (atu_outbound(d, phys, &pci, &run)) {
			ret |= up_read(d, pci, buf, run, -1);
		} else {
			miss(d, false, phys, run);
			memset(buf, 0xff, run);
			ret = -1;
		}
		phys += run;
		buf = (uint8_t *)buf + run;
		len -= run;
	}
	return ret;
}

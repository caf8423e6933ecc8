// SPDX-License-Identifier: GPL-2.0
/* What no driver should do, as "name count time text" lines: see enum dwc_complaint. */
#include <inttypes.h>
#include <stdarg.h>

#include "internal.h"

static const struct {
	const char *name, *text;
} kinds[DWC_NUM_COMPLAINTS] = {
	[DWC_BAD_ACCESS] = { "bad_access", "access to a hole" },
	[DWC_BAD_SIZE] = { "bad_size", "size of an access to registers" },
	[DWC_BAD_DOORBELL] = { "bad_doorbell", "doorbell" },
	/* these three are in the trace with the request */
	[DWC_UR_UP] = { "ur_up", NULL },
	[DWC_UR_DOWN] = { "ur_down", NULL },
	[DWC_UNTRANSLATED] = { "untranslated", NULL },
	[DWC_NULL_WRITE] = { "null_write", "write to host address 0" },
	[DWC_MSI_LOST] = { "msi_lost", "MSI lost" },
	[DWC_MALFORMED] = { "malformed", "malformed request" },
	[DWC_RESET_ACCESS] = { "reset_access", "access while in reset" },
};

void dwc_complain(struct dwc *d, enum dwc_complaint what, const char *fmt, ...)
{
	struct complaint *c = &d->complaints[what];
	va_list ap;

	if (kinds[what].text)
		trace_fault(d, kinds[what].text, -1);
	if (c->count++)
		return;
	c->time = dwc_now(d);
	va_start(ap, fmt);
	vsnprintf(c->text, sizeof(c->text), fmt, ap);
	va_end(ap);
	for (char *p = c->text; *p; p++) { /* one line is one complaint */
		if (*p == '\n')
			*p = ' ';
	}
}

uint64_t dwc_complaints(const struct dwc *d, enum dwc_complaint what)
{
	return d->complaints[what].count;
}

void complaints_print(const struct dwc *d, FILE *out)
{
	for (unsigned int i = 0; i < DWC_NUM_COMPLAINTS; i++) {
		const struct complaint *c = &d->complaints[i];

		if (c->count)
			fprintf(out, "%s %" PRIu64 " first at %" PRIu64 ".%09" PRIu64 ": %s\n",
				kinds[i].name, c->count, c->time / 1000000000,
				c->time % 1000000000, c->text);
	}
}

void complaints_reset(struct dwc *d)
{
	memset(d->complaints, 0, sizeof(d->complaints));
}

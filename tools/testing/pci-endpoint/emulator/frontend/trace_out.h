/* SPDX-License-Identifier: GPL-2.0 */
/* The trace files: text lines and Chrome trace JSON. */
#ifndef FE_TRACE_OUT_H
#define FE_TRACE_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "model/dwc.h"

/**
 * struct trace_out - where events go
 * @text: text trace, or NULL
 * @json: Chrome trace, or NULL
 * @on: events are written
 * @events: events written
 * @json_events: of those, in this JSON file
 */
struct trace_out {
	FILE *text;
	FILE *json;
	bool on;
	uint64_t events;
	uint64_t json_events;
};

/** trace_open() - open what is not NULL ("-": stdout) and switch on; 0, or -1 after a message */
int trace_open(struct trace_out *t, const char *text, const char *json);

/** trace_write() - write an event, if on */
void trace_write(struct trace_out *t, const struct dwc_event *ev);

/** trace_flush() - write out what is buffered; 0, or -1 if a file had an error */
int trace_flush(struct trace_out *t);

/** trace_close() - finish and close the files */
void trace_close(struct trace_out *t);

/** trace_possible() - is there a file? */
static inline bool trace_possible(const struct trace_out *t)
{
	return t->text || t->json;
}

#endif

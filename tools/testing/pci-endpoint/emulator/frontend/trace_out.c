// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "frontend/log.h"
#include "frontend/trace_out.h"

static int trace_open_one(FILE **f, const char *option, const char *path)
{
	*f = NULL;
	if (!path)
		return 0;
	*f = strcmp(path, "-") ? fopen(path, "we") : stdout;
	if (!*f) {
		log_msg("%s '%s': %s", option, path, strerror(errno));
		return -1;
	}
	return 0;
}

static void trace_close_one(FILE **f, const char *option)
{
	if (!*f)
		return;
	if (ferror(*f) | (*f == stdout ? fflush(*f) : fclose(*f)))
		log_msg("%s: not everything could be written: %s", option, strerror(errno));
	*f = NULL;
}

int trace_open(struct trace_out *t, const char *text, const char *json)
{
	memset(t, 0, sizeof(*t));
	if (trace_open_one(&t->text, "--trace", text))
		return -1;
	if (trace_open_one(&t->json, "--trace-json", json)) {
		trace_close_one(&t->text, "--trace");
		return -1;
	}
	if (t->json)
		fputs("[\n", t->json);
	t->on = trace_possible(t);
	return 0;
}

void trace_write(struct trace_out *t, const struct dwc_event *ev)
{
	if (!t->on)
		return;
	t->events++;
	if (t->text)
		dwc_trace_line(t->text, ev);
	if (t->json) {
		if (t->json_events++)
			fputs(",\n", t->json);
		dwc_trace_json(t->json, ev);
	}
}

int trace_flush(struct trace_out *t)
{
	int ret = 0;

	if (t->text)
		ret |= fflush(t->text) | ferror(t->text);
	if (t->json)
		ret |= fflush(t->json) | ferror(t->json);
	return ret ? -1 : 0;
}

void trace_close(struct trace_out *t)
{
	if (t->json)
		fputs("\n]\n", t->json);
	trace_close_one(&t->text, "--trace");
	trace_close_one(&t->json, "--trace-json");
	t->on = false;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages for people, on stderr, "dwc-ep: " before each.
 *
 * A guest can cause messages as fast as it likes, so they are rate-limited: what exceeds the limit
 * is counted and the count is printed with the next message that passes.
 */
#ifndef FE_LOG_H
#define FE_LOG_H

#include <stdbool.h>

/** log_msg() - print one line (without newline at the end of @fmt) */
void log_msg(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** log_quiet() - drop all messages (tests and fuzzing) */
void log_quiet(bool quiet);

/** log_last() - the last message, printed or not; tests look at it */
const char *log_last(void);

#endif

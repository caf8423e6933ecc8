/* SPDX-License-Identifier: GPL-2.0 */
/* Small things that every file of the front-end uses. */
#ifndef FE_UTIL_H
#define FE_UTIL_H

#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))

#endif

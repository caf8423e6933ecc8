// SPDX-License-Identifier: GPL-2.0
/*
 * The words that are written to the file "run" of ntb_ep_dma
 */

#include <kunit/visibility.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/sprintf.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "ntb_ep_dma_params.h"

#define NTB_EP_DMA_DEFAULT_LEN	SZ_4K

/* @max 0: what the own buffer has, less @less */
static const struct param_word {
	const char *name;
	size_t offset;
	u32 min;
	u32 max;
	u32 less;
} param_words[] = {
	{ "len",     offsetof(struct ntb_ep_dma_params, len),	  1, 0, 0 },
	{ "seed",    offsetof(struct ntb_ep_dma_params, seed),	  0, U32_MAX, 0 },
	{ "src_off", offsetof(struct ntb_ep_dma_params, src_off), 0, 0, 1 },
	{ "dst_off", offsetof(struct ntb_ep_dma_params, dst_off), 0, U32_MAX, 0 },
	{ "chans",   offsetof(struct ntb_ep_dma_params, chans),	  1, NTB_EP_DMA_MAX_CHANS, 0 },
	{ "count",   offsetof(struct ntb_ep_dma_params, count),	  1, NTB_EP_DMA_MAX_COUNT, 0 },
	{ "rounds",  offsetof(struct ntb_ep_dma_params, rounds),  1, NTB_EP_DMA_MAX_ROUNDS, 0 },
};

static int issue_word(struct ntb_ep_dma_issue *issue, const char *field,
		      const char *word, const char *rule)
{
	*issue = (struct ntb_ep_dma_issue) { .field = field, .rule = rule };
	strscpy(issue->word, word);

	return -EINVAL;
}

/**
 * ntb_ep_dma_issue_range - a value is not in its range
 * @issue: gets the rest
 * @field: what has the value
 * @value: that it has
 * @min: least that is allowed
 * @max: most that is allowed
 *
 * Context: Any.
 * Return: -EINVAL.
 */
int ntb_ep_dma_issue_range(struct ntb_ep_dma_issue *issue, const char *field,
			   u64 value, u64 min, u64 max)
{
	*issue = (struct ntb_ep_dma_issue) {
		.field = field,
		.value = value,
		.min = min,
		.max = max,
	};

	return -EINVAL;
}

/* @word is cut where its name ends */
static int parse_word(char *word, u32 buf_size, struct ntb_ep_dma_params *params,
		      unsigned long *given, struct ntb_ep_dma_issue *issue)
{
	const struct param_word *w = NULL;
	char *number = strchr(word, '=');
	u64 value;
	u32 max;
	int i;

	if (number)
		*number++ = '\0';

	/* A plain number is a length */
	for (i = 0; i < ARRAY_SIZE(param_words) && !w; i++)
		if (!number || !strcmp(word, param_words[i].name))
			w = &param_words[i];
	if (!w)
		return issue_word(issue, "word", word,
				  "unknown, known: len seed src_off dst_off chans count rounds");
	if (!number)
		number = word;

	if (*given & BIT(w - param_words))
		return issue_word(issue, w->name, number, "given twice");
	*given |= BIT(w - param_words);

	if (kstrtou64(number, 0, &value))
		return issue_word(issue, w->name, number, "not a number");

	max = w->max ?: buf_size - w->less;
	if (value < w->min || value > max)
		return ntb_ep_dma_issue_range(issue, w->name, value, w->min, max);

	*(u32 *)((void *)params + w->offset) = value;

	return 0;
}

/**
 * ntb_ep_dma_params_parse - understand a command
 * @cmd: a length, words "name=value", or both, with white space in between
 * @buf_size: bytes of the own source buffer
 * @params: what it says, defaults for the rest
 * @issue: what is wrong with it
 *
 * Context: Any.
 * Return: 0, or -EINVAL with @issue filled in.
 */
int ntb_ep_dma_params_parse(const char *cmd, u32 buf_size,
			    struct ntb_ep_dma_params *params,
			    struct ntb_ep_dma_issue *issue)
{
	char copy[256], *rest = copy, *word;
	unsigned long given = 0;
	u64 total;
	int ret;

	if (strscpy(copy, cmd) < 0)
		return ntb_ep_dma_issue_range(issue, "length of the command", strlen(cmd),
					      1, sizeof(copy) - 1);

	*params = (struct ntb_ep_dma_params) {
		.len = min_t(u32, NTB_EP_DMA_DEFAULT_LEN, buf_size),
		.chans = 1,
		.rounds = 1,
	};

	while ((word = strsep(&rest, " \t\n"))) {
		if (!*word)
			continue;
		ret = parse_word(word, buf_size, params, &given, issue);
		if (ret)
			return ret;
	}

	if (!given)
		return issue_word(issue, "word", "", "expected a length, or words name=value");

	/* Each channel gets something to do */
	params->count = params->count ?: params->chans;
	if (params->count < params->chans)
		return ntb_ep_dma_issue_range(issue, "count", params->count, params->chans,
					      NTB_EP_DMA_MAX_COUNT);

	total = (u64)params->len * params->count;
	if (params->src_off + total > buf_size)
		return ntb_ep_dma_issue_range(issue, "src_off + len * count",
					      params->src_off + total, 1, buf_size);

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_params_parse);

/**
 * ntb_ep_dma_params_fit - is the peer's buffer large enough?
 * @params: from ntb_ep_dma_params_parse()
 * @peer_size: bytes of that buffer
 * @issue: why not
 *
 * Context: Any.
 * Return: 0, or -EINVAL with @issue filled in.
 */
int ntb_ep_dma_params_fit(const struct ntb_ep_dma_params *params, u32 peer_size,
			  struct ntb_ep_dma_issue *issue)
{
	u64 end = (u64)params->dst_off + ntb_ep_dma_params_total(params);

	if (end <= peer_size)
		return 0;

	return ntb_ep_dma_issue_range(issue, "dst_off + len * count", end, 1, peer_size);
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_params_fit);

/**
 * ntb_ep_dma_issue_print - say what is wrong
 * @buf: where to
 * @size: bytes there
 * @issue: filled in by one of the others
 *
 * Context: Any.
 * Return: characters written.
 */
int ntb_ep_dma_issue_print(char *buf, size_t size, const struct ntb_ep_dma_issue *issue)
{
	if (issue->rule)
		return scnprintf(buf, size, "%s: '%s', %s", issue->field, issue->word,
				 issue->rule);

	return scnprintf(buf, size, "%s: %llu, allowed: %llu - %llu", issue->field,
			 (unsigned long long)issue->value, (unsigned long long)issue->min,
			 (unsigned long long)issue->max);
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_issue_print);

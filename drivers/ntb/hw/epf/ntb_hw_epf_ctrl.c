// SPDX-License-Identifier: GPL-2.0
/*
 * Parser for the control block of an NTB endpoint function
 *
 * The endpoint writes the block, and an endpoint may be anything that was
 * plugged in. Nothing in there is used before it was compared with the BARs
 * that it leads into. This file knows the block and nothing of PCI.
 */

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <kunit/visibility.h>

#include "ntb_hw_epf_ctrl.h"

static u32 ntb_epf_word(const void *block, unsigned int offset)
{
	return get_unaligned_le32(block + offset);
}

static int ntb_epf_issue(struct ntb_epf_ctrl_issue *issue, const char *field,
			 u64 value, u64 min, u64 max)
{
	*issue = (struct ntb_epf_ctrl_issue) {
		.field	= field,
		.value	= value,
		.min	= min,
		.max	= max,
	};

	return -EINVAL;
}

/* All ones: nobody answers. All zero: nobody has filled it in */
static bool ntb_epf_absent(const void *block)
{
	const void *start = block + NTB_EPF_MW_COUNT;
	size_t len = NTB_EPF_CTRL_SIZE - NTB_EPF_MW_COUNT;

	return !memchr_inv(start, 0xff, len) || !memchr_inv(start, 0, len);
}

static int ntb_epf_parse_spads(const void *block, const struct ntb_epf_bar_lens *lens,
			       struct ntb_epf_ctrl *ctrl, struct ntb_epf_ctrl_issue *issue)
{
	u32 offset = ntb_epf_word(block, NTB_EPF_SPAD_OFFSET);
	u32 count = ntb_epf_word(block, NTB_EPF_SPAD_COUNT);
	u64 max;

	/* The scratchpads can be anywhere behind the block itself */
	if (offset < NTB_EPF_CTRL_SIZE || offset > lens->ctrl || !IS_ALIGNED(offset, sizeof(u32)))
		return ntb_epf_issue(issue, "spad_offset", offset, NTB_EPF_CTRL_SIZE, lens->ctrl);

	max = (lens->ctrl - offset) / sizeof(u32);
	if (lens->peer_spad)
		max = min(max, lens->peer_spad / sizeof(u32));
	else
		max /= 2;
	if (count > max)
		return ntb_epf_issue(issue, "spad_count", count, 0, max);

	ctrl->spad_offset = offset;
	ctrl->spad_count = count;
	ctrl->peer_spad_offset = lens->peer_spad ? 0 : offset + count * sizeof(u32);

	return 0;
}

static int ntb_epf_parse_mws(const void *block, const struct ntb_epf_bar_lens *lens,
			     struct ntb_epf_ctrl *ctrl, struct ntb_epf_ctrl_issue *issue)
{
	u32 offset = ntb_epf_word(block, NTB_EPF_MW1_OFFSET);
	u32 count = ntb_epf_word(block, NTB_EPF_MW_COUNT);
	unsigned int i;

	if (count > NTB_EPF_MAX_MW_COUNT)
		return ntb_epf_issue(issue, "num_mws", count, 0, NTB_EPF_MAX_MW_COUNT);

	/* An endpoint can have more of them than there are BARs for */
	for (i = 0; i < count && lens->mw[i]; i++)
		;
	if (i < count)
		ntb_epf_issue(issue, "num_mws", count, 0, i);

	if (i && offset >= lens->mw[0])
		return ntb_epf_issue(issue, "mw1_offset", offset, 0, lens->mw[0] - 1);

	ctrl->mw_count = i;
	ctrl->mw1_offset = offset;

	return 0;
}

static int ntb_epf_parse_dbs(const void *block, const struct ntb_epf_bar_lens *lens,
			     struct ntb_epf_ctrl *ctrl, struct ntb_epf_ctrl_issue *issue)
{
	u64 entry_size = ntb_epf_word(block, NTB_EPF_DB_ENTRY_SIZE);
	unsigned int slot;
	u64 offset;

	if (lens->db < sizeof(u32))
		return ntb_epf_issue(issue, "doorbell BAR length", lens->db, sizeof(u32), U64_MAX);

	for (slot = EPF_IRQ_DB_START; slot < NTB_EPF_MAX_SLOTS; slot++) {
		offset = entry_size * slot + ntb_epf_word(block, NTB_EPF_DB_OFFSET(slot));
		if (offset > lens->db - sizeof(u32) || offset > U32_MAX ||
		    !IS_ALIGNED(offset, sizeof(u32))) {
			ntb_epf_issue(issue, "doorbell offset", offset, 0,
				      lens->db - sizeof(u32));
			break;
		}

		ctrl->db_offset[slot] = offset;
		ctrl->db_data[slot] = ntb_epf_word(block, NTB_EPF_DB_DATA(slot));
	}

	ctrl->slots = slot;
	return slot == EPF_IRQ_DB_START ? -EINVAL : 0;
}

/**
 * ntb_epf_parse_ctrl() - check the control block and take what is needed
 * @block: copy of the control block, NTB_EPF_CTRL_SIZE bytes
 * @lens: the BARs that it can refer to
 * @ctrl: where to put what it says
 * @issue: where to put what is wrong with it
 *
 * A window without a BAR and a doorbell outside its BAR are left out, with
 * those that follow. Then @issue says so although 0 is returned.
 *
 * Context: Any.
 *
 * Return: 0 on success, -ENODEV if there is no block, -EINVAL if @issue makes
 * it unusable.
 */
int ntb_epf_parse_ctrl(const void *block, const struct ntb_epf_bar_lens *lens,
		       struct ntb_epf_ctrl *ctrl, struct ntb_epf_ctrl_issue *issue)
{
	int ret;

	memset(ctrl, 0, sizeof(*ctrl));
	memset(issue, 0, sizeof(*issue));

	if (ntb_epf_absent(block))
		return -ENODEV;

	ret = ntb_epf_parse_dbs(block, lens, ctrl, issue);
	if (ret)
		return ret;

	ret = ntb_epf_parse_mws(block, lens, ctrl, issue);
	if (ret)
		return ret;

	return ntb_epf_parse_spads(block, lens, ctrl, issue);
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_parse_ctrl);

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control block of an NTB endpoint function, as its host reads it
 */

#ifndef _NTB_HW_EPF_CTRL_H
#define _NTB_HW_EPF_CTRL_H

#include <linux/types.h>

#define NTB_EPF_MW_COUNT	0x20
#define NTB_EPF_MW1_OFFSET	0x24
#define NTB_EPF_SPAD_OFFSET	0x28
#define NTB_EPF_SPAD_COUNT	0x2C
#define NTB_EPF_DB_ENTRY_SIZE	0x30
#define NTB_EPF_DB_DATA(n)	(0x34 + (n) * 4)
#define NTB_EPF_DB_OFFSET(n)	(0xB4 + (n) * 4)
#define NTB_EPF_CTRL_SIZE	0x134

#define NTB_EPF_MAX_MW_COUNT	4
#define NTB_EPF_MAX_SLOTS	32

enum epf_irq_slot {
	EPF_IRQ_LINK = 0,
	EPF_IRQ_RESERVED_DB, /* Historically skipped slot */
	EPF_IRQ_DB_START,
};

/**
 * struct ntb_epf_bar_lens - what offsets in the control block can lead to
 * @ctrl: bytes of the control BAR
 * @peer_spad: bytes of the BAR with the peer's scratchpads, 0 if they are in
 *	       the control BAR behind the own ones
 * @db: bytes of the doorbell BAR
 * @mw: bytes of the BAR of each memory window, 0 if there is none
 */
struct ntb_epf_bar_lens {
	u64 ctrl;
	u64 peer_spad;
	u64 db;
	u64 mw[NTB_EPF_MAX_MW_COUNT];
};

/**
 * struct ntb_epf_ctrl - what the control block says, checked
 * @mw_count: memory windows, each has a BAR
 * @mw1_offset: of the first window in its BAR
 * @spad_count: scratchpads of each side
 * @spad_offset: of the own ones in the control BAR
 * @peer_spad_offset: of the peer's in the BAR that they are in
 * @slots: interrupt slots, NTB_EPF_MAX_SLOTS unless the BAR is too small for all
 * @db_data: what rings a doorbell, by slot
 * @db_offset: where in the doorbell BAR to write it, by slot
 */
struct ntb_epf_ctrl {
	u32 mw_count;
	u32 mw1_offset;
	u32 spad_count;
	u32 spad_offset;
	u32 peer_spad_offset;
	unsigned int slots;
	u32 db_data[NTB_EPF_MAX_SLOTS];
	u32 db_offset[NTB_EPF_MAX_SLOTS];
};

/**
 * struct ntb_epf_ctrl_issue - why a control block was not taken as it is
 * @field: the field, NULL if all is well
 * @value: what it holds
 * @min: smallest value allowed
 * @max: largest value allowed
 * @rule: what else is demanded of it, or NULL
 */
struct ntb_epf_ctrl_issue {
	const char *field;
	u64 value;
	u64 min;
	u64 max;
	const char *rule;
};

int ntb_epf_parse_ctrl(const void *block, const struct ntb_epf_bar_lens *lens,
		       struct ntb_epf_ctrl *ctrl, struct ntb_epf_ctrl_issue *issue);

#endif /* _NTB_HW_EPF_CTRL_H */

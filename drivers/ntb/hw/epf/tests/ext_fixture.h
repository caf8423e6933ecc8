/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _EXT_FIXTURE_H
#define _EXT_FIXTURE_H

#include <kunit/test.h>
#include <linux/sizes.h>

#include "../ntb_hw_epf_ext.h"

#define MW_SIZE		0xf9000
#define DMA_OFFSET	0xf9000
#define DMA_SIZE	0x7000
#define SPAD_OFFSET	(VNTB_CTRL_EXT_OFFSET + sizeof(struct vntb_ctrl_ext))

/**
 * struct ext_ctx - an endpoint and what the host makes of it
 * @bars: of the endpoint
 * @ext: what it says, a good block to begin with
 * @len: bytes of @ext that are there
 * @version: of its control block
 * @spad_offset: what else it says
 * @layout: what the host believes
 * @issue: and why not more
 */
struct ext_ctx {
	struct ntb_epf_bars bars;
	struct vntb_ctrl_ext *ext;
	size_t len;
	u32 version;
	u32 spad_offset;
	struct ntb_epf_layout layout;
	struct ntb_epf_ctrl_issue issue;
};

#define EXT(member)	offsetof(struct vntb_ctrl_ext, member)

int ext_init(struct kunit *test);
int ext_parse(struct ext_ctx *ctx);
void ext_expect_legacy(struct kunit *test, struct ext_ctx *ctx);
void ext_expect_harmless(struct kunit *test, struct ext_ctx *ctx, int ret);

#endif /* _EXT_FIXTURE_H */

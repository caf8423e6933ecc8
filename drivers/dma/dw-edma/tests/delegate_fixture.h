/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _DELEGATE_FIXTURE_H
#define _DELEGATE_FIXTURE_H

#include "dw_edma_fake.h"

struct dw_hdma_v0_ch_regs;

struct dw_edma_fake *delegate_fake(struct kunit *test);
struct dw_edma_fake *delegate_native(struct kunit *test);
struct dw_hdma_v0_ch_regs *delegate_native_regs(struct dw_edma_fake *fake, int ch);
struct dma_chan *delegate_reserve(struct kunit *test, struct dw_edma_fake *fake, int ch);

#endif /* _DELEGATE_FIXTURE_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _DW_EDMA_FAKE_H
#define _DW_EDMA_FAKE_H

#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/completion.h>
#include <linux/dma/edma.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>

#include "../dw-edma-core.h"
#include "../dw-edma-v0-regs.h"

#define FAKE_LL_SZ	(4 * EDMA_LL_SZ)	/* three elements and the link */
#define FAKE_MAX_IRQS	8
#define FAKE_MAX_CH	4

/*
 * State of a channel in the fields that the hardware keeps in ch_control1
 * (EDMA_V0_CH_STATUS_MASK, see dw_edma_v0_core_ch_status()).
 */
#define FAKE_CS_RUNNING	FIELD_PREP_CONST(EDMA_V0_CH_STATUS_MASK, 1)
#define FAKE_CS_HALTED	FIELD_PREP_CONST(EDMA_V0_CH_STATUS_MASK, 2)
#define FAKE_CS_STOPPED	FIELD_PREP_CONST(EDMA_V0_CH_STATUS_MASK, 3)

/**
 * struct dw_edma_fake - an eDMA v0 made of plain memory
 * @chip: what the glue driver hands to dw_edma_probe()
 * @regs: register file; registers keep what was written last, nothing happens
 *	  by itself
 * @ll: linked lists, FAKE_LL_SZ for each channel, write channels first
 * @dev: device of the provider
 * @dma_parms: for @dev
 * @irq: interrupt vectors of the function
 * @first: the first one of them that belongs to the provider
 */
struct dw_edma_fake {
	struct dw_edma_chip		chip;
	struct dw_edma_v0_regs		*regs;
	u8				*ll;
	struct device			*dev;
	struct device_dma_parameters	dma_parms;
	int				irq[FAKE_MAX_IRQS];
	int				first;
};

/**
 * struct dw_edma_fake_client - a transfer of a dmaengine client
 * @done: its callback was called
 * @result: what the callback was told
 * @calls: how often
 * @cookie: of the transfer
 */
struct dw_edma_fake_client {
	struct completion		done;
	struct dmaengine_result		result;
	int				calls;
	dma_cookie_t			cookie;
};

struct dw_edma_fake *dw_edma_fake_create(struct kunit *test, u32 flags,
					 u16 wr, u16 rd, int nr_irqs);
struct dw_edma_fake *dw_edma_fake_probed(struct kunit *test, u32 flags,
					 u16 wr, u16 rd, int nr_irqs);
void dw_edma_fake_irq(struct dw_edma_fake *fake, int nr);
struct dw_edma_chan *dw_edma_fake_chan(struct dw_edma_fake *fake,
				       enum dw_edma_dir dir, int ch);
u32 *dw_edma_fake_control1(struct dw_edma_fake *fake, enum dw_edma_dir dir,
			   int ch);
struct dma_chan *dw_edma_fake_get(struct dw_edma_fake *fake,
				  enum dw_edma_dir dir, int ch);
struct dma_async_tx_descriptor *dw_edma_fake_prep(struct dma_chan *dchan);
void dw_edma_fake_submit(struct kunit *test, struct dma_chan *dchan,
			 struct dw_edma_fake_client *client);
void dw_edma_fake_callback(void *data, const struct dmaengine_result *result);
bool dw_edma_fake_called(struct dw_edma_fake_client *client);

#endif /* _DW_EDMA_FAKE_H */

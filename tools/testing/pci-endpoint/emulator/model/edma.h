/* SPDX-License-Identifier: GPL-2.0 */
/* What the two halves of the eDMA engine share: edma_ch.c (channel state) and edma_ll.c (lists). */
#ifndef DWC_EDMA_H
#define DWC_EDMA_H

#include "internal.h"

#define CTL_CB BIT(0)
#define CTL_TCB BIT(1)
#define CTL_LLP BIT(2)
#define CTL_LIE BIT(3)
#define CTL_RIE BIT(4)
#define CTL_CS GENMASK(6, 5)
#define CTL_CCS BIT(8)
#define CTL_LLE BIT(9)
#define CTL_ELEM (CTL_CB | CTL_TCB | CTL_LLP | CTL_LIE | CTL_RIE)

#define CS_RUNNING (1u << 5)
#define CS_HALTED (2u << 5) /* by an error */
#define CS_STOPPED (3u << 5) /* finished, or stopped by software */

#define MIN_STEP_NS 100u

enum cause { FETCH_ERR, LOCAL_ERR, REMOTE_ERR, LINK_ERR, FORCED };

static inline uint64_t reg64(const struct edma_ch *c, unsigned int lo)
{
	return (uint64_t)c->regs[lo + 1] << 32 | c->regs[lo];
}

static inline void set_reg64(struct edma_ch *c, unsigned int lo, uint64_t val)
{
	c->regs[lo] = val;
	c->regs[lo + 1] = val >> 32;
}

static inline void set_cs(struct edma_ch *c, uint32_t cs)
{
	c->regs[CH_CTL1] = (c->regs[CH_CTL1] & ~CTL_CS) | cs;
}

static inline bool edma_is_write(const struct dwc *d, const struct edma_dir *dir)
{
	return dir == &d->wr;
}

void edma_trace(struct dwc *d, const struct edma_dir *dir, unsigned int ch, enum dwc_ev_type type,
		uint64_t since, const char *text);
void edma_imwr(struct dwc *d, const struct edma_dir *dir, unsigned int ch, bool is_abort);
void edma_abort(struct dwc *d, struct edma_dir *dir, unsigned int ch, enum cause cause);

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * eDMA v0, unrolled: registers. Offsets: drivers/dma/dw-edma/dw-edma-v0-regs.h; behaviour: what
 * dw-edma-v0-core.c relies on. The engine itself is in edma_ll.c.
 */
#include "internal.h"

#define REG_ARB_PRIOR 0x00
#define REG_CTRL 0x08
#define REG_CH_BASE 0x200
#define CH_CS GENMASK(6, 5)
#define INT_BITS (BIT(DWC_NUM_CH) - 1)
#define INT_ALL (INT_BITS | INT_BITS << 16)

enum reg {
	R_NONE, R_ENGINE_EN, R_DOORBELL, R_ARB, R_INT_STATUS, R_INT_MASK, R_INT_CLEAR, R_ERR,
	R_ERR_HI, R_IMWR, R_IMWR_DATA, R_LL_ERR_EN, R_CHGROUP, R_PWR_EN,
};

#define NO_REG ~0u /* the write direction has no such register */

/* Both directions have the same registers at different places. */
static const struct reg_desc {
	enum reg reg;
	unsigned int wr, rd, count;
} regs[] = {
	{ R_ENGINE_EN, 0x0c, 0x2c, 1 },
	{ R_DOORBELL, 0x10, 0x30, 1 },
	{ R_ARB, 0x18, 0x38, 2 },
	{ R_INT_STATUS, 0x4c, 0xa0, 1 },
	{ R_INT_MASK, 0x54, 0xa8, 1 },
	{ R_INT_CLEAR, 0x58, 0xac, 1 },
	{ R_ERR, 0x5c, 0xb4, 1 },
	{ R_ERR_HI, NO_REG, 0xb8, 1 },
	{ R_IMWR, 0x60, 0xcc, 4 },
	{ R_IMWR_DATA, 0x70, 0xdc, 4 },
	{ R_LL_ERR_EN, 0x90, 0xc4, 1 },
	{ R_CHGROUP, 0x100, 0x104, 1 },
	{ R_PWR_EN, 0x128, 0x168, 8 },
};

static enum reg find_reg(const struct dwc *d, unsigned int off, const struct edma_dir **dir,
			 unsigned int *idx)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(regs); i++) {
		const struct reg_desc *r = &regs[i];

		if (off >= r->wr && off < r->wr + 4 * r->count) {
			*dir = &d->wr;
			*idx = (off - r->wr) / 4;
			return r->reg;
		}
		if (off >= r->rd && off < r->rd + 4 * r->count) {
			*dir = &d->rd;
			*idx = (off - r->rd) / 4;
			return r->reg;
		}
	}
	return R_NONE;
}

/* A word of a channel's context, or NULL. */
static const uint32_t *ch_reg(const struct dwc *d, unsigned int off)
{
	unsigned int ch = (off - REG_CH_BASE) / 0x200, reg = (off & 0xff) / 4;
	const struct edma_dir *dir = off & 0x100 ? &d->rd : &d->wr;

	if (off < REG_CH_BASE || ch >= DWC_NUM_CH || reg >= ARRAY_SIZE(dir->ch[0].regs))
		return NULL;
	return &dir->ch[ch].regs[reg];
}

/* Everything but the fault knobs, which belong to the tester. */
void edma_reset(struct dwc *d)
{
	struct edma_dir *dirs[] = { &d->wr, &d->rd };

	for (int i = 0; i < 2; i++) {
		struct edma_dir old = *dirs[i];

		memset(dirs[i], 0, sizeof(*dirs[i]));
		for (int ch = 0; ch < DWC_NUM_CH; ch++) {
			dirs[i]->ch[ch].stalled = old.ch[ch].stalled;
			dirs[i]->ch[ch].abort_at = old.ch[ch].abort_at;
			dirs[i]->ch[ch].starts = old.ch[ch].starts;
		}
	}
	d->edma_arb_prior = 0;
}

uint32_t edma_read32(const struct dwc *d, unsigned int off)
{
	const struct edma_dir *dir;
	const uint32_t *ch;
	unsigned int idx;

	if (off == REG_CTRL)
		return DWC_NUM_CH | DWC_NUM_CH << 16;
	if (off == REG_ARB_PRIOR)
		return d->edma_arb_prior;
	ch = ch_reg(d, off);
	if (ch)
		return *ch;

	switch (find_reg(d, off, &dir, &idx)) {
	case R_ENGINE_EN:
		return dir->enabled;
	case R_ARB:
		return dir->arb[idx];
	case R_INT_STATUS:
		return dir->status;
	case R_INT_MASK:
		return dir->mask;
	case R_ERR:
		return dir->err_lo;
	case R_ERR_HI:
		return dir->err_hi;
	case R_IMWR:
		return dir->imwr[idx];
	case R_IMWR_DATA:
		return dir->imwr_data[idx];
	case R_LL_ERR_EN:
		return dir->ll_err_en;
	case R_CHGROUP:
		return dir->chgroup;
	case R_PWR_EN:
		return dir->pwr_en[idx];
	default:
		return 0; /* write-only registers and padding */
	}
}

static void set_enable(struct dwc *d, struct edma_dir *dir, uint32_t val)
{
	/* Disabling cuts what runs; the driver polls that the bit reads 0. */
	if (dir->enabled && !(val & 1)) {
		for (unsigned int ch = 0; ch < DWC_NUM_CH; ch++)
			edma_stop(d, dir, ch);
	}
	dir->enabled = val & 1;
}

static void int_clear(struct edma_dir *dir, uint32_t val)
{
	uint32_t ch = val >> 16 & INT_BITS;

	dir->status &= ~val;
	/* The error bits of a channel go with its abort bit. */
	dir->err_lo &= ~(ch | ch << 16);
	dir->err_hi &= ~(ch | ch << 8 | ch << 16 | ch << 24);
	/* Any write, even of 0, takes an emulated interrupt back (..._ack_emulated_irq()). */
	dir->emulated = false;
}

static void merge(uint32_t *reg, uint32_t val, uint32_t mask)
{
	*reg = (*reg & ~mask) | (val & mask);
}

void edma_write32(struct dwc *d, unsigned int off, uint32_t val, uint32_t mask)
{
	uint32_t *ch = (uint32_t *)ch_reg(d, off);
	const struct edma_dir *cdir;
	struct edma_dir *dir;
	unsigned int idx;
	enum reg reg;

	if (off == REG_ARB_PRIOR) {
		merge(&d->edma_arb_prior, val, mask);
		return;
	}
	if (ch) {
		/* The channel's state is the engine's. */
		merge(ch, val, (off & 0xff) == 0 ? mask & ~CH_CS : mask);
		return;
	}
	reg = find_reg(d, off, &cdir, &idx);
	if (reg == R_NONE)
		return;
	dir = cdir == &d->wr ? &d->wr : &d->rd;

	switch (reg) {
	case R_ENGINE_EN:
		if (mask & 1)
			set_enable(d, dir, val);
		break;
	case R_DOORBELL:
		/* Byte writes without the low byte name no channel. */
		if (!(mask & 7) || (val & 7) >= DWC_NUM_CH)
			break;
		if (val & BIT(31))
			edma_stop(d, dir, val & 7);
		else
			edma_start(d, dir, val & 7);
		break;
	case R_ARB:
		merge(&dir->arb[idx], val, mask);
		break;
	case R_INT_STATUS:
		/* Interrupt emulation: the value is ignored, the line goes up. */
		dir->emulated = true;
		break;
	case R_INT_MASK:
		merge(&dir->mask, val, mask & INT_ALL);
		break;
	case R_INT_CLEAR:
		int_clear(dir, val);
		break;
	case R_IMWR:
		merge(&dir->imwr[idx], val, mask & (idx & 1 ? ~0u : ~3u));
		break;
	case R_IMWR_DATA:
		merge(&dir->imwr_data[idx], val, mask);
		break;
	case R_LL_ERR_EN:
		merge(&dir->ll_err_en, val, mask & INT_ALL);
		break;
	case R_CHGROUP:
		merge(&dir->chgroup, val, mask);
		break;
	case R_PWR_EN:
		merge(&dir->pwr_en[idx], val, mask & 1);
		break;
	default:
		break; /* error status is read-only */
	}
	irq_update(d);
}

/* INT_MASK gates the local line only, see enum dw_edma_ch_irq_mode in linux/dma/edma.h. */
bool edma_line(const struct dwc *d)
{
	return d->wr.emulated || d->rd.emulated || d->wr.status & ~d->wr.mask ||
	       d->rd.status & ~d->rd.mask;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The data that ntb_ep_dma moves
 *
 * Each byte depends on the seed and on its position, so that what was moved to
 * the wrong place, or twice, or is left over from another seed, does not pass.
 * Both sides compute it: it has to be the same for every byte order, word size
 * and version of the kernel.
 */

#include <kunit/visibility.h>
#include <linux/bits.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "ntb_ep_dma_pattern.h"

/**
 * ntb_ep_dma_mix - spread 32 bits over 32 others
 * @x: any number
 *
 * Context: Any.
 * Return: a number of which each bit depends on all of @x, another one for
 * each @x.
 */
u32 ntb_ep_dma_mix(u32 x)
{
	x ^= x >> 16;
	x *= 0x7feb352d;
	x ^= x >> 15;
	x *= 0x846ca68b;
	x ^= x >> 16;

	return x;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_mix);

static u32 pattern_word(u32 pos, u32 seed)
{
	return ntb_ep_dma_mix(seed ^ ntb_ep_dma_mix(pos / sizeof(u32) + 1));
}

static u8 pattern_byte(u32 word, u32 pos)
{
	u8 byte = word >> pos % sizeof(u32) * BITS_PER_BYTE;

	return byte == NTB_EP_DMA_POISON ? 0x5a : byte;
}

/**
 * ntb_ep_dma_pattern_fill - make data
 * @buf: where to
 * @len: bytes
 * @seed: makes a difference in every word
 *
 * Context: Process context.
 */
void ntb_ep_dma_pattern_fill(void *buf, u32 len, u32 seed)
{
	u32 pos, word = 0;
	u8 *data = buf;

	for (pos = 0; pos < len; pos++) {
		if (!(pos % sizeof(word)))
			word = pattern_word(pos, seed);
		if (!(pos % SZ_64K))
			cond_resched();
		data[pos] = pattern_byte(word, pos);
	}
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_pattern_fill);

/**
 * ntb_ep_dma_pattern_check - verify data
 * @buf: where from
 * @len: bytes
 * @seed: as it was filled with
 *
 * Context: Process context.
 * Return: offset of the first byte that is wrong, @len if all are right.
 */
u32 ntb_ep_dma_pattern_check(const void *buf, u32 len, u32 seed)
{
	const u8 *data = buf;
	u32 pos, word = 0;

	for (pos = 0; pos < len; pos++) {
		if (!(pos % sizeof(word)))
			word = pattern_word(pos, seed);
		if (!(pos % SZ_64K))
			cond_resched();
		if (data[pos] != pattern_byte(word, pos))
			break;
	}

	return pos;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_pattern_check);

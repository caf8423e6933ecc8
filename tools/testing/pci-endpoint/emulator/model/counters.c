// SPDX-License-Identifier: GPL-2.0
/* Counters and state as "name value" lines, in a fixed order. */
#include <inttypes.h>

#include "internal.h"

static void print_dir(FILE *out, const char *dir, const struct dwc_dir_counters *c)
{
	const struct { const char *name; uint64_t val; } lines[] = {
		{ "mwr", c->mwr }, { "mwr_bytes", c->mwr_bytes },
		{ "mrd", c->mrd }, { "mrd_bytes", c->mrd_bytes },
		{ "cfgrd", c->cfgrd }, { "cfgwr", c->cfgwr },
		{ "cpld", c->cpld }, { "cpld_bytes", c->cpld_bytes },
		{ "ur", c->ur }, { "msi", c->msi }, { "msix", c->msix },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(lines); i++)
		fprintf(out, "%s.%s %" PRIu64 "\n", dir, lines[i].name, lines[i].val);
}

static void print_ch(FILE *out, const char *dir, unsigned int ch, const struct dwc_ch_counters *c)
{
	fprintf(out, "%s%u.doorbells %" PRIu64 "\n%s%u.elements %" PRIu64 "\n%s%u.chunks %" PRIu64
		"\n%s%u.bytes %" PRIu64 "\n%s%u.done %" PRIu64 "\n%s%u.abort %" PRIu64 "\n",
		dir, ch, c->doorbells, dir, ch, c->elements, dir, ch, c->chunks, dir, ch, c->bytes,
		dir, ch, c->done, dir, ch, c->abort);
}

void counters_print(const struct dwc *d, FILE *out)
{
	print_dir(out, "up", &d->cnt.dir[DWC_UP]);
	print_dir(out, "down", &d->cnt.dir[DWC_DOWN]);
	for (unsigned int ch = 0; ch < DWC_NUM_CH; ch++)
		print_ch(out, "wr", ch, &d->cnt.wr_ch[ch]);
	for (unsigned int ch = 0; ch < DWC_NUM_CH; ch++)
		print_ch(out, "rd", ch, &d->cnt.rd_ch[ch]);
	fprintf(out, "link.ups %" PRIu64 "\nlink.downs %" PRIu64 "\nlink.hot_resets %" PRIu64
		"\ndown.untranslated %" PRIu64 "\nep.bad_access %" PRIu64 "\n", d->cnt.link_ups,
		d->cnt.link_downs, d->cnt.hot_resets, d->cnt.untranslated, d->cnt.bad_access);
}

static void print_windows(FILE *out, const char *name,
			  const struct atu_win *w, bool inbound)
{
	for (unsigned int i = 0; i < DWC_NUM_WIN; i++) {
		if (!(w[i].ctrl2 & BIT(31)))
			continue;
		fprintf(out, "%s%u ", name, i);
		if (inbound && w[i].ctrl2 & BIT(30))
			fprintf(out, "BAR%u", w[i].ctrl2 >> 8 & 7);
		else
			fprintf(out, "0x%08x%08x..0x%08x", w[i].base_hi, w[i].base_lo,
				w[i].limit_lo);
		if (inbound && w[i].ctrl2 >> 24 & 3)
			fprintf(out, " -> refused\n");
		else
			fprintf(out, " -> 0x%08x%08x\n", w[i].target_hi, w[i].target_lo);
	}
}

static void print_channels(FILE *out, const char *name,
			   const struct edma_dir *dir)
{
	static const char *const states[] = { "idle", "fetch", "data" };

	fprintf(out, "%s engine %s status 0x%08x mask 0x%08x%s\n", name,
		dir->enabled ? "on" : "off", dir->status, dir->mask,
		dir->emulated ? " emulated interrupt" : "");
	for (unsigned int ch = 0; ch < DWC_NUM_CH; ch++) {
		const struct edma_ch *c = &dir->ch[ch];

		fprintf(out, "%s%u %s%s element %" PRId64 " moved %" PRIu64 "/%" PRIu64
			" control 0x%08x list 0x%08x%08x\n", name, ch, states[c->state],
			c->stalled ? " stalled" : "", c->elem, c->moved, c->size,
			c->regs[CH_CTL1], c->regs[CH_LLP_HI], c->regs[CH_LLP_LO]);
	}
}

void state_print(struct dwc *d, FILE *out)
{
	fprintf(out, "profile %s\nlink %s (ltssm %s, host %s%s)\ncommand 0x%04x\n", d->prof->name,
		d->link ? "up" : "down", d->ltssm ? "on" : "off",
		d->attached ? "attached" : "absent",
		d->knobs.link_forced_down ? ", forced down" : "",
		d->space[CFG_COMMAND / 4] & 0xffff);
	for (unsigned int bar = 0; bar < DWC_NUM_BARS; bar++) {
		if (bar_size(d, bar))
			fprintf(out, "BAR%u 0x%" PRIx64 " size 0x%" PRIx64 "%s\n", bar,
				bar_addr(d, bar), bar_size(d, bar),
				bar_is_64(d, bar) ? " 64-bit" : "");
	}
	print_windows(out, "ib", d->ib, true);
	print_windows(out, "ob", d->ob, false);
	print_channels(out, "wr", &d->wr);
	print_channels(out, "rd", &d->rd);
	fprintf(out, "posted up %u down %u\nirq dma %d app %d\n", d->posted[DWC_UP].count,
		d->posted[DWC_DOWN].count, d->irq_level[DWC_IRQ_DMA], d->irq_level[DWC_IRQ_APP]);
}

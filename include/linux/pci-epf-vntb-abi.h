/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Extension of the control block that pci-epf-vntb shows to its host
 *
 * The control block of old ends at VNTB_CTRL_EXT_OFFSET and the scratchpads
 * follow at the offset that it holds in spad_offset. The extension sits
 * between the two, where an old host never looks. Both sides of the link
 * include this file. Everything is little-endian; whoever reads it does not
 * trust whoever wrote it.
 */

#ifndef __LINUX_PCI_EPF_VNTB_ABI_H
#define __LINUX_PCI_EPF_VNTB_ABI_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

/*
 * The word at 0x0c of the control block was called topology and always 0. It
 * is the version of the layout: 0 means that there is no extension.
 */
#define VNTB_CTRL_VERSION		0x0c
#define VNTB_CTRL_VERSION_LEGACY	0
#define VNTB_CTRL_VERSION_EXT		1

/* Argument of LINK_UP: the host knows DMA ABI version 1. Old hosts send 0. */
#define VNTB_LINK_UP_ARG_DMA_V1		0x1

#define VNTB_CTRL_EXT_OFFSET		0x134
#define VNTB_CTRL_EXT_MAGIC		0x58544e56	/* "VNTX" */
#define VNTB_CTRL_EXT_REVISION		1
/* A later revision may be longer; a host refuses what is longer than this */
#define VNTB_CTRL_EXT_MAX_LENGTH	0x400

#define VNTB_CTRL_MAX_MW		4

/* dma_abi of the locator */
#define VNTB_DMA_ABI_NONE		0
#define VNTB_DMA_ABI_V1			1	/* struct pci_ep_dma_hdr */

/**
 * struct vntb_ctrl_mw - where in its BAR a memory window lies
 * @offset: bytes from the start of the BAR
 * @reserved: zero
 * @size_lo: bytes of the window, lower half
 * @size_hi: upper half
 */
struct vntb_ctrl_mw {
	__le32 offset;		/* 0x00 */
	__le32 reserved;	/* 0x04 */
	__le32 size_lo;		/* 0x08 */
	__le32 size_hi;		/* 0x0c */
};

static_assert(offsetof(struct vntb_ctrl_mw, offset) == 0x00);
static_assert(offsetof(struct vntb_ctrl_mw, reserved) == 0x04);
static_assert(offsetof(struct vntb_ctrl_mw, size_lo) == 0x08);
static_assert(offsetof(struct vntb_ctrl_mw, size_hi) == 0x0c);
static_assert(sizeof(struct vntb_ctrl_mw) == 0x10);

/**
 * struct vntb_ctrl_ext - extension of the control block, revision 1
 * @magic: VNTB_CTRL_EXT_MAGIC
 * @revision: VNTB_CTRL_EXT_REVISION
 * @length: bytes of the extension
 * @db_count: interrupt slots of the endpoint: link, the historical gap, doorbells
 * @mw: the memory windows, those beyond num_mws zero
 * @dma_abi: VNTB_DMA_ABI_*; all that follows is zero with VNTB_DMA_ABI_NONE
 * @dma_bar: BAR of the DMA slice
 * @dma_offset: where in that BAR
 * @dma_size: bytes of the slice
 * @dma_num_chans: channels lent
 * @reserved: zero
 *
 * Members are 32 bits wide because the extension starts at an address that is
 * a multiple of 4 and not of 8.
 */
struct vntb_ctrl_ext {
	__le32 magic;		/* 0x00 */
	__le32 revision;	/* 0x04 */
	__le32 length;		/* 0x08 */
	__le32 db_count;	/* 0x0c */
	struct vntb_ctrl_mw mw[VNTB_CTRL_MAX_MW];	/* 0x10 */
	__le32 dma_abi;		/* 0x50 */
	__le32 dma_bar;		/* 0x54 */
	__le32 dma_offset;	/* 0x58 */
	__le32 dma_size;	/* 0x5c */
	__le32 dma_num_chans;	/* 0x60 */
	__le32 reserved[7];	/* 0x64 */
};

static_assert(offsetof(struct vntb_ctrl_ext, magic) == 0x00);
static_assert(offsetof(struct vntb_ctrl_ext, revision) == 0x04);
static_assert(offsetof(struct vntb_ctrl_ext, length) == 0x08);
static_assert(offsetof(struct vntb_ctrl_ext, db_count) == 0x0c);
static_assert(offsetof(struct vntb_ctrl_ext, mw) == 0x10);
static_assert(offsetof(struct vntb_ctrl_ext, dma_abi) == 0x50);
static_assert(offsetof(struct vntb_ctrl_ext, dma_bar) == 0x54);
static_assert(offsetof(struct vntb_ctrl_ext, dma_offset) == 0x58);
static_assert(offsetof(struct vntb_ctrl_ext, dma_size) == 0x5c);
static_assert(offsetof(struct vntb_ctrl_ext, dma_num_chans) == 0x60);
static_assert(offsetof(struct vntb_ctrl_ext, reserved) == 0x64);
static_assert(sizeof(struct vntb_ctrl_ext) == 0x80);

#endif /* __LINUX_PCI_EPF_VNTB_ABI_H */

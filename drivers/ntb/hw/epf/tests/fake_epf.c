// SPDX-License-Identifier: GPL-2.0
/*
 * An NTB endpoint function made of plain memory, and an NTB client
 *
 * The driver binds to it as to any other. Words keep what was written last; the
 * only thing that happens by itself is the answer to a command. BARs that drivers
 * ioremap() can only be made of memory where accesses to MMIO are function calls,
 * which is ARCH=um.
 */

#include <linux/irq.h>
#include <linux/logic_iomem.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "../ntb_hw_epf_ctrl.h"
#include "fake_epf.h"

#define MSIX_CAP	0x40
#define MSIX_TABLE	0x800		/* in BAR 0 */
#define MSIX_PBA	0xc00

/* Doorbells and the first window share a BAR, the peer's scratchpads have one */
const struct fake_type fake_j721e = {
	.id		= PCI_DEVICE_ID_TI_J721E << 16 | PCI_VENDOR_ID_TI,
	.bar_len	= { SZ_4K, SZ_4K, SZ_64K, SZ_4K, SZ_8K, SZ_16K },
	.db_bar		= 2,
	.spad_bar	= 1,
	.mw_bar		= { 2, 3, 4, 5 },
	.mw_count	= 4,
	.mw1_offset	= SZ_4K,
	.vectors	= FAKE_VECTORS,
};

/* The peer's scratchpads are behind the own ones, two windows have no BAR */
const struct fake_type fake_mx8 = {
	.id		= 0x0809 << 16 | PCI_VENDOR_ID_FREESCALE,
	.bar_len	= { SZ_4K, 0, SZ_4K, 0, SZ_64K, SZ_128K },
	.db_bar		= 2,
	.spad_bar	= 0,
	.peer_spad	= FAKE_SPAD_OFF + FAKE_SPADS * sizeof(u32),
	.mw_bar		= { 4, 5 },
	.mw_count	= 2,
	.vectors	= 4,
};

/* Tests do not run in parallel, and a region of MMIO stays for ever */
struct fake_epf fake_epf;

static u8 *fake_addr(unsigned int bar, u32 offset)
{
	u32 start = fake_epf.config[PCI_BASE_ADDRESS_0 / 4 + bar];

	return fake_epf.mem + start - FAKE_BASE + offset;
}

u32 fake_peek(unsigned int bar, u32 offset)
{
	return get_unaligned_le32(fake_addr(bar, offset));
}

void fake_poke(unsigned int bar, u32 offset, u32 value)
{
	put_unaligned_le32(value, fake_addr(bar, offset));
}

void fake_poke16(unsigned int bar, u32 offset, u16 value)
{
	put_unaligned_le16(value, fake_addr(bar, offset));
}

static unsigned long fake_read(void *priv, unsigned int offset, int size)
{
	unsigned long val = 0;

	if (fake_epf.late && fake_epf.mem + offset == fake_addr(0, FAKE_STATUS))
		fake_epf.late--;
	else
		memcpy(&val, fake_epf.mem + offset, size);

	return val;
}

static void fake_write(void *priv, unsigned int offset, int size, unsigned long val)
{
	memcpy(fake_epf.mem + offset, &val, size);
	fake_epf.writes++;

	if (fake_epf.mem + offset == fake_addr(0, FAKE_COMMAND)) {
		fake_epf.command = val;
		fake_epf.argument = fake_peek(0, FAKE_ARGUMENT);
		fake_poke16(0, FAKE_STATUS, fake_epf.answer);
	}
}

static const struct logic_iomem_ops fake_ops = {
	.read = fake_read,
	.write = fake_write,
};

static long fake_map(unsigned long offset, size_t size,
		     const struct logic_iomem_ops **ops, void **priv)
{
	*ops = &fake_ops;

	return offset;
}

static const struct logic_iomem_region_ops fake_region_ops = {
	.map = fake_map,
};

static struct resource fake_region = {
	.name = "kunit NTB",
	.start = FAKE_BASE,
	.end = FAKE_BASE + FAKE_LEN - 1,
	.flags = IORESOURCE_MEM,
};

static int fake_cfg_read(struct pci_bus *bus, unsigned int devfn, int where, int size,
			 u32 *val)
{
	if (devfn || where + size > sizeof(fake_epf.config)) {
		*val = ~0;
		return PCIBIOS_DEVICE_NOT_FOUND;
	}

	*val = fake_epf.config[where / 4] >> (8 * (where % 4));
	if (size < 4)
		*val &= BIT(8 * size) - 1;

	return PCIBIOS_SUCCESSFUL;
}

/* Only BARs take what is written to them, as far as they have address bits */
static int fake_cfg_write(struct pci_bus *bus, unsigned int devfn, int where, int size,
			  u32 val)
{
	unsigned int bar = (where - PCI_BASE_ADDRESS_0) / 4;
	u32 len;

	if (where < PCI_BASE_ADDRESS_0 || bar >= PCI_STD_NUM_BARS)
		return PCIBIOS_SUCCESSFUL;

	len = fake_epf.type->bar_len[bar];
	fake_epf.config[where / 4] = len ? val & ~(len - 1) : 0;

	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops fake_pci_ops = {
	.read = fake_cfg_read,
	.write = fake_cfg_write,
};

static void fake_fill_config(const struct fake_type *type)
{
	u32 *config = fake_epf.config;

	memset(config, 0, sizeof(fake_epf.config));
	config[PCI_VENDOR_ID / 4] = type->id;
	config[PCI_COMMAND / 4] = PCI_STATUS_CAP_LIST << 16;
	config[PCI_CLASS_REVISION / 4] = PCI_CLASS_MEMORY_RAM << 16;
	config[PCI_CAPABILITY_LIST / 4] = MSIX_CAP;
	config[MSIX_CAP / 4] = (type->vectors - 1) << 16 | PCI_CAP_ID_MSIX;
	config[(MSIX_CAP + PCI_MSIX_TABLE) / 4] = MSIX_TABLE;
	config[(MSIX_CAP + PCI_MSIX_PBA) / 4] = MSIX_PBA;
}

static void fake_fill_ctrl(const struct fake_type *type)
{
	unsigned int i;

	memset(fake_epf.mem, 0, sizeof(fake_epf.mem));
	fake_poke(0, NTB_EPF_MW_COUNT, type->mw_count);
	fake_poke(0, NTB_EPF_MW1_OFFSET, type->mw1_offset);
	fake_poke(0, NTB_EPF_SPAD_OFFSET, FAKE_SPAD_OFF);
	fake_poke(0, NTB_EPF_SPAD_COUNT, FAKE_SPADS);
	fake_poke(0, NTB_EPF_DB_ENTRY_SIZE, sizeof(u32));
	for (i = 0; i < NTB_EPF_MAX_SLOTS; i++)
		fake_poke(0, NTB_EPF_DB_DATA(i), 0xdb00 + i);
}

/* The endpoint is on its bus, and waits for its driver */
void fake_plug(struct kunit *test, const struct fake_type *type)
{
	struct pci_host_bridge *bridge;

	fake_epf.type = type;
	fake_fill_config(type);

	bridge = pci_alloc_host_bridge(0);
	KUNIT_ASSERT_NOT_NULL(test, bridge);
	fake_epf.bus = (struct resource) {
		.name = "kunit NTB bus", .start = 0xed, .end = 0xed, .flags = IORESOURCE_BUS,
	};
	pci_add_resource(&bridge->windows, &fake_region);
	pci_add_resource(&bridge->windows, &fake_epf.bus);
	bridge->busnr = fake_epf.bus.start;
	bridge->ops = &fake_pci_ops;

	pci_lock_rescan_remove();
	KUNIT_EXPECT_EQ(test, 0, pci_scan_root_bus_bridge(bridge));
	pci_unlock_rescan_remove();
	if (!bridge->bus)
		pci_free_host_bridge(bridge);
	KUNIT_ASSERT_NOT_NULL(test, bridge->bus);
	fake_epf.bridge = bridge;
	pci_bus_size_bridges(bridge->bus);
	pci_bus_assign_resources(bridge->bus);

	fake_epf.pdev = pci_get_slot(bridge->bus, 0);
	KUNIT_ASSERT_NOT_NULL(test, fake_epf.pdev);
	pci_dev_put(fake_epf.pdev);
	fake_fill_ctrl(type);
}

/* The driver binds to it, and the client to what the driver makes of it */
struct ntb_dev *fake_probe(struct kunit *test)
{
	pci_lock_rescan_remove();
	pci_bus_add_devices(fake_epf.bridge->bus);
	pci_unlock_rescan_remove();
	KUNIT_ASSERT_NOT_NULL_MSG(test, fake_epf.ntb,
				  "ntb_hw_epf is not there, or another NTB client was faster");

	fake_epf.writes = 0;
	fake_epf.command = 0;
	fake_epf.link_events = 0;

	return fake_epf.ntb;
}

struct ntb_dev *fake_up(struct kunit *test, const struct fake_type *type)
{
	fake_plug(test, type);

	return fake_probe(test);
}

void fake_link_up(struct kunit *test, struct ntb_dev *ntb)
{
	KUNIT_ASSERT_EQ(test, 0, ntb_link_enable(ntb, NTB_SPEED_AUTO, NTB_WIDTH_AUTO));
	fake_poke16(0, FAKE_LINK, 1);
	KUNIT_ASSERT_EQ(test, 1, ntb_link_is_up(ntb, NULL, NULL));
	fake_epf.writes = 0;
}

/* Before anything was written to the endpoint */
void fake_refused(struct kunit *test, int ret)
{
	KUNIT_EXPECT_EQ(test, -EINVAL, ret);
	KUNIT_EXPECT_EQ(test, 0, fake_epf.writes);
}

void fake_interrupt(unsigned int vector)
{
	generic_handle_irq_safe(pci_irq_vector(fake_epf.pdev, vector));
}

static void fake_link_event(void *ctx)
{
	fake_epf.link_events++;
}

static void fake_db_event(void *ctx, int vector)
{
	fake_epf.db_events |= BIT_ULL(vector);
}

static const struct ntb_ctx_ops fake_ctx_ops = {
	.link_event = fake_link_event,
	.db_event = fake_db_event,
};

static int fake_client_probe(struct ntb_client *client, struct ntb_dev *ntb)
{
	if (ntb->pdev->bus->ops != &fake_pci_ops)
		return -ENODEV;

	fake_epf.ntb = ntb;

	return ntb_set_ctx(ntb, &fake_epf, &fake_ctx_ops);
}

static void fake_client_remove(struct ntb_client *client, struct ntb_dev *ntb)
{
	ntb_clear_ctx(ntb);
	fake_epf.ntb = NULL;
}

static struct ntb_client fake_client = {
	.ops = {
		.probe = fake_client_probe,
		.remove = fake_client_remove,
	},
};

static void fake_forget_client(void *unused)
{
	ntb_unregister_client(&fake_client);
}

int fake_init(struct kunit *test)
{
	static bool known;
	int ret;

	/* ioremap() does not forget a region: its functions have to stay, too */
	if (!known) {
		KUNIT_ASSERT_EQ(test, 0, logic_iomem_add_region(&fake_region,
								&fake_region_ops));
		__module_get(THIS_MODULE);
		known = true;
	}

	memset(&fake_epf, 0, sizeof(fake_epf));
	fake_epf.answer = FAKE_OK;

	ret = ntb_register_client(&fake_client);
	if (ret)
		return ret;

	/* After fake_exit(), and only if there is something to undo */
	return kunit_add_action_or_reset(test, fake_forget_client, NULL);
}

void fake_exit(struct kunit *test)
{
	/* Or its removal takes a second */
	fake_epf.answer = FAKE_OK;

	if (fake_epf.bridge) {
		pci_lock_rescan_remove();
		pci_stop_root_bus(fake_epf.bridge->bus);
		pci_remove_root_bus(fake_epf.bridge->bus);
		pci_unlock_rescan_remove();
		pci_free_host_bridge(fake_epf.bridge);
	}
}

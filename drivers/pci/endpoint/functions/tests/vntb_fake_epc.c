// SPDX-License-Identifier: GPL-2.0
/*
 * An endpoint controller that only keeps books, see vntb_fake_epc.h
 */

#include <kunit/device.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/irq.h>
#include <linux/logic_iomem.h>
#include <linux/module.h>

#include "vntb_fake_epc.h"

/* Outbound window: memory windows of the virtual NTB lie in there, unused */
static struct resource fake_window = DEFINE_RES_MEM_NAMED(0x7f00000000ULL, FAKE_WINDOW_SIZE,
							  "fake EPC");
static bool fake_window_added;

/* The function whose NTB device is taken, NTB has no way to hand it over */
static struct fake_epc *fake_current;

static unsigned long fake_io_read(void *priv, unsigned int offset, int size)
{
	return 0;
}

static void fake_io_write(void *priv, unsigned int offset, int size, unsigned long val)
{
}

static const struct logic_iomem_ops fake_io_ops = {
	.read	= fake_io_read,
	.write	= fake_io_write,
};

static long fake_io_map(unsigned long offset, size_t size,
			const struct logic_iomem_ops **ops, void **priv)
{
	*ops = &fake_io_ops;
	return offset;
}

static const struct logic_iomem_region_ops fake_region_ops = {
	.map	= fake_io_map,
};

struct fake_epc *vntb_fake_of(struct pci_epc *epc, u8 func_no)
{
	struct fake_epc *fake = epc_get_drvdata(epc);

	if (func_no != fake->epf->func_no)
		fake->bad_calls++;

	return fake;
}

static int fake_set_bar(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
			struct pci_epf_bar *epf_bar)
{
	struct fake_epc *fake = vntb_fake_of(epc, func_no);
	struct fake_bar *bar = &fake->bar[epf_bar->barno];

	bar->sets++;
	if (fake->set_bar_ret)
		return fake->set_bar_ret;
	if (fake->refused_bars & BIT(epf_bar->barno))
		return -ENOSPC;
	if (fake->set_submap_ret && epf_bar->num_submap)
		return fake->set_submap_ret;
	if (epf_bar->num_submap > ARRAY_SIZE(bar->submap))
		return -EINVAL;
	/* The first time gives the BAR its size */
	if (epf_bar->num_submap && !bar->set)
		return -EINVAL;
	/* The host knows them: only what is behind the BAR can change */
	if (bar->set && (bar->cfg.size != epf_bar->size || bar->cfg.flags != epf_bar->flags))
		return -EINVAL;

	bar->set = true;
	bar->cfg = *epf_bar;
	bar->cfg.submap = bar->submap;
	if (epf_bar->num_submap)
		memcpy(bar->submap, epf_bar->submap,
		       epf_bar->num_submap * sizeof(bar->submap[0]));

	return 0;
}

static void fake_clear_bar(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
			   struct pci_epf_bar *epf_bar)
{
	struct fake_epc *fake = vntb_fake_of(epc, func_no);

	if (!fake->bar[epf_bar->barno].set)
		fake->bad_calls++;
	fake->bar[epf_bar->barno].set = false;
}

static int fake_map_addr(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
			 phys_addr_t addr, u64 pci_addr, size_t size)
{
	struct fake_epc *fake = vntb_fake_of(epc, func_no);

	if (addr < fake_window.start || addr + size - 1 > fake_window.end)
		fake->bad_calls++;
	fake->outbound++;
	fake->map_pci_addr = pci_addr;
	fake->map_size = size;

	return 0;
}

static void fake_unmap_addr(struct pci_epc *epc, u8 func_no, u8 vfunc_no, phys_addr_t addr)
{
	vntb_fake_of(epc, func_no)->outbound--;
}

static int fake_set_msi(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u8 nr_irqs)
{
	vntb_fake_of(epc, func_no)->nr_msi = nr_irqs;
	return 0;
}

static int fake_set_msix(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u16 nr_irqs,
			 enum pci_barno bir, u32 offset)
{
	struct fake_epc *fake = vntb_fake_of(epc, func_no);

	fake->nr_msix = nr_irqs;
	fake->msix_bar = bir;
	fake->msix_offset = offset;
	return 0;
}

static int fake_raise_irq(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
			  unsigned int type, u16 num)
{
	struct fake_epc *fake = vntb_fake_of(epc, func_no);

	fake->irq_type = type;
	fake->irq_num = num;
	fake->nr_irqs++;
	if (num == HOST_LINK_IRQ)
		fake->nr_link_irqs++;
	return 0;
}

static void fake_stop(struct pci_epc *epc)
{
	struct fake_epc *fake = epc_get_drvdata(epc);

	fake->nr_stops++;
	fake->stop_link_irqs = fake->nr_link_irqs;
}

static const struct pci_epc_features *fake_get_features(struct pci_epc *epc, u8 func_no,
							u8 vfunc_no)
{
	struct fake_epc *fake = vntb_fake_of(epc, func_no);

	return fake->no_features ? NULL : &fake->features;
}

static const struct pci_epc_ops fake_epc_ops = {
	.set_bar		 = fake_set_bar,
	.clear_bar		 = fake_clear_bar,
	.map_addr		 = fake_map_addr,
	.unmap_addr		 = fake_unmap_addr,
	.set_msi		 = fake_set_msi,
	.set_msix		 = fake_set_msix,
	.raise_irq		 = fake_raise_irq,
	.stop			 = fake_stop,
	.get_features		 = fake_get_features,
	.get_aux_resources_count = vntb_fake_aux_count,
	.get_aux_resources	 = vntb_fake_aux_get,
	.delegate_dma_channels	 = vntb_fake_delegate,
	.quiesce_dma_channels	 = vntb_fake_quiesce,
	.undelegate_dma_channels = vntb_fake_undelegate,
	.owner			 = THIS_MODULE,
};

static int fake_ntb_probe(struct ntb_client *client, struct ntb_dev *ntb)
{
	fake_current->ntb = ntb;
	return 0;
}

static void fake_ntb_remove(struct ntb_client *client, struct ntb_dev *ntb)
{
	fake_current->ntb = NULL;
}

static struct ntb_client fake_ntb_client = {
	.ops = {
		.probe	= fake_ntb_probe,
		.remove	= fake_ntb_remove,
	},
};

static void fake_epc_destroy(void *data)
{
	struct fake_epc *fake = data;

	fake_epc_unbind(fake);
	ntb_unregister_client(&fake_ntb_client);
	pci_epf_destroy(fake->epf);
	pci_epc_mem_exit(fake->epc);
	pci_epc_destroy(fake->epc);
	irq_free_desc(fake->doorbell_irq);
}

/**
 * fake_epc_create() - make a controller with all features and a function on it
 * @test: the test, which goes on only if all went well
 *
 * The function has the number 1, two memory windows of 64 KiB, 8 interrupt
 * slots and 16 scratchpads, and is not bound.
 *
 * Return: the controller, which goes away with the test.
 */
struct fake_epc *fake_epc_create(struct kunit *test)
{
	static const char * const defaults[][2] = {
		{ "num_mws", "2" }, { "mw1", "0x10000" }, { "mw2", "0x10000" },
		{ "db_count", "8" }, { "spad_count", "16" }, { "vbus_number", "0xfe" },
		{ "vntb_vid", "0x1234" }, { "vntb_pid", "0x5678" },
	};
	struct fake_epc *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	struct device *dev;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->test = test;
	fake->doorbell_bar = NO_BAR;
	fake->dma_regs_bar = NO_BAR;
	fake->dma_format = PCI_EPC_DMA_REG_DW_EDMA_UNROLL;
	fake->features.msi_capable = true;
	fake->features.msix_capable = true;
	fake->features.dynamic_inbound_mapping = true;
	fake->features.subrange_mapping = true;
	fake->features.unbacked_bar = true;
	fake->features.align = SZ_4K;
	fake_current = fake;

	if (!fake_window_added) {
		/* There is no way back */
		KUNIT_ASSERT_EQ(test, 0, logic_iomem_add_region(&fake_window, &fake_region_ops));
		__module_get(THIS_MODULE);
		fake_window_added = true;
	}

	fake->doorbell_irq = irq_alloc_desc(NUMA_NO_NODE);
	KUNIT_ASSERT_GT(test, fake->doorbell_irq, 0);
	irq_set_chip_and_handler(fake->doorbell_irq, &dummy_irq_chip, handle_simple_irq);

	dev = kunit_device_register(test, "fake-epc");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	dev->dma_mask = &dev->coherent_dma_mask;
	dev->coherent_dma_mask = DMA_BIT_MASK(64);

	fake->epc = pci_epc_create(dev, &fake_epc_ops);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->epc);
	epc_set_drvdata(fake->epc, fake);
	fake->epc->max_functions = 2;
	/* Function 0 is somebody else's */
	fake->epc->function_num_map = BIT(0);
	KUNIT_ASSERT_EQ(test, 0, pci_epc_mem_init(fake->epc, fake_window.start,
						  FAKE_WINDOW_SIZE, PAGE_SIZE));

	fake->epf = pci_epf_create("pci_epf_vntb.kunit");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->epf);
	KUNIT_ASSERT_NOT_NULL(test, fake->epf->driver);
	fake->group = fake->epf->driver->ops->add_cfs(fake->epf, NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->group);

	KUNIT_ASSERT_EQ(test, 0, ntb_register_client(&fake_ntb_client));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_epc_destroy, fake));

	for (i = 0; i < ARRAY_SIZE(defaults); i++)
		KUNIT_ASSERT_GT(test, fake_epc_store(fake, defaults[i][0], defaults[i][1]), 0);

	return fake;
}

static struct configfs_attribute *fake_attr(struct fake_epc *fake, const char *name)
{
	struct configfs_attribute **attr = fake->group->cg_item.ci_type->ct_attrs;

	while (*attr && strcmp((*attr)->ca_name, name))
		attr++;
	KUNIT_ASSERT_NOT_NULL_MSG(fake->test, *attr, "no attribute %s", name);

	return *attr;
}

ssize_t fake_epc_store(struct fake_epc *fake, const char *attr, const char *value)
{
	return fake_attr(fake, attr)->store(&fake->group->cg_item, value, strlen(value));
}

const char *fake_epc_show_text(struct fake_epc *fake, const char *attr)
{
	/* sysfs_emit() insists on a page */
	char *page = (char *)get_zeroed_page(GFP_KERNEL), *text;

	KUNIT_ASSERT_NOT_NULL(fake->test, page);
	KUNIT_EXPECT_GT(fake->test, fake_attr(fake, attr)->show(&fake->group->cg_item, page), 0);
	text = kunit_kstrdup(fake->test, page, GFP_KERNEL);
	free_page((unsigned long)page);
	KUNIT_ASSERT_NOT_NULL(fake->test, text);

	return text;
}

long fake_epc_show(struct fake_epc *fake, const char *attr)
{
	long val;

	KUNIT_ASSERT_EQ(fake->test, 0, kstrtol(fake_epc_show_text(fake, attr), 0, &val));

	return val;
}

/* Clients that are built in were registered before that of the test, and have taken the NTB */
static int take_ntb(void)
{
	struct device *dev = bus_find_device(fake_ntb_client.drv.bus, NULL, NULL,
					     device_match_any);
	int ret;

	if (!dev)
		return -ENODEV;

	device_release_driver(dev);
	ret = device_driver_attach(&fake_ntb_client.drv, dev);
	put_device(dev);

	return ret;
}

int fake_epc_bind(struct fake_epc *fake)
{
	int ret;

	ret = pci_epc_add_epf(fake->epc, fake->epf, PRIMARY_INTERFACE);
	KUNIT_ASSERT_EQ(fake->test, 0, ret);

	ret = pci_epf_bind(fake->epf);
	if (ret) {
		pci_epc_remove_epf(fake->epc, fake->epf, PRIMARY_INTERFACE);
		return ret;
	}

	fake->bound = true;
	if (!fake->ntb)
		KUNIT_ASSERT_EQ(fake->test, 0, take_ntb());
	KUNIT_ASSERT_NOT_NULL(fake->test, fake->ntb);

	return 0;
}

void fake_epc_unbind(struct fake_epc *fake)
{
	if (!fake->bound)
		return;

	pci_epf_unbind(fake->epf);
	fake->epf->is_bound = false;
	pci_epc_remove_epf(fake->epc, fake->epf, PRIMARY_INTERFACE);
	fake->bound = false;
}

/* The control block as the host sees it */
void *fake_epc_ctrl(struct fake_epc *fake)
{
	return fake->epf->bar[fake_epc_show(fake, "ctrl_bar")].addr;
}

/* Have the function execute a command. Returns the status, 0 for a time-out */
u16 fake_epc_command(struct fake_epc *fake, u32 command, u32 argument)
{
	__le32 *cmd = fake_epc_ctrl(fake) + HOST_COMMAND;
	__le32 *arg = fake_epc_ctrl(fake) + HOST_ARGUMENT;
	__le16 *status = fake_epc_ctrl(fake) + HOST_STATUS;
	unsigned int tries;

	WRITE_ONCE(*status, 0);
	WRITE_ONCE(*arg, cpu_to_le32(argument));
	/* The command last, as the driver expects */
	smp_wmb();
	WRITE_ONCE(*cmd, cpu_to_le32(command));

	for (tries = 0; tries < 100 && !READ_ONCE(*status); tries++)
		msleep(20);

	return le16_to_cpu(READ_ONCE(*status));
}

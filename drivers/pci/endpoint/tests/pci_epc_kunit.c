// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the PCI endpoint controller core
 *
 * A fake controller records how its operations are called. Invariant: an
 * operation only ever sees arguments that the core has checked, under the lock
 * that the core promises, and its result gets back to the caller. Failure is
 * forced by what the fake returns and by operations that it does not have.
 */

#include <kunit/test.h>
#include <linux/pci-epc.h>
#include <linux/sizes.h>

struct fake_epc {
	struct kunit			*test;
	struct pci_epc			epc;
	struct pci_epc_ops		ops;
	struct pci_epc_features		features;
	u8				max_vfs[2];
	int				ret;		/* of the next operation */

	/* The last call */
	unsigned int			calls;
	const void			*op;
	u8				func_no;
	u8				vfunc_no;
	u32				wr_mask;
	u32				rd_mask;
};

static int fake_called(struct pci_epc *epc, const void *op, u8 func_no, u8 vfunc_no)
{
	struct fake_epc *fake = container_of(epc, struct fake_epc, epc);

	fake->calls++;
	fake->op = op;
	fake->func_no = func_no;
	fake->vfunc_no = vfunc_no;

	return fake->ret;
}

static int fake_dma_op(struct pci_epc *epc, const void *op, u8 func_no, u8 vfunc_no,
		       u32 wr_mask, u32 rd_mask)
{
	struct fake_epc *fake = container_of(epc, struct fake_epc, epc);

	/* May take long: nobody who needs the main lock is to wait for it */
	KUNIT_EXPECT_TRUE(fake->test, mutex_is_locked(&epc->dma_lock));
	KUNIT_EXPECT_FALSE(fake->test, mutex_is_locked(&epc->lock));
	fake->wr_mask = wr_mask;
	fake->rd_mask = rd_mask;

	return fake_called(epc, op, func_no, vfunc_no);
}

static int fake_delegate(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u32 wr_mask,
			 u32 rd_mask)
{
	return fake_dma_op(epc, fake_delegate, func_no, vfunc_no, wr_mask, rd_mask);
}

static int fake_quiesce(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u32 wr_mask,
			u32 rd_mask)
{
	return fake_dma_op(epc, fake_quiesce, func_no, vfunc_no, wr_mask, rd_mask);
}

static int fake_undelegate(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u32 wr_mask,
			   u32 rd_mask)
{
	return fake_dma_op(epc, fake_undelegate, func_no, vfunc_no, wr_mask, rd_mask);
}

static int fake_aux_count(struct pci_epc *epc, u8 func_no, u8 vfunc_no)
{
	struct fake_epc *fake = container_of(epc, struct fake_epc, epc);

	KUNIT_EXPECT_TRUE(fake->test, mutex_is_locked(&epc->lock));

	return fake_called(epc, fake_aux_count, func_no, vfunc_no);
}

static int fake_aux(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
		    struct pci_epc_aux_resource *resources, int num_resources)
{
	struct fake_epc *fake = container_of(epc, struct fake_epc, epc);

	KUNIT_EXPECT_TRUE(fake->test, mutex_is_locked(&epc->lock));

	return fake_called(epc, fake_aux, func_no, vfunc_no);
}

static int fake_set_bar(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
			struct pci_epf_bar *bar)
{
	struct fake_epc *fake = container_of(epc, struct fake_epc, epc);

	KUNIT_EXPECT_TRUE(fake->test, mutex_is_locked(&epc->lock));

	return fake_called(epc, fake_set_bar, func_no, vfunc_no);
}

static const struct pci_epc_features *
fake_get_features(struct pci_epc *epc, u8 func_no, u8 vfunc_no)
{
	return &container_of(epc, struct fake_epc, epc)->features;
}

static int fake_epc_init(struct kunit *test)
{
	struct fake_epc *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fake);
	test->priv = fake;
	fake->test = test;
	fake->ops = (struct pci_epc_ops) {
		.set_bar = fake_set_bar,
		.get_features = fake_get_features,
		.get_aux_resources_count = fake_aux_count,
		.get_aux_resources = fake_aux,
		.delegate_dma_channels = fake_delegate,
		.quiesce_dma_channels = fake_quiesce,
		.undelegate_dma_channels = fake_undelegate,
	};
	mutex_init(&fake->epc.lock);
	mutex_init(&fake->epc.dma_lock);
	fake->epc.ops = &fake->ops;
	fake->epc.max_functions = 2;
	fake->epc.max_vfs = fake->max_vfs;
	fake->max_vfs[1] = 1;

	return 0;
}

struct dma_call {
	const char *name;
	int (*call)(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u32 wr_mask,
		    u32 rd_mask);
	const void *op;
};

static const struct dma_call dma_calls[] = {
	{ "delegate", pci_epc_delegate_dma_channels, fake_delegate },
	{ "quiesce", pci_epc_quiesce_dma_channels, fake_quiesce },
	{ "undelegate", pci_epc_undelegate_dma_channels, fake_undelegate },
};

KUNIT_ARRAY_PARAM_DESC(dma_call, dma_calls, name);

static void dma_arguments(struct kunit *test)
{
	const struct dma_call *c = test->param_value;
	struct fake_epc *fake = test->priv;

	KUNIT_EXPECT_EQ(test, c->call(NULL, 0, 0, 1, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, c->call(ERR_PTR(-ENODEV), 0, 0, 1, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, c->call(&fake->epc, 2, 0, 1, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, c->call(&fake->epc, 0, 1, 1, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, c->call(&fake->epc, 1, 2, 1, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, c->call(&fake->epc, 0, 0, 0, 0), -EINVAL);
	fake->epc.ops = NULL;
	KUNIT_EXPECT_EQ(test, c->call(&fake->epc, 0, 0, 1, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, fake->calls, 0);
}

static void dma_op_is_called(struct kunit *test)
{
	const struct dma_call *c = test->param_value;
	struct fake_epc *fake = test->priv;

	KUNIT_EXPECT_EQ(test, c->call(&fake->epc, 1, 1, 0x80000000, 0xf), 0);
	KUNIT_EXPECT_EQ(test, fake->calls, 1);
	KUNIT_EXPECT_PTR_EQ(test, fake->op, c->op);
	KUNIT_EXPECT_EQ(test, fake->func_no, 1);
	KUNIT_EXPECT_EQ(test, fake->vfunc_no, 1);
	KUNIT_EXPECT_EQ(test, fake->wr_mask, 0x80000000);
	KUNIT_EXPECT_EQ(test, fake->rd_mask, 0xf);

	/* One direction is enough */
	KUNIT_EXPECT_EQ(test, c->call(&fake->epc, 0, 0, 0, 1), 0);
	KUNIT_EXPECT_EQ(test, c->call(&fake->epc, 0, 0, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, fake->calls, 3);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&fake->epc.dma_lock));
}

static void dma_op_fails(struct kunit *test)
{
	const struct dma_call *c = test->param_value;
	struct fake_epc *fake = test->priv;

	fake->ret = -EBUSY;
	KUNIT_EXPECT_EQ(test, c->call(&fake->epc, 0, 0, 1, 1), -EBUSY);
	KUNIT_EXPECT_EQ(test, fake->calls, 1);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&fake->epc.dma_lock));
}

static void dma_op_is_missing(struct kunit *test)
{
	const struct dma_call *c = test->param_value;
	struct fake_epc *fake = test->priv;

	fake->ops.delegate_dma_channels = NULL;
	fake->ops.quiesce_dma_channels = NULL;
	fake->ops.undelegate_dma_channels = NULL;
	KUNIT_EXPECT_EQ(test, c->call(&fake->epc, 0, 0, 1, 1), -EOPNOTSUPP);
	/* A bad argument is one all the same */
	KUNIT_EXPECT_EQ(test, c->call(&fake->epc, 0, 0, 0, 0), -EINVAL);
}

static void aux_resources(struct kunit *test)
{
	struct pci_epc_aux_resource res[1];
	struct fake_epc *fake = test->priv;
	struct pci_epc *epc = &fake->epc;

	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources(epc, 0, 0, NULL, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources(epc, 0, 0, res, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources(epc, 0, 0, res, -1), -EINVAL);
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources(epc, 2, 0, res, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources_count(epc, 2, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources_count(epc, 0, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, fake->calls, 0);

	fake->ret = 7;
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources_count(epc, 1, 1), 7);
	fake->ret = -ENOSPC;
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources(epc, 1, 1, res, 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, fake->calls, 2);

	fake->ops.get_aux_resources_count = NULL;
	fake->ops.get_aux_resources = NULL;
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources_count(epc, 0, 0), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources(epc, 0, 0, res, 1),
			-EOPNOTSUPP);

	/* No controller, or one that is not there yet */
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources_count(NULL, 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources(NULL, 0, 0, res, 1), -EINVAL);
	epc->ops = NULL;
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources_count(epc, 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, pci_epc_get_aux_resources(epc, 0, 0, res, 1), -EINVAL);
}

/* Which functions there are */
static void functions(struct kunit *test)
{
	struct fake_epc *fake = test->priv;
	struct pci_epc *epc = &fake->epc;

	KUNIT_EXPECT_NULL(test, pci_epc_get_features(NULL, 0, 0));
	KUNIT_EXPECT_NULL(test, pci_epc_get_features(ERR_PTR(-ENODEV), 0, 0));
	KUNIT_EXPECT_NOT_NULL(test, pci_epc_get_features(epc, 1, 1));
	KUNIT_EXPECT_NULL(test, pci_epc_get_features(epc, 2, 0));
	KUNIT_EXPECT_NULL(test, pci_epc_get_features(epc, 1, 2));

	epc->max_vfs = NULL;
	KUNIT_EXPECT_NOT_NULL(test, pci_epc_get_features(epc, 1, 0));
	KUNIT_EXPECT_NULL(test, pci_epc_get_features(epc, 1, 1));
}

struct bar_case {
	const char *name;
	enum pci_barno barno;
	enum pci_epc_bar_type type;
	u64 fixed_size;
	u64 size;
	int flags;
	int ret;
};

#define MEM64	PCI_BASE_ADDRESS_MEM_TYPE_64

static const struct bar_case bar_cases[] = {
	{ "smallest resizable", BAR_0, BAR_RESIZABLE, 0, SZ_1M, 0, 0 },
	{ "too small for resizable", BAR_0, BAR_RESIZABLE, 0, SZ_512K, 0, -EINVAL },
	{ "largest resizable", BAR_0, BAR_RESIZABLE, 0, SZ_128G * 1024, MEM64, 0 },
	{ "too large for resizable", BAR_0, BAR_RESIZABLE, 0, SZ_128G * 2048, MEM64, -EINVAL },
	{ "small, not resizable", BAR_0, BAR_PROGRAMMABLE, 0, SZ_512K, 0, 0 },
	{ "large, not resizable", BAR_0, BAR_PROGRAMMABLE, 0, SZ_128G * 2048, MEM64, 0 },
	{ "fixed", BAR_4, BAR_FIXED, 256, 256, 0, 0 },
	{ "not the fixed size", BAR_4, BAR_FIXED, 256, 512, 0, -EINVAL },
	{ "not a power of two", BAR_2, BAR_PROGRAMMABLE, 0, 0x3000, 0, -EINVAL },
	{ "no size", BAR_2, BAR_PROGRAMMABLE, 0, 0, 0, -EINVAL },
	{ "64 bits in the last BAR", BAR_5, BAR_PROGRAMMABLE, 0, SZ_4K, MEM64, -EINVAL },
	{ "32 bits in the last BAR", BAR_5, BAR_PROGRAMMABLE, 0, SZ_4K, 0, 0 },
	{ "64 bits before the last BAR", BAR_4, BAR_PROGRAMMABLE, 0, SZ_4K, MEM64, 0 },
	{ "4 GiB in 32 bits", BAR_0, BAR_PROGRAMMABLE, 0, SZ_4G, 0, -EINVAL },
	{ "4 GiB in 64 bits", BAR_0, BAR_PROGRAMMABLE, 0, SZ_4G, MEM64, 0 },
	{ "I/O", BAR_1, BAR_PROGRAMMABLE, 0, 256, PCI_BASE_ADDRESS_SPACE_IO, 0 },
	{ "I/O and more", BAR_1, BAR_PROGRAMMABLE, 0, 256, PCI_BASE_ADDRESS_SPACE_IO | 0x10,
	  -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(bar_case, bar_cases, name);

static void bar_arguments(struct kunit *test)
{
	const struct bar_case *c = test->param_value;
	struct pci_epf_bar bar = { .barno = c->barno, .size = c->size, .flags = c->flags };
	struct fake_epc *fake = test->priv;

	if (bar.size != c->size)
		kunit_skip(test, "size_t is too short");

	fake->features.bar[c->barno].type = c->type;
	fake->features.bar[c->barno].fixed_size = c->fixed_size;
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(&fake->epc, 0, 0, &bar), c->ret);
	KUNIT_EXPECT_EQ(test, fake->calls, !c->ret);

	/* There is nothing to set, what is wrong is wrong all the same */
	fake->ops.set_bar = NULL;
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(&fake->epc, 0, 0, &bar), c->ret);
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(&fake->epc, 2, 0, &bar), -EINVAL);
}

/* Parts need both features, and a list of them */
static void bar_parts_need_features(struct kunit *test)
{
	struct pci_epf_bar_submap submap[2] = { { .size = SZ_32K }, { .size = SZ_32K } };
	struct pci_epf_bar bar = { .size = SZ_64K, .num_submap = ARRAY_SIZE(submap) };
	struct fake_epc *fake = test->priv;

	fake->features.unbacked_bar = true;
	fake->features.dynamic_inbound_mapping = true;
	fake->features.subrange_mapping = true;
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(&fake->epc, 0, 0, &bar), -EINVAL);

	bar.submap = submap;
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(&fake->epc, 0, 0, &bar), 0);
	KUNIT_EXPECT_EQ(test, fake->calls, 1);

	fake->features.subrange_mapping = false;
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(&fake->epc, 0, 0, &bar), -EINVAL);
	fake->features.subrange_mapping = true;
	fake->features.dynamic_inbound_mapping = false;
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(&fake->epc, 0, 0, &bar), -EINVAL);
	KUNIT_EXPECT_EQ(test, fake->calls, 1);
}

/* A controller that does not know the flags would map address 0 */
static void unbacked_bar_needs_the_feature(struct kunit *test)
{
	struct pci_epf_bar_submap submap[2] = {
		{ .size = SZ_32K }, { .size = SZ_32K, .no_backing = true },
	};
	struct pci_epf_bar bar = { .size = SZ_64K, .no_backing = true };
	struct fake_epc *fake = test->priv;
	struct pci_epf_bar split = {
		.size = SZ_64K,
		.submap = submap,
		.num_submap = ARRAY_SIZE(submap),
	};

	fake->features.dynamic_inbound_mapping = true;
	fake->features.subrange_mapping = true;
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(&fake->epc, 0, 0, &bar), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(&fake->epc, 0, 0, &split), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, fake->calls, 0);

	fake->features.unbacked_bar = true;
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(&fake->epc, 0, 0, &bar), 0);
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(&fake->epc, 0, 0, &split), 0);
	KUNIT_EXPECT_EQ(test, fake->calls, 2);

	/* Without backing there is nothing to say if there is no such part */
	fake->features.unbacked_bar = false;
	submap[1].no_backing = false;
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(&fake->epc, 0, 0, &split), 0);
	fake->features.unbacked_bar = true;
	fake->calls--;

	/* Nothing and something at once */
	split.no_backing = true;
	KUNIT_EXPECT_EQ(test, pci_epc_set_bar(&fake->epc, 0, 0, &split), -EINVAL);
	KUNIT_EXPECT_EQ(test, fake->calls, 2);
}

static struct kunit_case pci_epc_cases[] = {
	KUNIT_CASE_PARAM(dma_arguments, dma_call_gen_params),
	KUNIT_CASE_PARAM(dma_op_is_called, dma_call_gen_params),
	KUNIT_CASE_PARAM(dma_op_fails, dma_call_gen_params),
	KUNIT_CASE_PARAM(dma_op_is_missing, dma_call_gen_params),
	KUNIT_CASE(aux_resources),
	KUNIT_CASE(functions),
	KUNIT_CASE_PARAM(bar_arguments, bar_case_gen_params),
	KUNIT_CASE(bar_parts_need_features),
	KUNIT_CASE(unbacked_bar_needs_the_feature),
	{ }
};

static struct kunit_suite pci_epc_suite = {
	.name = "pci_epc",
	.init = fake_epc_init,
	.test_cases = pci_epc_cases,
};

kunit_test_suite(pci_epc_suite);

MODULE_DESCRIPTION("KUnit tests for the PCI endpoint controller core");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the interrupt-emulation doorbell of dw-edma
 *
 * The invariant: a doorbell that rang is never lost, and nothing is called in
 * vain where the driver can know. The emulated doorbell leaves no trace in the
 * status registers, so a test rings it by raising the interrupt without status.
 */

#include <linux/interrupt.h>
#include <linux/irq.h>

#include "dw_edma_fake.h"

struct doorbell {
	struct dw_edma_fake *fake;
	int irq;
	int calls;
};

static irqreturn_t doorbell_handler(int irq, void *data)
{
	struct doorbell *db = data;

	db->calls++;

	return IRQ_HANDLED;
}

static void doorbell_free(void *data)
{
	struct doorbell *db = data;

	free_irq(db->irq, db);
}

static struct doorbell *doorbell_create(struct kunit *test, u32 trigger,
					u16 wr, u16 rd)
{
	struct doorbell *db = kunit_kzalloc(test, sizeof(*db), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, db);
	db->fake = dw_edma_fake_create(test, DW_EDMA_CHIP_LOCAL, wr, rd, 1);
	irqd_set_trigger_type(irq_get_irq_data(db->fake->irq[0]), trigger);
	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&db->fake->chip));

	db->irq = db->fake->chip.db_irq;
	KUNIT_ASSERT_GT(test, db->irq, 0);
	KUNIT_ASSERT_EQ(test, 0, request_irq(db->irq, doorbell_handler, 0,
					     "doorbell", db));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, doorbell_free, db));

	return db;
}

/* The status register of one direction, and the other one */
static u32 *int_status(struct doorbell *db, bool own)
{
	struct dw_edma_v0_regs *regs = db->fake->regs;
	bool wr = db->fake->chip.db_offset ==
		  offsetof(struct dw_edma_v0_regs, wr_int_status);

	return own == wr ? &regs->wr_int_status : &regs->rd_int_status;
}

static u32 *int_clear(struct doorbell *db, bool own)
{
	struct dw_edma_v0_regs *regs = db->fake->regs;
	bool wr = db->fake->chip.db_offset ==
		  offsetof(struct dw_edma_v0_regs, wr_int_status);

	return own == wr ? &regs->wr_int_clear : &regs->rd_int_clear;
}

/* A doorbell and nothing else */
static void rings_test(struct kunit *test)
{
	struct doorbell *db = doorbell_create(test, IRQ_TYPE_LEVEL_HIGH, 1, 1);

	dw_edma_fake_irq(db->fake, 0);
	KUNIT_EXPECT_EQ(test, 1, db->calls);
}

/* The acknowledge does not reach the direction that others may own */
static void ack_test(struct kunit *test)
{
	struct doorbell *db = doorbell_create(test, IRQ_TYPE_LEVEL_HIGH, 1, 1);

	*int_clear(db, true) = 0x5a;
	*int_clear(db, false) = 0x5a;
	dw_edma_fake_irq(db->fake, 0);
	KUNIT_EXPECT_EQ(test, 0, *int_clear(db, true));
	KUNIT_EXPECT_EQ(test, 0x5a, *int_clear(db, false));
}

/* A completion in the other direction explains a level interrupt */
static void other_direction_test(struct kunit *test)
{
	struct doorbell *db = doorbell_create(test, IRQ_TYPE_LEVEL_HIGH, 1, 1);

	*int_status(db, false) = BIT(0);
	dw_edma_fake_irq(db->fake, 0);
	KUNIT_EXPECT_EQ(test, 0, db->calls);

	/* The doorbell rang with it: the line stays up and brings us back */
	*int_status(db, false) = 0;
	dw_edma_fake_irq(db->fake, 0);
	KUNIT_EXPECT_EQ(test, 1, db->calls);
}

/* An edge that announced both does not come a second time */
static void edge_test(struct kunit *test)
{
	struct doorbell *db = doorbell_create(test, IRQ_TYPE_EDGE_RISING, 1, 1);

	*int_status(db, false) = BIT(0);
	dw_edma_fake_irq(db->fake, 0);
	KUNIT_EXPECT_EQ(test, 1, db->calls);
}

/* Acknowledging a completion of its own direction may swallow a doorbell */
static void own_direction_test(struct kunit *test)
{
	struct doorbell *db = doorbell_create(test, IRQ_TYPE_LEVEL_HIGH, 1, 1);

	*int_status(db, true) = BIT(0);
	dw_edma_fake_irq(db->fake, 0);
	KUNIT_EXPECT_EQ(test, 1, db->calls);
}

/* It stays out of a direction that the other side drives */
static void placement_test(struct kunit *test)
{
	struct dw_edma_fake *fake =
		dw_edma_fake_probed(test, DW_EDMA_CHIP_LOCAL, 1, 1, 1);
	struct dw_edma_chip *chip = &fake->chip;
	struct dma_chan *rd, *wr;

	KUNIT_EXPECT_EQ(test, offsetof(struct dw_edma_v0_regs, rd_int_status),
			chip->db_offset);

	rd = dw_edma_reserve_channel(chip, EDMA_DIR_READ, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, rd);
	KUNIT_EXPECT_EQ(test, offsetof(struct dw_edma_v0_regs, wr_int_status),
			chip->db_offset);

	wr = dw_edma_reserve_channel(chip, EDMA_DIR_WRITE, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, wr);
	KUNIT_EXPECT_EQ(test, ~(resource_size_t)0, chip->db_offset);

	dw_edma_release_channel(rd);
	KUNIT_EXPECT_EQ(test, offsetof(struct dw_edma_v0_regs, rd_int_status),
			chip->db_offset);
	dw_edma_release_channel(wr);
	KUNIT_EXPECT_EQ(test, offsetof(struct dw_edma_v0_regs, rd_int_status),
			chip->db_offset);
}

/* Where it has been told to somebody it stays, and its direction with it */
static void placement_used_test(struct kunit *test)
{
	struct doorbell *db = doorbell_create(test, IRQ_TYPE_LEVEL_HIGH, 1, 1);
	struct dw_edma_chip *chip = &db->fake->chip;
	struct dma_chan *dchan;

	dchan = dw_edma_reserve_channel(chip, EDMA_DIR_READ, 0);
	KUNIT_EXPECT_EQ(test, -EBUSY, PTR_ERR(dchan));
	KUNIT_EXPECT_EQ(test, offsetof(struct dw_edma_v0_regs, rd_int_status),
			chip->db_offset);

	dchan = dw_edma_reserve_channel(chip, EDMA_DIR_WRITE, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dchan);
	dw_edma_release_channel(dchan);
}

/* ... although it could go back to where it was before */
static void placement_told_test(struct kunit *test)
{
	struct doorbell db = {
		.fake = dw_edma_fake_probed(test, DW_EDMA_CHIP_LOCAL, 1, 1, 1),
	};
	struct dw_edma_chip *chip = &db.fake->chip;
	struct dma_chan *dchan;

	dchan = dw_edma_reserve_channel(chip, EDMA_DIR_READ, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dchan);
	db.irq = chip->db_irq;
	KUNIT_ASSERT_EQ(test, 0, request_irq(db.irq, doorbell_handler, 0, "doorbell", &db));
	dw_edma_release_channel(dchan);
	KUNIT_EXPECT_EQ(test, offsetof(struct dw_edma_v0_regs, wr_int_status),
			chip->db_offset);
	free_irq(db.irq, &db);
}

static struct kunit_case dw_edma_doorbell_cases[] = {
	KUNIT_CASE(rings_test),
	KUNIT_CASE(ack_test),
	KUNIT_CASE(other_direction_test),
	KUNIT_CASE(edge_test),
	KUNIT_CASE(own_direction_test),
	KUNIT_CASE(placement_test),
	KUNIT_CASE(placement_used_test),
	KUNIT_CASE(placement_told_test),
	{}
};

static struct kunit_suite dw_edma_doorbell_suite = {
	.name = "dw-edma-doorbell",
	.test_cases = dw_edma_doorbell_cases,
};

kunit_test_suite(dw_edma_doorbell_suite);

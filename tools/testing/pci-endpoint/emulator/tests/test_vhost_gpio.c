// SPDX-License-Identifier: GPL-2.0
/* virtio-gpio as an interrupt controller. */
#include <linux/virtio_gpio.h>
#include <string.h>
#include <unistd.h>

#include "frontend/log.h"
#include "tests/ktap.h"
#include "tests/master.h"

#define REQ_OFF DATA_OFF
#define EVENT_OFF (DATA_OFF + 0x8000)

static struct bench b;
static struct master m;

static void up(void)
{
	bench_open(&b, false);
	master_up(&m, &b, b.path[1], false);
}

static void down(void)
{
	master_close(&m);
	bench_close(&b);
}

/* _virtio_gpio_req(): status, or -1; the answer is at REQ_OFF + 0x100. */
static int request(uint16_t type, uint16_t line, uint32_t value, uint32_t room)
{
	struct virtio_gpio_request r = { .type = type, .gpio = line, .value = value };
	struct vring_used_elem e;
	uint8_t *answer = master_at(&m, REQ_OFF + 0x100);

	memcpy(master_at(&m, REQ_OFF), &r, sizeof(r));
	*master_desc(&m, 0, 0) = (struct vring_desc){ .addr = GUEST_BASE + REQ_OFF,
		.len = sizeof(r), .flags = VRING_DESC_F_NEXT, .next = 1 };
	*master_desc(&m, 0, 1) = (struct vring_desc){ .addr = GUEST_BASE + REQ_OFF + 0x100,
		.len = room, .flags = VRING_DESC_F_WRITE };
	master_offer(&m, 0, 0);
	master_kick(&m, 0);
	if (!master_used(&m, 0, &e) || e.id || e.len != room || master_calls(&m, 0) != 1)
		return -1;
	return answer[0];
}

static int set_type(uint16_t line, uint32_t type)
{
	return request(VIRTIO_GPIO_MSG_IRQ_TYPE, line, type, 2);
}

/* virtio_gpio_irq_prepare() */
static void queue_buffer(uint16_t line)
{
	memcpy(master_at(&m, EVENT_OFF + line * 16), &line, 2);
	*master_desc(&m, 1, 2 * line) = (struct vring_desc){
		.addr = GUEST_BASE + EVENT_OFF + line * 16, .len = 2,
		.flags = VRING_DESC_F_NEXT, .next = 2 * line + 1 };
	*master_desc(&m, 1, 2 * line + 1) = (struct vring_desc){
		.addr = GUEST_BASE + EVENT_OFF + line * 16 + 8, .len = 1,
		.flags = VRING_DESC_F_WRITE };
	master_offer(&m, 1, 2 * line);
	master_kick(&m, 1);
}

/* Status of the event of this line, or -1 if there is none. */
static int event(uint16_t line)
{
	struct vring_used_elem e;

	if (!master_used(&m, 1, &e))
		return -1;
	if (e.id != 2u * line || e.len != 1 || !master_calls(&m, 1))
		return -2;
	return *(uint8_t *)master_at(&m, EVENT_OFF + line * 16 + 8);
}

static void drive(unsigned int line, int level)
{
	gpio_set(&b.e.gpio, line, level);
	bench_run(&b);
}

static void requests(void)
{
	uint8_t *answer;

	up();
	answer = master_at(&m, REQ_OFF + 0x100);
	CHECK_EQ(request(VIRTIO_GPIO_MSG_GET_DIRECTION, 0, 0, 2), 0);
	CHECK_EQ(answer[1], VIRTIO_GPIO_DIRECTION_IN);
	CHECK_EQ(request(VIRTIO_GPIO_MSG_SET_DIRECTION, 0, VIRTIO_GPIO_DIRECTION_IN, 2), 0);
	CHECK_EQ(request(VIRTIO_GPIO_MSG_SET_DIRECTION, 0, VIRTIO_GPIO_DIRECTION_NONE, 2), 0);
	CHECK_EQ(request(VIRTIO_GPIO_MSG_SET_DIRECTION, 0, VIRTIO_GPIO_DIRECTION_OUT, 2), 1);
	CHECK_EQ(request(VIRTIO_GPIO_MSG_SET_VALUE, 0, 1, 2), 1);
	CHECK_EQ(request(VIRTIO_GPIO_MSG_GET_VALUE, 1, 0, 2), 0);
	CHECK_EQ(answer[1], 0);
	drive(1, 1);
	CHECK_EQ(request(VIRTIO_GPIO_MSG_GET_VALUE, 1, 0, 2), 0);
	CHECK_EQ(answer[1], 1);
	CHECK_EQ(request(VIRTIO_GPIO_MSG_GET_VALUE, GPIO_LINES, 0, 2), 1);
	CHECK_EQ(request(99, 0, 0, 2), 1);
	CHECK_EQ(set_type(0, 5), 1);
	CHECK_EQ(set_type(0, 0x100), 1);
	CHECK(master_alive(&m));
	down();
}

static void names(void)
{
	struct virtio_gpio_config c;
	char *p, *end;
	int i;

	up();
	gpio_config(&b.e.gpio.vu, &c);
	CHECK_EQ(request(VIRTIO_GPIO_MSG_GET_NAMES, 0, 0, c.gpio_names_size + 1), 0);
	p = master_at(&m, REQ_OFF + 0x101);
	end = p + c.gpio_names_size;
	CHECK(!strcmp(p, "edma"));
	for (i = 0; i < c.ngpio; i++)
		p += strlen(p) + 1;
	CHECK(p == end);
	down();
}

static void level_fires_until_it_is_low(void)
{
	up();
	CHECK_EQ(set_type(0, VIRTIO_GPIO_IRQ_TYPE_LEVEL_HIGH), 0);
	queue_buffer(0);
	CHECK_EQ(event(0), -1);
	drive(0, 1);
	CHECK_EQ(event(0), VIRTIO_GPIO_IRQ_STATUS_VALID);
	/* nothing while the handler runs */
	drive(0, 1);
	CHECK_EQ(event(0), -1);
	/* still high when the driver unmasks */
	queue_buffer(0);
	CHECK_EQ(event(0), VIRTIO_GPIO_IRQ_STATUS_VALID);
	drive(0, 0);
	queue_buffer(0);
	CHECK_EQ(event(0), -1);
	drive(0, 1);
	CHECK_EQ(event(0), VIRTIO_GPIO_IRQ_STATUS_VALID);
	CHECK_EQ(b.e.gpio.line[0].irqs, 3);
	down();
}

static void a_pulse_is_no_level(void)
{
	up();
	CHECK_EQ(set_type(0, VIRTIO_GPIO_IRQ_TYPE_LEVEL_HIGH), 0);
	drive(0, 1);
	drive(0, 0);
	queue_buffer(0);
	CHECK_EQ(event(0), -1);
	CHECK_EQ(set_type(1, VIRTIO_GPIO_IRQ_TYPE_LEVEL_LOW), 0);
	queue_buffer(1);
	CHECK_EQ(event(1), VIRTIO_GPIO_IRQ_STATUS_VALID);
	down();
}

static void edges_are_kept(void)
{
	up();
	CHECK_EQ(set_type(1, VIRTIO_GPIO_IRQ_TYPE_EDGE_RISING), 0);
	drive(1, 1);
	drive(1, 0);
	drive(1, 1);
	queue_buffer(1);
	CHECK_EQ(event(1), VIRTIO_GPIO_IRQ_STATUS_VALID);
	queue_buffer(1);
	CHECK_EQ(event(1), -1);
	drive(1, 0);
	CHECK_EQ(event(1), -1);
	drive(1, 1);
	CHECK_EQ(event(1), VIRTIO_GPIO_IRQ_STATUS_VALID);
	CHECK_EQ(set_type(1, VIRTIO_GPIO_IRQ_TYPE_EDGE_BOTH), 0);
	queue_buffer(1);
	drive(1, 0);
	CHECK_EQ(event(1), VIRTIO_GPIO_IRQ_STATUS_VALID);
	down();
}

/* The device gives the buffer of a line back that is switched off, and takes none for it. */
static void switching_off(void)
{
	up();
	CHECK_EQ(set_type(0, VIRTIO_GPIO_IRQ_TYPE_LEVEL_HIGH), 0);
	queue_buffer(0);
	CHECK_EQ(set_type(0, VIRTIO_GPIO_IRQ_TYPE_NONE), 0);
	CHECK_EQ(event(0), VIRTIO_GPIO_IRQ_STATUS_INVALID);
	drive(0, 1);
	CHECK_EQ(event(0), -1);
	queue_buffer(0);
	CHECK_EQ(event(0), VIRTIO_GPIO_IRQ_STATUS_INVALID);
	CHECK_EQ(set_type(0, VIRTIO_GPIO_IRQ_TYPE_LEVEL_HIGH), 0);
	queue_buffer(0);
	CHECK_EQ(event(0), VIRTIO_GPIO_IRQ_STATUS_VALID);
	down();
}

static void two_buffers_for_a_line(void)
{
	up();
	CHECK_EQ(set_type(0, VIRTIO_GPIO_IRQ_TYPE_LEVEL_HIGH), 0);
	queue_buffer(0);
	queue_buffer(0);
	CHECK(!master_alive(&m));
	CHECK(strstr(log_last(), "line 0"));
	down();

	up();
	queue_buffer(GPIO_LINES);
	CHECK(!master_alive(&m));
	down();
}

static void driver_goes_and_comes(void)
{
	struct vu_vring_state off = { 1, 0 };

	up();
	CHECK_EQ(set_type(0, VIRTIO_GPIO_IRQ_TYPE_LEVEL_HIGH), 0);
	queue_buffer(0);
	CHECK_EQ(master_ack(&m, VU_SET_VRING_ENABLE, &off, 8, NULL, 0), 0);
	/* must not touch the ring that is gone */
	drive(0, 1);
	CHECK_EQ(b.e.gpio.line[0].irqs, 0);
	master_close(&m);
	master_up(&m, &b, b.path[1], false);
	/* the level stayed, what the driver wanted did not */
	CHECK_EQ(b.e.gpio.line[0].type, VIRTIO_GPIO_IRQ_TYPE_NONE);
	CHECK_EQ(set_type(0, VIRTIO_GPIO_IRQ_TYPE_LEVEL_HIGH), 0);
	queue_buffer(0);
	CHECK_EQ(event(0), VIRTIO_GPIO_IRQ_STATUS_VALID);
	down();
}

/*
 * A handler clears the source with a posted write on one socket and unmasks on the other: the clear
 * must win, else every level interrupt comes twice.
 */
static void clear_comes_before_unmask(void)
{
	struct master ep;
	uint64_t one = 1;
	uint32_t bits = 3;

	up();
	master_up(&ep, &b, b.path[0], false);
	CHECK_EQ(set_type(1, VIRTIO_GPIO_IRQ_TYPE_LEVEL_HIGH), 0);
	queue_buffer(1);
	/* the app block reports a link change: a host appears, LTSSM is on */
	pcidev_w32(&ep, VIRTIO_PCIDEV_OP_MMIO_WRITE, 0, DWC_OFF_APP + 0x0c, 3);
	dwc_rc_attach(b.e.model);
	pcidev_w32(&ep, VIRTIO_PCIDEV_OP_MMIO_WRITE, 0, DWC_OFF_APP, 1);
	CHECK_EQ(event(1), VIRTIO_GPIO_IRQ_STATUS_VALID);
	/* posted write of INT_STATUS, not kicked; only the gpio socket is kicked */
	{
		struct virtio_pcidev_msg h = { .op = VIRTIO_PCIDEV_OP_MMIO_WRITE, .size = 4,
					       .addr = DWC_OFF_APP + 0x08 };

		memcpy(master_at(&ep, DATA_OFF), &h, sizeof(h));
		memcpy(master_at(&ep, DATA_OFF + sizeof(h)), &bits, 4);
		master_offer(&ep, 0, 0);
	}
	queue_buffer(1);
	CHECK_EQ(event(1), -1);
	CHECK_EQ(write(ep.kick[0], &one, 8), 8);
	bench_run(&b);
	CHECK_EQ(event(1), -1);
	master_close(&ep);
	down();
}

static const struct ktap_case cases[] = {
	CASE(requests),
	CASE(names),
	CASE(level_fires_until_it_is_low),
	CASE(a_pulse_is_no_level),
	CASE(edges_are_kept),
	CASE(switching_off),
	CASE(two_buffers_for_a_line),
	CASE(driver_goes_and_comes),
	CASE(clear_comes_before_unmask),
};

KTAP_MAIN(cases)

// SPDX-License-Identifier: GPL-2.0
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "frontend/log.h"
#include "frontend/util.h"
#include "tests/master.h"

static uint64_t bench_now(struct fe_clock *c)
{
	return container_of(c, struct bench, clock)->now;
}

static bool bench_arm(struct fe_clock *c, uint64_t deadline)
{
	return bench_now(c) >= deadline;
}

void bench_open(struct bench *b, bool inband)
{
	static const char *const name[] = { "ep", "gpio", "rc", "ctl" };
	unsigned int i;

	memset(b, 0, sizeof(*b));
	log_quiet(true);
	strcpy(b->dir, "/tmp/dwc-ep-test-XXXXXX");
	if (!mkdtemp(b->dir))
		abort();
	for (i = 0; i < ARRAY_SIZE(name); i++)
		snprintf(b->path[i], sizeof(b->path[i]), "%s/%s", b->dir, name[i]);
	b->o = (struct options){
		.profile = dwc_profile_get("generic"),
		.ep_socket = b->path[0],
		.gpio_socket = b->path[1],
		.rc_socket = b->path[2],
		.control = b->path[3],
		.inband = inband,
	};
	b->clock = (struct fe_clock){ .fd = -1, .now = bench_now, .arm = bench_arm };
	if (emulator_init(&b->e, &b->o, &b->clock))
		abort();
}

void bench_close(struct bench *b)
{
	emulator_exit(&b->e);
	/* Fails if the emulator left something behind. */
	if (rmdir(b->dir))
		abort();
}

void bench_run(struct bench *b)
{
	int i;

	for (i = 0; i < 64; i++)
		if (loop_once(&b->e.loop, 0))
			abort();
}

void master_open(struct master *m, struct bench *b, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	unsigned int i;

	memset(m, 0, sizeof(*m));
	m->b = b;
	m->memfd = -1;
	m->slave = -1;
	for (i = 0; i < VU_QUEUES; i++) {
		m->kick[i] = -1;
		m->call[i] = -1;
	}
	strcpy(addr.sun_path, path);
	m->sock = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(m->sock, (struct sockaddr *)&addr, sizeof(addr)))
		abort();
	bench_run(b);
}

void master_close(struct master *m)
{
	unsigned int i;

	if (m->mem)
		munmap(m->mem, GUEST_SIZE);
	close(m->memfd);
	close(m->slave);
	close(m->sock);
	for (i = 0; i < VU_QUEUES; i++) {
		close(m->kick[i]);
		close(m->call[i]);
	}
	m->mem = NULL;
	bench_run(m->b);
}

bool master_alive(struct master *m)
{
	char c;

	bench_run(m->b);
	return recv(m->sock, &c, 1, MSG_DONTWAIT | MSG_PEEK) != 0;
}

void master_send(struct master *m, uint32_t request, uint32_t flags, const void *payload,
		 uint32_t size, const int *fds, int nfds)
{
	struct vu_hdr h = { .request = request, .flags = flags, .size = size };
	struct iovec iov[2] = { { &h, sizeof(h) }, { (void *)payload, size } };
	union {
		char buf[CMSG_SPACE(16 * sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = payload ? 2 : 1 };

	if (nfds) {
		struct cmsghdr *c = &control.align;

		mh.msg_control = control.buf;
		mh.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	sendmsg(m->sock, &mh, MSG_NOSIGNAL);
	bench_run(m->b);
}

bool master_recv(struct master *m, struct vu_msg *r)
{
	ssize_t n = recv(m->sock, &r->hdr, sizeof(r->hdr), MSG_DONTWAIT);

	if (n != sizeof(r->hdr) || r->hdr.flags != (VU_VERSION | VU_FLAG_REPLY) ||
	    r->hdr.size > VU_MAX_PAYLOAD)
		return false;
	return recv(m->sock, r->raw, r->hdr.size, MSG_DONTWAIT) == (ssize_t)r->hdr.size;
}

int64_t master_ack(struct master *m, uint32_t request, const void *payload, uint32_t size,
		   const int *fds, int nfds)
{
	struct vu_msg r;

	master_send(m, request, VU_VERSION | VU_FLAG_NEED_REPLY, payload, size, fds, nfds);
	if (!master_recv(m, &r) || r.hdr.request != request || r.hdr.size != 8)
		return -1;
	return r.u64;
}

uint64_t master_ask(struct master *m, uint32_t request)
{
	struct vu_msg r;

	master_send(m, request, VU_VERSION, NULL, 0, NULL, 0);
	return master_recv(m, &r) && r.hdr.size == 8 ? r.u64 : UINT64_MAX;
}

/* vhost_user_init() */
void master_features(struct master *m)
{
	int req[2];

	master_send(m, VU_SET_OWNER, VU_VERSION, NULL, 0, NULL, 0);
	m->features = master_ask(m, VU_GET_FEATURES);
	m->protocol = master_ask(m, VU_GET_PROTOCOL_FEATURES);
	if (!m->inband)
		m->protocol &= ~VU_PF_INBAND;
	master_ack(m, VU_SET_PROTOCOL_FEATURES, &m->protocol, 8, NULL, 0);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, req))
		abort();
	m->slave = req[0];
	master_ack(m, VU_SET_SLAVE_REQ_FD, NULL, 0, &req[1], 1);
	close(req[1]);
	master_ask(m, VU_GET_QUEUE_NUM);
	master_ack(m, VU_SET_FEATURES, &m->features, 8, NULL, 0);
}

int64_t master_mem_table(struct master *m)
{
	struct vu_mem_table t = {
		.num = 1,
		.region[0] = { .guest = GUEST_BASE, .user = USER_BASE, .size = GUEST_SIZE,
			       .offset = 0x1000 },
	};

	m->memfd = memfd_create("guest", MFD_CLOEXEC);
	if (ftruncate(m->memfd, GUEST_SIZE + 0x1000))
		abort();
	m->mem = mmap(NULL, GUEST_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, m->memfd, 0x1000);
	if (m->mem == MAP_FAILED)
		abort();
	return master_ack(m, VU_SET_MEM_TABLE, &t, 40, &m->memfd, 1);
}

/* vu_setup_vq(), and vu_find_vqs() afterwards */
int64_t master_queue(struct master *m, unsigned int q)
{
	uint64_t ring = USER_BASE + RING_OFF(q);
	struct vu_vring_state num = { q, RING_NUM }, base = { q, 0 }, on = { q, 1 };
	struct vu_vring_addr addr = { .index = q, .desc = ring, .avail = ring + 0x1000,
				      .used = ring + 0x2000, .log = UINT64_MAX };
	uint64_t index = q;
	int64_t bad = 0;
	int call[2];

	if (!m->inband) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, call))
			abort();
		m->call[q] = call[0];
		bad |= master_ack(m, VU_SET_VRING_CALL, &index, 8, &call[1], 1);
		close(call[1]);
	}
	bad |= master_ack(m, VU_SET_VRING_NUM, &num, 8, NULL, 0);
	bad |= master_ack(m, VU_SET_VRING_BASE, &base, 8, NULL, 0);
	bad |= master_ack(m, VU_SET_VRING_ADDR, &addr, 40, NULL, 0);
	if (!m->inband) {
		m->kick[q] = eventfd(0, 0);
		bad |= master_ack(m, VU_SET_VRING_KICK, &index, 8, &m->kick[q], 1);
	}
	return bad | master_ack(m, VU_SET_VRING_ENABLE, &on, 8, NULL, 0);
}

void master_up(struct master *m, struct bench *b, const char *path, bool inband)
{
	unsigned int q;

	master_open(m, b, path);
	m->inband = inband;
	master_features(m);
	if (master_mem_table(m))
		abort();
	for (q = 0; q < VU_QUEUES; q++)
		if (master_queue(m, q))
			abort();
}

void *master_at(struct master *m, uint64_t off)
{
	return m->mem + off;
}

struct vring_desc *master_desc(struct master *m, unsigned int q, unsigned int i)
{
	return (struct vring_desc *)master_at(m, RING_OFF(q)) + i;
}

void master_offer(struct master *m, unsigned int q, uint16_t head)
{
	struct vring_avail *a = master_at(m, RING_OFF(q) + 0x1000);

	a->ring[a->idx % RING_NUM] = head;
	a->idx++;
}

void master_kick(struct master *m, unsigned int q)
{
	struct vu_vring_state s = { q, 0 };
	uint64_t one = 1;

	if (m->inband)
		master_ack(m, VU_VRING_KICK, &s, 8, NULL, 0);
	else if (write(m->kick[q], &one, sizeof(one)) != sizeof(one))
		abort();
	else
		bench_run(m->b);
}

bool master_used(struct master *m, unsigned int q, struct vring_used_elem *e)
{
	struct vring_used *u = master_at(m, RING_OFF(q) + 0x2000);

	if (u->idx == m->seen[q])
		return false;
	*e = u->ring[m->seen[q]++ % RING_NUM];
	return true;
}

unsigned int master_calls(struct master *m, unsigned int q)
{
	struct { struct vu_hdr h; struct vu_vring_state s; } c;
	unsigned int n = 0;
	uint64_t word;

	if (!m->inband) {
		while (recv(m->call[q], &word, sizeof(word), MSG_DONTWAIT) == sizeof(word))
			n++;
		return n;
	}
	while (recv(m->slave, &c, sizeof(c), MSG_DONTWAIT) == sizeof(c))
		n += c.h.request == VU_SLAVE_VRING_CALL && c.h.flags == VU_VERSION &&
		     c.h.size == sizeof(c.s) && c.s.index == q;
	return n;
}

int64_t pcidev_do(struct master *m, uint8_t op, uint8_t bar, uint64_t addr, uint32_t size,
		  const void *data, uint32_t data_len, void *answer, uint32_t room)
{
	struct virtio_pcidev_msg h = { .op = op, .bar = bar, .size = size, .addr = addr };
	bool small = data_len <= 8; /* virtio_pcidev_send_cmd() puts it behind the header */
	struct vring_used_elem e;
	uint16_t last = 0;

	memcpy(master_at(m, DATA_OFF), &h, sizeof(h));
	if (data_len)
		memcpy(master_at(m, DATA_OFF + (small ? sizeof(h) : 0x1000)), data, data_len);
	*master_desc(m, 0, 0) = (struct vring_desc){
		.addr = GUEST_BASE + DATA_OFF, .len = sizeof(h) + (small ? data_len : 0) };
	if (!small) {
		master_desc(m, 0, last)->flags = VRING_DESC_F_NEXT;
		master_desc(m, 0, last)->next = 1;
		last = 1;
		*master_desc(m, 0, 1) = (struct vring_desc){
			.addr = GUEST_BASE + DATA_OFF + 0x1000, .len = data_len };
	}
	if (room) {
		memset(master_at(m, DATA_OFF + 0x80000), 0x5a, room);
		master_desc(m, 0, last)->flags |= VRING_DESC_F_NEXT;
		master_desc(m, 0, last)->next = 2;
		*master_desc(m, 0, 2) = (struct vring_desc){
			.addr = GUEST_BASE + DATA_OFF + 0x80000, .len = room,
			.flags = VRING_DESC_F_WRITE };
	}
	master_offer(m, 0, 0);
	master_kick(m, 0);
	if (!master_used(m, 0, &e) || e.id != 0)
		return -1;
	if (room)
		memcpy(answer, master_at(m, DATA_OFF + 0x80000), room);
	return e.len;
}

uint32_t pcidev_r32(struct master *m, uint8_t op, uint8_t bar, uint64_t addr)
{
	uint32_t v = 0;

	if (pcidev_do(m, op, bar, addr, 4, NULL, 0, &v, 4) != 4)
		printf("# %s: no answer of 4 bytes\n", __func__);
	return v;
}

void pcidev_w32(struct master *m, uint8_t op, uint8_t bar, uint64_t addr, uint32_t val)
{
	if (pcidev_do(m, op, bar, addr, 4, &val, 4, NULL, 0) != 0)
		printf("# %s: not accepted\n", __func__);
}

void pcidev_irq_buffer(struct master *m, unsigned int i)
{
	*master_desc(m, 1, i) = (struct vring_desc){
		.addr = GUEST_BASE + DATA_OFF + 0x100000 + i * 64, .len = 20,
		.flags = VRING_DESC_F_WRITE };
	master_offer(m, 1, i);
}

/*
 * The load of ../PEERS.md: clients that cost so little that the server is what is measured. One thread, epoll,
 * everything that can be is prepared before the first packet leaves.
 *
 *   load many|stream|idle|drain|burst --port N [--protocol frame|kryonet|zmtp] [--mode blocking|polled] ...
 */
#include "common.h"

#define EVENTS 1024

/*
 * Connections in one batch, less than the backlog of 50 that a Java server has when nobody thought of it. Between
 * batches is time to take them in.
 */
#define BATCH 32
#define PATIENCE_NS INT64_C(10000000000)

enum protocol { FRAME, KRYONET, ZMTP };

struct client {
    int fd;
    uint32_t number;
    bool greeted, ready; /* ZMTP's greeting is past; the server has shown that it knows this client */
    bool awaited;        /* an echo is to come */
    uint32_t sequence;   /* of the packet in flight */
    size_t sent;         /* bytes of outgoing that the system took; all of them if nothing is under way */
    struct leftover in;
};

static struct {
    const char *role;
    enum protocol protocol;
    bool polled, push;
    int port, epoll;
    struct client *clients;
    int count, ready;
    size_t size;
    uint64_t echoes, bytes;
    bool drops;   /* drain: what arrives is not looked at */
    bool stopped; /* answers to no echo any more */
    bool commands_waiting;
} load;

/* What is sent: one packet, or for a burst several. The header never changes, as all packets have one size. */
static struct {
    unsigned char header[LONGEST_HEADER];
    size_t header_length, packet_length, length;
    unsigned char *bytes;
} outgoing;

/* ---- Protocols -------------------------------------------------------------------------------------------------- */

static size_t put_header(unsigned char *to, size_t size) {
    switch (load.protocol) {
    case FRAME:
        put_u16(to, size);
        return 2;
    case KRYONET: /* the body begins with what it is; 0 is a packet */
        put_u16(to, 1 + size);
        to[2] = 0;
        return 3;
    default: /* flags: bit 0 more parts follow, bit 1 the length has 8 bytes instead of 1, bit 2 a command */
        to[0] = size > 255 ? 2 : 0;
        to[1] = (unsigned char)size;
        if (size <= 255) return 2;
        memset(to + 1, 0, 6);
        put_u16(to + 7, size);
        return 9;
    }
}

/*
 *   greeting := FF 00*8 7F | version 3.0 | mechanism, 20 bytes | as-server | 0*31         (64 bytes)
 *   READY    := flags 04 | length | 5 "READY" | 11 "Socket-Type" | length, 4 bytes | the type
 */
static void send_greeting(int fd) {
    unsigned char bytes[128] = {0xff, [9] = 0x7f, [10] = 3, [11] = 0, [12] = 'N', 'U', 'L', 'L'};
    const char *type = load.push ? "PUSH" : "DEALER";
    size_t type_length = strlen(type), at = 64;
    bytes[at++] = 4;
    bytes[at++] = (unsigned char)(6 + 12 + 4 + type_length);
    memcpy(bytes + at, "\5READY\13Socket-Type", 18);
    at += 18;
    put_u16(bytes + at + 2, type_length);
    memcpy(bytes + at + 4, type, type_length);
    send_all(fd, bytes, at + 4 + type_length);
}

/* A packet of the load's, or something of the protocol's own (payload is NULL). */
struct arrival {
    const unsigned char *payload;
    size_t size;
};

static size_t next_frame(const unsigned char *at, size_t there, struct arrival *arrival) {
    if (there < 2) return 0;
    size_t size = frame_payload(at);
    if (size == 0) die("the server sent a packet of length 0");
    if (there < 2 + size) return 0;
    *arrival = (struct arrival){at + 2, size};
    return 2 + size;
}

static size_t next_kryonet(const unsigned char *at, size_t there, struct arrival *arrival) {
    size_t used = next_frame(at, there, arrival);
    if (used == 0) return 0;
    bool packet = arrival->payload[0] == 0;
    *arrival = packet ? (struct arrival){arrival->payload + 1, arrival->size - 1} : (struct arrival){0};
    return used;
}

static size_t zmtp_greeting(struct client *c, const unsigned char *at, size_t there) {
    if (there < 64) return 0;
    if (at[0] != 0xff || at[9] != 0x7f || at[10] < 3) die("the server does not speak ZMTP 3");
    if (memcmp(at + 12, "NULL", 5) != 0) die("the server asks for the mechanism %.20s, not NULL", at + 12);
    c->greeted = true;
    return 64;
}

static size_t next_zmtp(struct client *c, const unsigned char *at, size_t there, struct arrival *arrival) {
    *arrival = (struct arrival){0};
    if (!c->greeted) return zmtp_greeting(c, at, there);
    if (there < 2) return 0;
    size_t header = at[0] & 2 ? 9 : 2, size = at[1];
    if (there < header) return 0;
    if (header == 9) size = frame_payload(at + 7);
    if (header == 9 && memcmp(at + 1, "\0\0\0\0\0\0", 6) != 0) die("the server sent a message larger than 65535 bytes");
    if (there < header + size) return 0;
    const unsigned char *body = at + header;
    if (at[0] & 1) die("the server sent a message of several parts");
    if (!(at[0] & 4))
        *arrival = (struct arrival){body, size};
    else if (size >= 7 && memcmp(body, "\5ERROR", 6) == 0)
        die("the server refused the connection: %.*s", (int)size - 7, (const char *)body + 7);
    else
        c->ready = c->ready || (size >= 6 && memcmp(body, "\5READY", 6) == 0);
    return header + size;
}

/* The bytes of the next thing that has arrived whole; 0 if there is none. */
static inline size_t next_arrival(struct client *c, const unsigned char *at, size_t there, struct arrival *arrival) {
    if (load.protocol == FRAME) return next_frame(at, there, arrival);
    if (load.protocol == ZMTP) return next_zmtp(c, at, there, arrival);
    size_t used = next_kryonet(at, there, arrival);
    c->ready = c->ready || used > 0; /* RegisterTCP, the first thing a server says */
    return used;
}

/* ---- Sending and receiving -------------------------------------------------------------------------------------- */

static void prepare_outgoing(int packets) {
    outgoing.header_length = put_header(outgoing.header, load.size);
    outgoing.packet_length = outgoing.header_length + load.size;
    outgoing.length = (size_t)packets * outgoing.packet_length;
    outgoing.bytes = allocate(outgoing.length);
    for (int i = 0; i < packets; i++) {
        unsigned char *packet = outgoing.bytes + (size_t)i * outgoing.packet_length;
        memcpy(packet, outgoing.header, outgoing.header_length);
        fill_payload(packet + outgoing.header_length, load.size);
        stamp(packet + outgoing.header_length, load.size, (uint64_t)i);
    }
}

static void restamp(const struct client *c) {
    stamp(outgoing.bytes + outgoing.header_length, load.size, (uint64_t)c->number << 32 | c->sequence);
}

/* Continues with what the system has not taken; epoll says when it would take more. */
static void send_rest(struct client *c) {
    ssize_t n = send(c->fd, outgoing.bytes + c->sent, outgoing.length - c->sent, MSG_NOSIGNAL);
    if (n >= 0)
        c->sent += (size_t)n;
    else if (!must_wait())
        die("connection %u of %d ended while sending: %s", c->number, load.count, strerror(errno));
}

static void send_next(struct client *c) {
    c->sequence++;
    c->sent = 0;
    c->awaited = true;
    restamp(c);
    send_rest(c);
}

/* All is alike in all packets but the stamp: an echo is right if it is what would be sent now with its stamp. */
static void on_packet(struct client *c, struct arrival a) {
    if (!c->awaited) die("connection %u got a packet of %zu bytes that nobody awaits", c->number, a.size);
    if (a.size != load.size) die("connection %u got %zu bytes back for %zu", c->number, a.size, load.size);
    restamp(c);
    if (memcmp(a.payload, outgoing.bytes + outgoing.header_length, a.size) != 0)
        die("connection %u got another packet back than it sent", c->number);
    c->awaited = false;
    load.echoes++;
    if (!load.stopped) send_next(c);
}

static void closed(const struct client *c, const char *reason) {
    die("connection %u of %d: %s", c->number, load.count, reason);
}

/* Drops bytes unseen: with MSG_TRUNC the system does not even copy them. */
static void drop(struct client *c) {
    ssize_t n;
    while ((n = recv(c->fd, NULL, 1 << 20, MSG_DONTWAIT | MSG_TRUNC)) > 0) load.bytes += (uint64_t)n;
    if (n == 0) closed(c, "the server closed it");
    if (!must_wait()) closed(c, strerror(errno));
}

static void receive(struct client *c) {
    ssize_t n;
    do {
        if (c->ready && load.drops) {
            drop(c);
            return;
        }
        n = read_some(c->fd, &c->in);
        if (n == 0) closed(c, "the server closed it");
        if (n < 0 && !must_wait()) closed(c, strerror(errno));
        if (n < 0) return;
        load.bytes += (uint64_t)n;
        bool was_ready = c->ready;
        struct arrival arrival;
        const unsigned char *at = reader.bytes, *end = at + reader.length;
        for (size_t used; (used = next_arrival(c, at, (size_t)(end - at), &arrival)) > 0; at += used)
            if (arrival.payload != NULL && !load.drops) on_packet(c, arrival);
        consumed((size_t)(at - reader.bytes));
        load.ready += c->ready && !was_ready;
    } while (n == READ_BYTES);
}

static void turn(int wait_ms) {
    static struct epoll_event events[EVENTS];
    int n = epoll_wait(load.epoll, events, EVENTS, load.polled ? 0 : wait_ms);
    if (n < 0 && errno != EINTR) die("epoll_wait: %s", strerror(errno));
    for (int i = 0; i < n; i++) {
        struct client *c = events[i].data.ptr;
        if ((void *)c == &load.commands_waiting) {
            load.commands_waiting = true;
            continue;
        }
        if (events[i].events & EPOLLIN) receive(c);
        if (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) closed(c, "the server closed it");
        if (c->sent < outgoing.length) {
            if (c->awaited) restamp(c);
            send_rest(c);
        }
    }
}

/* For roles without commands, and while a command is under way: sees the end of the input. */
static void turn_without_commands(int wait_ms) {
    turn(wait_ms);
    if (load.commands_waiting) heed_end_of_input();
    load.commands_waiting = false;
}

/* ---- Connecting ------------------------------------------------------------------------------------------------- */

static void finish_connecting(struct client *c) {
    await_connected(c->fd, load.port);
    if (load.protocol == ZMTP) send_greeting(c->fd);
    c->ready = load.protocol == FRAME; /* which says nothing before it is asked */
    load.ready += c->ready;
    /* Edge-triggered, and for both directions at once: epoll_ctl is never called again. */
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->fd, &event) != 0) die("epoll_ctl: %s", strerror(errno));
}

static void await_ready(int count) {
    const char *awaited = load.protocol == ZMTP ? "READY" : "RegisterTCP";
    for (int64_t until = now_ns() + PATIENCE_NS; load.ready < count;) {
        turn(10);
        if (load.commands_waiting) heed_end_of_input();
        load.commands_waiting = false;
        if (now_ns() > until) die("no %s on %d of %d connections in ten seconds", awaited, count - load.ready, count);
    }
}

static void connect_all(int count) {
    need_descriptors(count);
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (load.epoll < 0) die("epoll_create1: %s", strerror(errno));
    watch_commands(load.epoll, &load.commands_waiting);
    load.clients = allocate((size_t)count * sizeof *load.clients);
    load.count = count;
    for (int done = 0; done < count;) {
        int batch = count - done < BATCH ? count - done : BATCH;
        for (int i = done; i < done + batch; i++)
            load.clients[i] = (struct client){
                .fd = begin_connecting(load.port), .number = (uint32_t)i, .sent = outgoing.length};
        for (int i = done; i < done + batch; i++) finish_connecting(&load.clients[i]);
        done += batch;
        await_ready(done);
        usleep(1000);
    }
}

/* ---- Roles ------------------------------------------------------------------------------------------------------ */

static void await_command(char word[64]) {
    while (!next_command(word)) {
        turn(-1);
        load.commands_waiting = false;
    }
}

static void turn_until(int64_t moment) {
    for (int64_t left; (left = moment - now_ns()) > 0;) turn_without_commands((int)(left / 1000000) + 1);
}

static void many(int connections, double warmup, double seconds) {
    prepare_outgoing(1);
    connect_all(connections);
    for (int i = 0; i < connections; i++) send_next(&load.clients[i]);
    turn_until(now_ns() + (int64_t)(warmup * 1e9));
    int64_t began = now_ns();
    uint64_t before = load.echoes;
    say("{\"event\":\"start\"}");
    turn_until(began + (int64_t)(seconds * 1e9));
    int64_t ended = now_ns();
    say("{\"event\":\"end\",\"echoes\":%llu,\"nanos\":%lld}", (unsigned long long)(load.echoes - before),
        (long long)(ended - began));
    /* The reader looks at the server's processor time now, in which the end of the connections should not be. */
    load.stopped = true;
    turn_until(now_ns() + 500000000);
}

static void ping_round(int idle, int active, double warmup, double seconds) {
    static struct histogram times;
    memset(&times, 0, sizeof times);
    int64_t counted = now_ns() + (int64_t)(warmup * 1e9), until = counted + (int64_t)(seconds * 1e9);
    for (int i = 0;; i = (i + 1) % active) {
        struct client *c = &load.clients[idle + i];
        int64_t sent = now_ns();
        if (sent >= until) break;
        send_next(c);
        while (c->awaited) turn_without_commands(-1);
        if (sent >= counted) record(&times, (uint64_t)(now_ns() - sent));
    }
    say_result(&times);
}

static void idle(int idle, int active, double warmup, double seconds) {
    load.stopped = true; /* an echo is answered by the next in turn, not by its receiver */
    prepare_outgoing(1);
    connect_all(idle + active);
    say("{\"event\":\"connected\"}");
    for (char word[64];;) {
        await_command(word);
        if (strcmp(word, "ping") != 0) die("unknown command %s", word);
        if (active == 0) die("no connection is active, so none can ping");
        ping_round(idle, active, warmup, seconds);
    }
}

static void drain(int connections) {
    load.drops = true;
    connect_all(connections);
    /* A ROUTER's program learns of a client by its first message. */
    for (int i = 0; load.protocol == ZMTP && i < connections; i++) send_all(load.clients[i].fd, "\0\1\0", 3);
    say("{\"event\":\"connected\"}");
    for (char word[64];;) {
        await_command(word);
        if (strcmp(word, "report") != 0) die("unknown command %s", word);
        say("{\"event\":\"report\",\"bytes\":%llu}", (unsigned long long)load.bytes);
    }
}

static void fire(int connections) {
    for (int i = 0; i < connections; i++) {
        load.clients[i].sent = 0;
        send_rest(&load.clients[i]);
    }
    for (int i = 0; i < connections; i++)
        while (load.clients[i].sent < outgoing.length) turn_without_commands(-1);
    say("{\"event\":\"fired\"}");
}

static void burst(int connections, int packets) {
    prepare_outgoing(packets);
    connect_all(connections);
    say("{\"event\":\"connected\"}");
    for (char word[64];;) {
        await_command(word);
        if (strcmp(word, "fire") != 0) die("unknown command %s", word);
        fire(connections);
    }
}

static void stream_one(void) {
    unsigned char header[LONGEST_HEADER];
    size_t length = put_header(header, load.size);
    connect_all(1);
    stream(load.clients[0].fd, header, length, load.size, load.polled, false);
}

/* ---- Main ------------------------------------------------------------------------------------------------------- */

static bool is_role(const char *name) { return strcmp(load.role, name) == 0; }

static int take_connections(struct arguments *a, const char *name, int least) {
    return take_count(a, name, -1, least, 1000000);
}

int main(int argc, char **argv) {
    load.role = argc > 1 ? argv[1] : "";
    struct arguments a = arguments_of(argc, argv);
    load.port = take_count(&a, "--port", 0, 1, 65535);
    load.protocol = (enum protocol)take_choice(&a, "--protocol", (const char *const[]){"frame", "kryonet", "zmtp"}, 3);
    load.polled = take_polled(&a);
    load.push = take_choice(&a, "--zmtp-socket", (const char *const[]){"DEALER", "PUSH"}, 2) == 1;
    load.size = (size_t)take_count(&a, "--size", 64, 1, LARGEST_PAYLOAD - (load.protocol == KRYONET));
    double warmup = take_number(&a, "--warmup", 1, 0, 1e6), seconds = take_number(&a, "--seconds", 5, 0, 1e6);
    if (is_role("many")) {
        int connections = take_connections(&a, "--connections", 1);
        no_other(&a);
        many(connections, warmup, seconds);
    } else if (is_role("idle")) {
        int idle_ones = take_connections(&a, "--idle", 0), active = take_connections(&a, "--active", 0);
        no_other(&a);
        if (idle_ones + active == 0) die("idle without a connection");
        idle(idle_ones, active, warmup, seconds);
    } else if (is_role("drain")) {
        int connections = take_connections(&a, "--connections", 1);
        no_other(&a);
        drain(connections);
    } else if (is_role("burst")) {
        int connections = take_connections(&a, "--connections", 1);
        int packets = take_count(&a, "--packets", 0, 1, 1000000);
        no_other(&a);
        burst(connections, packets);
    } else if (is_role("stream")) {
        no_other(&a);
        stream_one();
    } else {
        die("the first argument must be many|stream|idle|drain|burst");
    }
    return 0;
}

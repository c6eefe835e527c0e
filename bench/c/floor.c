/*
 * The practical floor: what the roles of ../PEERS.md cost when they are written against the system itself, in the way
 * it likes best. One thread; GridMate's frames; one read and one write for each connection in each turn of the loop.
 *
 *   floor echo|sink|tick|burst|update|ping|stream [--mode blocking|polled] [--loop epoll|direct] ...
 *
 * `--loop direct` reads each socket without asking epoll which one is ready: the shortest way with few connections.
 */
#include "common.h"

/* Of a thousand ready connections, the first need not wait until epoll has looked at all; more gains nothing. */
#define EVENTS 64

struct connection {
    int fd;
    int index;              /* in loop.all */
    bool readable;          /* epoll said so, and no read has found the end of it since */
    bool ended;             /* the peer's FIN or RST is here: a short read is not the last one */
    bool queued;            /* in loop.ready */
    unsigned round;         /* burst: the last round it was seen in */
    struct leftover in;
    unsigned char *out;     /* what the socket did not take; the connection is not read until it has */
    size_t out_at, out_end; /* out_at <= out_end; what waits lies between */
    struct connection *next;
};

static struct {
    bool polled, direct;
    int epoll, listener;
    struct connection **all;
    int count, room;
    int blocked;                            /* connections with output waiting */
    struct connection *ready, **ready_tail; /* to be served in this turn, or the next one */
    bool commands_waiting;
} loop;

/* What happened, counted from the start; a report says the difference to the mark. */
static struct counts {
    int64_t at;
    uint64_t packets, bytes, sum;
} total, marked;

/* Handles the whole frames that the reader holds; false if the peer broke the protocol. */
static bool (*handle_frames)(struct connection *);

/* ---- Connections ------------------------------------------------------------------------------------------------ */

static void enqueue(struct connection *c) {
    if (c->queued || loop.direct) return; /* a direct loop comes by everyone anyway */
    c->queued = true;
    c->next = NULL;
    *loop.ready_tail = c;
    loop.ready_tail = &c->next;
}

static void add_connection(int fd) {
    without_delay(fd);
    struct connection *c = allocate(sizeof *c);
    *c = (struct connection){.fd = fd, .index = loop.count, .readable = loop.direct};
    if (loop.count == loop.room) {
        loop.room = loop.room ? 2 * loop.room : 64;
        loop.all = realloc(loop.all, (size_t)loop.room * sizeof(struct connection *));
        if (loop.all == NULL) die("out of memory");
    }
    loop.all[loop.count++] = c;
    if (loop.direct) return;
    /*
     * Edge-triggered, and for both directions at once: no further call to epoll_ctl, and epoll does not look again at
     * each socket it has just reported, as it does when level-triggered.
     */
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    if (epoll_ctl(loop.epoll, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll_ctl: %s", strerror(errno));
}

static void accept_all(void) {
    for (;;) {
        int fd = accept4(loop.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0)
            add_connection(fd);
        else if (must_wait())
            return;
        else if (errno != ECONNABORTED)
            die("cannot accept a connection beside %d others: %s", loop.count, strerror(errno));
    }
}

/* Only from serve, when the connection is in no list but loop.all. */
static void close_connection(struct connection *c, const char *complaint) {
    drop_leftover(&c->in); /* a stream that is stopped ends inside a packet; nothing to complain about */
    if (complaint != NULL) fprintf(stderr, "floor: closing a connection: %s\n", complaint);
    if (c->out != NULL) loop.blocked--;
    free(c->out);
    close(c->fd);
    struct connection *last = loop.all[--loop.count];
    loop.all[c->index] = last;
    last->index = c->index;
    free(c);
}

/* ---- Sending ---------------------------------------------------------------------------------------------------- */

/* The connection is gone. That is left to the next read, which finds out, too, so that one place closes. */
static void note_end(struct connection *c) { c->readable = c->ended = true; }

/* Hands bytes to the system, and keeps what it does not take. */
static void hand_out(struct connection *c, const unsigned char *bytes, size_t length) {
    ssize_t n = send(c->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n == (ssize_t)length) return;
    if (n < 0 && !must_wait()) {
        note_end(c);
        return;
    }
    size_t taken = n > 0 ? (size_t)n : 0;
    c->out_at = 0;
    c->out_end = length - taken;
    c->out = allocate(c->out_end);
    memcpy(c->out, bytes + taken, c->out_end);
    loop.blocked++;
}

/* Tries what waits again; true when nothing does any more. */
static bool flush(struct connection *c) {
    if (c->out == NULL) return true;
    ssize_t n = send(c->fd, c->out + c->out_at, c->out_end - c->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);
    bool gone = n < 0 && !must_wait();
    if (gone) note_end(c);
    if (n > 0) c->out_at += (size_t)n;
    if (!gone && c->out_at < c->out_end) return false;
    free(c->out);
    c->out = NULL;
    loop.blocked--;
    return true;
}

/* ---- Handling packets ------------------------------------------------------------------------------------------- */

/* The whole frame at `at`, if it is there: its payload's size; 0 if not, -1 if it breaks the protocol. */
static inline long frame_at(const unsigned char *at, const unsigned char *end) {
    if (end - at < 2) return 0;
    long size = (long)frame_payload(at);
    if (size == 0) return -1;
    return end - at >= 2 + size ? size : 0;
}

static bool echo_frames(struct connection *c) {
    static unsigned char answers[sizeof reader.bytes];
    const unsigned char *at = reader.bytes, *end = at + reader.length;
    unsigned char *to = answers;
    long size;
    while ((size = frame_at(at, end)) > 0) {
        put_u16(to, (size_t)size);
        memcpy(to + 2, at + 2, (size_t)size);
        to += 2 + size;
        at += 2 + size;
        total.packets++;
        total.bytes += (uint64_t)size;
    }
    consumed((size_t)(at - reader.bytes));
    if (to > answers) hand_out(c, answers, (size_t)(to - answers));
    return size == 0;
}

static bool sink_frames(struct connection *c) {
    (void)c; /* the sum is of all */
    const unsigned char *at = reader.bytes, *end = at + reader.length;
    struct counts t = total; /* a copy the compiler can keep in registers: the buffer may be anything to it */
    long size;
    while ((size = frame_at(at, end)) > 0) {
        t.sum += at[2] + at[1 + size];
        at += 2 + size;
        t.packets++;
        t.bytes += (uint64_t)size;
    }
    total = t;
    consumed((size_t)(at - reader.bytes));
    return size == 0;
}

static struct {
    bool held;
    unsigned round;
    int64_t began, first, last;
} burst;

static bool burst_frames(struct connection *c) {
    if (c->round != burst.round && frame_at(reader.bytes, reader.bytes + reader.length) > 0) {
        c->round = burst.round;
        burst.last = now_ns() - burst.began;
        if (burst.first < 0) burst.first = burst.last;
    }
    return sink_frames(c);
}

/* ---- One turn of the loop --------------------------------------------------------------------------------------- */

static void serve(struct connection *c) {
    if (!flush(c) || !c->readable) return;
    ssize_t n = read_some(c->fd, &c->in);
    if (n < 0 && must_wait()) {
        c->readable = loop.direct;
    } else if (n <= 0) {
        close_connection(c, n < 0 && errno != ECONNRESET ? strerror(errno) : NULL);
    } else {
        /* A short read has emptied the socket; to ask again would only be told so. */
        c->readable = n == READ_BYTES || c->ended || loop.direct;
        if (!handle_frames(c))
            close_connection(c, "a packet of length 0");
        else if (c->readable && c->out == NULL)
            enqueue(c);
    }
}

static void turn_by_epoll(int64_t wait_ns) {
    static struct epoll_event events[EVENTS];
    struct timespec wait = timespec_of(wait_ns > 0 ? wait_ns : 0);
    if (loop.ready != NULL) wait_ns = 0;
    int n = wait_ns > 0 ? epoll_pwait2(loop.epoll, events, EVENTS, &wait, NULL)
                        : epoll_wait(loop.epoll, events, EVENTS, wait_ns < 0 ? -1 : 0);
    if (n < 0 && errno != EINTR) die("epoll_wait: %s", strerror(errno));
    for (int i = 0; i < n; i++) {
        struct connection *c = events[i].data.ptr;
        if ((void *)c == &loop.listener) {
            accept_all();
        } else if ((void *)c == &loop.commands_waiting) {
            loop.commands_waiting = true;
        } else {
            c->readable = c->readable || (events[i].events & ~(uint32_t)EPOLLOUT) != 0;
            c->ended = c->ended || (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
            if (c->readable || c->out != NULL) enqueue(c);
        }
    }
    struct connection *c = loop.ready;
    loop.ready = NULL;
    loop.ready_tail = &loop.ready;
    while (c != NULL) {
        struct connection *next = c->next;
        c->queued = false;
        serve(c);
        c = next;
    }
}

/* Backwards, so that closing, which puts the last one in the gap, does not skip any. */
static void turn_by_reading(int64_t wait_ns) {
    static unsigned turns;
    static struct pollfd *waits;
    static int room;
    if (wait_ns == 0) {
        for (int i = loop.count - 1; i >= 0; i--) serve(loop.all[i]);
        /* A newcomer or a command can wait for a millisecond; the packets should not wait for them. */
        if (++turns % 1024 != 0) return;
        accept_all();
        loop.commands_waiting = true;
        return;
    }
    if (room < loop.count + 2) {
        room = loop.room + 2;
        free(waits);
        waits = allocate((size_t)room * sizeof *waits);
    }
    for (int i = 0; i < loop.count; i++)
        waits[i] = (struct pollfd){.fd = loop.all[i]->fd, .events = loop.all[i]->out ? POLLOUT : POLLIN};
    int count = loop.count;
    waits[count] = (struct pollfd){.fd = loop.listener, .events = POLLIN};
    waits[count + 1] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    struct timespec wait = timespec_of(wait_ns > 0 ? wait_ns : 0);
    if (ppoll(waits, (nfds_t)count + 2, wait_ns < 0 ? NULL : &wait, NULL) <= 0) return;
    for (int i = count - 1; i >= 0; i--)
        if (waits[i].revents) serve(loop.all[i]);
    if (waits[count].revents) accept_all();
    loop.commands_waiting = waits[count + 1].revents != 0;
}

/* Serves what is ready; waits for it until wait_ns have passed, without end if negative, or not at all if 0. */
static void serve_ready(int64_t wait_ns) {
    if (loop.direct)
        turn_by_reading(wait_ns);
    else
        turn_by_epoll(wait_ns);
}

static void obey(const char *command);

static void obey_commands(void) {
    char word[64];
    loop.commands_waiting = false;
    while (next_command(word)) obey(word);
}

static void turn(int64_t wait_ns) {
    serve_ready(loop.polled ? 0 : wait_ns);
    if (loop.commands_waiting) obey_commands();
}

/* ---- Roles ------------------------------------------------------------------------------------------------------ */

static struct {
    int connections, packets, size, hz;
    uint64_t ticks, late;
    struct histogram times;
} role;

static void say_report(void) {
    long long nanos = now_ns() - marked.at;
    if (role.hz > 0)
        say("{\"event\":\"report\",\"nanos\":%lld,\"ticks\":%llu,\"p50_ns\":%llu,\"p99_ns\":%llu,\"max_ns\":%llu,"
            "\"late\":%llu}",
            nanos, (unsigned long long)role.ticks, (unsigned long long)percentile(&role.times, 0.5),
            (unsigned long long)percentile(&role.times, 0.99), (unsigned long long)role.times.max,
            (unsigned long long)role.late);
    else
        say("{\"event\":\"report\",\"nanos\":%lld,\"packets\":%llu,\"bytes\":%llu,\"sum\":%llu}", nanos,
            (unsigned long long)(total.packets - marked.packets), (unsigned long long)(total.bytes - marked.bytes),
            (unsigned long long)(total.sum - marked.sum));
}

static void mark(void) {
    role.ticks = role.late = 0;
    memset(&role.times, 0, sizeof role.times);
    marked = total;
    marked.at = now_ns();
    say("{\"event\":\"marked\"}");
}

/* All clients are connected before the loop is held: taking them in is no part of the burst. */
static void hold(void) {
    while (loop.count < role.connections) turn(-1);
    burst.held = true;
    say("{\"event\":\"paused\"}");
}

static void let_go(void) {
    if (!burst.held) die("go without a pause before it");
    uint64_t until = total.packets + (uint64_t)role.connections * (uint64_t)role.packets;
    burst.held = false;
    burst.round++;
    burst.first = -1;
    burst.began = now_ns();
    while (total.packets < until) turn(-1);
    say("{\"event\":\"handled\",\"nanos\":%lld,\"first_connection_ns\":%lld,\"last_connection_ns\":%lld}",
        (long long)(now_ns() - burst.began), (long long)burst.first, (long long)burst.last);
}

/* Reading a thousand sockets directly takes 0.3 ms: then fewer calls tell as much, and do not take a minute. */
static int call_loop(int calls, int64_t nanos) {
    int64_t until = now_ns() + nanos;
    for (int i = 1; i <= calls; i++) {
        serve_ready(0);
        if (i % 1000 == 0 && now_ns() >= until) return i;
    }
    return calls;
}

static void measure(void) {
    call_loop(20000, 1000000000);
    int64_t began = now_ns();
    int calls = call_loop(200000, 3000000000);
    say("{\"event\":\"measured\",\"ns_per_call\":%.1f,\"calls\":%d}", (double)(now_ns() - began) / calls, calls);
}

static bool is_role(const char *name);

static void obey(const char *command) {
    if (strcmp(command, "mark") == 0)
        mark();
    else if (strcmp(command, "report") == 0)
        say_report();
    else if (strcmp(command, "memory") == 0)
        say("{\"event\":\"memory\",\"heap\":0}");
    else if (is_role("burst") && strcmp(command, "pause") == 0)
        hold();
    else if (is_role("burst") && strcmp(command, "go") == 0)
        let_go();
    else if (is_role("update") && strcmp(command, "measure") == 0)
        measure();
    else
        die("unknown command %s", command);
}

static void await_command(void) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    poll(&input, 1, -1);
    obey_commands();
}

/* A tick is over when the system has taken all of it; what a slow client's socket did not take at once counts, too. */
static void tick(uint64_t number, int64_t due) {
    static unsigned char frame[2 + LARGEST_PAYLOAD], packet[LARGEST_PAYLOAD];
    size_t size = (size_t)role.size;
    if (number == 0) fill_payload(packet, size);
    stamp(packet, size, number);
    int64_t began = now_ns();
    for (int i = 0; i < loop.count; i++) {
        put_u16(frame, size); /* for each one anew: to a program, each client's packet is another one */
        memcpy(frame + 2, packet, size);
        hand_out(loop.all[i], frame, 2 + size);
        if (loop.all[i]->ended) enqueue(loop.all[i]);
    }
    while (loop.blocked > 0) turn(-1);
    record(&role.times, (uint64_t)(now_ns() - began));
    role.ticks++;
    if (began - due > 1000000) role.late++;
}

static void tick_for_ever(void) {
    /* The system may wake a sleeper 50 µs late to save power. What is measured here is not its thrift. */
    prctl(PR_SET_TIMERSLACK, 1UL);
    while (loop.count < role.connections) turn(-1);
    int64_t period = 1000000000 / role.hz, due = now_ns() + period;
    for (uint64_t number = 0;; number++, due += period) {
        for (int64_t now; (now = now_ns()) < due;) turn(due - now);
        tick(number, due);
    }
}

static void listen_at(int port) {
    loop.listener = new_socket();
    loop.ready_tail = &loop.ready;
    struct sockaddr_in address = local_address(port);
    socklen_t size = sizeof address;
    int on = 1;
    setsockopt(loop.listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(loop.listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(loop.listener, 4096) != 0)
        die("cannot listen on 127.0.0.1:%d: %s", port, strerror(errno));
    getsockname(loop.listener, (struct sockaddr *)&address, &size);
    loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop.epoll < 0) die("epoll_create1: %s", strerror(errno));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &loop.listener};
    if (epoll_ctl(loop.epoll, EPOLL_CTL_ADD, loop.listener, &event) != 0) die("epoll_ctl: %s", strerror(errno));
    watch_commands(loop.epoll, &loop.commands_waiting);
    say("{\"event\":\"ready\",\"port\":%d}", ntohs(address.sin_port));
}

/* ---- Ping ------------------------------------------------------------------------------------------------------- */

/* The only thing that gets a ping out of its blocking recv when there is no answer, so that it sees its input end. */
static volatile sig_atomic_t alarmed;

static void on_alarm(int signal) {
    (void)signal;
    alarmed = 1;
}

static void wake_now_and_then(void) {
    struct sigaction action = {.sa_handler = on_alarm}; /* without SA_RESTART, or recv would go on waiting */
    struct itimerval often = {.it_interval.tv_usec = 100000, .it_value.tv_usec = 100000};
    if (sigaction(SIGALRM, &action, NULL) != 0 || setitimer(ITIMER_REAL, &often, NULL) != 0)
        die("cannot set a timer: %s", strerror(errno));
}

/*
 * One read, in the way of the mode. Direct and blocking is a plain blocking recv: one call instead of two, the
 * shortest that the system has; the server, which has a listener to watch, cannot do the same.
 */
static ssize_t receive(int fd, unsigned char *to, size_t length) {
    static struct epoll_event events[2];
    static unsigned turns;
    for (;;) {
        bool ready = loop.direct, input = false;
        if (!loop.direct) {
            int n = epoll_wait(loop.epoll, events, 2, loop.polled ? 0 : -1);
            for (int i = 0; i < n; i++) *(events[i].data.ptr == &loop.epoll ? &ready : &input) = true;
        } else if (loop.polled) {
            input = ++turns % 4096 == 0;
        } else if (alarmed) {
            alarmed = 0;
            input = true;
        }
        if (input) heed_end_of_input();
        if (!ready) continue;
        ssize_t n = recv(fd, to, length, loop.direct && !loop.polled ? 0 : MSG_DONTWAIT);
        if (n >= 0 || !must_wait()) return n;
    }
}

static void exchange(int fd, unsigned char *frame, unsigned char *answer, size_t length) {
    send_all(fd, frame, length);
    for (size_t at = 0; at < length;) {
        ssize_t n = receive(fd, answer + at, length - at);
        if (n < 0) die("no echo: %s", strerror(errno));
        if (n == 0) die("the server closed the connection");
        at += (size_t)n;
    }
}

static void ping(int fd, size_t size, double warmup, double seconds) {
    static struct histogram times;
    static unsigned char frame[2 + LARGEST_PAYLOAD], answer[2 + LARGEST_PAYLOAD];
    put_u16(frame, size);
    fill_payload(frame + 2, size);
    if (loop.direct && !loop.polled) {
        fcntl(fd, F_SETFL, 0);
        wake_now_and_then();
    } else if (!loop.direct) {
        loop.epoll = epoll_create1(EPOLL_CLOEXEC);
        struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = &loop.epoll};
        if (epoll_ctl(loop.epoll, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll_ctl: %s", strerror(errno));
        watch_commands(loop.epoll, &loop.commands_waiting);
    }
    int64_t counted = now_ns() + (int64_t)(warmup * 1e9), until = counted + (int64_t)(seconds * 1e9);
    for (uint64_t number = 0;; number++) {
        stamp(frame + 2, size, number);
        int64_t sent = now_ns();
        if (sent >= until) break;
        exchange(fd, frame, answer, 2 + size);
        int64_t back = now_ns();
        if (memcmp(frame, answer, 2 + size) != 0) die("echo %llu is not what was sent", (unsigned long long)number);
        if (sent >= counted) record(&times, (uint64_t)(back - sent));
    }
    say_result(&times);
}

/* ---- Main ------------------------------------------------------------------------------------------------------- */

static const char *role_name;

static bool is_role(const char *name) { return strcmp(role_name, name) == 0; }

static int connected_to(int port) {
    int fd = begin_connecting(port);
    await_connected(fd, port);
    return fd;
}

static void run_client(struct arguments *a) {
    int port = take_count(a, "--port", 0, 1, 65535);
    size_t size = (size_t)take_count(a, "--size", 64, 1, LARGEST_PAYLOAD);
    if (is_role("ping")) {
        double warmup = take_number(a, "--warmup", 1, 0, 1e6), seconds = take_number(a, "--seconds", 5, 0, 1e6);
        no_other(a);
        ping(connected_to(port), size, warmup, seconds);
    } else {
        no_other(a);
        unsigned char header[2];
        put_u16(header, size);
        stream(connected_to(port), header, sizeof header, size, loop.polled, true);
    }
}

static void run_server(struct arguments *a) {
    int port = take_count(a, "--port", 0, 0, 65535);
    handle_frames = is_role("echo") ? echo_frames : is_role("burst") ? burst_frames : sink_frames;
    if (is_role("tick") || is_role("burst")) role.connections = take_count(a, "--connections", 0, 1, 1000000);
    if (is_role("burst")) role.packets = take_count(a, "--packets", 0, 1, 1000000);
    if (is_role("tick")) {
        role.size = take_count(a, "--size", 200, 1, LARGEST_PAYLOAD);
        role.hz = take_count(a, "--hz", 60, 1, 1000000);
    }
    no_other(a);
    need_descriptors(role.connections);
    marked.at = now_ns();
    listen_at(port);
    if (is_role("tick")) tick_for_ever();
    for (;;) {
        if (burst.held)
            await_command();
        else
            turn(-1);
    }
}

int main(int argc, char **argv) {
    const char *const roles[] = {"ping", "stream", "echo", "sink", "tick", "burst", "update"};
    role_name = argc > 1 ? argv[1] : "";
    size_t known = 0;
    while (known < sizeof roles / sizeof roles[0] && !is_role(roles[known])) known++;
    if (known == sizeof roles / sizeof roles[0])
        die("the first argument must be echo|sink|tick|burst|update|ping|stream");
    struct arguments a = arguments_of(argc, argv);
    loop.polled = take_polled(&a);
    loop.direct = take_choice(&a, "--loop", (const char *const[]){"epoll", "direct"}, 2) == 1;
    if (known < 2)
        run_client(&a);
    else
        run_server(&a);
    return 0;
}

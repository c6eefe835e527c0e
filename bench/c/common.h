/*
 * What the floor and the load share. All of it is static inline, so that each program is one file to the compiler:
 * `cc -O2 floor.c -o floor`.
 */
#ifndef GRIDMATE_BENCH_COMMON_H
#define GRIDMATE_BENCH_COMMON_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define READ_BYTES 65536
#define LARGEST_PAYLOAD 65535
#define LONGEST_HEADER 9 /* ZMTP's long one; the others have 2 and 3 bytes */
#define LARGEST_FRAME (LONGEST_HEADER + LARGEST_PAYLOAD)

/* ---- Failing ---------------------------------------------------------------------------------------------------- */

__attribute__((noreturn, format(printf, 1, 2))) static inline void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

/* Prints one JSON line. The flush matters: whoever reads is at the other end of a pipe, and takes times by it. */
__attribute__((format(printf, 1, 2))) static inline void say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    if (fflush(stdout) != 0) die("cannot write to standard output: %s", strerror(errno));
}

/* Every descriptor that the system lets this process have; `unavailable` when a role needs more than that. */
static inline void need_descriptors(long connections) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) die("cannot read the limit of descriptors: %s", strerror(errno));
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) die("cannot raise the limit of descriptors: %s", strerror(errno));
    const long others = 16; /* standard streams, listener, epoll, and what was inherited */
    if (limit.rlim_max != RLIM_INFINITY && (rlim_t)(connections + others) > limit.rlim_max) {
        say("{\"event\":\"unavailable\",\"reason\":\"%ld connections need %ld descriptors, the hard limit is %llu\"}",
            connections, connections + others, (unsigned long long)limit.rlim_max);
        exit(3);
    }
}

/* ---- Memory and time -------------------------------------------------------------------------------------------- */

static inline void *allocate(size_t bytes) {
    void *memory = malloc(bytes);
    if (memory == NULL) die("out of memory");
    return memory;
}

static inline int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline struct timespec timespec_of(int64_t nanos) {
    return (struct timespec){.tv_sec = nanos / 1000000000, .tv_nsec = nanos % 1000000000};
}

/* ---- Options ---------------------------------------------------------------------------------------------------- */

/* Each option is taken by the one who uses it; what nobody took is a mistake, and ends the program. */
struct arguments {
    int count;
    char **words;
    bool *taken;
};

static inline struct arguments arguments_of(int argc, char **argv) {
    struct arguments a = {argc, argv, allocate((size_t)argc * sizeof(bool))};
    for (int i = 0; i < argc; i++) a.taken[i] = i < 2; /* the program, and its role */
    return a;
}

static inline const char *take(struct arguments *a, const char *name) {
    for (int i = 2; i < a->count; i++) {
        if (a->taken[i] || strcmp(a->words[i], name) != 0) continue;
        if (i + 1 == a->count) die("%s needs a value", name);
        a->taken[i] = a->taken[i + 1] = true;
        return a->words[i + 1];
    }
    return NULL;
}

static inline double take_number(struct arguments *a, const char *name, double fallback, double least, double most) {
    const char *text = take(a, name);
    if (text == NULL) {
        if (fallback < least) die("%s is missing", name);
        return fallback;
    }
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= least && value <= most))
        die("%s must be a number from %g to %g, not %s", name, least, most, text);
    return value;
}

static inline int take_count(struct arguments *a, const char *name, int fallback, int least, int most) {
    double value = take_number(a, name, fallback, least, most);
    if (value != (int)value) die("%s must be a whole number, not %g", name, value);
    return (int)value;
}

/* The index of the option's value among the choices; the first choice is what it is when it is not given. */
static inline int take_choice(struct arguments *a, const char *name, const char *const *choices, int count) {
    const char *text = take(a, name);
    if (text == NULL) return 0;
    for (int i = 0; i < count; i++)
        if (strcmp(text, choices[i]) == 0) return i;
    die("%s cannot be %s", name, text);
}

static inline bool take_polled(struct arguments *a) {
    return take_choice(a, "--mode", (const char *const[]){"blocking", "polled"}, 2) == 1;
}

static inline void no_other(struct arguments *a) {
    for (int i = 2; i < a->count; i++)
        if (!a->taken[i]) die("%s is nothing that %s understands", a->words[i], a->words[1]);
    free(a->taken);
}

/* ---- Commands --------------------------------------------------------------------------------------------------- */

/*
 * The next command, if one has come; never waits. The end of the input, and `quit`, end the process here, wherever it
 * is. Asking with poll first, rather than making the descriptor non-blocking, leaves alone what else holds that pipe.
 */
static inline bool next_command(char word[64]) {
    static char waiting[1024];
    static size_t length;
    for (;;) {
        char *end = memchr(waiting, '\n', length);
        if (end != NULL) {
            size_t line = (size_t)(end - waiting);
            if (line > 63) die("a command of %zu letters", line);
            memcpy(word, waiting, line);
            word[line] = '\0';
            length -= line + 1;
            memmove(waiting, end + 1, length);
            if (strcmp(word, "quit") == 0) exit(0);
            return true;
        }
        if (length == sizeof waiting) die("a command longer than %zu letters", length);
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&input, 1, 0) <= 0) return false;
        ssize_t n = read(STDIN_FILENO, waiting + length, sizeof waiting - length);
        if (n == 0) exit(0);
        if (n < 0 && errno != EINTR && errno != EAGAIN) die("cannot read standard input: %s", strerror(errno));
        if (n > 0) length += (size_t)n;
    }
}

/* For roles that know no commands: only looks whether the input has ended. */
static inline void heed_end_of_input(void) {
    char word[64];
    if (next_command(word)) die("no command is understood here, and certainly not %s", word);
}

/* The marker is what epoll hands back; level-triggered, so that a command left for later is not forgotten. */
static inline void watch_commands(int epoll, void *marker) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = marker};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event) == 0) return;
    if (errno == EPERM) die("standard input must be a pipe, a socket or a terminal: a file cannot be waited for");
    die("cannot wait for standard input: %s", strerror(errno));
}

/* ---- Percentiles ------------------------------------------------------------------------------------------------ */

/*
 * Counts of values in buckets whose width doubles with each power of two: 128 buckets for each, so that the middle of
 * a bucket is within 0.4 % of every value in it. Values below 256 have a bucket each.
 */
struct histogram {
    uint64_t count, max;
    uint64_t buckets[58 * 128];
};

static inline void record(struct histogram *h, uint64_t value) {
    unsigned shift = value < 256 ? 0 : 56 - (unsigned)__builtin_clzll(value);
    h->buckets[shift * 128 + (value >> shift)]++;
    h->count++;
    if (value > h->max) h->max = value;
}

static inline uint64_t percentile(const struct histogram *h, double part) {
    uint64_t rank = (uint64_t)(part * (double)h->count + 0.999999), seen = 0;
    if (rank < 1) rank = 1;
    for (size_t i = 0; i < sizeof h->buckets / sizeof h->buckets[0]; i++) {
        seen += h->buckets[i];
        if (seen < rank) continue;
        if (i < 256) return i;
        unsigned shift = (unsigned)(i / 128) - 1;
        uint64_t middle = ((uint64_t)(i - shift * 128) << shift) + (UINT64_C(1) << shift) / 2;
        return middle < h->max ? middle : h->max;
    }
    return h->max;
}

static inline void say_result(const struct histogram *h) {
    say("{\"event\":\"result\",\"count\":%llu,\"p50_ns\":%llu,\"p99_ns\":%llu,\"p999_ns\":%llu,\"max_ns\":%llu}",
        (unsigned long long)h->count, (unsigned long long)percentile(h, 0.5), (unsigned long long)percentile(h, 0.99),
        (unsigned long long)percentile(h, 0.999), (unsigned long long)h->max);
}

/* ---- Sockets ---------------------------------------------------------------------------------------------------- */

static inline struct sockaddr_in local_address(int port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static inline void without_delay(int fd) {
    int on = 1;
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) die("TCP_NODELAY: %s", strerror(errno));
}

static inline int new_socket(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) die("cannot make a socket: %s", strerror(errno));
    return fd;
}

/* Waits for a connection under way. Ten seconds outlast the repeated SYNs of a server whose backlog was full. */
static inline void await_connected(int fd, int port) {
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    int n;
    do n = poll(&ready, 1, 10000);
    while (n < 0 && errno == EINTR);
    int error = n == 0 ? ETIMEDOUT : 0;
    socklen_t size = sizeof error;
    if (n > 0) getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) die("cannot connect to 127.0.0.1:%d: %s", port, strerror(error));
    without_delay(fd);
}

static inline int begin_connecting(int port) {
    int fd = new_socket();
    struct sockaddr_in address = local_address(port);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS)
        die("cannot connect to 127.0.0.1:%d: %s", port, strerror(errno));
    return fd;
}

static inline bool must_wait(void) { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

/* Sends something small on a connection that has room for it but for the rarest case, in which it waits. */
static inline void send_all(int fd, const void *bytes, size_t length) {
    for (const char *at = bytes; length > 0;) {
        ssize_t n = send(fd, at, length, MSG_NOSIGNAL);
        if (n < 0 && !must_wait()) die("the connection ended while sending: %s", strerror(errno));
        if (n < 0) {
            struct pollfd waits[] = {{.fd = fd, .events = POLLOUT}, {.fd = STDIN_FILENO, .events = POLLIN}};
            poll(waits, 2, -1);
            if (waits[1].revents) heed_end_of_input();
            continue;
        }
        at += n;
        length -= (size_t)n;
    }
}

/* ---- Reading ---------------------------------------------------------------------------------------------------- */

/*
 * All connections read into one buffer. What is left of a packet that has not come whole stays there as long as the
 * same connection reads next, as in a stream; only when another one needs the buffer is it put aside, in memory of
 * just its size. So an idle connection holds 16 bytes, and a busy one copies at most the beginning of one packet.
 */
struct leftover {
    unsigned char *bytes;
    size_t length;
};

static struct {
    struct leftover *owner;
    size_t length;
    unsigned char bytes[LARGEST_FRAME + READ_BYTES];
} reader;

/* Reads up to READ_BYTES behind what was left; the result is that of recv. */
static inline ssize_t read_some(int fd, struct leftover *left) {
    if (reader.owner != left) {
        if (reader.length > 0) {
            reader.owner->bytes = allocate(reader.length);
            reader.owner->length = reader.length;
            memcpy(reader.owner->bytes, reader.bytes, reader.length);
        }
        reader.owner = left;
        reader.length = left->length;
        if (left->length > 0) {
            memcpy(reader.bytes, left->bytes, left->length);
            free(left->bytes);
            *left = (struct leftover){0};
        }
    }
    ssize_t n = recv(fd, reader.bytes + reader.length, READ_BYTES, MSG_DONTWAIT);
    if (n > 0) reader.length += (size_t)n;
    return n;
}

static inline void consumed(size_t bytes) {
    reader.length -= bytes;
    if (reader.length > 0 && bytes > 0) memmove(reader.bytes, reader.bytes + bytes, reader.length);
}

/* The connection is no more. */
static inline void drop_leftover(struct leftover *left) {
    free(left->bytes);
    *left = (struct leftover){0};
    if (reader.owner != left) return;
    reader.owner = NULL;
    reader.length = 0;
}

/* ---- Packets ---------------------------------------------------------------------------------------------------- */

static inline size_t frame_payload(const unsigned char *frame) { return (size_t)frame[0] << 8 | frame[1]; }

static inline void put_u16(unsigned char *to, size_t value) {
    to[0] = (unsigned char)(value >> 8);
    to[1] = (unsigned char)value;
}

/* Bytes that differ from their neighbours and repeat at no power of two, so that a misplaced copy shows. */
static inline void fill_payload(unsigned char *payload, size_t size) {
    for (size_t i = 0; i < size; i++) payload[i] = (unsigned char)(i * 7 + i / 251);
}

/* Makes one packet differ from another: a number over its first bytes, as many as it has. */
static inline void stamp(unsigned char *payload, size_t size, uint64_t number) {
    if (size >= sizeof number)
        memcpy(payload, &number, sizeof number);
    else
        memcpy(payload, &number, size);
}

/* ---- Streaming -------------------------------------------------------------------------------------------------- */

/*
 * Sends packets, one buffer in each write, as fast as the socket takes them. With `copies`, each packet is copied into
 * the buffer from elsewhere, as a driver has to; without, the same buffer goes out again and again, because the load
 * has to be cheaper than whatever it loads.
 */
static inline void stream(int fd, const unsigned char *header, size_t header_length, size_t size, bool polled,
                          bool copies) {
    size_t frame = header_length + size;
    size_t packets = (READ_BYTES + frame - 1) / frame, length = packets * frame; /* 64 KiB, and up to a packet more */
    unsigned char *buffer = allocate(length), *packet = allocate(size);
    fill_payload(packet, size);
    uint64_t number = 0;
    say("{\"event\":\"started\"}");
    for (bool first = true;; first = false) {
        for (unsigned char *to = buffer; (copies || first) && to < buffer + length; to += frame) {
            memcpy(to, header, header_length);
            stamp(packet, size, number++);
            memcpy(to + header_length, packet, size);
        }
        for (size_t at = 0; at < length;) {
            ssize_t n = send(fd, buffer + at, length - at, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (n >= 0) at += (size_t)n;
            if (n < 0 && !must_wait()) die("the connection ended while streaming: %s", strerror(errno));
            struct pollfd waits[] = {{.fd = fd, .events = POLLOUT}, {.fd = STDIN_FILENO, .events = POLLIN}};
            static unsigned turns;
            bool look = ++turns % 1024 == 0;
            if (n < 0 && !polled)
                poll(waits, 2, -1);
            else if (look)
                poll(waits + 1, 1, 0);
            if (waits[1].revents) heed_end_of_input();
            /* What the server says of itself (KryoNet, ZMTP) is not of interest, but must not fill the window. */
            if (look) recv(fd, NULL, READ_BYTES, MSG_DONTWAIT | MSG_TRUNC);
        }
    }
}

#endif

#!/bin/sh
# Builds floor.c and load.c into a folder of its own, runs each of their roles for a moment, and checks what they print.
# Needs cc and python3; takes less than 20 seconds. CC and CFLAGS are heeded
# (CFLAGS="-O1 -g -fsanitize=address,undefined").
set -eu

here=$(cd "$(dirname "$0")" && pwd)
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
for program in floor load; do
    # shellcheck disable=SC2086  # CFLAGS are several words
    ${CC:-cc} ${CFLAGS:--O2} -std=c11 -Wall -Wextra -Werror "$here/$program.c" -o "$built/$program"
done

BUILT=$built python3 - <<'END'
import json, os, random, resource, select, socket, struct, subprocess, threading, time

BUILT = os.environ["BUILT"]


class Program:
    def __init__(self, program, *arguments, descriptors=None):
        def limit():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.name = " ".join([program, *map(str, arguments)])
        self.process = subprocess.Popen([f"{BUILT}/{program}", *map(str, arguments)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit)

    def next(self, event):
        ready, _, _ = select.select([self.process.stdout], [], [], 10)
        assert ready, f"{self.name}: no line in ten seconds"
        line = self.process.stdout.readline()
        assert line, f"{self.name}: ended, {self.process.stderr.read()}"
        answer = json.loads(line)
        assert answer["event"] == event, f"{self.name}: {answer} instead of {event}"
        return answer

    def ask(self, command, event):
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()
        return self.next(event)

    def end(self):
        """Closes its input, which is all it takes."""
        self.process.stdin.close()
        self.ended(0)

    def ended(self, status, reason=""):
        code = self.process.wait(10)
        said = self.process.stderr.read().decode()
        assert code == status, f"{self.name}: status {code} instead of {status}: {said}"
        assert reason in said, f"{self.name}: said {said!r}, not {reason!r}"
        assert (said == "") == (status != 1), f"{self.name}: said {said!r}"
        assert self.process.stdout.read() == b"", f"{self.name}: more lines than expected"


def server(*arguments):
    program = Program("floor", *arguments)
    return program, program.next("ready")["port"]


def connect(port):
    client = socket.create_connection(("127.0.0.1", port), 10)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def frame(payload):
    return struct.pack(">H", len(payload)) + payload


def read_all(client):
    return b"".join(iter(lambda: client.recv(1 << 16), b""))


def exactly(client, count):
    data = bytearray()
    while len(data) < count:
        piece = client.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def ordered(result):
    assert 0 < result["p50_ns"] <= result["p99_ns"] <= result["p999_ns"] <= result["max_ns"], result
    assert result["count"] > 20, result


WAYS = [("--mode", mode, "--loop", loop) for mode in ("blocking", "polled") for loop in ("epoll", "direct")]


def pings_are_counted():
    for way in WAYS:
        echo, port = server("echo", *way)
        ping = Program("floor", "ping", "--port", port, *way, "--warmup", 0.05, "--seconds", 0.15, "--size", 100)
        result = ping.next("result")
        ping.ended(0)
        ordered(result)
        report = echo.ask("report", "report")
        assert report["packets"] >= result["count"] and report["bytes"] == 100 * report["packets"], report
        echo.end()


def echo_survives_a_sender_that_does_not_read():
    random.seed(1)
    sizes = [random.choice((1, 2, 3, 64, 1000, 65535)) for _ in range(700)]
    data = b"".join(frame(random.randbytes(size)) for size in sizes)
    for way in WAYS:
        echo, port = server("echo", *way)
        client = connect(port)

        def send():
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)  # what is on its way has to arrive nevertheless

        sender = threading.Thread(target=send)
        sender.start()
        time.sleep(0.1)
        assert read_all(client) == data, f"{way}: the echo is not what was sent"
        sender.join()
        report = echo.ask("report", "report")
        assert (report["packets"], report["bytes"]) == (len(sizes), sum(sizes)), report
        echo.end()


def packets_may_come_in_pieces_of_several_connections():
    for way in WAYS:
        sink, port = server("sink", *way)
        clients = [connect(port) for _ in range(3)]
        sink.ask("mark", "marked")
        data = frame(b"\xff" + b"x" * 300 + b"\x02") + frame(b"\x05")  # a packet of one byte is its first and its last
        for at in range(0, len(data), 7):
            for client in clients:
                client.sendall(data[at:at + 7])
        until = time.time() + 5
        report = {"packets": 0}
        while report["packets"] < 6 and time.time() < until:
            report = sink.ask("report", "report")
        assert (report["packets"], report["bytes"], report["sum"]) == (6, 3 * 303, 3 * (0xff + 2 + 5 + 5)), report
        assert sink.ask("memory", "memory")["heap"] == 0
        clients[0].sendall(b"\0\0")
        assert read_all(clients[0]) == b"", "a packet of length 0 must end the connection"
        sink.process.stdin.close()
        assert sink.process.wait(10) == 0 and b"length 0" in sink.process.stderr.read()


def streams_arrive():
    for program in "floor", "load":
        for size in 1, 64, 1024, 32768, 65535:
            for mode in "blocking", "polled":
                sink, port = server("sink", "--mode", mode)
                stream = Program(program, "stream", "--port", port, "--size", size, "--mode", mode)
                stream.next("started")
                time.sleep(0.05)
                sink.ask("mark", "marked")
                time.sleep(0.05)
                report = sink.ask("report", "report")
                assert report["packets"] > 20 and report["bytes"] == size * report["packets"], report
                assert 0 < report["sum"] < 510 * report["packets"], report
                stream.end()
                sink.end()


def many_are_echoed():
    for way in WAYS:
        echo, port = server("echo", *way)
        many = Program("load", "many", "--port", port, "--connections", 200, "--warmup", 0.1, "--seconds", 0.2)
        many.next("start")
        assert many.next("end")["echoes"] > 200
        many.ended(0)
        echo.end()


def idle_ones_do_not_matter():
    echo, port = server("echo")
    idle = Program("load", "idle", "--port", port, "--idle", 500, "--active", 5, "--warmup", 0.05, "--seconds", 0.2)
    idle.next("connected")
    for _ in range(2):
        ordered(idle.ask("ping", "result"))
    idle.end()
    echo.end()


def ticks_reach_everyone():
    for way in WAYS:
        tick, port = server("tick", "--connections", 50, "--size", 200, "--hz", 200, *way)
        drain = Program("load", "drain", "--port", port, "--connections", 50)
        drain.next("connected")
        tick.ask("mark", "marked")
        time.sleep(0.3)
        report, drained = tick.ask("report", "report"), drain.ask("report", "report")
        assert 10 < report["ticks"] < report["nanos"] * 200e-9 + 5, report
        assert 0 < report["p50_ns"] <= report["p99_ns"] <= report["max_ns"], report
        assert drained["bytes"] >= (report["ticks"] - 3) * 50 * 202, (report, drained)
        tick.process.stdin.close()
        assert tick.process.wait(10) == 0
        drain.ended(1, "the server closed it")


def bursts_are_handled():
    for way in WAYS:
        held, port = server("burst", "--connections", 100, "--packets", 10, *way)
        burst = Program("load", "burst", "--port", port, "--connections", 100, "--packets", 10)
        burst.next("connected")
        for _ in range(2):
            held.ask("pause", "paused")
            burst.ask("fire", "fired")
            handled = held.ask("go", "handled")
            assert 0 < handled["first_connection_ns"] < handled["last_connection_ns"] <= handled["nanos"], handled
        burst.end()
        held.end()


def updates_are_measured():
    for way in WAYS:
        update, port = server("update", *way)
        clients = [connect(port) for _ in range(3)]
        measured = update.ask("measure", "measured")
        assert measured["ns_per_call"] > 0 and measured["calls"] > 1000, measured
        update.end()
        del clients


def impostor(handle):
    """A server written by somebody else: its port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)

    def guarded(client):
        try:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            handle(client)
        except (EOFError, OSError):
            pass
        client.close()

    def accept():
        while True:
            threading.Thread(target=guarded, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def kryonet(client):
    client.sendall(frame(b"\1\0\0\0\7"))
    while True:
        payload = exactly(client, struct.unpack(">H", exactly(client, 2))[0])
        assert payload[0] == 0
        client.sendall(frame(b"\2") + frame(payload))


def zmtp(client):
    greeting = b"\xff" + bytes(8) + b"\x7f\3\0NULL" + bytes(16 + 1 + 31)
    assert exactly(client, 64) == greeting
    client.sendall(greeting + b"\4\x1c\5READY\x0bSocket-Type\0\0\0\6ROUTER")
    while True:
        flags, = exactly(client, 1)
        size, = struct.unpack(">Q", exactly(client, 8)) if flags & 2 else exactly(client, 1)
        body = exactly(client, size)
        if flags & 4:
            assert body in (b"\5READY\x0bSocket-Type\0\0\0\6DEALER", b"\5READY\x0bSocket-Type\0\0\0\4PUSH"), body
        else:
            length = struct.pack(">Q", size) if flags & 2 else bytes([size])
            client.sendall(b"\4\5\4PING" + bytes([flags]) + length + body)


def other_protocols_are_spoken():
    for protocol, serve in ("kryonet", kryonet), ("zmtp", zmtp):
        for size in 255, 256, 60000:
            port = impostor(serve)
            options = ("--port", port, "--protocol", protocol, "--size", size)
            many = Program("load", "many", *options, "--connections", 5, "--warmup", 0, "--seconds", 0.1)
            many.next("start")
            assert many.next("end")["echoes"] > 5
            many.ended(0)
        drain = Program("load", "drain", "--port", port, "--protocol", protocol, "--connections", 5)
        drain.next("connected")
        drain.end()


def failures_say_what_is_wrong():
    echo, port = server("echo")
    Program("floor", "echo", "--port", port).ended(1, "Address already in use")
    echo.end()
    for program, role in ("floor", "ping"), ("floor", "stream"), ("load", "stream"):
        Program(program, role, "--port", port).ended(1, f"cannot connect to 127.0.0.1:{port}: Connection refused")
    Program("load", "many", "--port", port, "--connections", 5).ended(1, "Connection refused")
    Program("floor", "ping").ended(1, "--port is missing")
    Program("floor", "sink", "--mode", "sleepy").ended(1, "--mode cannot be sleepy")
    Program("floor", "sink", "--sise", "5").ended(1, "--sise")
    Program("floor", "singing").ended(1, "the first argument must be")
    Program("load", "singing", "--port", 1).ended(1, "the first argument must be")

    many = ("many", "--connections", 5, "--warmup", 0, "--seconds", 5, "--port")
    load = Program("load", *many, impostor(lambda client: client.recv(10)))
    load.next("start")
    load.ended(1, "connection ")
    load = Program("load", *many, impostor(lambda client: (exactly(client, 66), client.sendall(frame(bytes(64))))))
    load.next("start")
    load.ended(1, "another packet back")
    load = Program("load", *many, impostor(lambda client: (exactly(client, 66), client.sendall(frame(bytes(63))))))
    load.next("start")
    load.ended(1, "63 bytes back for 64")

    load = Program("load", "idle", "--port", port, "--idle", 100, "--active", 1, descriptors=64)
    assert "hard limit is 64" in load.next("unavailable")["reason"]
    load.ended(3)

    sink, port = server("sink")
    sink.process.stdin.write(b"nonsense\n")
    sink.process.stdin.flush()
    sink.ended(1, "unknown command nonsense")
    sink, port = server("sink", "--loop", "direct", "--mode", "polled")
    sink.process.stdin.write(b"quit\n")
    sink.process.stdin.flush()
    sink.ended(0)


def the_end_of_input_ends_those_who_wait():
    """Against a server that accepts and says nothing, every client is stuck; it must go nevertheless."""
    port = impostor(lambda client: time.sleep(30))
    for way in WAYS:
        ping = Program("floor", "ping", "--port", port, *way)
        time.sleep(0.05)
        ping.end()
        stream = Program("floor", "stream", "--port", port, *way)
        stream.next("started")
        time.sleep(0.05)
        stream.end()
    many = Program("load", "many", "--port", port, "--connections", 5, "--warmup", 0)
    many.next("start")
    many.end()
    many = Program("load", "many", "--port", port, "--connections", 5, "--protocol", "zmtp")
    time.sleep(0.05)
    many.end()


for check in [pings_are_counted, echo_survives_a_sender_that_does_not_read,
              packets_may_come_in_pieces_of_several_connections, streams_arrive, many_are_echoed,
              idle_ones_do_not_matter, ticks_reach_everyone, bursts_are_handled, updates_are_measured,
              other_protocols_are_spoken, failures_say_what_is_wrong, the_end_of_input_ends_those_who_wait]:
    began = time.time()
    check()
    print(f"{time.time() - began:5.1f} s  {check.__name__.replace('_', ' ')}", flush=True)
END

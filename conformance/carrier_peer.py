#!/usr/bin/env python3
"""A carrier in another language, run against a real `gridmate carrier-echo` and `gridmate carrier-send`.

Written from docs/wire.md alone, sharing no code with the carrier, so that an error which its encoder and decoder make
in the same way still shows. Over UDP, and over TCP, where each datagram is a frame.

    carrier_peer.py [--gridmate PATH] [--udp | --tcp] [--only NAME] [--list] [--seed N]

Only loopback, only ports that the system chose. Most checks talk to one server, so that what one of them does to it
shows in the others; it is stopped with SIGTERM at the end.
Exit status: 0 nothing failed, 1 something did, 2 the command line is wrong. For Unix.
"""
import argparse
import collections
import contextlib
import os
import random
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

GRIDMATE = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "gridmate")
PATIENCE = 10  # seconds for anything that is not itself measured
CHECK_LIMIT = 60  # seconds for one check
SEED = 2017  # every size, byte and lost datagram follows from it, so that a failure repeats as far as the timing does

RELIABLE, CHUNKS, SEQUENTIAL_ID, SEQUENTIAL_REL_ID, DATA_CHANNEL, CONNECTING = 0x01, 0x04, 0x08, 0x10, 0x20, 0x80
CONNECT_REQUEST, CONNECT_ACK, DISCONNECT, CLOCK_SYNC, ACKS = 1, 2, 3, 4, 6
SYSTEM = 3  # the carrier's own channel
VERSION = 1
LARGEST = 1372  # a datagram
CHUNK = LARGEST - 12
BEFORE_0 = 65535
WINDOW = 48  # datagrams under way; that many fit into any socket's buffer


SERVERS = {}  # by transport, those that most checks share
KEPT = []


class Failed(Exception):
    """The program did something else than the page says."""


class Bad(Exception):
    """A datagram that the page calls bad."""


def expect(condition, text):
    if not condition:
        raise Failed(text)


def plus(number, steps):
    return (number + steps) & 0xFFFF


def later(a, b):
    return 0 < (a - b) & 0xFFFF < 32768


# --- the wire ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Message:
    channel: int
    reliable: bool
    seq: int
    rel: int
    payload: bytes
    chunks: int = 1
    connecting: bool = False
    resent: bool = False
    flags: int = 0  # as they were read


def encode(number, messages, shortcuts=True):
    """One datagram. Without shortcuts everything that may be written is written, a `chunks` of 1 too."""
    out = bytearray(struct.pack(">H", number))
    channel, previous, plain = 0, {}, set()
    for m in messages:
        if m.resent or not shortcuts:
            plain.add(m.channel)  # this message and all behind it carry both numbers
        before = previous.get(m.channel) if m.channel not in plain else None
        flags, rest = RELIABLE * m.reliable | CONNECTING * m.connecting, b""
        if m.channel != channel or not shortcuts:
            flags |= DATA_CHANNEL
            rest += bytes([m.channel])
        if m.chunks > 1 or not shortcuts:
            flags |= CHUNKS
            rest += struct.pack(">H", m.chunks)
        if before and m.seq == plus(before.seq, 1):
            flags |= SEQUENTIAL_ID
        else:
            rest += struct.pack(">H", m.seq)
        if before and BEFORE_0 not in (before.rel, m.rel) and m.rel == plus(before.rel, m.reliable):
            flags |= SEQUENTIAL_REL_ID
        else:
            rest += struct.pack(">H", m.rel)
        out += struct.pack(">BH", flags, len(m.payload)) + rest + m.payload
        channel, previous[m.channel] = m.channel, m
    return bytes(out)


def decode(datagram):
    """Returns the datagram's number and its messages. Bad is raised for the whole datagram."""
    if len(datagram) < 2:
        raise Bad("no number")
    number, at, channel, previous, messages = *struct.unpack_from(">H", datagram), 2, 0, {}, []
    try:
        while at < len(datagram):
            flags, length = struct.unpack_from(">BH", datagram, at)
            at += 3
            chunks = 1
            if flags & 0x42:
                raise Bad(f"flags {flags:#04x}")
            if flags & DATA_CHANNEL:
                channel = datagram[at]
                at += 1
            if flags & CHUNKS:
                (chunks,) = struct.unpack_from(">H", datagram, at)
                at += 2
            before = previous.get(channel)
            if channel > 3 or not 0 < chunks <= (32766 if flags & RELIABLE else 1):
                raise Bad(f"channel {channel}, chunks {chunks}")
            if not before and flags & (SEQUENTIAL_ID | SEQUENTIAL_REL_ID):
                raise Bad("a shortcut on the first message of a channel")
            if flags & SEQUENTIAL_ID:
                seq = plus(before.seq, 1)
            else:
                (seq,) = struct.unpack_from(">H", datagram, at)
                at += 2
            if flags & SEQUENTIAL_REL_ID:
                rel = plus(before.rel, flags & RELIABLE)
            else:
                (rel,) = struct.unpack_from(">H", datagram, at)
                at += 2
            if at + length > len(datagram):
                raise Bad("a length past the end")
            payload = datagram[at : at + length]
            at += length
            m = Message(channel, bool(flags & RELIABLE), seq, rel, payload, chunks, flags >= CONNECTING, False, flags)
            messages.append(m)
            previous[channel] = m
    except (struct.error, IndexError) as e:
        raise Bad("bytes are left over") from e
    return number, messages


def acks(names, form=None):
    """The payload of an ACKS that names these datagrams, in the form that the original would take, or in another."""
    if not names:
        return bytes([0x20, ACKS])
    last = first = names[-1]
    names = [name for name in names if min(plus(last, -name), plus(name, -last)) < 256]  # others: another connection's
    for name in names:
        last, first = (name if later(name, last) else last), (name if later(first, name) else first)
    span = (last - first) & 0xFFFF
    form = form or ("single" if len(names) == 1 else "continuous" if span == len(names) - 1 else "bits")
    if form == "single":
        return struct.pack(">BHB", 0, last, ACKS)
    if form == "continuous":
        return struct.pack(">BHHB", 0x40, last, first, ACKS)
    size = 64 if form == "64 bytes of bits" else (span + 7) // 8
    bits = bytearray(size)
    for name in names:
        if name != last:
            b = (last - 1 - name) & 0xFFFF
            bits[b >> 3] |= 1 << (b & 7)
    return struct.pack(">BH", 0x80 + size, last) + bits + bytes([ACKS])


def names_in(payload):
    """What an ACKS names, and its form."""
    first, rest = payload[0], payload[1:-1]
    if first & 0x80 and first - 0x80 <= 64 and len(rest) == first - 0x80 + 2:
        (last,) = struct.unpack_from(">H", rest)
        bits = [8 * k + b for k, byte in enumerate(rest[2:]) if byte for b in range(8) if byte >> b & 1]
        return [last] + [plus(last, -1 - bit) for bit in bits], "bits"
    if first == 0x40 and len(rest) == 4:
        last, begin = struct.unpack(">HH", rest)
        if not later(begin, last):
            return [plus(begin, i) for i in range(((last - begin) & 0xFFFF) + 1)], "continuous"
    if first == 0x20 and not rest:
        return [], "keep-alive"
    if first == 0x00 and len(rest) == 2:
        return list(struct.unpack(">H", rest)), "single"
    raise Bad(f"ACKS {payload.hex(' ')}")


# --- the two drivers --------------------------------------------------------------------------------------------------


class Udp:
    """Without a remote address, it talks to whoever speaks first."""

    def __init__(self, remote=None, port=0):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.remote = remote
        self.address = self.socket.getsockname()

    def fileno(self):
        return self.socket.fileno()

    def send(self, datagram):
        with contextlib.suppress(BlockingIOError, ConnectionError):  # lost, as datagrams may be
            if self.remote:
                self.socket.sendto(datagram, self.remote)

    def receive(self):
        datagrams = []
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while len(datagrams) < 32:
                datagram, sender = self.socket.recvfrom(65536)
                self.remote = self.remote or sender
                expect(sender == self.remote, f"a datagram from {sender}, not from {self.remote}")
                datagrams.append(datagram)
        return datagrams

    def close(self):
        self.socket.close()


class Tcp:
    def __init__(self, remote, connected=None):
        self.socket = connected or socket.create_connection(remote, PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.address = self.socket.getsockname()
        self.unsent, self.arrived, self.ended = bytearray(), bytearray(), False

    def fileno(self):
        return self.socket.fileno()

    def send(self, datagram):
        self.unsent += struct.pack(">H", len(datagram)) + datagram
        self._push()

    def _push(self):
        try:
            while self.unsent:
                del self.unsent[: self.socket.send(self.unsent)]
        except BlockingIOError:
            pass
        except ConnectionError:
            self.ended = True
            self.unsent.clear()

    def receive(self):
        self._push()
        try:
            piece = self.socket.recv(65536)
            self.arrived += piece
            self.ended |= not piece
        except BlockingIOError:
            pass
        except ConnectionError:
            self.ended = True
        datagrams, at = [], 0
        while len(self.arrived) >= at + 2:
            (size,) = struct.unpack_from(">H", self.arrived, at)
            expect(size > 0, "the program sent a length of 0")
            if len(self.arrived) < at + 2 + size:
                break
            datagrams.append(bytes(self.arrived[at + 2 : at + 2 + size]))
            at += 2 + size
        del self.arrived[:at]
        return datagrams

    def close(self):
        self.socket.close()


# --- the carrier ------------------------------------------------------------------------------------------------------


class Watch:
    """Sees each datagram of the program before any of them is lost here, and fails where one is not as the page says
    that a sender makes it. `sent` counts how often the program named each datagram of ours."""

    def __init__(self, largest):
        self.largest, self.number, self.gaps, self.sent = largest, 1, 0, {}
        self.seen = collections.OrderedDict()  # (channel, seq): the message
        self.top = [(BEFORE_0, BEFORE_0)] * 4  # the newest message's seq and reliableSeq
        self.forms, self.clock, self.resent, self.longest = collections.Counter(), [], [], 0
        self.what = ""  # in front of what it complains of
        self.begun = self.stands = False  # nothing has CONNECTING any more
        self.loose = False  # or also sees an earlier connection, with other numbers

    def datagram(self, datagram):
        try:
            number, messages = decode(datagram)
            if not self.loose:
                self._datagram(number, messages, len(datagram))
            return number, messages
        except (Failed, Bad) as e:
            raise Failed(f"{self.what}{e}, in {datagram[:120].hex(' ')}{' …' * (len(datagram) > 120)}") from e

    def system(self, *kinds):
        """The payloads of system messages, each once."""
        return [m.payload for (channel, _), m in self.seen.items() if channel == SYSTEM and m.payload[-1] in kinds]

    def _datagram(self, number, messages, size):
        if not self.begun:
            self.number = plus(number, -1)  # any number may be the first
        expect(later(number, self.number), f"datagram {number} after {self.number}")
        expect(size <= self.largest, f"a datagram of {size} bytes")
        self.gaps += plus(number, -self.number - 1)  # the system, or the program itself, lost some
        self.begun, self.number, self.longest = True, number, max(size, self.longest)
        previous, plain, acknowledged, users = {}, set(), False, False
        for m in messages:
            what = f"channel {m.channel}, seq {m.seq}, reliableSeq {m.rel}"
            key, (seq, rel), before = (m.channel, m.seq), self.top[m.channel], previous.get(m.channel)
            if later(m.seq, seq):
                if not self.gaps:
                    expect(m.seq == plus(seq, 1), f"{what} after seq {seq}")
                    expect(m.rel == plus(rel, m.reliable), f"{what} after reliableSeq {rel}")
                self.top[m.channel] = m.seq, m.rel
                self.seen[key] = m
                if len(self.seen) > 30000:
                    self.seen.popitem(last=False)
            else:
                expect(m.reliable, f"{what}, unreliable, after seq {seq}")
                old = self.seen.get(key)
                expect(old or self.gaps, f"{what} after seq {seq}, and never seen before")
                same = not old or (m.rel, m.chunks, m.payload) == (old.rel, old.chunks, old.payload)
                expect(same, f"{what} is not the message that it was before")
                self.resent.append((number, m))
                plain.add(m.channel)
            if m.channel in plain:
                expect(not m.flags & (SEQUENTIAL_ID | SEQUENTIAL_REL_ID), f"{what}: a shortcut at a resent message")
            if m.flags & SEQUENTIAL_REL_ID:
                expect(BEFORE_0 not in (m.rel, before.rel), f"{what}: a shortcut beside 65535")
            if m.chunks > 1 and self.largest == LARGEST:
                expect(len(m.payload) == CHUNK, f"{what}: a chunk of {len(m.payload)} bytes")
            previous[m.channel] = m
            expect(not (m.connecting and self.stands), f"{what}: CONNECTING after the connection stands")
            self.stands |= not m.connecting
            if m.channel == SYSTEM:
                expect(not acknowledged and not users, f"{what}: a system message behind the ACKS or the program's")
                acknowledged = self._system(m, what)
            else:
                expect(not m.connecting, f"{what}: the program's, before there is a connection")
                users = True

    def _system(self, m, what):
        kind = m.payload[-1] if m.payload else None
        notice = 3 + m.payload[3] if m.payload[1:2] == b"\xa5" and len(m.payload) >= 5 else 0
        sizes = {
            CONNECT_REQUEST: 5,
            CONNECT_ACK: 5,
            DISCONNECT: 2 + notice,  # a code and words between the reason and the id, which this peer ignores
            CLOCK_SYNC: 5,
            ACKS: len(m.payload),
        }
        expect(sizes.get(kind) == len(m.payload), f"{what}: system message {m.payload.hex(' ')}")
        expect(m.reliable == (kind in (CONNECT_ACK, DISCONNECT)), f"{what}: {kind} and reliable={m.reliable}")
        if kind == CLOCK_SYNC:
            (ms,) = struct.unpack_from(">I", m.payload)
            expect(not self.clock or ms > self.clock[-1][1], f"{what}: the clock goes back to {ms}")
            self.clock.append((time.monotonic(), ms))
        elif kind == ACKS:
            names, form = names_in(m.payload)
            self.forms[form] += 1
            for name in names:
                expect(name in self.sent, f"{what}: names {name}, which it should not have")
                self.sent[name] += 1
                expect(self.sent[name] <= 3, f"{what}: names {name} a fourth time")
        return kind == ACKS


class Inbound:
    """The order of one channel."""

    def __init__(self):
        self.seq = self.rel = BEFORE_0  # the last delivered ones
        self.reliable, self.unreliable, self.parts = {}, [], []

    def take(self, m):
        """Returns what is now next, in order; a message of chunks with its last one."""
        if m.reliable:
            if later(m.rel, self.rel):
                self.reliable[m.rel] = m
        else:
            self.unreliable.append(m)
        out = []
        while True:
            ready = [u for u in self.unreliable if not later(u.rel, self.rel)]
            if ready:
                self.unreliable = [u for u in self.unreliable if later(u.rel, self.rel)]
                for u in sorted(ready, key=lambda u: (u.seq - self.seq) & 0xFFFF):
                    if later(u.seq, self.seq):
                        self.seq = u.seq
                        out.append((u.channel, u.payload, False))
            following = self.reliable.pop(plus(self.rel, 1), None)
            if not following:
                return out
            self.seq, self.rel = following.seq, following.rel
            expect(
                not self.parts or following.chunks == self.parts[-1].chunks - 1,
                f"channel {following.channel}: chunks {following.chunks} after {[p.chunks for p in self.parts[-1:]]}",
            )
            self.parts.append(following)
            if following.chunks == 1:
                out.append((following.channel, b"".join(p.payload for p in self.parts), True))
                self.parts = []


def answers(datagram):
    """Whether it can be the answer to a CONNECT_REQUEST. All else is of an earlier connection from the same port."""
    return any(m.channel == SYSTEM and m.reliable and m.rel == 0 for m in decode(datagram)[1])


class Peer:
    """One connection. `tick` does all that is due; nothing happens in between."""

    def __init__(self, link, connects=True, version=VERSION, shortcuts=True, form=None):
        self.link, self.version, self.shortcuts, self.form = link, version, shortcuts, form
        self.watch = Watch(LARGEST if isinstance(link, Udp) else 65535)
        # What of ours leaves and what of theirs is taken: both may be replaced to lose datagrams.
        self.leaves = self.taken = lambda number, messages: True
        self.state = "connecting" if connects else "waiting"
        self.reason = self.closing = self.close_at = None
        self.number, self.tops = 2, [(BEFORE_0, BEFORE_0)] * 4
        self.system, self.again, self.fresh = collections.deque(), collections.deque(), collections.deque()
        self.flight = {}  # number: when it left, its reliable messages, how often later ones were named
        self.to_name, self.arrived = {}, collections.deque(maxlen=1024)
        self.last_acks, self.data_came, self.round_trip = 0.0, False, 0.0
        self.request_at, self.request_wait = 0.0, 0.01
        self.inbound = [Inbound() for _ in range(4)]
        self.received, self.clock, self.clock_at = [], None, 0.0
        self.resent = 0

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        """In order, unless the check failed. A UDP socket stays open: another one with its port would hear, for some
        time, what is meant for this one."""
        if failure is None and self.state == "connected":
            self.disconnect(0)
            pump([self], lambda: self.state == "closed", 1)
        KEPT.append(self.link) if isinstance(self.link, Udp) else self.link.close()

    # What leaves.

    def make(self, channel, payload, reliable=True, chunks=1):
        seq, rel = self.tops[channel]
        self.tops[channel] = seq, rel = plus(seq, 1), plus(rel, reliable)
        return Message(channel, reliable, seq, rel, payload, chunks, self.state == "connecting")

    def send(self, channel, payload, reliable=True, chunk=CHUNK):
        if len(payload) <= chunk:
            self.fresh.append(self.make(channel, payload, reliable))
            return
        parts = [payload[i : i + chunk] for i in range(0, len(payload), chunk)]
        self.fresh.extend(self.make(channel, part, True, len(parts) - i) for i, part in enumerate(parts))

    def disconnect(self, reason):
        self.closing = reason
        self.system.append(self.make(SYSTEM, bytes([reason, DISCONNECT])))

    def transmit(self, messages):
        """One datagram with these messages, which are numbered already."""
        number, self.number = self.number, plus(self.number, 1)
        datagram = encode(number, messages, self.shortcuts)
        self.flight[number] = [time.monotonic(), [m for m in messages if m.reliable], 0]
        if self.leaves(number, messages):
            self.watch.sent[number] = 0
            self.link.send(datagram)
        else:
            self.watch.sent.pop(number, None)
        return datagram

    def raw(self, body):
        """One datagram with any bytes; the program should not take it."""
        number, self.number = self.number, plus(self.number, 1)
        self.watch.sent.pop(number, None)
        self.link.send(struct.pack(">H", number) + body)

    def acknowledge(self):
        newest = next(reversed(self.to_name), None)
        names = [n for n in self.to_name if (newest - n) & 0xFFFF <= 512 or later(n, newest)]
        for n in list(self.to_name):
            self.to_name[n] -= 1
            if not self.to_name[n]:
                del self.to_name[n]
        return self.make(SYSTEM, acks(names, self.form), False)

    def flush(self, now):
        ready = self.state == "connected" and self.closing is None
        while True:
            queues = [q for q in (self.again, self.fresh) if q] if ready and len(self.flight) < WINDOW else []
            due = now - self.last_acks >= (0.015 if self.data_came else 0.1)
            if not (self.system or due or queues):
                return
            messages = [*self.system]
            self.system.clear()
            # Beside a whole chunk there is no room for an ACKS: that one leaves alone when it is due.
            if due or messages or self.to_name and len(queues[0][0].payload) < CHUNK - 100:
                messages.append(self.acknowledge())
                self.last_acks, self.data_came = now, False
            room = LARGEST - 2 - sum(10 + len(m.payload) for m in messages)
            for queue in queues:
                while queue and 10 + len(queue[0].payload) <= room:
                    messages.append(queue.popleft())
                    room -= 10 + len(messages[-1].payload)
            self.transmit(messages)

    # What arrives.

    def tick(self):
        for datagram in self.link.receive():
            if len(datagram) > 1 and (self.state != "connecting" or answers(datagram)):
                self.arrive(*self.watch.datagram(datagram))
        now = time.monotonic()
        if self.state == "closed" and now > self.close_at or self.state == "mute":
            return
        if self.state == "connecting" and now >= self.request_at:
            self.request_at, self.request_wait = now + self.request_wait, min(1, 2 * self.request_wait)
            self.system.append(self.make(SYSTEM, struct.pack(">IB", self.version, CONNECT_REQUEST), False))
        for number, (left, reliable, missed) in list(self.flight.items()):
            if now - left > 1 - missed / 3:
                del self.flight[number]
                for m in reliable:
                    m.resent = True
                    self.resent += 1
                    (self.system if m.channel == SYSTEM else self.again).append(m)
        if self.state != "waiting":
            self.flush(now)

    def arrive(self, number, messages):
        if self.state == "waiting":
            expect(all(m.connecting for m in messages), f"not all of it CONNECTING: {messages}")
            if not messages or messages[0].payload[-1:] != bytes([CONNECT_REQUEST]):
                return
        if not self.taken(number, messages) or number in self.arrived:
            return
        self.arrived.append(number)
        self.to_name[number] = 3
        for m in messages:
            if m.channel == SYSTEM and m.payload[-1] == ACKS:
                self.acknowledged(names_in(m.payload)[0])  # at once, whatever it waits for
            else:
                self.data_came = True
            for delivered in self.inbound[m.channel].take(m):
                if m.channel == SYSTEM:
                    self.control(delivered[1])
                else:
                    self.received.append(delivered)

    def acknowledged(self, names):
        now = time.monotonic()
        for name in names:
            if name in self.flight:
                self.round_trip = now - self.flight.pop(name)[0]
        for number, entry in self.flight.items():
            if any(later(name, number) for name in names):
                entry[2] += 1

    def control(self, payload):
        kind, now = payload[-1], time.monotonic()
        if kind == CONNECT_REQUEST and self.state == "waiting":
            (version,) = struct.unpack_from(">I", payload)
            self.state = "connected"
            if version == self.version:
                self.system.append(self.make(SYSTEM, struct.pack(">IB", self.version, CONNECT_ACK)))
            else:
                self.disconnect(9)
        elif kind == CONNECT_ACK and self.state == "connecting":
            self.state = "connected"
        elif kind == CLOCK_SYNC:
            (ms,) = struct.unpack_from(">I", payload)
            self.clock, self.clock_at = max(self.time(now), ms + self.round_trip * 500), now
        elif kind == DISCONNECT and self.state != "closed":
            self.reason = payload[0]
            if self.closing is None:
                self.disconnect(self.reason)
            self.state, self.close_at = "closed", now + 0.5

    def time(self, now):
        """The time of both, in milliseconds."""
        return 0 if self.clock is None else self.clock + (now - self.clock_at) * 1000


def pump(peers, until=lambda: False, seconds=PATIENCE, what=None):
    """Runs the peers until the condition holds; if it does not in time, that is a failure if there is a `what`."""
    end = time.monotonic() + seconds
    while True:
        for peer in peers:
            peer.tick()
        if until():
            return True
        if time.monotonic() > end:
            states = ", ".join(f"{p.state}, reason {p.reason}, {len(p.received)} messages" for p in peers[:3])
            expect(not what, f"not within {seconds} s: {what} ({states})")
            return False
        select.select([p.link for p in peers if not getattr(p.link, "ended", False)], [], [], 0.003)


def connected(*peers):
    pump(peers, lambda: all(p.state != "connecting" for p in peers), what="a connection")
    for p in peers:
        expect(p.state == "connected", f"a DISCONNECT with reason {p.reason} instead of a connection")
    return peers[0]


def compare(sent, received, lossy=False):
    """Each channel for itself. What is unreliable may be missing if `lossy`, and all else not."""
    for channel in range(3):
        came = iter([m for m in received if m[0] == channel])
        m = next(came, None)
        for i, wanted in enumerate(w for w in sent if w[0] == channel):
            if m == wanted:
                m = next(came, None)
            else:
                got = "nothing" if m is None else f"{m[1][:16].hex(' ')} … ({len(m[1])} bytes, reliable={m[2]})"
                want = f"{wanted[1][:16].hex(' ')} … ({len(wanted[1])} bytes, reliable={wanted[2]})"
                expect(lossy and not wanted[2], f"channel {channel}, message {i}: {got} came instead of {want}")
        expect(m is None, f"channel {channel}: {len(m[1]) if m else 0} bytes came that were not sent, or twice")


def echo(peer, messages, seconds=PATIENCE):
    peer.received.clear()
    for m in messages:
        peer.send(*m)
    pump([peer], lambda: len(peer.received) >= len(messages), seconds, f"{len(messages)} messages back")
    pump([peer], seconds=0.03)  # for what is too much
    compare(messages, peer.received)


def mixture(rng, count, largest=200):
    return [(rng.randrange(3), rng.randbytes(rng.randint(1, largest)), rng.random() < 0.6) for _ in range(count)]


# --- the program ------------------------------------------------------------------------------------------------------


class Program:
    """A process of `gridmate`, which does not outlive its check."""

    def __init__(self, *command):
        self.stderr = tempfile.TemporaryFile()  # not a pipe: nobody reads it meanwhile
        self.process = subprocess.Popen(
            [GRIDMATE, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.stderr
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.stderr.close()

    def said(self):
        return os.pread(self.stderr.fileno(), 1 << 20, 0).decode(errors="replace")

    def ended(self, peers=(), status=0):
        """Waits for the end, with the peers running; returns what standard output had left."""
        pump(peers, lambda: self.process.poll() is not None, 20, "the end of the program")
        was, said = self.process.returncode, self.said()
        expect(was == status, f"exit status {was}; standard error {said!r}")
        expect("Exception" not in said and "\tat " not in said, f"a stack trace on standard error: {said!r}")
        return self.process.stdout.read().decode()


class Server(Program):
    def __init__(self, transport, *options):
        super().__init__("carrier-echo", f"--{transport}", "--bind", "127.0.0.1", "--port", "0", *options)
        self.transport = transport
        try:
            ready = select.select([self.process.stdout], [], [], 30)[0]
            line = self.process.stdout.readline().decode().rstrip("\n") if ready else ""
            found = re.fullmatch(r"listening on ([0-9.]+):([0-9]+)", line)
            expect(found, f"first line {line!r} instead of 'listening on ADDR:PORT'; standard error {self.said()!r}")
            self.address = found[1], int(found[2])
        except BaseException:
            self.__exit__()
            raise

    def link(self):
        return Udp(self.address) if self.transport == "udp" else Tcp(self.address)

    def peer(self, **options):
        return Peer(self.link(), **options)

    def connect(self, **options):
        peer = self.peer(**options)
        try:
            return connected(peer)
        except BaseException:
            peer.link.close()
            raise


RNG = random.Random()


def server(transport):
    """The one that most checks share."""
    if transport not in SERVERS or SERVERS[transport].process.poll() is not None:
        SERVERS[transport] = Server(transport)
    return SERVERS[transport]


# --- the checks -------------------------------------------------------------------------------------------------------


def echoes(transport):
    """Everything comes back, on its channel, with its reliability; with all shortcuts and with none."""
    seen = []
    for shortcuts in (True, False):
        with server(transport).connect(shortcuts=shortcuts) as peer:
            echo(peer, [(0, b"hello", True)])
            sizes = (1, 2, 2, 300, CHUNK)
            echo(peer, [(c, RNG.randbytes(n), r) for c in range(3) for r in (True, False) for n in sizes])
            echo(peer, [(1, RNG.randbytes(5000), True), (1, b"behind it", False)])
            echo(peer, [(2, RNG.randbytes(100_000), True), (0, b"beside it", True), (2, b"behind it", False)])
            peer.received.clear()
            message = RNG.randbytes(5000)
            peer.send(0, message, True, 700)  # chunks of another size
            pump([peer], lambda: peer.received, what="a message that came in chunks of 700 bytes")
            compare([(0, message, True)], peer.received)
            many = mixture(RNG, 500)
            for i in range(0, 500, 100):
                echo(peer, many[i : i + 100])
            seen.append(f"{peer.watch.gaps} datagrams lost, {len(peer.watch.resent)} messages sent again")
    return f"longest datagram {peer.watch.longest}; {', '.join(seen)}"


def acknowledgement_forms(transport):
    """The program sends nothing again of what was acknowledged in any of the forms."""
    forms = ("single", "continuous", "bits", "64 bytes of bits", None)
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(server(transport).peer(form=form)) for form in forms]
        connected(*peers)
        for i in range(8):
            for peer in peers:
                peer.send(0, b"%d" % i)
            # One datagram of theirs at a time, so that the single form is enough.
            pump(peers, lambda n=i + 1: all(len(p.received) >= n for p in peers), what="echoes")
            pump(peers, seconds=0.04)
        pump(peers, seconds=1.3)
        for peer in peers:
            expect(not peer.watch.resent, f"{peer.form}: {peer.watch.resent[:1]} repeats what was acknowledged")
    theirs = sum((p.watch.forms for p in peers), collections.Counter())
    return f"{', '.join(map(str, forms[:-1]))}; the program's: {dict(theirs)}"


def idle(transport):
    """About ten datagrams in a second each way, with nothing but an ACKS; each of ours is named three times."""
    with server(transport).connect() as peer:
        echo(peer, [(0, b"before", True)])
        pump([peer], seconds=0.2)
        theirs, ours, system = peer.watch.number, peer.number, peer.watch.top[SYSTEM][0]
        pump([peer], seconds=2)
        theirs, ours = plus(peer.watch.number, -theirs), plus(peer.number, -ours)
        expect(16 <= theirs <= 30, f"{theirs} datagrams of theirs in 2 s, {ours} of ours")
        expect(plus(peer.watch.top[SYSTEM][0], -system) == theirs, "something else than one ACKS in each datagram")
        counts = [count for number, count in peer.watch.sent.items() if number < peer.number - 8]
        # The request is named with its answer alone: nothing more is kept of a peer that has not acknowledged that.
        expect(set(counts[1:]) == {3}, f"our datagrams were named {counts} times")
        echo(peer, [(0, b"after", True)])
    return f"{theirs} datagrams of theirs, {ours} of ours in 2 s; each named three times; {dict(peer.watch.forms)}"


def version_mismatch(transport):
    """Reason 9; and if nobody acknowledges it, its repetition ends."""
    with server(transport).peer(version=2) as peer, server(transport).peer(version=3) as deaf:
        pump([peer], lambda: peer.state != "connecting", what="an answer")
        expect((peer.state, peer.reason) == ("closed", 9), f"{peer.state}, reason {peer.reason}")
        deaf.taken = lambda number, messages: False
        deaf.tick()
        deaf.state = "mute"
        began, times = time.monotonic(), []
        last = deaf.watch.number
        while time.monotonic() < began + 8 and (not times or time.monotonic() < times[-1] + 1.3):
            pump([peer, deaf], seconds=0.02)
            if deaf.watch.number != last:
                last = deaf.watch.number
                times.append(time.monotonic())
        expect(times, "the second one got no answer")
        expect(time.monotonic() < began + 8, f"still sending after 8 s: {last - 1} datagrams")
        pump([peer], lambda: False, 0.1)
    with server(transport).connect() as peer:
        echo(peer, [(0, b"fine", True)])
    again = len(deaf.watch.resent)
    return f"unacknowledged, {last - 1} datagrams and {again} repetitions in {times[-1] - began:.2f} s, then none"


def repeated_request(transport):
    """The original's repeated requests, with an id byte more each; they are one connection, and stay one."""
    with server(transport).peer() as peer:
        requests = [peer.make(SYSTEM, struct.pack(">I", 1) + b"\1" * n, False) for n in (1, 2, 3)]
        peer.request_at = time.monotonic() + 3600
        peer.transmit(requests[1:2])  # the first one was lost
        peer.transmit(requests[2:])
        connected(peer)
        echo(peer, [(0, b"once", True)])
        pump([peer], seconds=0.3)
        expect(peer.state == "connected", f"reason {peer.reason}")
        got = peer.watch.system(CONNECT_ACK, DISCONNECT)
        expect(len(got) == 1, f"system messages {got}")
    return "one CONNECT_ACK, one connection"


def strangers(transport):
    """Nothing but a CONNECT_REQUEST, in front and with CONNECTING, gets an answer."""

    def message(payload, channel=SYSTEM, connecting=True, reliable=False, seq=0):
        return Message(channel, reliable, seq, 0 if reliable else BEFORE_0, payload, 1, connecting)

    request = struct.pack(">IB", VERSION, CONNECT_REQUEST)
    keep_alive = message(acks([]))
    datagrams = [b"G", b"\0", encode(2, [])] + ([b""] if transport == "udp" else [])
    datagrams += [
        encode(2, messages)
        for messages in (
            [message(b"hello", 0, False)],
            [message(b"hello", 0, False, True)],
            [message(b"hello", 0)],
            [keep_alive],
            [message(acks([]), connecting=False)],
            [message(bytes([0, DISCONNECT]), reliable=True, connecting=False)],
            [message(bytes([0, DISCONNECT]), reliable=True)],
            [message(struct.pack(">IB", VERSION, CONNECT_ACK), reliable=True, connecting=False)],
            [message(struct.pack(">IB", 1000, CLOCK_SYNC))],
            [message(request, connecting=False)],
            [message(request, 0)],
            [message(b"")],
            [keep_alive, message(request, seq=1)],
            [message(b"hello", 0), message(request)],
        )
    ]
    datagrams += [encode(2, [message(request)]) + tail for tail in (b"\0", b"\0\0", b"\2\0\0", b"\x20\0\0\4\0\0\0\0")]
    with server(transport).connect() as neighbour, contextlib.ExitStack() as stack:
        links = [stack.enter_context(contextlib.closing(server(transport).link())) for _ in datagrams]
        for link, datagram in zip(links, datagrams):
            link.send(datagram)
        echo(neighbour, [(0, b"meanwhile", True)])
        pump([neighbour], seconds=0.4)
        for link, datagram in zip(links, datagrams):
            answer = link.receive()
            expect(not answer, f"{datagram.hex(' ')} got the answer {answer[0].hex(' ') if answer else ''}")
        # And none of it is remembered.
        peers = [Peer(link) for link in links if not getattr(link, "ended", False)]
        connected(*peers)
        for peer in peers:
            peer.send(0, b"afterwards")
        pump(peers, lambda: all(p.received for p in peers), what="echoes")
    return f"{len(datagrams)} kinds of datagrams unanswered; {len(peers)} of their senders connected afterwards"


def bad_datagrams(transport):
    """What the page calls bad, each kind on a connection of its own: nothing of the datagram is taken or acknowledged.
    A good message that stood beside a bad ACKS comes when it is sent again."""
    good = b"\x20\0\6\0\0\0\xff\xffpoison"  # channel 0, seq 0: taken, it would come back
    bodies = {
        "flag 0x02": good + b"\x0a\0\1\xff\xffx",
        "flag 0x40": good + b"\x48\0\1\xff\xffx",
        "channel 4": good + b"\x20\0\1\4\0\0\xff\xffx",
        "channel 255": good + b"\x20\0\1\xff\0\0\xff\xffx",
        "0 chunks": good + b"\5\0\1\0\0\0\1\0\0x",
        "32767 chunks": good + b"\5\0\1\x7f\xff\0\1\0\0x",
        "2 unreliable chunks": good + b"\4\0\1\0\2\0\1\xff\xffx",
        "seq missing": b"\x28\0\1\0\xff\xffx",
        "reliableSeq missing": b"\x30\0\1\0\0\0x",
        "both missing on channel 1": good + b"\x38\0\1\1x",
        "one byte past the end": good + b"\0\0\2\0\1\xff\xffx",
        "a length of 65535": good + b"\0\xff\xff\0\1\xff\xffx",
        "one byte left over": good + b"\0",
        "two bytes left over": good + b"\0\0",
        "half a header": good + b"\0\0\0\0\1\xff",
    }
    bad_acks = {
        "no form of ACKS": b"\x10\0\2\6",
        "single with 5 bytes": b"\0\0\2\0\2\6",
        "continuous with 3 bytes": b"\x40\0\2\6",
        "continuous, first behind last": b"\x40\0\2\0\3\6",
        "keep-alive with 3 bytes": b"\x20\0\2\6",
        "bits, too few": b"\x82\0\2\0\6",
        "65 bytes of bits": b"\xc1\0\2" + bytes(65) + b"\6",
        "ACKS of nothing": b"\6",
    }
    whole = [b"G", b"x"] + ([b""] if transport == "udp" else [])
    with server(transport).connect() as neighbour, contextlib.ExitStack() as stack:
        kinds = [*bodies, *bad_acks, *whole]
        peers = {kind: stack.enter_context(server(transport).peer()) for kind in kinds}
        everybody = [neighbour, *peers.values()]
        connected(*everybody)
        for kind, peer in peers.items():
            peer.watch.what = f"{kind}: "
            if kind in bad_acks:
                peer.transmit([peer.make(0, b"later"), peer.make(SYSTEM, bad_acks[kind], False)])
            elif kind in bodies:
                peer.raw(bodies[kind])
            else:
                peer.link.send(kind)
        pump(everybody, seconds=0.2)
        afterwards = [(0, b"reliable", True), (0, b"unreliable", False)]
        for kind, peer in peers.items():
            expect(not peer.received, f"{kind}: {peer.received} came back")
            for m in afterwards:
                peer.send(*m)
        pump(everybody, lambda: all(p.received[-2:] == afterwards for p in peers.values()), 5)
        for kind, peer in peers.items():
            got = peer.received[-2:]
            expect(got == afterwards, f"{kind}: {got} came back afterwards, {peer.state}, reason {peer.reason}")
        echo(neighbour, [(0, b"meanwhile", True)])
    return f"{len(bodies) + len(whole)} kinds of bad datagrams, {len(bad_acks)} of bad ACKS"


def empty_messages(transport):
    """A length of 0 is no harm to anybody, whether such a message comes back or not."""
    with Server(transport) as own, own.connect() as neighbour, own.connect() as peer:
        for reliable in (True, False):
            peer.send(0, b"", reliable)
            peer.send(0, b"behind it", reliable)
        pump([neighbour, peer], lambda: [m[1] for m in peer.received].count(b"behind it") == 2, 2)
        why = f"the neighbour got a DISCONNECT with reason {neighbour.reason}: {own.said().strip()}"
        expect(neighbour.state == "connected", why)
        echo(neighbour, [(0, b"meanwhile", True)])
        expect([m[1] for m in peer.received].count(b"behind it") == 2, f"{peer.received} came back, {peer.state}")
        own.process.terminate()
        own.ended([neighbour, peer])
    return f"{[len(m[1]) for m in peer.received]} bytes came back"


def duplicates(transport):
    """Each of our datagrams twice, some of them again much later."""
    with server(transport).connect() as peer:
        late, real = [], peer.link.send

        def twice(datagram):
            real(datagram)
            real(datagram)
            if RNG.random() < 0.2:
                late.append(datagram)

        peer.link.send = twice
        for _ in range(3):
            echo(peer, mixture(RNG, 100))
            pump([peer], seconds=0.1)
            for datagram in late:
                real(datagram)
            pump([peer], seconds=0.1)
            expect(len(peer.received) == 100, f"{len(peer.received)} of 100 messages came back")
    return f"3 x 100 messages, delivered once; {len(late)} datagrams came late again"


def lost_of_ours(transport):
    """Sent again in a new datagram; the old one still arrives, behind it."""
    with server(transport).connect() as peer:
        held = []
        peer.leaves = lambda number, messages: held or not any(m.channel == 0 for m in messages) or held.append(number)
        messages = [(0, b"lost at first", True), (0, b"and an unreliable one", False)]
        for m in messages:
            peer.send(*m)
        began = time.monotonic()
        pump([peer], lambda: held and peer.received, what="the repaired message")
        took = time.monotonic() - began
        lost = Message(0, True, 0, 0, b"lost at first"), Message(0, False, 1, 0, b"and an unreliable one")
        expect(peer.received == messages[:1], f"{peer.received} came back")
        peer.link.send(encode(held[0], lost))  # not lost but late: what is new in it is wanted
        peer.watch.sent[held[0]] = 0
        pump([peer], seconds=0.2)
        compare(messages, peer.received)
        echo(peer, [(0, b"on it goes", True)])
    return f"repaired after {took * 1000:.0f} ms"


def lost_of_theirs(transport):
    """A datagram that we do not take nor acknowledge is repaired in a new one, with the same numbers."""
    with server(transport).connect() as peer:
        lost = []

        def first_of_two(number, messages):
            mine = [m for m in messages if m.channel == 1]
            if mine and not lost:
                lost.extend((number, mine, time.monotonic()))
                return False
            return True

        peer.taken = first_of_two
        peer.send(1, b"one")
        peer.send(1, b"two", False)
        pump([peer], lambda: lost, what="an echo to lose")
        pump([peer], lambda: peer.received, what="the repaired message")
        number, messages, when = lost
        took = time.monotonic() - when
        again = [(n, m) for n, m in peer.watch.resent if m.channel == 1]
        expect(len(again) == 1, f"sent again: {again}")
        n, m = again[0]
        expect(later(n, number), f"in datagram {n} after {number}")
        expect((m.seq, m.rel, m.payload) == (0, 0, b"one"), f"sent again as {m}, was {messages}")
        pump([peer], seconds=0.2)
        echo(peer, [(1, b"three", True), (1, b"four", False)])
        # Everything behind it is lost as well: nothing tells of the loss but time.
        alone, began = [], time.monotonic()

        def nothing_since(number, messages):
            alone.extend(m for m in messages if m.channel == 2)
            return not alone

        peer.taken = nothing_since
        peer.send(2, b"alone")
        pump([peer], lambda: any(m.channel == 2 for _, m in peer.watch.resent), 3, "a repetition")
        alone = time.monotonic() - began
        expect(0.9 < alone < 1.5, f"without any acknowledgement repeated after {alone * 1000:.0f} ms, not 1000")
        peer.taken = lambda number, messages: True
        pump([peer], lambda: (2, b"alone", True) in peer.received, what="the repetition")
    return f"{number} repaired in {n} after {took * 1000:.0f} ms; without acknowledgements after {alone * 1000:.0f} ms"


def unreliable_waits(transport):
    with server(transport).connect() as peer:
        first, then, behind = peer.make(0, b"R0"), peer.make(0, b"R1"), peer.make(0, b"U names R1", False)
        peer.transmit([first])
        pump([peer], lambda: peer.received, what="R0")
        peer.transmit([behind])
        pump([peer], seconds=0.3)
        expect(len(peer.received) == 1, f"{peer.received[1:]} came before what it waits for")
        peer.transmit([then])
        pump([peer], lambda: len(peer.received) >= 3, what="R1 and what waited for it")
        expect([m[1] for m in peer.received] == [b"R0", b"R1", b"U names R1"], f"{peer.received}")
        # Without a hole nobody waits, and what comes too late is dropped.
        a, b, c = (peer.make(0, text, False) for text in (b"a", b"b", b"c"))
        for m in (b, a, c):
            peer.transmit([m])
        pump([peer], lambda: len(peer.received) >= 5, what="b and c")
        pump([peer], seconds=0.1)
        expect([m[1] for m in peer.received[3:]] == [b"b", b"c"], f"{peer.received[3:]}")
    return "an unreliable message waited for its reliable one; a late one was dropped"


def reordered(transport):
    """Datagrams in another order; reliable messages are put in order, and unreliable ones with them."""
    with server(transport).connect() as peer:
        echo(peer, [(0, b"before", True)])  # the program has heard that its answer came
        peer.received.clear()
        for turn in range(5):
            sent = [(c, b"%d %d" % (turn, i), i % 3 != 1) for c in range(3) for i in range(12)]
            datagrams, real = [], peer.link.send
            peer.link.send = datagrams.append
            for m in sent:
                peer.transmit([peer.make(*m)])
            peer.link.send = real
            RNG.shuffle(datagrams) if turn else datagrams.reverse()
            for datagram in datagrams:
                peer.link.send(datagram)
            pump([peer], lambda: sum(m[2] for m in peer.received) >= 24, what="24 reliable messages back")
            pump([peer], seconds=0.1)
            compare(sent, peer.received, lossy=True)
            # In front of the first reliable one nothing can wait; backwards, all others do.
            expect(turn or len(peer.received) == 36, f"{len(peer.received)} of 36 came back, sent backwards")
            peer.received.clear()
    return "5 x 36 datagrams, backwards and shuffled"


def quarter_lost(transport):
    """Two thousand messages, 25 % of the datagrams lost in each direction."""
    with server(transport).connect() as peer:
        rng = random.Random(RNG.random())
        peer.leaves = peer.taken = lambda number, messages: rng.random() >= 0.25
        messages = [m for _ in range(10) for m in mixture(RNG, 198) + [(1, RNG.randbytes(5000), True)] * 2]
        for m in messages:
            peer.send(*m)
        reliable = sum(m[2] for m in messages)
        began = time.monotonic()
        done = lambda: sum(m[2] for m in peer.received) >= reliable and not (peer.fresh or peer.again)
        pump([peer], done, 30, f"{reliable} reliable messages back")
        took = time.monotonic() - began
        pump([peer], seconds=0.2)
        compare(messages, peer.received, lossy=True)
        expect(peer.state == "connected", f"reason {peer.reason}")
    return (
        f"{len(peer.received)} of {len(messages)} back, all {reliable} reliable ones, in {took:.1f} s; "
        f"sent again: {peer.resent} by us, {len(peer.watch.resent)} by it"
    )


def wrap_around(transport):
    """All numbers past 65535: 66,000 datagrams each way, with a message each, of which few are unreliable."""
    with server(transport).connect() as peer:
        count, sent, ok = 66_000, 0, 0
        missing = []
        began = time.monotonic()
        while ok < count:
            while sent < count and len(peer.fresh) + len(peer.flight) < WINDOW:
                peer.send(0, struct.pack(">I", sent) * 175, sent % 1000 != 999)  # no two of them fit into a datagram
                sent += 1
            peer.tick()
            for channel, payload, reliable in peer.received:
                (index,) = struct.unpack_from(">I", payload)
                while ok < index and ok % 1000 == 999:
                    missing.append(ok)
                    ok += 1
                wanted = (0, struct.pack(">I", ok) * 175, ok % 1000 != 999)
                expect((channel, payload, reliable) == wanted, f"message {index} came instead of {ok}")
                ok += 1
            peer.received.clear()
            expect(time.monotonic() < began + CHECK_LIMIT - 5, f"only {ok} back after {CHECK_LIMIT - 5} s")
            expect(peer.state == "connected", f"reason {peer.reason} after {ok} messages")
            select.select([peer.link], [], [], 0.003)
        expect(len(missing) < 10, f"unreliable messages {missing} missing")
        took = time.monotonic() - began
        theirs = peer.watch.number
        echo(peer, [(0, b"on it goes", True), (1, b"here too", False)])
    return f"{count} messages back in {took:.1f} s, {len(missing)} missing; we are at {peer.number}, it at {theirs}"


def clock(transport):
    """The program's clock comes at its interval, and goes forwards."""
    with Server(transport, "--clock-sync", "100") as own, own.connect() as peer:
        times = []
        ticks = peer.watch.clock
        pump([peer], lambda: times.append(peer.time(time.monotonic())) or len(ticks) > 10, 3, "11 of CLOCK_SYNC")
        steps = [b[1] - a[1] for a, b in zip(ticks, ticks[1:])]
        # One that is late, on a busy machine, makes the step before it longer and the next one shorter.
        even = all(20 <= step <= 300 for step in steps) and 900 <= sum(steps) <= 1300
        expect(even, f"steps of {steps} ms instead of 100")
        for (when, ms), (then, was) in zip(ticks[1:], ticks):
            drift = (ms - was) - (when - then) * 1000
            expect(abs(drift) < 150, f"the clock went {ms - was} ms in {(when - then) * 1000:.0f} ms")
        expect(times == sorted(times), "the time of both went back")
        own.process.terminate()
        own.ended([peer])
    with server(transport).connect() as peer:  # without the option: we send the time; it can only bear it
        for ms in (1000, 900, 1100, 0xFFFFFFFF):
            peer.transmit([peer.make(SYSTEM, struct.pack(">IB", ms, CLOCK_SYNC), False)])
        echo(peer, [(0, b"fine", True)])
        expect(not peer.watch.clock, f"a CLOCK_SYNC without --clock-sync: {peer.watch.clock}")
    return f"first {ticks[0][1]} ms, steps {steps}"


def disconnects(transport):
    """Answered with the same reason; the same socket, or TCP connection, connects again."""
    with server(transport).connect() as peer:
        link, seen = peer.link, []
        for reason in (0, 7):
            echo(peer, [(0, b"here", True)])
            peer.disconnect(reason)
            began = time.monotonic()
            pump([peer], lambda: peer.state == "closed", 3, "an answer to DISCONNECT")
            expect(peer.reason == reason, f"answered {reason} with {peer.reason}")
            seen.append(f"{(time.monotonic() - began) * 1000:.0f}")
            last = peer.watch.number
            pump([peer], seconds=0.7)
            tail = plus(peer.watch.number, -last)
            quiet = peer.watch.number
            pump([peer], seconds=0.3)
            expect(peer.watch.number == quiet, "still sending 0.7 s after its DISCONNECT")
            expect(not getattr(link, "ended", False), "the TCP connection was closed")
            peer = connected(Peer(link))
        echo(peer, [(0, b"again", True)])
    return f"answered after {', '.join(seen)} ms; {tail} datagrams after its answer; connected again each time"


def restarted(transport):
    """Two that vanish without a word, one of them soon, and come again from their ports while the program still knows
    them. Either may be told so, with reason 6, before it is let in."""
    links, seen = [], {1: [], 100: []}
    for echoes_before in seen:
        peer = server(transport).connect()
        for _ in range(echoes_before):
            peer.send(0, b"here")
            pump([peer], lambda: peer.received.pop() if peer.received else None, what="an echo")
        peer.link.close()
        links.append(Udp(server(transport).address, peer.link.address[1]))
    peers, began = [Peer(link) for link in links], time.monotonic()
    for peer in peers:
        peer.watch.loose = True

    def all_in():
        for i, tries in enumerate(seen.values()):
            if peers[i].state == "closed" and time.monotonic() > peers[i].close_at:
                tries.append(f"reason {peers[i].reason}")
                expect(peers[i].reason == 6 and len(tries) < 5, f"{tries}")
                peers[i] = Peer(links[i])
                peers[i].watch.loose = True
            elif peers[i].state == "connected" and "in after" not in " ".join(tries):
                tries.append(f"in after {time.monotonic() - began:.1f} s")
        return all(p.state == "connected" for p in peers)

    pump(peers, all_in, 6, "both in again")
    for peer in peers:
        with peer:
            echo(peer, [(0, b"again", True)])
    return "; ".join(f"after {n} echoes: {', '.join(tries)}" for n, tries in seen.items())


def silence(transport):
    """Who is silent for 5 s is forgotten, and who is not stays. On a server of its own: when one peer times out, others
    who have been silent for half as long go with it."""
    with Server(transport) as own, own.connect() as peer, own.connect() as neighbour:
        echo(peer, [(0, b"here", True)])
        peer.state = "mute"
        began, before, mark = time.monotonic(), peer.watch.number, peer.watch.number
        while time.monotonic() < began + 8:
            pump([peer, neighbour], seconds=0.05)
            if peer.watch.number != mark:
                mark, last = peer.watch.number, time.monotonic() - began
            elif time.monotonic() > began + 5 and time.monotonic() - began > last + 0.6:
                break
        expect(4.8 <= last < 7, f"the last datagram came {last:.2f} s after ours")
        reasons = [payload[0] for payload in peer.watch.system(DISCONNECT)]
        count = plus(mark, -before)
        peer.transmit([peer.make(0, b"anybody?")])
        pump([peer, neighbour], seconds=0.4)
        expect(peer.watch.number == mark, "a forgotten peer got an answer")
        echo(neighbour, [(0, b"meanwhile", True)])
        own.process.terminate()
        own.ended([neighbour, peer])
    return f"{count} datagrams in {last:.2f} s, then silence; DISCONNECT {reasons or 'none'}"


def sigterm(transport):
    """DISCONNECT with reason 7 to each peer, and exit status 0, whether they answer or not."""
    with Server(transport) as own, own.connect() as peer, own.connect() as mute:
        echo(peer, [(0, b"here", True)])
        mute.state = "mute"
        own.process.terminate()
        began = time.monotonic()
        pump([peer], lambda: peer.state == "closed", 3, "a DISCONNECT")
        expect(peer.reason == 7, f"reason {peer.reason}")
        own.ended([peer, mute])
        took = time.monotonic() - began
        got = mute.watch.system(DISCONNECT)
        expect(got == [bytes([7, 0xA5, 5, 0, DISCONNECT])], f"the one that does not answer got {got}")
        expect(took < 4, f"it took {took:.1f} s")
    return f"ended after {took:.2f} s"


def served(transport, *options, before=lambda peer: None, status=0, **more):
    """Runs carrier-send against a server here, which sends each message back; returns the peer, what it got and what
    the program wrote."""
    with contextlib.ExitStack() as stack:
        if transport == "udp":
            link = Udp()
            address = link.address
        else:
            listening = stack.enter_context(contextlib.closing(socket.create_server(("127.0.0.1", 0))))
            listening.settimeout(PATIENCE)
            address = listening.getsockname()
        target = "{}:{}".format(*address)
        program = stack.enter_context(Program("carrier-send", target, f"--{transport}", *options))
        if transport == "tcp":
            link = Tcp(None, listening.accept()[0])
        peer = stack.enter_context(Peer(link, connects=False, **more))
        before(peer)
        sent = []

        def back():
            for channel, payload, reliable in peer.received:
                sent.append((channel, payload, reliable))
                peer.send(channel, payload, reliable)
            peer.received.clear()
            return program.process.poll() is not None

        expect(pump([peer], back, 20), f"carrier-send still runs; {len(sent)} messages came")
        return peer, sent, program.ended(status=status) + program.said()


def sends(transport):
    """carrier-send against a server here."""
    seen = []
    for options, count, size, reliable, channel in (
        (("--count", "300", "--size", "100"), 300, 100, True, 0),
        (("--count", "20", "--size", "5000", "--channel", "2"), 20, 5000, True, 2),
        (("--count", "10", "--size", "65535", "--unreliable"), 10, 65535, True, 0),
        (("--count", "200", "--size", "50", "--channel", "1", "--unreliable"), 200, 50, False, 1),
    ):
        peer, sent, out = served(transport, *options)
        what = " ".join(options)
        kinds = {(m[0], len(m[1]), m[2]) for m in sent}
        expect(len(sent) == count and kinds == {(channel, size, reliable)}, f"{what}: {len(sent)} came, of {kinds}")
        expect(peer.state == "closed", f"{what}: it ended without a DISCONNECT")
        seen.append(f"{what}: reason {peer.reason}, {peer.watch.number - 1} datagrams")
    return "; ".join(seen)


def sends_with_loss(transport):
    """carrier-send loses datagrams of its own, and we lose others."""

    def lossy(peer):
        rng = random.Random(RNG.random())
        peer.leaves = peer.taken = lambda number, messages: peer.closing is not None or rng.random() >= 0.1

    options = ("--count", "300", "--size", "300", "--loss", "10", "--seed", "1", "--latency", "20")
    peer, sent, out = served(transport, *options, before=lossy)
    expect(len(sent) == 300, f"{len(sent)} messages came")
    figures = re.search("lost=.*", out)
    again = len(peer.watch.resent)
    return f"it lost {peer.watch.gaps} datagrams and sent {again} messages again; {figures and figures[0]}"


def handshake(transport):
    """The requests of carrier-send while nobody answers for two seconds, and its end when the version is another."""
    times = []

    def slow(number, messages):
        if messages[0].payload[-1:] == bytes([CONNECT_REQUEST]):
            times.append(time.monotonic())
        return times[-1] > times[0] + 2

    def be_slow(peer):
        peer.taken = slow

    peer, sent, _ = served(transport, "--count", "1", before=be_slow)
    expect(len(sent) == 1, f"{len(sent)} messages came")
    waits = [round((b - a) * 1000) for a, b in zip(times, times[1:])]
    wanted = [10, 20, 40, 80, 160, 320, 640, 1000]
    off = any(abs(wait - want) > 25 for wait, want in zip(waits, wanted))
    expect(len(waits) >= 8 and not off, f"requests after {waits} ms, not {wanted}")
    peer, sent, said = served(transport, "--count", "1", status=1, version=2)
    expect(not sent, f"{len(sent)} messages came in spite of the version")
    expect(len(said.strip().splitlines()) <= 2, f"not one line of complaint: {said!r}")
    return f"requests after {waits} ms; refused, it says {said.strip()!r}"


CHECKS = (
    echoes, acknowledgement_forms, idle, version_mismatch, repeated_request, strangers, bad_datagrams, empty_messages,
    duplicates, lost_of_ours, lost_of_theirs, unreliable_waits, reordered, quarter_lost, wrap_around, clock,
    disconnects, restarted, silence, sigterm, sends, sends_with_loss, handshake,
)  # fmt: skip
UDP_ONLY = {wrap_around, restarted}
# Without --tcp, these alone run over TCP too: the others look at what is above the driver.
OVER_TCP = {echoes, strangers, bad_datagrams, empty_messages, duplicates, quarter_lost, disconnects, sigterm, sends}


def stopped(transport):
    """The shared server has nothing to complain of after all that."""
    own = SERVERS.pop(transport)
    own.process.terminate()
    own.ended()
    lines = own.said().splitlines()
    usual = re.compile(r"\S+Z ((bad input|disconnected|not connected) .+ [A-Z_]+(: .+)?|\.\.\. and \d+ more|WARNING .+)")
    odd = [line for line in lines if not usual.fullmatch(line)]
    expect(not odd, f"standard error: {odd}")
    return f"exit status 0, {len(lines)} lines on standard error about peers that went without a word"


def main():
    global GRIDMATE
    arguments = argparse.ArgumentParser(description="Checks the carrier from another language.")
    arguments.add_argument("--gridmate", metavar="PATH", default=GRIDMATE, help="default: the one above this folder")
    names = [check.__name__ for check in CHECKS]
    arguments.add_argument("--only", metavar="NAME", action="append", choices=names, help="this check; may be repeated")
    arguments.add_argument("--list", action="store_true", help="print the names of the checks")
    arguments.add_argument("--seed", type=int, default=SEED, help="default: %(default)s")
    which = arguments.add_mutually_exclusive_group()
    which.add_argument("--udp", dest="transports", action="store_const", const=["udp"], help="over UDP alone")
    which.add_argument("--tcp", dest="transports", action="store_const", const=["tcp"], help="over TCP alone")
    options = arguments.parse_args()
    if options.list:
        for check in CHECKS:
            print(f"{check.__name__}: {' '.join((check.__doc__ or '').split())}{' UDP only.' * (check in UDP_ONLY)}")
        return 0
    GRIDMATE = os.path.abspath(options.gridmate)
    try:
        # The first start builds the program; that minute is no check's.
        version = subprocess.run([GRIDMATE, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as e:
        print(f"carrier_peer.py: {GRIDMATE} does not start: {e}", file=sys.stderr)
        return 1
    print(f"{version.strip()}; seed {options.seed}".replace("\n", "; "), flush=True)

    def too_long(*_):
        raise Failed(f"not done within {CHECK_LIMIT} s")

    signal.signal(signal.SIGALRM, too_long)
    passed = failed = 0
    start = time.monotonic()
    try:
        for transport in options.transports or ["udp", "tcp"]:
            chosen = [c for c in CHECKS if c.__name__ in (options.only or names)]
            if transport == "tcp":
                all_of_them = options.transports or options.only
                chosen = [c for c in chosen if (c not in UDP_ONLY if all_of_them else c in OVER_TCP)]
            for check in [*chosen, stopped]:
                if check is stopped and transport not in SERVERS:
                    continue
                RNG.seed(f"{options.seed} {check.__name__}")
                signal.alarm(CHECK_LIMIT)
                began = time.monotonic()
                try:
                    seen = check(transport)
                    passed += 1
                    result = "ok"
                except (Failed, OSError) as e:
                    failed += 1
                    result, seen = "FAILED", e if isinstance(e, Failed) else f"{type(e).__name__}: {e}"
                finally:
                    signal.alarm(0)
                print(f"{result} {transport} {check.__name__} ({time.monotonic() - began:.1f} s): {seen}", flush=True)
    finally:
        for left in SERVERS.values():
            left.__exit__()
    print(f"{passed} passed, {failed} failed in {time.monotonic() - start:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

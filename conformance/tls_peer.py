#!/usr/bin/env python3
"""TLS of other implementations, run against a real `gridmate echo`, and `gridmate connect` against them.

Python's ssl module (OpenSSL beneath it) and, if it is there, `openssl s_client`: each with TLS 1.2 and 1.3, with and without
a client certificate, with a wrong authority and a wrong host name. Packets are exchanged exactly when they should be.

    tls_peer.py [--gridmate PATH]

Only loopback, only ports that the system chose. Exit status: 0 nothing failed, 1 something did, 2 the command line is wrong.
"""
import argparse
import os
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

PATIENCE = 10
PACKETS = [b"hello", b"x" * 20_000, b"end"]


class Failed(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failed(text)


class Echo:
    """A `gridmate echo` for the time of a check."""

    def __init__(self, gridmate, *options):
        self.process = subprocess.Popen(
            [gridmate, "echo", "--port", "0", "--seconds", "60", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        expect(line.startswith("listening on "), "it does not listen: " + line)
        self.port = int(line.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.send_signal(signal.SIGTERM)
        out, self.err = self.process.communicate(timeout=PATIENCE)
        expect(self.process.returncode == 0, "echo ended with %d: %s" % (self.process.returncode, self.err))
        expect("Exception" not in self.err, "a stack trace: " + self.err)
        self.counters = dict(each.split("=") for each in out.split()[-60:] if "=" in each)


def frames():
    return b"".join(struct.pack(">H", len(packet)) + packet for packet in PACKETS)


def client_context(certs, version, authority="ca.pem", shown=False):
    context = ssl.create_default_context(cafile=os.path.join(certs, authority))
    context.minimum_version = context.maximum_version = version
    if shown:
        context.load_cert_chain(os.path.join(certs, "client.pem"), os.path.join(certs, "client-key.pem"))
    return context


def exchange(context, port, name):
    """Sends the packets and returns what comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain:
        with context.wrap_socket(plain, server_hostname=name) as tls:
            tls.sendall(frames())
            came = b""
            while len(came) < len(frames()):
                part = tls.recv(1 << 16)
                if not part:
                    break
                came += part
            return came


def refused(context, port, name):
    try:
        came = exchange(context, port, name)
    except TimeoutError:
        raise Failed("neither refused nor answered") from None
    except OSError:  # an ssl.SSLError is one
        return True
    return came == b""


def server_options(certs, *more):
    return ["--tls-cert", os.path.join(certs, "server.pem"), "--tls-key", os.path.join(certs, "server-key.pem"), *more]


def check_python_client(gridmate, certs, others, version):
    with Echo(gridmate, *server_options(certs)) as echo:
        for name in ("localhost", "127.0.0.1"):
            expect(exchange(client_context(certs, version), echo.port, name) == frames(), "not what was sent")
        expect(refused(client_context(certs, version), echo.port, "other.example"), "a wrong name was taken")
        expect(refused(client_context(others, version), echo.port, "localhost"), "an unknown authority was taken")
        with socket.create_connection(("127.0.0.1", echo.port), timeout=PATIENCE) as plain:
            plain.sendall(frames())
            plain.recv(1000)  # an alert, or the end
    expect("does not speak TLS" in echo.err, "the plain client was not told from one in TLS: " + echo.err)
    expect(int(echo.counters["tls_handshakes"]) >= 2, "handshakes were not counted: %s" % echo.counters)


def check_python_client_certificate(gridmate, certs, others, version):
    options = server_options(certs, "--tls-require-client-cert", "--tls-ca", os.path.join(certs, "ca.pem"))
    with Echo(gridmate, *options) as echo:
        expect(exchange(client_context(certs, version, shown=True), echo.port, "localhost") == frames(), "not what was sent")
        expect(refused(client_context(certs, version), echo.port, "localhost"), "a client without a certificate was let in")
        stranger = client_context(certs, version)
        stranger.load_cert_chain(os.path.join(others, "client.pem"), os.path.join(others, "client-key.pem"))
        expect(refused(stranger, echo.port, "localhost"), "a client of an unknown authority was let in")
    expect(int(echo.counters["packets_in"]) == len(PACKETS), "packets came from who was not let in")


def check_python_server(gridmate, certs, others, version):
    """An echo server in Python, and `gridmate connect` as its client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(os.path.join(certs, "server.pem"), os.path.join(certs, "server-key.pem"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)

        def serve(times):
            for _ in range(times):
                plain, _ = listener.accept()
                plain.settimeout(PATIENCE)
                try:
                    with context.wrap_socket(plain, server_side=True) as tls:
                        part = tls.recv(1 << 16)
                        while part:
                            tls.sendall(part)
                            part = tls.recv(1 << 16)
                        tls.unwrap()
                except OSError:
                    pass

        server = threading.Thread(target=serve, args=(2,), daemon=True)
        server.start()
        target = "localhost:%d" % listener.getsockname()[1]
        talk = [gridmate, "connect", target, "--tls", "--timeout", str(PATIENCE)]
        good = subprocess.run(talk + ["--tls-ca", os.path.join(certs, "ca.pem")], input="hello\nworld\n",
                              capture_output=True, text=True, timeout=3 * PATIENCE)
        expect(good.stdout == "hello\nworld\n" and good.returncode == 0, "connect: %s%s" % (good.stdout, good.stderr))
        bad = subprocess.run(talk + ["--tls-ca", os.path.join(others, "ca.pem")], input="hello\n",
                             capture_output=True, text=True, timeout=3 * PATIENCE)
        expect(bad.returncode == 1 and bad.stdout == "" and "nobody who is trusted" in bad.stderr, "connect: " + bad.stderr)
        server.join(PATIENCE)


def s_client(port, version, *options):
    """Sends the packets with openssl s_client, and returns what comes back before it ends."""
    command = ["openssl", "s_client", "-quiet", "-connect", "127.0.0.1:%d" % port, version, "-servername", "localhost",
               "-verify_return_error", *options]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    late = threading.Event()
    timer = threading.Timer(PATIENCE, lambda: (late.set(), process.kill()))
    timer.start()
    came = b""
    try:
        process.stdin.write(frames())
        process.stdin.flush()
        while len(came) < len(frames()):
            part = os.read(process.stdout.fileno(), 1 << 16)
            if not part:
                break
            came += part
    except BrokenPipeError:
        pass
    finally:
        timer.cancel()
        process.kill()
        process.wait()
    expect(not late.is_set(), "s_client: neither refused nor answered")
    return came


def check_openssl(gridmate, certs, others, version):
    def path(folder, name):
        return os.path.join(folder, name)
    trust = ["-CAfile", path(certs, "ca.pem"), "-verify_hostname", "localhost"]
    mine = ["-cert", path(certs, "client.pem"), "-key", path(certs, "client-key.pem")]
    with Echo(gridmate, *server_options(certs)) as echo:
        expect(s_client(echo.port, version, *trust) == frames(), "not what was sent")
        expect(s_client(echo.port, version, "-CAfile", path(others, "ca.pem")) == b"", "an unknown authority was taken")
        expect(s_client(echo.port, version, "-CAfile", path(certs, "ca.pem"), "-verify_hostname", "other.example") == b"",
               "a wrong name was taken")
    options = server_options(certs, "--tls-require-client-cert", "--tls-ca", path(certs, "ca.pem"))
    with Echo(gridmate, *options) as echo:
        expect(s_client(echo.port, version, *trust, *mine) == frames(), "not what was sent")
        expect(s_client(echo.port, version, *trust) == b"", "a client without a certificate was let in")


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--gridmate", default=os.path.join(here, os.pardir, "gridmate"), metavar="PATH")
    gridmate = parser.parse_args().gridmate
    checks = []
    for name, version in (("1.2", ssl.TLSVersion.TLSv1_2), ("1.3", ssl.TLSVersion.TLSv1_3)):
        for check in (check_python_client, check_python_client_certificate, check_python_server):
            checks.append((check, name, version))
        if shutil.which("openssl"):
            checks.append((check_openssl, name, {"1.2": "-tls1_2", "1.3": "-tls1_3"}[name]))
    if not shutil.which("openssl"):
        print("left out: openssl s_client, there is no openssl")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        certs, others = os.path.join(folder, "certs"), os.path.join(folder, "others")
        for each in (certs, others):
            subprocess.run([gridmate, "dev-cert", each], check=True, stdout=subprocess.DEVNULL)
        for check, name, version in checks:
            try:
                check(gridmate, certs, others, version)
                print("ok      TLS %s %s" % (name, check.__name__[6:]))
            except (Failed, OSError, subprocess.SubprocessError) as why:
                failed += 1
                print("FAILED  TLS %s %s: %s" % (name, check.__name__[6:], why))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

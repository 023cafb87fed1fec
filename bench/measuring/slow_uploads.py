"""Memory of a server for each of 1,000 uploads that come slowly."""

import contextlib
import resource
import socket
import time
import urllib.parse

from support.processes import children, memory

from measuring.result import Goal, Measurement, Peer
from measuring.upload_servers import PEERS, Missing, lakegate
from measuring.uploads import plan
from measuring.workshop import MIB

CONNECTIONS = 1000
STATED_BYTES = 8 * MIB  # of each body
FIRST_BYTES = 64 << 10  # that come at once
TRICKLE_BYTES = 100
TRICKLE_ROUNDS = 20


def allow_descriptors(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count if hard == resource.RLIM_INFINITY else min(count, hard), hard))


def resident_bytes(process_id):
    return sum(memory(one) for one in (process_id, *children(process_id)))


def begin(target, number):
    address = urllib.parse.urlparse(target.url)
    method, path, _ = target.whole(number)
    head = f"{method} {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {STATED_BYTES}\r\n"
    made = socket.create_connection((address.hostname, address.port), timeout=60)
    made.sendall(head.encode() + target.headers.read_bytes() + b"\r\n")
    return made


def bytes_each(workshop, target) -> float:
    """The growth of all processes' resident memory from a warm server without connections to one amid the uploads."""
    noise = workshop.noise_file(1 * MIB)
    workshop.load(target.url, target.headers, plan(target, noise, 16, CONNECTIONS, 64, False))
    before = resident_bytes(target.process_id)
    with contextlib.ExitStack() as stack:
        uploads = [stack.enter_context(begin(target, number)) for number in range(CONNECTIONS)]
        for upload in uploads:
            upload.sendall(b"\0" * FIRST_BYTES)
        for _ in range(TRICKLE_ROUNDS):
            for upload in uploads:
                upload.sendall(b"\0" * TRICKLE_BYTES)
            time.sleep(0.05)
        return (resident_bytes(target.process_id) - before) / CONNECTIONS


def measure(workshop):
    allow_descriptors(CONNECTIONS + 200)
    found, missing = {}, {}
    for name, start in {"Lakegate": lakegate, **PEERS}.items():
        try:
            with start(workshop, 0, False) as target:
                found[name] = bytes_each(workshop, target) / 1024
        except Missing as why:
            missing[name] = str(why)
    peers = [Peer(name, found.get(name), missing.get(name, "")) for name in PEERS]
    yield Measurement("slow_uploads", f"each of {CONNECTIONS:,} uploads", "KiB", found["Lakegate"], peers, False, [Goal(at_most=32)])

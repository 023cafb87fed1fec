"""Events on their way out: how soon after the commit, how many a second, and what they cost those who load."""

import contextlib
import socket
import subprocess
import sys

from support.server import wait_for
from support.subscriptions import change, deliveries, subscribe

from measuring import files, receiver
from measuring.publishing import SMALL_ROWS
from measuring.result import Goal, Measurement, Peer, counted, median, percentile

LANES = (1, 64)
CLIENTS = 8
# The receiver is on this machine and speaks plain HTTP.
LOCAL = {"delivery.private_addresses": "127.0.0.0/8", "delivery.http_allowed": "true"}


class Receiver:
    """measuring/receiver.py as a process, and what it noted."""

    def __init__(self, workshop, kind, *words):
        self.file = workshop.fresh_folder() / "events"
        self.file.touch()
        self.process = subprocess.Popen([sys.executable, receiver.__file__, kind, self.file, *map(str, words)], stdout=subprocess.PIPE, text=True)
        self.first_line = self.process.stdout.readline().strip()
        assert self.first_line, f"no receiver of {kind}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.first_line}/events"

    def noted(self):
        """(came in µs, happened in ms, type, id) of each."""
        whole, _, _ = self.file.read_text(encoding="utf-8").rpartition("\n")
        return [(int(came), int(happened), kind, name) for came, happened, kind, name in (line.split("\t") for line in whole.splitlines())]


def load(workshop, server, dataset, file, clients, count):
    return workshop.run_tool("batches", "--url", server.url, "--headers", workshop.headers_file(server.headers()), "--dataset", dataset,
                             "--file", file, "--clients", clients, "--batches", count)


def latency(workshop, file):
    """One client loads batches; when did the word that one is active arrive?"""
    count = 100 if workshop.quick else 500
    with workshop.server(**LOCAL) as server, Receiver(workshop, "webhook") as hook:
        lake = server.lake()
        dataset = lake.dataset_of("Events", files.PROPERTIES)
        feed_url = f"{server.url}/events?type=batch.active"
        with Receiver(workshop, "feed", feed_url, workshop.headers_file(server.headers())) as feed:
            subscribe(lake, hook.url, types=["batch.active"])
            load(workshop, server, dataset, file, 1, count)
            wait_for(lambda: len(hook.noted()) >= count and len(feed.noted()) >= count, what="the arrival of all events")
            noted = {"webhook": hook.noted(), "feed (SSE)": feed.noted()}
    for name, events in noted.items():
        # The time that an event has is of its transaction, in whole milliseconds, so the commit's own sync is counted in.
        taken = [came / 1000 - happened for came, happened, _, _ in events[:count]]
        detail = {"count": count, "p50_ms": median(taken), "p99_ms": percentile(taken, 0.99), "longest_ms": max(taken)}
        yield Measurement("delivery", f"{name}, p50", "ms", median(taken), [], False, [], "From the commit to the receiver", detail)
        yield Measurement("delivery", f"{name}, p99", "ms", percentile(taken, 0.99), [], False, [Goal(at_most=100)],
                          "From the commit to the receiver", detail)  # fmt: skip


def backlog(lake, workshop, server, file, lanes, events):
    """A paused subscription's: so many lanes, about so many events in all. Returns how many there are."""
    datasets = [lake.dataset_of(f"Events {number}", files.PROPERTIES) for number in range(lanes)]
    for dataset in datasets:
        load(workshop, server, dataset, file, min(4, CLIENTS), max(1, events // lanes // 5))  # five events a batch


def drained(lake, subscription):
    found = deliveries(lake, subscription)
    return bool(found) and all(lane["waiting"] == 0 for lane in found.values())


def rates(workshop, file):
    """What a subscriber that was paused gets a second once it is not: nobody loads meanwhile."""
    events = 1_000 if workshop.quick else 4_000
    for lanes in LANES:
        with workshop.server(**LOCAL) as server, Receiver(workshop, "webhook") as hook:
            lake = server.lake()
            subscription = subscribe(lake, hook.url, state="paused")
            backlog(lake, workshop, server, file, lanes, events)
            change(lake, subscription, state="active")
            wait_for(lambda: len(hook.noted()) > 0 and drained(lake, subscription), seconds=120, what="the delivery of the backlog")
            came = [event[0] for event in hook.noted()]
        assert len(came) == len({name for *_, name in hook.noted()}), "some came twice"
        seconds = (max(came) - min(came)) / 1e6
        yield Measurement("delivery", f"webhook, {counted(lanes, 'lane')}", "1/s", (len(came) - 1) / seconds, [], True, [],
                          "Deliveries a second out of a backlog", {"events": len(came), "seconds": seconds})  # fmt: skip


@contextlib.contextmanager
def subscriber(workshop, lake, kind):
    if kind == "none":
        yield
    elif kind == "dead":
        with socket.socket() as probe:  # bound, not listening: who connects is refused
            probe.bind(("127.0.0.1", 0))
            subscribe(lake, f"http://127.0.0.1:{probe.getsockname()[1]}/")
            yield
    else:
        with Receiver(workshop, "webhook") as hook:
            subscribe(lake, hook.url)
            yield


def costs(workshop, file):
    """Small batches by several clients, in turns: without a subscriber, with one, with one that is dead."""
    count, rounds = (300, 2) if workshop.quick else (1_200, 4)
    made = {"none": [], "one": [], "dead": []}
    for _ in range(rounds):
        for kind, per_second in made.items():
            with workshop.server(**LOCAL) as server:
                lake = server.lake()
                dataset = lake.dataset_of("Events", files.PROPERTIES)
                with subscriber(workshop, lake, kind):
                    per_second.append(count / load(workshop, server, dataset, file, CLIENTS, count)["seconds"])
    for kind, name, goal in (("one", "a subscriber of everything", 0.75), ("dead", "a subscriber that is dead", 0.95)):
        yield Measurement("delivery", f"{CLIENTS} clients, {name}", "1/s", median(made[kind]), [Peer("no subscriber", median(made["none"]))], True,
                          [Goal(at_least=goal, peer="no subscriber")], "Small batches a second", {"each": made, "count": count})  # fmt: skip


def measure(workshop):
    (file,) = workshop.event_files(1, SMALL_ROWS)
    yield from latency(workshop, file)
    yield from rates(workshop, file)
    yield from costs(workshop, file)

"""Subscriptions as a client makes them, and what must hold of what their receiver got."""

from support.server import wait_for

SUBSCRIPTIONS = "/events/subscriptions"
# A receiver of a test is on this machine, over plain HTTP; nobody waits for hours, nor gives up while a test is at it.
QUICK = {"delivery.private_addresses": "127.0.0.0/8", "delivery.http_allowed": "true",
         "delivery.retry_schedule": "50ms " * 20 + "1s " * 80}
LIFE = ["batch.loading", "batch.loaded", "batch.staging", "batch.staged", "batch.active"]


def subscribe(lake, url, name="mine", **more):
    """Returns the answer's body, with the secret."""
    answer = lake.ask("POST", SUBSCRIPTIONS, json={"name": name, "kind": "webhook", "target": {"url": url}, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def show(lake, subscription):
    return lake.ask("GET", f"{SUBSCRIPTIONS}/{subscription['id']}").json()


def change(lake, subscription, **members):
    return lake.ask("PATCH", f"{SUBSCRIPTIONS}/{subscription['id']}", json=members).json()


def deliveries(lake, subscription):
    """By dataset."""
    answer = lake.ask("GET", f"{SUBSCRIPTIONS}/{subscription['id']}/deliveries").json()
    return {lane["dataset"]: lane for lane in answer["deliveries"]}


def dead_letters(lake, subscription):
    return lake.ask("GET", f"{SUBSCRIPTIONS}/{subscription['id']}/dead-letters").json()["deadLetters"]


def wait_until_delivered(lake, subscription, seconds=60):
    """Until nothing waits. Returns the lanes."""
    def lanes():
        found = deliveries(lake, subscription)
        return found if found and all(lane["waiting"] == 0 for lane in found.values()) else None
    return wait_for(lanes, seconds, "the delivery of everything")


def wait_for_state(lake, subscription, state, seconds=30):
    return wait_for(lambda: (found := show(lake, subscription))["state"] == state and found, seconds,
                    f"state {state}")


def seqs(events):
    return [int(event["sequence"]) for event in events]


def check_in_order(events, first=None, last=None):
    """Events of one dataset, repeats and all: each seq is there, the first time in order, and a repeat is the same event."""
    by_seq, order = {}, []
    for event in events:
        seq = int(event["sequence"])
        assert event["id"].endswith(f"/{seq}")
        if seq in by_seq:
            assert by_seq[seq] == event, "another event under the same id"
        else:
            by_seq[seq] = event
            order.append(seq)
    assert order == sorted(order), f"out of order: {order}"
    assert order == list(range(order[0], order[-1] + 1)), f"some are missing: {order}"
    assert first is None or order[0] == first
    assert last is None or order[-1] == last
    return [by_seq[seq] for seq in order]


def kinds(events):
    return [event["type"].removeprefix("io.lakegate.") for event in events]

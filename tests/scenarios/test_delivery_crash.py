"""kill -9 between a commit and its delivery, at each step: no event is lost, none is told of what did not commit, the order
within a dataset is kept, and what comes twice is the same event under the same id."""

import random
import threading

import pytest
import requests

from support import files
from support.receiver import Receiver
from support.server import wait_for
from support.subscriptions import (LIFE, QUICK, SUBSCRIPTIONS, check_in_order, dead_letters, deliveries, kinds,
                                   subscribe, wait_until_delivered)

GONE = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)


@pytest.fixture
def receiver(tmp_path):
    with Receiver(tmp_path / "receiver") as made:
        yield made


def load_until_gone(server, lake, dataset, first=None, tries=20):
    """Batches one after the other, until the server is dead; `first` is there already. Returns those that were begun."""
    begun = [first] if first else []
    try:
        for number in range(tries):
            if number > 0 or not first:
                begun.append(lake.create_batch(dataset))
            lake.put(begun[-1], dataset, "a.parquet", files.numbered(number * 10, 10))
            lake.act(begun[-1], "COMPLETE")
            lake.wait(begun[-1], "active")
    except GONE:
        pass
    server.wait_until_gone()
    return begun


def check_all(server, lake, receiver, subscription, dataset, batches):
    """After the last start: every event there is has come, those of each batch as its life went."""
    lanes = wait_until_delivered(lake, subscription)
    events = check_in_order(receiver.events("/hook", dataset=dataset), first=1, last=lanes[dataset]["newest"])
    for batch in batches:
        life = kinds(event for event in events if event.get("subject") == batch)
        assert life == LIFE[:len(life)], (batch, life)
        assert lake.batch(batch)["status"] == life[-1].removeprefix("batch."), batch
    return events


@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("point", ["delivery.read", "delivery.acknowledged", "delivery.answered", "delivery.recorded"])
def test_killed_at_each_step(own_server, receiver, point, nth):
    server, lake = own_server(crash_points=True, settings=QUICK)
    dataset = lake.dataset_of("Killed", files.PROPERTIES)
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    subscription = subscribe(lake, receiver.url("/hook"))
    first = lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    began = wait_until_delivered(lake, subscription)[dataset]["newest"] - len(LIFE) + 1
    second = lake.create_batch(dataset)
    wait_until_delivered(lake, subscription)
    server.restart(env={"LAKEGATE_CRASH_AT": f"{point}:{nth}"})
    batches = load_until_gone(server, server.lake(), dataset, second)
    before = receiver.events("/hook")

    server.start()
    lake = server.lake()
    lanes = wait_until_delivered(lake, subscription)
    if lake.batch(batches[-1])["status"] == "loading":
        lake.put(batches[-1], dataset, "a.parquet", files.numbered(1, 10))
        lake.act(batches[-1], "COMPLETE")
    lake.wait(batches[-1], "active")
    lanes = wait_until_delivered(lake, subscription)
    events = check_in_order(receiver.events("/hook"), first=began, last=lanes[dataset]["newest"])
    for batch in (first, *batches):
        assert kinds(event for event in events if event.get("subject") == batch) == LIFE
    # What came twice is what had no recorded answer: the one that was on its way.
    everything = [event["id"] for event in receiver.events("/hook")]
    repeats = {id_ for id_ in everything if everything.count(id_) > 1}
    assert len(repeats) <= 1
    if point in ("delivery.acknowledged", "delivery.answered"):
        assert repeats == {before[-1]["id"]}, "it was delivered, and that was not recorded"
    if point in ("delivery.read", "delivery.recorded"):
        assert not repeats


def test_killed_between_sending_and_the_answer(own_server, receiver):
    """By the receiver itself, while it has the event and has not answered."""
    server, lake = own_server(settings=QUICK)
    subscription = subscribe(lake, receiver.url("/hook"))
    dataset = lake.dataset_of("Unanswered", files.PROPERTIES)
    wait_until_delivered(lake, subscription)
    for _ in range(3):
        # It is there, and told of, before: else the event of its creation may be faster than the answer with its id.
        batch = lake.create_batch(dataset)
        wait_until_delivered(lake, subscription)
        receiver.answer("/hook", kill=server.process.pid)
        batches = load_until_gone(server, lake, dataset, batch)
        receiver.answer("/hook")
        server.start()
        lake = server.lake()
        if lake.batch(batches[-1])["status"] == "loading":
            lake.act(batches[-1], "ABORT")
    lanes = wait_until_delivered(lake, subscription)
    events = check_in_order(receiver.events("/hook"), first=1, last=lanes[dataset]["newest"])
    ids = [event["id"] for event in receiver.events("/hook")]
    assert len([event for event in events if ids.count(event["id"]) == 2]) == 3
    assert max(ids.count(event["id"]) for event in events) == 2


@pytest.mark.parametrize("point", ["promotion.before_commit", "promotion.after_commit"])
def test_a_batch_that_did_not_commit_is_not_told_of(own_server, receiver, point):
    server, lake = own_server(crash_points=True, settings=QUICK)
    subscription = subscribe(lake, receiver.url("/hook"))
    dataset = lake.dataset_of("Uncommitted", files.PROPERTIES)
    wait_until_delivered(lake, subscription)
    server.restart(env={"LAKEGATE_CRASH_AT": point})
    (batch,) = load_until_gone(server, server.lake(), dataset)
    told = [event["subject"] for event in receiver.events("/hook", "io.lakegate.batch.active")]
    if point == "promotion.before_commit":
        assert told == []
    server.start()
    lake = server.lake()
    lake.wait(batch, "active")
    events = check_all(server, lake, receiver, subscription, dataset, [batch])
    assert [event["subject"] for event in events if event["type"] == "io.lakegate.batch.active"] == [batch]


@pytest.mark.parametrize("point", ["delivery.answered", "delivery.recorded", "delivery.given_up"])
def test_killed_around_a_dead_letter(own_server, receiver, point):
    """It is a dead letter or due still, never both and never neither."""
    server, lake = own_server(crash_points=True, settings={**QUICK, "delivery.retry_schedule": "1ms"})
    subscription = subscribe(lake, receiver.url("/hook"))
    dataset = lake.dataset_of("Given up", files.PROPERTIES)
    wait_until_delivered(lake, subscription)
    receiver.answer("/hook", status=500)
    nth = 1 if point == "delivery.given_up" else 2  # the second failure is the last
    server.restart(env={"LAKEGATE_CRASH_AT": f"{point}:{nth}"})
    lake = server.lake()
    try:
        lake.create_batch(dataset)
    except GONE:
        pass
    server.wait_until_gone()
    server.start()
    lake = server.lake()
    lane = wait_until_delivered(lake, subscription)[dataset]
    letters = dead_letters(lake, subscription)
    assert [letter["seq"] for letter in letters] == [lane["newest"]]
    receiver.answer("/hook")
    lake.ask("POST", f"{SUBSCRIPTIONS}/{subscription['id']}/dead-letters/redeliver", json={"all": True})
    wait_for(lambda: dead_letters(lake, subscription) == [])
    check_in_order(receiver.events("/hook"), first=1, last=lane["newest"])


@pytest.mark.parametrize("status", [204, 500])
@pytest.mark.parametrize("point", ["delivery.read", "delivery.acknowledged", "delivery.answered", "delivery.recorded"])
def test_killed_while_a_dead_letter_is_sent_again(own_server, receiver, point, status):
    """What was asked for goes on after the start: it comes, or is a dead letter with its reason still, and nothing else is held up."""
    server, lake = own_server(crash_points=True, settings={**QUICK, "delivery.retry_schedule": "1ms"})
    subscription = subscribe(lake, receiver.url("/hook"))
    receiver.answer("/hook", status=500)
    dataset = lake.dataset_of("Again", files.PROPERTIES)
    wait_until_delivered(lake, subscription)
    (letter,) = wait_for(lambda: dead_letters(lake, subscription))
    receiver.answer("/hook", status=status)
    server.restart(env={"LAKEGATE_CRASH_AT": point})
    try:
        server.lake().ask("POST", f"{SUBSCRIPTIONS}/{subscription['id']}/dead-letters/redeliver", json={"all": True})
    except GONE:
        pass
    server.wait_until_gone()
    server.start()
    lake = server.lake()
    if status == 204:
        wait_for(lambda: dead_letters(lake, subscription) == [], what="the end of the dead letter")
    else:
        (left,) = wait_for(lambda: [one for one in dead_letters(lake, subscription) if not one["nextAttempt"]],
                           what="a dead letter that is at rest")
        assert (left["number"], left["seq"]) == (letter["number"], letter["seq"]) and "500" in left["lastError"]
    receiver.answer("/hook")
    lake.create_batch(dataset)
    lanes = wait_until_delivered(lake, subscription)
    check_in_order(receiver.events("/hook"), first=1, last=lanes[dataset]["newest"])


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_random_moments(own_server, receiver, seed):
    """Several datasets and two subscriptions, one of whose receivers fails now and then."""
    chance = random.Random(seed)
    server, lake = own_server(settings=QUICK)
    good = subscribe(lake, receiver.url("/hook"))
    shaky = subscribe(lake, receiver.url("/shaky"), "shaky")
    datasets = [lake.dataset_of(f"Random {i}", files.PROPERTIES) for i in range(3)]
    for _ in range(4):
        receiver.answer("/shaky", status=500, times=chance.randrange(5))
        target = len(receiver.requests()) + chance.randrange(1, 25)

        def load(dataset, mine=lake):
            try:
                for number in range(5):
                    mine.load(dataset, {"a.parquet": files.numbered(number, 10)})
            except GONE:
                pass

        threads = [threading.Thread(target=load, args=(dataset,)) for dataset in datasets]
        for thread in threads:
            thread.start()
        wait_for(lambda count=target: len(receiver.requests()) >= count)
        server.kill()
        for thread in threads:
            thread.join()
        server.start()
        lake = server.lake()
    # What was on its way goes on; what nobody completed stays loading.
    for subscription, path in ((good, "/hook"), (shaky, "/shaky")):
        lanes = wait_until_delivered(lake, subscription)
        for dataset in datasets:
            wait_for(lambda s=subscription, d=dataset: deliveries(lake, s)[d]["waiting"] == 0)
            newest = deliveries(lake, subscription)[dataset]["newest"]
            wait_for(lambda p=path, d=dataset, n=newest: len({event["id"] for event in
                                                             receiver.events(p, dataset=d)}) >= n)
            check_in_order(receiver.events(path, dataset=dataset), first=1)
        assert lanes and dead_letters(lake, subscription) == []

"""Webhooks: what a subscriber gets, in which order, and what happens when it does not answer as it should."""

import base64
import json
import pathlib
import subprocess
import time

import cloudevents.core.bindings.http as cloudevents
import pytest
import standardwebhooks

from support import files
from support.receiver import Receiver
from support.server import Server, wait_for
from support.subscriptions import (LIFE, QUICK, SUBSCRIPTIONS, change, check_in_order, dead_letters, deliveries, kinds,
                                   seqs, show, subscribe, wait_for_state, wait_until_delivered)


@pytest.fixture
def receiver(tmp_path):
    with Receiver(tmp_path / "receiver") as made:
        yield made


@pytest.fixture
def quick(own_server):
    """`quick(**settings)` → server and client, for receivers on this machine."""
    return lambda **settings: own_server(settings={**QUICK, **{name.replace("__", "."): value
                                                               for name, value in settings.items()}})


def verified(secret, request):
    """The event, by the reference library of Standard Webhooks."""
    return standardwebhooks.Webhook(secret).verify(request["body"], request["headers"])


def test_a_batch_is_told_signed_and_in_order(quick, receiver):
    server, lake = quick()
    subscription = subscribe(lake, receiver.url("/hook"))
    dataset = lake.dataset_of("Told", files.PROPERTIES)
    batch = lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    wait_until_delivered(lake, subscription)

    events = check_in_order(receiver.events("/hook", dataset=dataset), first=1)
    assert [event["subject"] for event in events if event.get("subject") == batch] == [batch] * len(LIFE)
    assert kinds(event for event in events if event.get("subject") == batch) == LIFE
    for request in receiver.requests("/hook"):
        event = verified(subscription["secret"], request)
        headers = request["headers"]
        assert request["method"] == "POST"
        assert headers["content-type"] == "application/cloudevents+json; charset=utf-8"
        assert headers["webhook-id"] == event["id"] == f"{dataset}/{event['sequence']}"
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
        parsed = cloudevents.from_http_event(cloudevents.HTTPMessage(headers, request["body"].encode()))
        assert parsed.get_id() == event["id"] and parsed.get_type() == event["type"]
        assert parsed.get_source() == event["source"] and parsed.get_specversion() == "1.0"
        assert parsed.get_extension("sequence") == event["sequence"] and parsed.get_data() == event["data"]


def test_a_changed_body_and_another_secret_do_not_verify(quick, receiver):
    server, lake = quick()
    mine = subscribe(lake, receiver.url("/mine"))
    other = subscribe(lake, receiver.url("/other"), "other")
    lake.dataset_of("Told", files.PROPERTIES)
    (request, *_) = receiver.wait_for("/mine", 1)
    verified(mine["secret"], request)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verified(other["secret"], request)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verified(mine["secret"], {**request, "body": request["body"].replace("dataset", "datasat")})


def test_one_connection_serves_many_events(quick, receiver):
    server, lake = quick()
    subscription = subscribe(lake, receiver.url("/hook"))
    dataset = lake.dataset_of("Kept", files.PROPERTIES)
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    wait_until_delivered(lake, subscription)
    assert len({request["peer"] for request in receiver.requests("/hook")}) == 1


def test_a_secret_is_shown_once_and_rotated_with_an_overlap(quick, receiver):
    server, lake = quick()
    made = subscribe(lake, receiver.url("/hook"))
    one = f"{SUBSCRIPTIONS}/{made['id']}"
    assert len(base64.b64decode(made["secret"].removeprefix("whsec_"))) == 32
    for answer in (lake.ask("GET", one), lake.ask("GET", SUBSCRIPTIONS), lake.ask("PATCH", one, json={"name": "x"})):
        assert "whsec_" not in answer.text and made["secret"][6:] not in answer.text

    sent = {"headers": {"Idempotency-Key": "once"}, "json": {"overlapSeconds": 3600}}
    rotated = lake.ask("POST", one + "/rotate-secret", **sent).json()
    assert lake.ask("POST", one + "/rotate-secret", **sent).json() == rotated, "the same under its key"
    assert rotated["secret"] != made["secret"]
    dataset = lake.dataset_of("Both", files.PROPERTIES)
    (request,) = receiver.wait_for("/hook", 1)
    assert len(request["headers"]["webhook-signature"].split()) == 2
    for secret in (made["secret"], rotated["secret"]):
        assert verified(secret, request)["id"].startswith(dataset)

    last = lake.ask("POST", one + "/rotate-secret", json={"overlapSeconds": 0}).json()
    lake.dataset_of("New alone", files.PROPERTIES)
    (_, request) = receiver.wait_for("/hook", 2)
    verified(last["secret"], request)
    for secret in (made["secret"], rotated["secret"]):
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            verified(secret, request)


def test_only_what_is_wanted_goes_out_and_the_rest_is_passed(quick, receiver):
    server, lake = quick()
    first = lake.dataset_of("First", files.PROPERTIES)
    second = lake.dataset_of("Second", files.PROPERTIES)
    typed = subscribe(lake, receiver.url("/typed"), "typed", types=["io.lakegate.batch.active"])
    one = subscribe(lake, receiver.url("/one"), "one", datasets=[second])
    assert typed["types"] == ["io.lakegate.batch.active"] and one["datasets"] == [second]
    batches = [lake.load(dataset, {"a.parquet": files.numbered(1, 10)}) for dataset in (first, second)]
    lanes = wait_until_delivered(lake, typed)
    assert set(lanes) == {first, second}
    wait_until_delivered(lake, one)
    assert {event["subject"] for event in receiver.events("/typed")} == set(batches)
    assert {event["type"] for event in receiver.events("/typed")} == {"io.lakegate.batch.active"}
    assert kinds(check_in_order(receiver.events("/one"))) == LIFE
    assert {event["id"].split("/")[0] for event in receiver.events("/one")} == {second}
    # What happened before they were made is not theirs.
    assert not [event for event in receiver.events("/one") if event["type"] == "io.lakegate.dataset.created"]

    # Another filter.
    change(lake, one, datasets=None, types=["batch.*"])
    lake.load(first, {"a.parquet": files.numbered(1, 10)})
    wait_until_delivered(lake, one)
    assert kinds(receiver.events("/one", dataset=first)) == LIFE


def test_a_subscriber_that_was_down_catches_up_in_order(quick, receiver):
    server, lake = quick()
    subscription = subscribe(lake, receiver.url("/hook"))
    datasets = [lake.dataset_of(f"Down {i}", files.PROPERTIES) for i in range(3)]
    wait_until_delivered(lake, subscription)
    receiver.stop()
    for round_ in range(3):
        for dataset in datasets:
            lake.load(dataset, {"a.parquet": files.numbered(round_, 10)})
    waiting = wait_for(lambda: (lane := deliveries(lake, subscription)[datasets[0]])["attempts"] > 0 and lane)
    assert waiting["waiting"] >= 15 and waiting["lastError"] and waiting["nextAttempt"] is not None
    assert show(lake, subscription)["failingSince"] is not None
    receiver.start()
    lanes = wait_until_delivered(lake, subscription)
    for dataset in datasets:
        check_in_order(receiver.events("/hook", dataset=dataset), first=1, last=lanes[dataset]["newest"])
    assert show(lake, subscription)["failingSince"] is None
    assert dead_letters(lake, subscription) == []


def test_who_hangs_delays_nobody_else_and_no_batch(quick, receiver):
    """More of them than the server has in flight at a time."""
    server, lake = quick(delivery__in_flight_max="2")
    hanging = [subscribe(lake, receiver.url(f"/hang{i}"), f"hanging {i}") for i in range(4)]
    for i in range(4):
        receiver.answer(f"/hang{i}", hold=True)
    prompt = subscribe(lake, receiver.url("/prompt"), "prompt")
    dataset = lake.dataset_of("Slow", files.PROPERTIES)
    batches = [lake.load(dataset, {"a.parquet": files.numbered(i, 10)}) for i in range(2)]
    lanes = wait_until_delivered(lake, prompt)
    check_in_order(receiver.events("/prompt"), first=1, last=lanes[dataset]["newest"])
    assert {event["subject"] for event in receiver.events("/prompt", "io.lakegate.batch.active")} == set(batches)
    for i, subscription in enumerate(hanging):
        assert len(receiver.requests(f"/hang{i}")) == 1, "each has its first event, and no answer was given"
        assert deliveries(lake, subscription)[dataset]["waiting"] == lanes[dataset]["newest"]
    for i, subscription in enumerate(hanging):
        receiver.answer(f"/hang{i}")
        wait_until_delivered(lake, subscription)
        check_in_order(receiver.events(f"/hang{i}"), first=1, last=lanes[dataset]["newest"])


def test_datasets_do_not_wait_for_each_other(quick, receiver):
    server, lake = quick()
    subscription = subscribe(lake, receiver.url("/hook"))
    bad = lake.dataset_of("Bad", files.PROPERTIES)
    good = lake.dataset_of("Good", files.PROPERTIES)
    wait_until_delivered(lake, subscription)
    receiver.answer("/hook", status=500, dataset=bad)
    lake.load(bad, {"a.parquet": files.numbered(1, 10)})
    lake.load(good, {"a.parquet": files.numbered(1, 10)})
    wait_for(lambda: deliveries(lake, subscription)[good]["waiting"] == 0)
    lane = wait_for(lambda: (lane := deliveries(lake, subscription)[bad])["attempts"] > 0 and lane)
    assert lane["waiting"] == len(LIFE) and lane["lastStatus"] == 500 and "500" in lane["lastError"]
    receiver.answer("/hook")
    wait_until_delivered(lake, subscription)
    check_in_order([event for event in receiver.events("/hook", dataset=bad)], first=1)


def test_what_is_given_up_is_kept_and_sent_again(quick, receiver):
    server, lake = quick(delivery__retry_schedule="20ms 20ms")
    subscription = subscribe(lake, receiver.url("/hook"))
    dataset = lake.dataset_of("Given up", files.PROPERTIES)
    wait_until_delivered(lake, subscription)
    receiver.answer("/hook", status=503)
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    lanes = wait_until_delivered(lake, subscription)
    letters = dead_letters(lake, subscription)
    newest = lanes[dataset]["newest"]
    assert [letter["seq"] for letter in letters] == list(range(newest - len(LIFE) + 1, newest + 1))
    for letter in letters:
        assert (letter["cause"], letter["attempts"], letter["lastStatus"]) == ("failed", 3, 503)
        assert letter["eventId"] == f"{dataset}/{letter['seq']}" and letter["nextAttempt"] is None
    for letter in letters:  # each was tried so often
        ids = [event["id"] for event in receiver.events("/hook")]
        assert ids.count(letter["eventId"]) == 3

    one = f"{SUBSCRIPTIONS}/{subscription['id']}/dead-letters"
    receiver.answer("/hook")
    before = len(receiver.requests("/hook"))
    assert lake.ask("POST", one + "/redeliver", json={"numbers": [letters[1]["number"]]}).json() == {"deadLetters": 1}
    wait_for(lambda: len(dead_letters(lake, subscription)) == len(LIFE) - 1)
    (again,) = receiver.requests("/hook")[before:]
    assert verified(subscription["secret"], again)["id"] == letters[1]["eventId"]
    # All that are left, in their order.
    assert lake.ask("POST", one + "/redeliver", json={"all": True}).json() == {"deadLetters": len(LIFE) - 1}
    wait_for(lambda: dead_letters(lake, subscription) == [])
    rest = seqs(receiver.events("/hook")[before + 1:])
    assert rest == [letter["seq"] for letter in letters if letter["seq"] != letters[1]["seq"]]

    # One that fails again stays; what nobody wants is discarded.
    receiver.answer("/hook", status=500)
    lake.create_batch(dataset)
    letter = wait_for(lambda: dead_letters(lake, subscription))[0]
    lake.ask("POST", one + "/redeliver", json={"all": True})
    wait_for(lambda: (found := dead_letters(lake, subscription)[0])["nextAttempt"] is None
             and found["at"] > letter["at"])
    assert lake.ask("POST", one + "/discard", json={"numbers": [letter["number"]]}).json() == {"deadLetters": 1}
    assert dead_letters(lake, subscription) == []


def test_dead_letters_without_room_suspend_and_nothing_is_lost(quick, receiver):
    server, lake = quick(delivery__retry_schedule="20ms", delivery__dead_letters_max="2")
    subscription = subscribe(lake, receiver.url("/hook"))
    receiver.answer("/hook", status=500)
    dataset = lake.dataset_of("Full", files.PROPERTIES)
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    suspended = wait_for_state(lake, subscription, "suspended")
    assert "dead letters" in suspended["reason"]
    assert [letter["seq"] for letter in dead_letters(lake, subscription)] == [1, 2]
    assert deliveries(lake, subscription)[dataset]["cursor"] == 2
    receiver.answer("/hook")
    before = len(receiver.requests("/hook"))
    lake.ask("POST", f"{SUBSCRIPTIONS}/{subscription['id']}/dead-letters/redeliver", json={"all": True})
    change(lake, subscription, state="active")
    lanes = wait_until_delivered(lake, subscription)
    wait_for(lambda: dead_letters(lake, subscription) == [])
    got = seqs(receiver.events("/hook")[before:])
    assert sorted(got) == list(range(1, lanes[dataset]["newest"] + 1))
    assert [seq for seq in got if seq > 2] == list(range(3, lanes[dataset]["newest"] + 1))


def test_who_is_gone_is_suspended_and_goes_on_where_it_stood(quick, receiver):
    server, lake = quick()
    subscription = subscribe(lake, receiver.url("/hook"))
    dataset = lake.dataset_of("Gone", files.PROPERTIES)
    wait_until_delivered(lake, subscription)
    receiver.answer("/hook", status=410)
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    suspended = wait_for_state(lake, subscription, "suspended")
    assert "410" in suspended["reason"]
    asked = len(receiver.requests("/hook"))
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    receiver.answer("/hook")
    server.restart()
    lake = server.lake()
    assert len(receiver.requests("/hook")) == asked, "nothing is sent to who is gone"
    assert show(lake, subscription)["state"] == "suspended"
    resumed = change(lake, subscription, state="active")
    assert resumed["state"] == "active" and "reason" not in resumed
    lanes = wait_until_delivered(lake, subscription)
    check_in_order(receiver.events("/hook"), first=1, last=lanes[dataset]["newest"])
    assert dead_letters(lake, subscription) == []


def test_a_resumed_subscription_has_all_its_attempts(quick, receiver):
    """The 410 that suspended it is not counted against the receiver that is back."""
    server, lake = quick(delivery__retry_schedule="1ms")  # two attempts
    subscription = subscribe(lake, receiver.url("/hook"))
    receiver.answer("/hook", status=410)
    dataset = lake.dataset_of("Back", files.PROPERTIES)
    wait_for_state(lake, subscription, "suspended")
    receiver.answer("/hook", status=500, times=1)
    change(lake, subscription, state="active")
    lanes = wait_until_delivered(lake, subscription)
    check_in_order(receiver.events("/hook"), first=1, last=lanes[dataset]["newest"])
    assert dead_letters(lake, subscription) == []


def test_who_fails_for_too_long_is_suspended(quick, receiver):
    server, lake = quick(delivery__suspend_after="1s")
    subscription = subscribe(lake, receiver.url("/hook"))
    receiver.answer("/hook", status=500)
    dataset = lake.dataset_of("Failing", files.PROPERTIES)
    suspended = wait_for_state(lake, subscription, "suspended")
    assert "too long" in suspended["reason"] and "500" in suspended["reason"]
    receiver.answer("/hook")
    change(lake, subscription, state="active")
    lanes = wait_until_delivered(lake, subscription)
    check_in_order(receiver.events("/hook"), first=1, last=lanes[dataset]["newest"])


def test_a_pause_is_the_owners(quick, receiver):
    server, lake = quick()
    subscription = subscribe(lake, receiver.url("/hook"), state="paused")
    dataset = lake.dataset_of("Paused", files.PROPERTIES)
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    witness = subscribe(lake, receiver.url("/witness"), "witness")
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    wait_until_delivered(lake, witness)
    assert receiver.requests("/hook") == []
    change(lake, subscription, state="active")
    lanes = wait_until_delivered(lake, subscription)
    check_in_order(receiver.events("/hook"), first=1, last=lanes[dataset]["newest"])


def test_events_of_a_disabled_org_wait(quick, receiver):
    """Nothing goes out, and nothing is lost, across a restart, too."""
    server, lake = quick()
    made = lake.ask("POST", "/admin/orgs", json={"name": "Moored", "tenant": "moored"}).json()
    org, other = f"/admin/orgs/{made['orgId']}", server.lake(made)
    subscription = subscribe(other, receiver.url("/hook"))
    receiver.answer("/hook", status=500)
    dataset = other.dataset_of("Moored", files.PROPERTIES)
    receiver.wait_for("/hook", 1)
    assert lake.ask("POST", f"{org}/disable").json()["enabled"] is False
    witness = subscribe(lake, receiver.url("/witness"), "witness")
    own = lake.dataset_of("Witness", files.PROPERTIES)
    lake.load(own, {"a.parquet": files.numbered(1, 10)})
    wait_until_delivered(lake, witness)
    receiver.answer("/hook")
    before = len(receiver.requests("/hook"))
    server.restart()
    lake = server.lake()
    lake.load(own, {"a.parquet": files.numbered(1, 10)})
    wait_until_delivered(lake, witness)
    assert len(receiver.requests("/hook")) == before
    assert lake.ask("POST", f"{org}/enable").json()["enabled"] is True
    other = server.lake(made)
    lanes = wait_until_delivered(other, subscription)
    check_in_order(receiver.events("/hook"), first=1, last=lanes[dataset]["newest"])


def test_a_deleted_subscription_ends(quick, receiver):
    server, lake = quick()
    subscription = subscribe(lake, receiver.url("/hook"))
    receiver.answer("/hook", hold=True)
    dataset = lake.dataset_of("Deleted", files.PROPERTIES)
    receiver.wait_for("/hook", 1)
    assert lake.send("DELETE", f"{SUBSCRIPTIONS}/{subscription['id']}").status_code == 204
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/deliveries"), ("GET", "/dead-letters"),
                         ("POST", "/rotate-secret")):
        answer = lake.send(method, f"{SUBSCRIPTIONS}/{subscription['id']}{path}",
                           **({"json": {"name": "x"}} if method == "PATCH" else {}))
        assert answer.status_code == 404, (method, path)
    receiver.answer("/hook")
    witness = subscribe(lake, receiver.url("/witness"), "witness")
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    wait_until_delivered(lake, witness)
    assert len(receiver.requests("/hook")) == 1


def test_attempts_and_dates_survive_a_restart(quick, receiver):
    server, lake = quick(delivery__retry_schedule="1ms 1h")
    subscription = subscribe(lake, receiver.url("/hook"))
    receiver.answer("/hook", status=503)
    dataset = lake.dataset_of("Attempts", files.PROPERTIES)
    before = wait_for(lambda: (lane := deliveries(lake, subscription).get(dataset)) and lane["attempts"] == 2 and lane)
    server.kill()
    server.start()
    lake = server.lake()
    witness = subscribe(lake, receiver.url("/witness"), "witness")
    lake.create_batch(dataset)
    wait_until_delivered(lake, witness)
    after = deliveries(lake, subscription)[dataset]
    assert {**after, "newest": 0, "waiting": 0} == {**before, "newest": 0, "waiting": 0}
    assert 3_600_000 <= after["nextAttempt"] - after["updated"] <= 4_400_000
    assert len(receiver.requests("/hook")) == 2


def test_a_receiver_says_when_to_come_back(quick, receiver):
    server, lake = quick(delivery__retry_after_max="10m")
    subscription = subscribe(lake, receiver.url("/hook"))
    for asked, least, most in (("300", 300_000, 301_000), ("86400", 600_000, 601_000)):
        receiver.answer("/hook", status=503, headers={"Retry-After": asked})
        dataset = lake.dataset_of(f"Later {asked}", files.PROPERTIES)
        lane = wait_for(lambda: (lane := deliveries(lake, subscription).get(dataset)) and lane["attempts"] == 1 and lane)
        assert least <= lane["nextAttempt"] - lane["updated"] <= most
    # A change of the subscription ends the wait: its owner mended something.
    receiver.answer("/hook")
    change(lake, subscription, target={"url": receiver.url("/mended")})
    wait_until_delivered(lake, subscription)
    assert len(receiver.requests("/mended")) == 2


def test_what_a_receiver_answers_cannot_lead_anywhere(quick, receiver, tmp_path):
    """Redirects are not followed, endless bodies are cut off, and proxies of the environment do not count."""
    with Receiver(tmp_path / "proxy") as proxy:
        server, lake = quick()
        address = proxy.url("/").rstrip("/")
        server.restart(env={name: address for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY")})
        lake = server.lake()
        subscription = subscribe(lake, receiver.url("/hook"))
        receiver.answer("/hook", status=307, headers={"Location": receiver.url("/elsewhere")}, times=1)
        dataset = lake.dataset_of("Led", files.PROPERTIES)
        wait_until_delivered(lake, subscription)
        assert [event["id"] for event in receiver.events("/hook")] == [f"{dataset}/1"] * 2
        assert receiver.requests("/elsewhere") == []
        receiver.answer("/hook", status=200, body="x" * (1 << 20))
        lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
        lanes = wait_until_delivered(lake, subscription)
        assert len(receiver.requests("/hook")) == 1 + lanes[dataset]["newest"], "each was accepted at once"
        assert proxy.requests() == []


PRIVATE = ["http://127.0.0.1/", "https://localhost:8443/x", "http://10.0.0.1/", "http://172.20.1.1/", "http://192.168.1.1/",
           "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://0.0.0.0/", "http://[::1]/",
           "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[fe80::1]/", "http://[fd00:ec2::254]/",
           "http://[64:ff9b::a00:1]/", "http://[2002:7f00:1::]/", "http://224.0.0.1/", "http://[ff02::1]/",
           "http://2130706433/", "http://0x7f.1/", "http://017700000001/", "http://168.63.129.16/", "http://[::]/"]


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """A server that sends to public addresses alone."""
    made = Server(tmp_path_factory.mktemp("strict") / "lake", settings={"delivery.http_allowed": "true"})
    yield made.lake()
    made.close()


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_are_refused_at_creation(strict, url):
    answer = strict.send("POST", SUBSCRIPTIONS, json={"name": url, "kind": "webhook", "target": {"url": url}})
    assert answer.status_code == 400
    assert answer.json()["report"]["code"] == "LG-2301-400", answer.text
    assert strict.ask("GET", SUBSCRIPTIONS).json()["subscriptions"] == []


@pytest.mark.parametrize("target, about", [
    ({"url": "ftp://example.com/"}, "target.url"), ({"url": "file:///etc/passwd"}, "target.url"),
    ({"url": "http://user:secret@example.com/"}, "target.url"), ({"url": "http://@example.com/"}, "target.url"),
    ({"url": "http://example.com/#part"}, "target.url"), ({"url": "example.com"}, "target.url"), ({"url": ""}, "target.url"),
    ({"url": "http://example.com/" + "x" * 2048}, "target.url"), ({"url": "http://example.com/a b"}, "target.url"),
    ({"url": 7}, "target.url"), ({}, "target.url"), ({"url": "http://example.com/", "secret": "mine"}, "target.secret"),
    ({"url": "http:///x"}, "target.url"), ({"url": "http://exa\nmple.com/"}, "target.url")])
def test_what_is_no_target_is_refused_by_name(strict, target, about):
    answer = strict.send("POST", SUBSCRIPTIONS, json={"name": "x", "kind": "webhook", "target": target})
    assert answer.status_code == 400
    assert about in answer.json()["detail"], answer.text


def test_plain_http_is_refused_unless_it_is_allowed(own_server):
    server, lake = own_server(settings={"delivery.private_addresses": "any"})
    wanted = {"name": "x", "kind": "webhook", "target": {"url": "http://127.0.0.1:9/"}}
    answer = lake.send("POST", SUBSCRIPTIONS, json=wanted)
    assert answer.status_code == 400 and "delivery.http_allowed" in answer.json()["detail"]
    wanted["target"]["url"] = "https://127.0.0.1:9/"
    assert lake.send("POST", SUBSCRIPTIONS, json=wanted).status_code == 201


@pytest.mark.parametrize("body, about", [
    ({}, "name"), ({"name": "x"}, "kind"), ({"name": "x", "kind": "webhook"}, "target"),
    ({"name": "x", "kind": "pigeon", "target": {}}, "kind"), ({"name": "", "kind": "webhook", "target": {}}, "name"),
    ({"name": "x" * 201, "kind": "webhook", "target": {}}, "name"), ({"name": "x", "colour": "red"}, "colour"),
    ({"name": "x", "types": ["io.lakegate.batch.flying"]}, "flying"), ({"name": "x", "types": []}, "types"),
    ({"name": "x", "state": "suspended"}, "state"), ({"name": "x", "datasets": "all"}, "datasets"), ([], "JSON object")])
def test_what_is_no_subscription_is_refused_by_name(strict, body, about):
    answer = strict.send("POST", SUBSCRIPTIONS, json=body)
    assert answer.status_code == 400
    assert about in answer.json()["detail"], answer.text


def test_names_are_judged_when_they_are_connected_to(tmp_path, receiver):
    """A name that means nothing, or something public, when the subscription is made, and an address of this machine when
    the event goes out. The machine's table of names is another one for this server alone."""
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost\n", encoding="utf-8")
    if subprocess.run(["unshare", "-m", "mount", "--bind", str(hosts), "/etc/hosts"], check=False,
                      capture_output=True).returncode != 0:
        pytest.skip("needs `unshare -m`, to give a process a table of names of its own")

    class Renaming(Server):
        def command(self):
            inner = 'mount --bind "$0" /etc/hosts && exec "$@"'
            return ["unshare", "-m", "sh", "-c", inner, str(hosts), *super().command()]

    server = Renaming(tmp_path / "lake", settings={**QUICK, "delivery.private_addresses": ""})
    try:
        lake = server.lake()
        subscription = subscribe(lake, f"http://hooks.example.com:{receiver.port}/hook")
        hosts.write_text("127.0.0.1 localhost\n127.0.0.1 hooks.example.com\n", encoding="utf-8")
        dataset = lake.dataset_of("Rebound", files.PROPERTIES)
        wait_for(lambda: (lane := deliveries(lake, subscription).get(dataset))
                 and "delivery.private_addresses" in lane.get("lastError", ""))
        assert receiver.requests() == []
        # The same is refused at creation now that the name has this meaning.
        answer = lake.send("POST", SUBSCRIPTIONS, json={
            "name": "second", "kind": "webhook", "target": {"url": f"http://hooks.example.com:{receiver.port}/hook"}})
        assert answer.status_code == 400 and answer.json()["report"]["code"] == "LG-2301-400"
        # Allowed, the name works: it was this that kept the event back.
        server.settings["delivery.private_addresses"] = "127.0.0.1"
        server.restart()
        wait_until_delivered(server.lake(), subscription)
        assert [event["id"] for event in receiver.events("/hook")] == [f"{dataset}/1"]
    finally:
        server.close()


def certificate(folder):
    """A key and a certificate for localhost that signs itself."""
    file = pathlib.Path(folder) / "receiver.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-keyout", file, "-out", file.with_suffix(".crt")],
                   check=True, capture_output=True)
    file.write_text(file.read_text() + file.with_suffix(".crt").read_text())
    return file


def test_certificates_are_verified(quick, tmp_path):
    file = certificate(tmp_path)
    with Receiver(tmp_path / "tls", certificate=file) as receiver:
        server, lake = quick()
        subscription = subscribe(lake, receiver.url("/hook", "localhost"))
        dataset = lake.dataset_of("Verified", files.PROPERTIES)
        lane = wait_for(lambda: (lane := deliveries(lake, subscription).get(dataset)) and lane["attempts"] > 0 and lane)
        assert "certificate" in lane["lastError"]
        assert receiver.requests("/hook") == []
        server.settings["delivery.ca_file"] = str(file.with_suffix(".crt"))
        server.restart()
        lake = server.lake()
        wait_until_delivered(lake, subscription)
        assert [event["id"] for event in receiver.events("/hook")] == [f"{dataset}/1"]
        # A name that is not in it.
        other = subscribe(lake, receiver.url("/other", "127.0.0.1"), "other")
        lake.create_batch(dataset)
        lane = wait_for(lambda: (lane := deliveries(lake, other).get(dataset)) and lane["attempts"] > 0 and lane)
        assert receiver.requests("/other") == []


def test_creating_twice_under_one_key_makes_one(quick, receiver):
    server, lake = quick(delivery__subscriptions_per_sandbox_max="2")
    order = {"name": "mine", "kind": "webhook", "target": {"url": receiver.url("/hook")}}
    first = lake.send("POST", SUBSCRIPTIONS, json=order, headers={"Idempotency-Key": "k"})
    again = lake.send("POST", SUBSCRIPTIONS, json=order, headers={"Idempotency-Key": "k"})
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    assert first.headers["Location"] == f"{SUBSCRIPTIONS}/{first.json()['id']}"
    assert first.headers["Cache-Control"] == "no-store"
    other = lake.send("POST", SUBSCRIPTIONS, json={**order, "name": "x"}, headers={"Idempotency-Key": "k"})
    assert other.status_code == 422, other.text
    assert lake.send("POST", SUBSCRIPTIONS, json=order).status_code == 409, "the name is taken"
    subscribe(lake, receiver.url("/hook"), "second")
    full = lake.send("POST", SUBSCRIPTIONS, json={**order, "name": "third"})
    assert full.status_code == 409 and full.json()["report"]["code"] == "LG-2302-409"
    page = lake.ask("GET", f"{SUBSCRIPTIONS}?limit=1").json()
    assert [one["name"] for one in page["subscriptions"]] == ["mine"]
    page = lake.ask("GET", f"{SUBSCRIPTIONS}?limit=1&start={page['next']}").json()
    assert [one["name"] for one in page["subscriptions"]] == ["second"] and "next" not in page


def test_the_command_line(quick, receiver):
    server, lake = quick(delivery__retry_schedule="10ms")
    dataset = lake.dataset_of("Commanded", files.PROPERTIES)
    made = server.run("subscription", "create", "mine", "--to", receiver.url("/hook"), "--dataset", "Commanded",
                      "--type", "batch.active", "--json")
    assert made.returncode == 0, made.stderr
    subscription = json.loads(made.stdout)
    assert subscription["datasets"] == [dataset] and subscription["types"] == ["io.lakegate.batch.active"]
    assert subscription["secret"].startswith("whsec_")
    listed = server.run("subscription", "list")
    assert "mine" in listed.stdout and receiver.url("/hook") in listed.stdout and "active" in listed.stdout
    receiver.answer("/hook", status=500)
    batch = lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    wait_for(lambda: dead_letters(lake, subscription))
    shown = server.run("subscription", "show", "mine")
    assert shown.returncode == 0 and dataset in shown.stdout and "whsec_" not in shown.stdout
    letters = server.run("subscription", "dead-letters", "mine")
    assert f"{dataset}/" in letters.stdout and "500" in letters.stdout
    receiver.answer("/hook")
    assert server.run("subscription", "redeliver", "mine", "--all").returncode == 0
    wait_for(lambda: dead_letters(lake, subscription) == [])
    assert receiver.events("/hook")[-1]["subject"] == batch
    assert "paused" in server.run("subscription", "pause", "mine").stdout
    assert show(lake, subscription)["state"] == "paused"
    assert "active" in server.run("subscription", "resume", subscription["id"]).stdout
    rotated = json.loads(server.run("subscription", "rotate-secret", "mine", "--json").stdout)
    assert rotated["secret"].startswith("whsec_") and rotated["secret"] != subscription["secret"]
    assert server.run("subscription", "redeliver", "mine").returncode != 0, "which ones?"
    missing = server.run("subscription", "discard", "mine", "1", "999")
    assert missing.returncode == 1 and "2 of the 2 numbers" in missing.stderr and "dead-letters" in missing.stderr
    assert server.run("subscription", "delete", "mine").returncode == 0
    gone = server.run("subscription", "show", "mine")
    assert gone.returncode != 0 and "mine" in gone.stderr

"""Subscriptions to Kafka, against a real broker: what its consumers read, and what happens when it or the server goes away meanwhile."""

import concurrent.futures
import json
import os
import signal
import threading

import pytest
from support import files
from support.kafka import PASSWORD, USER, Broker
from support.lake import Refused
from support.server import wait_for
from support.subscriptions import (LIFE, SUBSCRIPTIONS, change, check_in_order, dead_letters, deliveries, kinds, show,
                                   wait_until_delivered)

QUICK = {"delivery.kafka_brokers": "*", "delivery.retry_schedule": "1s " * 100}


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    made = Broker(tmp_path_factory.mktemp("kafka") / "broker")
    yield made
    made.close()


@pytest.fixture
def quick(own_server):
    return lambda **settings: own_server(settings={**QUICK, **settings})


@pytest.fixture
def topic(broker, request):
    if not broker.running():
        broker.start()
    return broker.create_topic(request.node.name.replace("[", ".").rstrip("]"), partitions=4)


def subscribe(lake, broker, topic, name="mine", listener="PLAINTEXT", **target):
    answer = lake.ask("POST", SUBSCRIPTIONS, json={
        "name": name, "kind": "kafka", "target": {"brokers": [broker.address(listener)], "topic": topic, **target}})
    assert answer.status_code == 201
    return answer.json()


def by_dataset(records):
    """The events of each dataset in the order of its partition; each dataset must be in one alone."""
    found, partitions = {}, {}
    for record in records:
        dataset = record.key.decode()
        found.setdefault(dataset, []).append(json.loads(record.value))
        partitions.setdefault(dataset, set()).add(record.partition)
    assert all(len(one) == 1 for one in partitions.values()), partitions
    return found


def has_all(lanes):
    """For Broker.read: every lane's last event is there."""
    wanted = {(dataset, lane["newest"]) for dataset, lane in lanes.items()}

    def enough(records):
        seen = {(record.key.decode(), int(json.loads(record.value)["sequence"])) for record in records}
        return wanted <= seen
    return enough


def last_errors(lake, subscription):
    return [lane["lastError"] for lane in deliveries(lake, subscription).values() if "lastError" in lane]


def load_all(lake, datasets, batches):
    """`batches` of each dataset, one after the other; datasets at the same time."""
    def load(dataset):
        return [lake.load(dataset, {"a.parquet": files.numbered(1, 5)}) for _ in range(batches)]
    with concurrent.futures.ThreadPoolExecutor(len(datasets)) as pool:
        return dict(zip(datasets, pool.map(load, datasets)))


def test_every_event_is_there_once_in_order_with_key_and_headers(quick, broker, topic):
    server, lake = quick()
    subscription = subscribe(lake, broker, topic)
    datasets = [lake.dataset_of(f"Many {i}", files.PROPERTIES) for i in range(3)]
    batches = load_all(lake, datasets, 4)
    lanes = wait_until_delivered(lake, subscription)
    records = broker.read(topic, has_all(lanes))
    events = by_dataset(records)
    assert set(events) == set(datasets)
    for dataset in datasets:
        check_in_order(events[dataset], first=1, last=lanes[dataset]["newest"])
        assert len(events[dataset]) == lanes[dataset]["newest"], "some came twice though nothing went wrong"
        for batch in batches[dataset]:
            assert kinds(event for event in events[dataset] if event["subject"] == batch) == LIFE
    for record in records:
        event, headers = json.loads(record.value), dict(record.headers)
        assert headers["content-type"] == b"application/cloudevents+json; charset=UTF-8"
        assert event["specversion"] == "1.0" and event["partitionkey"] == record.key.decode()
        assert headers.get("traceparent", b"").decode() == event.get("traceparent", "")


def test_a_broker_that_is_killed_meanwhile_costs_no_event(quick, broker, topic):
    server, lake = quick()
    subscription = subscribe(lake, broker, topic)
    datasets = [lake.dataset_of(f"Killed {i}", files.PROPERTIES) for i in range(2)]
    load_all(lake, datasets, 1)
    wait_until_delivered(lake, subscription)
    sending = threading.Thread(target=load_all, args=(lake, datasets, 12))
    sending.start()
    before = {dataset: lane["cursor"] for dataset, lane in deliveries(lake, subscription).items()}
    wait_for(lambda: all(lane["cursor"] > before[dataset] + 3 for dataset, lane in deliveries(lake, subscription).items()))
    broker.kill()
    sending.join()
    waiting = deliveries(lake, subscription)
    assert all(lane["waiting"] > 0 for lane in waiting.values()), "nothing waited for the broker"
    broker.start()
    lanes = wait_until_delivered(lake, subscription, seconds=120)
    events = by_dataset(broker.read(topic, has_all(lanes)))
    for dataset in datasets:
        check_in_order(events[dataset], first=1, last=lanes[dataset]["newest"])


def test_a_server_that_is_killed_sends_the_same_events_again(quick, broker, topic):
    server, lake = quick()
    subscription = subscribe(lake, broker, topic)
    datasets = [lake.dataset_of(f"Again {i}", files.PROPERTIES) for i in range(2)]
    load_all(lake, datasets, 1)
    wait_until_delivered(lake, subscription)
    # The broker stands still, so that what it gets it cannot confirm: nobody knows then whether it arrived.
    os.kill(broker.process.pid, signal.SIGSTOP)
    try:
        load_all(lake, datasets, 2)
        assert all(lane["waiting"] > 0 for lane in deliveries(lake, subscription).values())
        server.kill()
    finally:
        os.kill(broker.process.pid, signal.SIGCONT)
    server.start()
    lake = server.lake()
    load_all(lake, datasets, 1)
    lanes = wait_until_delivered(lake, subscription, seconds=120)
    events = by_dataset(broker.read(topic, has_all(lanes)))
    for dataset in datasets:
        check_in_order(events[dataset], first=1, last=lanes[dataset]["newest"])


def test_a_topic_that_is_not_there_keeps_its_events_waiting_and_nobody_else(quick, broker, topic):
    server, lake = quick()
    missing = subscribe(lake, broker, topic + ".later", "missing")
    there = subscribe(lake, broker, topic, "there")
    dataset = lake.dataset_of("Later", files.PROPERTIES)
    lake.load(dataset, {"a.parquet": files.numbered(1, 5)})
    wait_until_delivered(lake, there)
    errors = wait_for(lambda: last_errors(lake, missing), 60)
    assert f"no topic {topic}.later" in errors[0]
    assert show(lake, missing)["state"] == "active" and not dead_letters(lake, missing)
    broker.create_topic(topic + ".later")
    lanes = wait_until_delivered(lake, missing)
    events = by_dataset(broker.read(topic + ".later", has_all(lanes)))
    assert len(check_in_order(events[dataset], first=1)) == lanes[dataset]["newest"]


@pytest.mark.parametrize("listener, mechanism", [("SASL_PLAINTEXT", "PLAIN"), ("SASL_SSL", "PLAIN"), ("SSL", None),
                                                 ("SASL_SSL", "SCRAM-SHA-256"), ("SASL_SSL", "SCRAM-SHA-512")])
def test_brokers_that_want_a_login(quick, broker, topic, listener, mechanism):
    server, lake = quick()
    target = {}
    if mechanism:
        target["sasl"] = {"mechanism": mechanism, "username": USER, "password": PASSWORD}
    if "SSL" in listener:
        target["tls"] = {"authority": broker.authority.read_text()}
    subscription = subscribe(lake, broker, topic, listener=listener, **target)
    dataset = lake.dataset_of("Login", files.PROPERTIES)
    lanes = wait_until_delivered(lake, subscription)
    assert set(by_dataset(broker.read(topic, has_all(lanes)))) == {dataset}
    assert PASSWORD not in json.dumps([subscription, show(lake, subscription)]) and PASSWORD not in server.log


def test_a_wrong_password_is_told_and_can_be_mended(quick, broker, topic):
    server, lake = quick()
    login = {"mechanism": "PLAIN", "username": USER, "password": "wrong-password"}
    subscription = subscribe(lake, broker, topic, listener="SASL_PLAINTEXT", sasl=login)
    dataset = lake.dataset_of("Wrong", files.PROPERTIES)
    (error,) = wait_for(lambda: last_errors(lake, subscription), 60)
    assert "uthentication" in error and "wrong-password" not in error, error

    brokers = [broker.address("SASL_PLAINTEXT")]
    other = {**login, "username": "somebody"}
    del other["password"]
    with pytest.raises(Refused) as refused:  # the password was given for another user
        change(lake, subscription, target={"brokers": brokers, "topic": topic, "sasl": other})
    assert "target.sasl.password" in refused.value.answer.text
    change(lake, subscription, target={"brokers": brokers, "topic": topic, "sasl": {**login, "password": PASSWORD}})
    lanes = wait_until_delivered(lake, subscription)
    assert set(by_dataset(broker.read(topic, has_all(lanes)))) == {dataset}
    assert "wrong-password" not in server.log and PASSWORD not in server.log


def test_a_certificate_that_nobody_vouches_for_is_told(quick, broker, topic):
    server, lake = quick()
    subscription = subscribe(lake, broker, topic, listener="SSL", tls={})
    lake.dataset_of("Unknown authority", files.PROPERTIES)
    (error,) = wait_for(lambda: last_errors(lake, subscription), 60)
    assert "certificate" in error, error


def test_an_event_that_is_too_large_is_a_dead_letter_at_once(quick, broker, topic):
    small = broker.create_topic(topic + ".small", **{"max.message.bytes": 1200})
    server, lake = quick()
    subscription = subscribe(lake, broker, small)
    dataset = lake.dataset_of("Large", files.PROPERTIES)
    batch = lake.load(dataset, {"a.parquet": files.numbered(1, 5)})
    lanes = wait_until_delivered(lake, subscription)
    letters = dead_letters(lake, subscription)
    assert letters and {(letter["cause"], letter["attempts"]) for letter in letters} == {("refused", 1)}
    assert all(f"larger than topic {small}" in letter["lastError"] for letter in letters)
    arrived = [json.loads(record.value) for record in broker.read(small, lambda records: len(records) + len(letters) == lanes[dataset]["newest"])]
    refused = {letter["eventId"] for letter in letters}
    assert not refused & {event["id"] for event in arrived}
    assert any(event["subject"] == batch for event in arrived), "the lane went on after what was refused"


@pytest.mark.parametrize("setting, target, says", [
    ("", {}, "delivery.kafka_brokers"),
    ("kafka-1:9092 kafka-2:9092", {"brokers": ["kafka-1:9092", "kafka-3:9092"]}, "kafka-3:9092"),
    ("*", {"brokers": []}, "target.brokers"),
    ("*", {"topic": "a/b"}, "target.topic"),
    ("*", {"ssl": True}, "target.ssl"),
])
def test_targets_that_are_refused(quick, setting, target, says):
    server, lake = quick(**{"delivery.kafka_brokers": setting})
    answer = lake.send("POST", SUBSCRIPTIONS, json={
        "name": "mine", "kind": "kafka", "target": {"brokers": ["kafka-1:9092"], "topic": "t", **target}})
    assert answer.status_code == 400 and says in answer.text, answer.text


def test_a_broker_that_is_down_does_not_hold_up_the_stop(quick, free_port):
    server, lake = quick()
    answer = lake.ask("POST", SUBSCRIPTIONS, json={
        "name": "down", "kind": "kafka", "target": {"brokers": [f"127.0.0.1:{free_port}"], "topic": "t"}})
    lake.dataset_of("Down", files.PROPERTIES)
    assert show(lake, answer.json())["state"] == "active"
    assert server.stop(seconds=15) == 0
    server.start()
    lake = server.lake()
    assert all(lane["waiting"] == 1 for lane in deliveries(lake, answer.json()).values())


def test_command_line(quick, broker, topic, tmp_path):
    server, lake = quick()
    password = tmp_path / "password"
    password.write_text(PASSWORD + "\n")
    made = server.run("subscription", "create", "by hand", "--kafka", broker.address("SASL_SSL"), "--topic", topic, "--username", USER,
                      "--password-file", password, "--tls-authority", broker.authority, "--json")
    assert made.returncode == 0, made.stderr
    subscription = json.loads(made.stdout)
    assert subscription["target"]["sasl"] == {"mechanism": "SCRAM-SHA-512", "username": USER}
    assert "secret" not in subscription and PASSWORD not in made.stdout
    lake.dataset_of("By hand", files.PROPERTIES)
    wait_until_delivered(lake, subscription)
    shown = server.run("subscription", "show", "by hand")
    assert shown.returncode == 0 and f"topic {topic} on {broker.address('SASL_SSL')}" in shown.stdout
    refused = server.run("subscription", "rotate-secret", "by hand")
    assert refused.returncode == 1 and "makes no secret" in refused.stderr
    without = server.run("subscription", "create", "other", "--kafka", broker.brokers)
    assert without.returncode == 2 and "--topic" in without.stderr

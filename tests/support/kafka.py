"""A real Kafka broker of one node (KRaft) for a test: started on free ports, killed, started again on the same data.

`Broker(tmp_path / "kafka")` formats its folder and starts it out of the jars that `scripts/setup test` fetched. It listens four times: in the
clear, with SASL, with TLS and with both; `broker.address("SASL_SSL")` names each. What it says is kept in `broker.log`.
"""

import logging
import os
import pathlib
import shutil
import socket
import subprocess
import time

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError

ROOT = pathlib.Path(__file__).resolve().parents[2]
JARS = pathlib.Path(os.environ.get("LAKEGATE_DEPS") or ROOT / ".deps") / "kafka"
START_SECONDS = 60
logging.getLogger("kafka").setLevel(logging.CRITICAL)  # each connection that is refused while a broker starts
USER, PASSWORD = "lakegate", "right-password"
LISTENERS = ("PLAINTEXT", "SASL_PLAINTEXT", "SSL", "SASL_SSL")


def needs_broker():
    """Skips the test that asks where there is no broker to start."""
    if not shutil.which("java") or not list(JARS.glob("kafka_*.jar")):
        pytest.skip("no Kafka broker: `scripts/setup test` fetches its jars, and it needs Java")


class Broker:
    """`settings` are properties of the broker that this test wants otherwise."""

    def __init__(self, folder, settings=None):
        needs_broker()
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.process = None
        self.ports = dict(zip((*LISTENERS, "CONTROLLER"), _free_ports(len(LISTENERS) + 1)))
        self.authority = self.folder / "broker.crt"
        self._make_certificate()
        self._write_properties(settings or {})
        self._format()
        self.start()

    @property
    def brokers(self):
        return self.address("PLAINTEXT")

    def address(self, listener):
        return f"127.0.0.1:{self.ports[listener]}"

    @property
    def log(self):
        return (self.folder / "broker.log").read_text(encoding="utf-8", errors="replace")

    # -- process -----------------------------------------------------------------------------------------------------

    def start(self):
        """Returns when it answers a client."""
        assert not self.running(), "it runs already"
        with open(self.folder / "broker.log", "ab") as log:
            self.process = subprocess.Popen(self._java("kafka.Kafka", self._properties), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.admin().close()
                return self
            except (KafkaError, OSError) as error:
                assert self.running(), f"the broker ended with {self.process.returncode}:\n{self.log}"
                assert time.monotonic() < deadline, f"no broker after {START_SECONDS} s ({error!r}):\n{self.log}"
                time.sleep(0.1)

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """kill -9. Returns when the process is gone."""
        if self.running():
            self.process.kill()
            self.process.wait()

    close = kill

    # -- topics and what is in them ------------------------------------------------------------------------------------

    def admin(self):
        return KafkaAdminClient(bootstrap_servers=self.brokers, request_timeout_ms=5000, bootstrap_timeout_ms=2000)

    def create_topic(self, name, partitions=1, **settings):
        admin = self.admin()
        try:
            admin.create_topics([NewTopic(name=name, num_partitions=partitions, replication_factor=1, topic_configs=settings)])
        finally:
            admin.close()
        return name

    def read(self, topic, enough, seconds=60):
        """All records of `topic` from its beginning, in the order of each partition, as soon as `enough(records)` is true."""
        consumer = KafkaConsumer(bootstrap_servers=self.brokers, auto_offset_reset="earliest", enable_auto_commit=False,
                                 reconnect_backoff_max_ms=1000)
        try:
            deadline = time.monotonic() + seconds
            while not (partitions := consumer.partitions_for_topic(topic)):
                assert time.monotonic() < deadline, f"the broker knows no topic {topic}"
            consumer.assign([TopicPartition(topic, number) for number in sorted(partitions)])
            records = []
            while not enough(records):
                assert time.monotonic() < deadline, f"only {len(records)} records in {topic} after {seconds} s"
                for some in consumer.poll(timeout_ms=200).values():
                    records += some
            return records
        finally:
            consumer.close()

    # ----------------------------------------------------------------------------------------------------------------

    @property
    def _properties(self):
        return self.folder / "server.properties"

    def _java(self, program, *words):
        return ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp", f"{JARS}/*", program, *map(str, words)]

    def _write_properties(self, settings):
        listeners = ",".join(f"{name}://127.0.0.1:{port}" for name, port in self.ports.items())
        plain = f'org.apache.kafka.common.security.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'
        scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        values = {
            "process.roles": "broker,controller", "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{self.ports['CONTROLLER']}", "controller.listener.names": "CONTROLLER",
            "listeners": listeners, "advertised.listeners": listeners.rsplit(",", 1)[0],
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT," + ",".join(f"{name}:{name}" for name in LISTENERS),
            "inter.broker.listener.name": "PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
            "ssl.keystore.type": "PEM", "ssl.keystore.location": self.folder / "broker.pem",
            "log.dirs": self.folder / "data", "auto.create.topics.enable": "false",
            "offsets.topic.num.partitions": 1, "offsets.topic.replication.factor": 1, "group.initial.rebalance.delay.ms": 0,
            "num.network.threads": 2, "num.io.threads": 2, "background.threads": 2,
            "broker.session.timeout.ms": 6000, "broker.heartbeat.interval.ms": 500,  # else a killed one is waited for before it may come again
        }
        for name in ("sasl_plaintext", "sasl_ssl"):
            values[f"listener.name.{name}.plain.sasl.jaas.config"] = plain
            for mechanism in ("scram-sha-256", "scram-sha-512"):
                values[f"listener.name.{name}.{mechanism}.sasl.jaas.config"] = scram
        values |= settings
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")

    def _make_certificate(self):
        """One for 127.0.0.1 that signs itself; key and certificate in one file, as the broker wants them."""
        key = self.folder / "broker.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", self.authority, "-days", "2",
                        "-subj", "/CN=broker", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        (self.folder / "broker.pem").write_text(key.read_text() + self.authority.read_text())

    def _format(self):
        users = [word for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")
                 for word in ("--add-scram", f"{mechanism}=[name={USER},password={PASSWORD}]")]
        made = subprocess.run(self._java("kafka.tools.StorageTool", "format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c", self._properties, *users),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stdout + made.stderr


def _free_ports(count):
    """Ports that nobody listens on at the moment: the system hands them out, so they are given back only when all are known."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports

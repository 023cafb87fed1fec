"""Clients at work while the server may die at any moment: each takes a batch up where it is and brings it on."""

import concurrent.futures
import random
import threading

import requests

from support.lake import IMPORT

GONE = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.exceptions.ReadTimeout)


class Wrong(AssertionError):
    """An answer that no client may get."""


def expect(answer, *statuses):
    if answer.status_code not in statuses:
        raise Wrong(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:1000]}, expected {statuses}")
    return answer


class Client:
    """One thread's worth of work. `step` raises GONE when the server is."""

    def __init__(self, lake, dataset, chance):
        self.lake = lake
        self.dataset = dataset
        self.chance = chance

    def bring_on(self, batch):
        """All that the plan asks for, in an order of chance where there is one. True: at its end."""
        self.create(batch)
        for path in self.chance.sample(list(batch.files), len(batch.files)):
            self.send(batch, batch.files[path])
            if batch.plan in ("aborted", "failed") and self.chance.random() < 0.5:
                break
        if batch.plan == "aborted":
            return self.act(batch, "ABORT")
        if batch.plan == "failed":
            return self.act(batch, "FAIL")
        self.act(batch, "COMPLETE")
        if batch.plan == "refused":
            return True
        if batch.plan == "reverted" or self.chance.random() < 0.3:
            self.lake.wait(batch.id, "active", "inactive", "deleted", seconds=60)
        if batch.plan == "reverted":
            return self.act(batch, "REVERT")
        return True

    def create(self, batch):
        """Asked again with the same key it is the same batch, and the same answer."""
        if batch.creation and self.chance.random() < 0.7:
            return
        body = {"datasetId": self.dataset, "inputFormat": {"format": "parquet"}}
        headers = {}
        if "header" in batch.key:
            headers["Idempotency-Key"] = batch.key["header"]
        else:
            body["externalId"] = batch.key["externalId"]
        answer = expect(self.lake.send("POST", f"{IMPORT}/batches", json=body, headers=headers), 200, 201)
        id_ = answer.json()["id"]
        if batch.id and batch.id != id_:
            raise Wrong(f"creation asked for again gave {id_}, at first it was {batch.id}")
        if batch.creation and "header" in batch.key and answer.text != batch.creation:
            raise Wrong(f"creation of {id_} was answered by {batch.creation}, asked again by {answer.text}")
        batch.id, batch.creation = id_, answer.text

    def send(self, batch, file):
        if file.is_answered() and self.chance.random() < 0.8:
            return
        if batch.sent:  # it may be complete already
            return
        if not file.part_bytes:
            file.sent.add(0)
            expect(self.lake.put(batch.id, self.dataset, file.path, file.content), 200)
            file.answered.add(0)
            return
        if file.initialized != "answered":
            # 409: the lost answer was one of success, and parts came since.
            allowed = (201, 409) if file.sent else (201,)
            file.initialized = "sent"
            expect(self.lake.initialize(batch.id, self.dataset, file.path), *allowed)
            file.initialized = "answered"
        begins = [begin for begin in file.begins() if begin not in file.answered or self.chance.random() < 0.1]
        self.chance.shuffle(begins)
        if len(begins) > 4 and self.chance.random() < 0.5:
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda begin: self.part(batch, file, begin), begins))
        else:
            for begin in begins:
                self.part(batch, file, begin)

    def part(self, batch, file, begin):
        file.sent.add(begin)
        answer = self.lake.part(batch.id, self.dataset, file.path, file.part(begin), begin, len(file.content))
        expect(answer, 200)
        file.answered.add(begin)

    def act(self, batch, action):
        batch.sent.add(action)
        expect(self.lake.act(batch.id, action), 200)
        batch.answered.add(action)
        return True


class Crowd:
    """Threads that work until the server is gone."""

    def __init__(self, server, journal, dataset, *, threads, seed, left_open):
        self._server = server
        self._journal = journal
        self._dataset = dataset
        self._left_open = list(left_open)
        self._lock = threading.Lock()
        self.errors = []
        self.begun = 0
        self._threads = [threading.Thread(target=self._work, args=(random.Random(f"{seed}-{n}"),)) for n in range(threads)]

    def start(self):
        for thread in self._threads:
            thread.start()
        return self

    def join(self):
        for thread in self._threads:
            thread.join()

    def _work(self, chance):
        try:
            client = Client(self._server.lake(), self._dataset, chance)
            while True:
                client.bring_on(self._next_batch(chance))
        except GONE:
            pass
        except Exception as error:  # shown by whoever joins
            self.errors.append(error)

    def _next_batch(self, chance):
        with self._lock:
            self.begun += 1
            if self._left_open and chance.random() < 0.7:
                return self._left_open.pop()
        return self._journal.plan_batch(chance)

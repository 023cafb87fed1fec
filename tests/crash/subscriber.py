"""Somebody who is told of every event through all kills, and is away now and then; and what must hold of what came."""

import collections
import json
import sqlite3

from crash.checks import check
from support.receiver import Receiver
from support.subscriptions import QUICK, subscribe, wait_until_delivered

__all__ = ["QUICK", "Subscriber"]


class Subscriber:
    def __init__(self, folder, lake, ledger):
        """Begins before there is a dataset, so that its every lane starts with event 1. `ledger`: path of the file."""
        self.receiver = Receiver(folder)
        self._subscription = subscribe(lake, self.receiver.url("/hook"))
        self._ledger = ledger
        self._read = 0  # bytes of the receiver's log
        self._came = collections.defaultdict(list)  # dataset → events, the first time each
        self.repeats = 0
        self.away = 0

    def leave(self):
        self.away += 1
        self.receiver.stop()

    def come_back(self):
        if self.receiver.process is None:
            self.receiver.start()

    def look(self, lake):
        """Everything has come, in order, and it is what happened: neither less nor more."""
        self.come_back()
        newest, happened = self._ledger_now()
        wait_until_delivered(lake, self._subscription)
        self._take()
        told = collections.defaultdict(list)
        for dataset, last in newest.items():
            came = self._came[dataset]
            check(len(came) >= last, f"{len(came)} events of dataset {dataset} came, there are {last}")
            for event in came[:last]:
                if event["type"].startswith("io.lakegate.batch."):
                    told[event["subject"]].append((event["data"].get("from", ""), event["data"]["status"]))
        check(set(told) == set(happened), f"told of, and not there, or the other way round: {set(told) ^ set(happened)}")
        for batch, steps in told.items():
            check(steps == happened[batch], f"batch {batch} went {happened[batch]}, told was {steps}")

    def _ledger_now(self):
        """Of one moment: the last event of each dataset, and the steps of each batch, which go on by themselves."""
        ledger = sqlite3.connect(f"file:{self._ledger}?mode=ro", uri=True, isolation_level=None)
        ledger.execute("BEGIN")
        newest = dict(ledger.execute("SELECT dataset_id, max(seq) FROM event GROUP BY dataset_id"))
        happened = {batch: [("", "loading")] for (batch,) in ledger.execute("SELECT id FROM batch")}
        for batch, *step in ledger.execute("SELECT batch_id, from_status, to_status FROM batch_history ORDER BY batch_id, number"):
            happened[batch].append(tuple(step))
        ledger.close()
        return newest, happened

    def _take(self):
        with open(self.receiver.log, "rb") as log:
            log.seek(self._read)
            whole, end, _ = log.read().rpartition(b"\n")
        self._read += len(whole) + len(end)
        for line in whole.splitlines():
            event = json.loads(json.loads(line)["body"])
            dataset, _, seq = event["id"].partition("/")
            came = self._came[dataset]
            if int(seq) <= len(came):
                self.repeats += 1
                check(came[int(seq) - 1] == event, f"{event['id']} came again as another: {came[int(seq) - 1]}, {event}")
            else:
                check(int(seq) == len(came) + 1, f"{event['id']} came after {len(came)} events")
                came.append(event)

"""Kill the server, start it again, look; over and over on one folder that grows.

    python cycles.py --cycles 500 --seed 7 [--folder DIR]        (make crash CYCLES=500 SEED=7)

A cycle: start · everything answered so far is there, and a subscriber was told of it · clients work · kill -9 at a random moment · now and
then `lakegate verify`. The folder stays where something
was wrong, and the seed makes the same plans again; when exactly the kill comes is the machine's.
"""

import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from crash.checks import Checks, check
from crash.clients import Crowd
from crash.journal import Journal
from crash.subscriber import QUICK, Subscriber
from support import files
from support.server import Server, StartFailed

SETTINGS = {**QUICK, "storage.reader_grace": "1s", "storage.metadata_grace": "1s", "storage.history_age": "1s"}  # objects go in every cycle
RECENT = 60  # batches whose bytes are looked at in every cycle


class Cycles:
    def __init__(self, folder, seed, say=print):
        self.chance = random.Random(seed)
        self.seed = seed
        self.say = say
        self.server = Server(folder, settings=SETTINGS)
        self.journal = Journal(self.chance)
        self.subscriber = Subscriber(self.server.folder.parent / "receiver", self.server.lake(), self.server.folder / "ledger.db")
        self.dataset = self.server.lake().dataset_of("Crashes", files.PROPERTIES)
        self.checks = Checks(self.server.folder, self.journal, self.dataset, self.server.lake().table_name(self.dataset))
        self.killed_while_starting = 0
        self.verified = 0

    def run(self, count, seconds=None):
        """`seconds`: begins no further cycle after so long. Gives the number of cycles."""
        began = time.monotonic()
        for number in range(1, count + 1):
            if seconds and time.monotonic() - began > seconds:
                return number - 1
            self.cycle(number)
            self.say(f"cycle {number}: {len(self.journal.batches)} batches, {time.monotonic() - began:.0f} s")
        return count

    def cycle(self, number):
        self.look()
        if self.chance.random() < 0.2:
            self.subscriber.leave()
        self.work_until_killed(number)
        if self.chance.random() < 0.4:
            self.kill_while_starting()
        if self.chance.random() < 0.4:
            self.verify()
        self.server.start()

    def finish(self):
        """The last look, an orderly stop, and nothing lies about."""
        self.look()
        assert self.server.stop() == 0, self.server.log
        report = self.verify()
        check(not report["findings"], f"after an orderly stop: {json.dumps(report['findings'], indent=1)}")

    def look(self):
        lake = self.server.lake()
        self.checks.check_states(self.checks.statuses(lake))
        self.checks.check_whole(self.checks.visible(self.server))  # whatever moment this is
        statuses = self.checks.wait_until_settled(lake)
        self.checks.check_states(statuses)
        seen = self.checks.visible(self.server)
        self.checks.check_whole(seen)
        self.checks.check_active_is_readable(statuses, seen)
        created = self.journal.created()
        recent = created[-RECENT:]
        self.checks.check_bytes(recent)
        self.checks.check_data_access(lake, self.sample(created, 5), statuses)
        self.checks.check_repeats(lake, self.sample(recent, 5))

        self.subscriber.look(lake)

    def close(self):
        self.server.close()
        self.subscriber.receiver.stop()

    def sample(self, batches, count):
        return self.chance.sample(batches, min(count, len(batches)))

    def work_until_killed(self, number):
        left_open = [batch for batch in self.journal.batches if not batch.answered or batch.sent != batch.answered]
        crowd = Crowd(self.server, self.journal, self.dataset, threads=4, seed=f"{self.seed}-{number}", left_open=left_open).start()
        killer = threading.Timer(self.chance.uniform(0.05, 0.8), self.server.process.kill)
        killer.start()
        crowd.join()
        killer.join()
        self.server.wait_until_gone()
        if crowd.errors:
            raise crowd.errors[0]

    def kill_while_starting(self):
        """Recovery must bear it as well."""
        self.killed_while_starting += 1
        killer = threading.Timer(self.chance.uniform(0, 0.25), lambda: self.server.process and self.server.process.kill())
        killer.start()
        try:
            self.server.start()
        except StartFailed as died:
            check(died.status == -9, f"the start failed: {died}")
        killer.join()
        self.server.close()
        self.server.process.wait()

    def verify(self):
        self.verified += 1
        ran = self.server.run("verify", "--data", self.server.folder, "--json", seconds=300)
        check(ran.returncode == 0, f"verify gives {ran.returncode}: {ran.stdout} {ran.stderr}")
        report = json.loads(ran.stdout)
        orphans = [finding for finding in report["findings"] if finding["code"] == "orphan"]
        check(not orphans, f"a kill leaves no orphans: {orphans}")
        return report


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cycles", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--folder", type=pathlib.Path, help="a new folder; default: a temporary one, removed if all was well")
    options = parser.parse_args()
    folder = options.folder or pathlib.Path(tempfile.mkdtemp(prefix="lakegate-crash-")) / "lake"
    print(f"seed {options.seed}, folder {folder}", flush=True)
    cycles = Cycles(folder, options.seed, say=lambda line: print(line, flush=True))
    try:
        cycles.run(options.cycles)
        cycles.finish()
    except BaseException:
        print(f"FAILED with seed {options.seed}; the folder stays: {folder}", flush=True)
        raise
    finally:
        cycles.close()
    print(f"{options.cycles} cycles, {len(cycles.journal.batches)} batches, {cycles.killed_while_starting} kills while starting, "
          f"{cycles.verified} times verify, {cycles.subscriber.away} times a subscriber away, {cycles.subscriber.repeats} events sent "
          "again: all that was answered is there, and was told")
    if not options.folder:
        shutil.rmtree(folder.parent)


if __name__ == "__main__":
    main()

"""What must hold after a start: everything that was answered is there, nothing is half visible, nothing twice."""

import collections
import sqlite3
import urllib.parse

import pyarrow.parquet as pq

from support.lake import CATALOG, EXPORT
from support.server import wait_for


class Failed(AssertionError):
    pass


def check(holds, message):
    if not holds:
        raise Failed(message)


class Checks:
    def __init__(self, folder, journal, dataset, table):
        self._folder = folder
        self._journal = journal
        self._dataset = dataset
        self._table = table
        self._ids_of = {}  # data files are immutable: path → row ids

    # -- the catalog of batches ------------------------------------------------------------------------------------------

    def statuses(self, lake):
        found, start = {}, 0
        while True:
            page = lake.ask("GET", f"{CATALOG}/batches?limit=100&start={start}&properties=status").json()
            found |= {id_: batch["status"] for id_, batch in page.items()}
            if len(page) < 100:
                return found
            start += 100

    def check_states(self, statuses):
        for batch in self._journal.created():
            check(batch.id in statuses, f"batch {batch.id} was created and is gone")
            status = statuses[batch.id]
            check(status in batch.states(), f"batch {batch.id} ({batch.plan}) is {status}, may be {batch.states()}; "
                                            f"sent {batch.sent}, answered {batch.answered}")

    def wait_until_settled(self, lake):
        """No batch is on its way. Gives their states."""
        def settled():
            statuses = self.statuses(lake)
            return None if {"loaded", "staging", "staged"} & set(statuses.values()) else [statuses]
        return wait_for(settled, seconds=60, what="the end of all completed batches")[0]

    # -- what readers see -----------------------------------------------------------------------------------------------

    def visible(self, server):
        """Batch number → ids of its rows that can be read, of all files of the current snapshot."""
        owner = {}
        for batch in self._journal.batches:
            for file in batch.files.values():
                if file.ids:
                    owner[file.ids.start] = batch
        seen = collections.defaultdict(list)
        paths = set()
        for task in server.iceberg_catalog().load_table(("prod", self._table)).scan().plan_files():
            path = urllib.parse.urlparse(task.file.file_path).path
            check(path not in paths, f"{path} is in the snapshot twice")
            paths.add(path)
            if path not in self._ids_of:
                self._ids_of[path] = pq.ParquetFile(path).read(columns=["id"])["id"].to_pylist()
            ids = self._ids_of[path]
            check(len(ids) == task.file.record_count, f"{path} has {len(ids)} rows, its entry {task.file.record_count}")
            seen[owner[ids[0]].number] += ids
        return seen

    def check_whole(self, seen):
        for batch in self._journal.batches:
            if batch.number in seen:
                check(sorted(seen[batch.number]) == sorted(batch.ids()), f"batch {batch.id} is visible in part or twice")

    def check_active_is_readable(self, statuses, seen):
        for batch in self._journal.created():
            active = statuses[batch.id] == "active"
            check(active == (batch.number in seen), f"batch {batch.id} is {statuses[batch.id]}, visible: {batch.number in seen}")

    # -- bytes ----------------------------------------------------------------------------------------------------------

    def check_bytes(self, batches):
        """Of files and parts that were answered: the beginning of the object on disk."""
        ledger = sqlite3.connect(f"file:{self._folder / 'ledger.db'}?mode=ro", uri=True)
        for batch in batches:
            if {"ABORT", "FAIL", "REVERT"} & batch.sent or batch.plan == "refused":
                continue  # its bytes may be gone
            rows = {row[0]: row[1:] for row in ledger.execute(
                "SELECT f.path, o.key, f.complete, f.sent_bytes, f.number FROM batch_file f"
                " LEFT JOIN object o ON o.number = f.object WHERE f.batch_id = ?", [batch.id])}
            for file in batch.files.values():
                if not file.answered:
                    continue
                check(file.path in rows, f"{file.path} of batch {batch.id} was answered and is gone")
                key, complete, sent_bytes, number = rows[file.path]
                held = self._held(ledger, batch, number) if not complete else [(0, sent_bytes)]
                content = (self._folder / "objects" / key).read_bytes()
                for begin in file.answered:
                    part = file.part(begin)
                    end = begin + len(part)
                    check(any(at <= begin and end <= to for at, to in held), f"bytes {begin}-{end} of {file.path} of batch {batch.id} "
                                                                             f"were answered and are not held: {held}")
                    check(content[begin:end] == part, f"bytes {begin}-{end} of {file.path} of batch {batch.id} are others")
                check(not complete or sent_bytes == len(file.content), f"{file.path} of batch {batch.id} has {sent_bytes} bytes")
        ledger.close()

    @staticmethod
    def _held(ledger, batch, number):
        """Ranges that touch each other joined."""
        joined = []
        for begin, end in ledger.execute("SELECT begin_byte, end_byte FROM held_range WHERE batch_id = ? AND file_number = ?"
                                         " ORDER BY begin_byte", [batch.id, number]):
            if joined and joined[-1][1] == begin:
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((begin, end))
        return joined

    def check_data_access(self, lake, batches, statuses):
        for batch in batches:
            if statuses[batch.id] != "active":
                continue
            for number, path in enumerate(self._paths_in_order(batch), 1):
                answer = lake.send("GET", f"{EXPORT}/files/{batch.id}-{number}", params={"path": path})
                check(answer.status_code == 200 and answer.content == batch.files[path].content,
                      f"Data Access gives {answer.status_code} and {len(answer.content)} bytes for {path} of batch {batch.id}")

    def _paths_in_order(self, batch):
        ledger = sqlite3.connect(f"file:{self._folder / 'ledger.db'}?mode=ro", uri=True)
        paths = [path for (path,) in ledger.execute("SELECT path FROM batch_file WHERE batch_id = ? ORDER BY number", [batch.id])]
        ledger.close()
        return paths

    # -- the same answer ---------------------------------------------------------------------------------------------------

    def check_repeats(self, lake, batches):
        for batch in batches:
            for action in batch.answered:
                answer = lake.act(batch.id, action)
                check(answer.status_code == 200, f"{action} of batch {batch.id} was answered 200, asked again {answer.status_code} {answer.text}")

"""What clients asked for and what was answered: the state that must be there after a kill.

A call is noted as sent before, and as answered after its 2xx. What was sent and not answered may have happened or not; sending it again must
have the same effect either way.
"""

import random
import threading
from dataclasses import dataclass, field

from support import files

# By what moves a batch, the states in which it may be afterwards. A batch goes on by itself.
AFTER = {
    "COMPLETE": {"loaded", "staging", "staged", "active", "failed", "inactive", "deleted"},
    "ABORT": {"aborted"},
    "FAIL": {"failed"},
    "REVERT": {"inactive", "deleted"},
}


@dataclass
class File:
    """One path of a batch. Whole files have one part."""

    path: str
    content: bytes
    ids: range  # of its rows; empty: it breaks the schema
    part_bytes: int = 0  # 0: sent whole
    initialized: str = ""  # "", "sent" or "answered"
    sent: set = field(default_factory=set)  # beginnings of parts
    answered: set = field(default_factory=set)

    def begins(self):
        return range(0, len(self.content), self.part_bytes) if self.part_bytes else [0]

    def part(self, begin):
        return self.content[begin:begin + self.part_bytes] if self.part_bytes else self.content

    def is_answered(self):
        return len(self.answered) == len(self.begins())


@dataclass
class Batch:
    """The client's side of one batch. One thread at a time works on it."""

    number: int
    plan: str  # how it is to end: "active", "reverted", "failed", "aborted", "refused" (bad data)
    files: dict
    key: dict = field(default_factory=dict)  # what makes its creation safe to repeat: a header or a member
    id: str = ""
    creation: str = ""  # text of the answer
    sent: set = field(default_factory=set)  # actions
    answered: set = field(default_factory=set)

    def ids(self):
        return [id_ for file in self.files.values() for id_ in file.ids]

    def states(self):
        """In which it may be, judged by what was answered and what may have happened."""
        for action in ("REVERT", "ABORT", "FAIL", "COMPLETE"):
            if action in self.answered:
                possible = set(AFTER[action])
                break
        else:
            possible = {"loading"}
        for action in self.sent - self.answered:
            possible |= AFTER[action]
        if self.plan == "refused":
            possible -= {"active", "inactive", "deleted", "staged"}
        elif "FAIL" not in self.sent:
            possible -= {"failed"}
        if "REVERT" not in self.sent:
            possible -= {"inactive", "deleted"}
        return possible


class Journal:
    """All batches of all cycles. Thread-safe where threads share it."""

    def __init__(self, chance):
        self.batches = []
        self.chance = chance
        self._lock = threading.Lock()
        self._next_id = 1

    def plan_batch(self, chance):
        with self._lock:
            number = len(self.batches) + 1
            plan = chance.choices(["active", "reverted", "failed", "aborted", "refused"], [10, 3, 1, 1, 1])[0]
            key = {"header": f"crash-{number}"} if chance.random() < 0.5 else {"externalId": f"crash-{number}"}
            batch = Batch(number, plan, {}, key)
            for n in range(chance.randint(1, 3)):
                file = self._plan_file(chance, f"part={n}/file {n}.parquet", bad=plan == "refused" and n == 0)
                batch.files[file.path] = file
            self.batches.append(batch)
            return batch

    def _plan_file(self, chance, path, bad):
        count = chance.randint(1, 40)
        begin = self._next_id
        if bad:
            return File(path, b"PAR1 and nothing more", range(0))
        if chance.random() < 0.3:
            count *= 40
            content, part_bytes = files.noise(begin, count, width=24), chance.choice([4_096, 16_384, 20_000])
        else:
            content, part_bytes = files.numbered(begin, count, text=random.Random(begin).choice("xyz") * 9), 0
        self._next_id += count
        return File(path, content, range(begin, begin + count), part_bytes)

    def created(self):
        return [batch for batch in self.batches if batch.id]

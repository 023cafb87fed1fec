"""Fifty kills of one server, and that the look after each would notice a loss. `make crash CYCLES=500` makes more of them."""

import os
import random
import sqlite3

import pytest

from crash.checks import Failed
from crash.cycles import Cycles

CYCLES = 50


@pytest.fixture
def begin(tmp_path):
    begun = []

    def make(seed):
        print(f"seed {seed}")  # shown with a failure
        begun.append(Cycles(tmp_path / "lake", seed))
        return begun[-1]

    yield make
    for cycles in begun:
        cycles.close()


@pytest.mark.timeout(900)
def test_what_was_answered_survives_fifty_kills(begin):
    cycles = begin(int(os.environ.get("SEED") or random.SystemRandom().randrange(1_000_000)))
    assert cycles.run(CYCLES) == CYCLES
    cycles.finish()
    assert cycles.killed_while_starting > 0 and cycles.verified > 1 and cycles.subscriber.away > 0
    assert {"COMPLETE", "REVERT"} <= {action for batch in cycles.journal.batches for action in batch.answered}, "hardly anything happened"


def remove_an_object(ledger, folder, active):
    (key,) = ledger.execute("SELECT o.key FROM batch_file f JOIN object o ON o.number = f.object WHERE f.batch_id = ?", [active]).fetchone()
    (folder / "objects" / key).unlink()


def alter_a_byte(ledger, folder, active):
    (key,) = ledger.execute("SELECT o.key FROM batch_file f JOIN object o ON o.number = f.object WHERE f.batch_id = ?", [active]).fetchone()
    with open(folder / "objects" / key, "r+b") as file:
        file.seek(10)
        byte = file.read(1)
        file.seek(10)
        file.write(bytes([byte[0] ^ 1]))


def forget_that_it_was_completed(ledger, folder, active):
    ledger.execute("UPDATE batch SET status = 'loading' WHERE id = ?", [active])


def forget_a_file(ledger, folder, active):
    ledger.execute("DELETE FROM batch_file WHERE batch_id = ?", [active])


def forget_the_last_snapshots(ledger, folder, active):
    """The batch stays active, and readers see the table as it was before it."""
    (sequence,) = ledger.execute("SELECT sequence_number FROM batch_snapshot WHERE batch_id = ?", [active]).fetchone()
    ledger.execute("DELETE FROM table_snapshot WHERE sequence_number >= ?", [sequence])


@pytest.mark.parametrize("injure", [remove_an_object, alter_a_byte, forget_that_it_was_completed, forget_a_file, forget_the_last_snapshots])
def test_a_loss_is_noticed(begin, injure):
    cycles = begin(3)
    cycles.run(3)
    cycles.look()
    statuses = cycles.checks.statuses(cycles.server.lake())
    active = next(batch.id for batch in reversed(cycles.journal.created()) if statuses[batch.id] == "active" and batch.plan == "active")
    cycles.server.kill()
    ledger = sqlite3.connect(cycles.server.folder / "ledger.db")
    with ledger:
        injure(ledger, cycles.server.folder, active)
    ledger.close()
    cycles.server.start()
    with pytest.raises((Failed, OSError)):
        cycles.look()


def skip_an_event(ledger):
    ledger.execute("UPDATE delivery_lane SET cursor = cursor + 1")


def tell_of_what_was_not(ledger):
    ledger.execute("UPDATE event SET batch_id = 'nobody' WHERE seq = (SELECT cursor + 1 FROM delivery_lane l WHERE l.dataset_id = event.dataset_id)"
                   " AND kind LIKE 'batch.%'")


@pytest.mark.parametrize("injure", [skip_an_event, tell_of_what_was_not])
def test_a_lie_to_a_subscriber_is_noticed(begin, injure):
    cycles = begin(3)
    cycles.look()
    cycles.subscriber.leave()
    lake = cycles.server.lake()
    for _ in range(3):
        lake.create_batch(cycles.dataset)
    cycles.server.kill()
    ledger = sqlite3.connect(cycles.server.folder / "ledger.db")
    with ledger:
        injure(ledger)
    ledger.close()
    cycles.server.start()
    cycles.subscriber.come_back()
    with pytest.raises(Failed):
        cycles.subscriber.look(cycles.server.lake())

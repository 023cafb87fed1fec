"""Commit time when the table has 10, 100, 1,000 and 10,000 batches; the peer at the same count, as far as it gets in the time."""

import itertools
import shutil
import time

from measuring import files, local_table
from measuring.publishing import SMALL_ROWS, add_file
from measuring.result import Goal, Measurement, Peer, median

SAMPLE = 50  # commits measured at each count
PEER_SAMPLE = 15
PEER_SECONDS = {True: 20, False: 420}  # by quick or not
FILLERS = 8  # clients at a time that fill the table in between


def peer_times(workshop, file, counts, seconds):
    """Count → median milliseconds. When the time is up, the last one is of the count that was reached."""
    folder = workshop.fresh_folder()
    table = local_table.table_of(folder, file)
    began, times, found = time.monotonic(), [], {}
    for number in itertools.count():
        times.append(add_file(table, folder, number, file) * 1000)
        reached = number + 1 - PEER_SAMPLE  # batches there were when the sample began
        late = time.monotonic() - began > seconds
        if reached in counts or (late and reached > 0):
            found[reached] = median(times[-PEER_SAMPLE:])
        if late or reached >= max(counts):
            break
    shutil.rmtree(folder)
    return found


def measure(workshop):
    counts = (10, 100, 1000) if workshop.quick else (10, 100, 1000, 10_000)
    (file,) = workshop.event_files(1, SMALL_ROWS)
    theirs = peer_times(workshop, file, counts, PEER_SECONDS[workshop.quick])
    with workshop.server() as server:
        dataset = server.lake().dataset_of("Events", files.PROPERTIES)
        headers = workshop.headers_file(server.headers())

        def load(clients, count):
            return workshop.run_tool("batches", "--url", server.url, "--headers", headers, "--dataset", dataset, "--file", file,
                                     "--clients", clients, "--batches", count)
        held, first = 0, None
        for count in counts:
            load(FILLERS if count > 100 else 1, count - held)
            sample = load(1, SAMPLE)
            held = count + SAMPLE
            mine = median(sample["visible_us"]) / 1000
            first = first or mine
            reached = min(theirs, key=lambda one: abs(one - count))
            peer = Peer("PyIceberg", theirs[reached], "" if reached == count else f"at {reached:,}")
            yield Measurement("growth", f"at {count:,} batches", "ms", mine, [peer], False,
                              [Goal(at_most=round(1.2 * first, 2))] if count > counts[0] else [],
                              detail={"sample": SAMPLE, "times_the_first": round(mine / first, 3)})

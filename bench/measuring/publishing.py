"""COMPLETE → active when the files are judged already."""

import shutil
import time

from support.lake import IMPORT

from measuring import files, local_table
from measuring.result import Goal, Measurement, Peer, percentile

SMALL_ROWS = 150  # about 23 KB
JUDGED_AFTER_SECONDS = 0.15  # judging such a file takes a millisecond


def complete_and_wait(lake, batch):
    """Seconds from COMPLETE sent to its answer, which says that the batch is active."""
    began = time.monotonic()
    answer = lake.send("POST", f"{IMPORT}/batches/{batch}?action=COMPLETE",
                       headers={"Prefer": "wait=60", "Accept": "application/json"})
    seconds = time.monotonic() - began
    assert answer.status_code == 200 and answer.json()["status"] == "active", answer.text
    return seconds


def publish(lake, dataset, file):
    """One batch of a file that is judged before COMPLETE."""
    batch = lake.create_batch(dataset)
    answer = lake.put(batch, dataset, "part.parquet", file.read_bytes())
    assert answer.status_code == 200, answer.text
    time.sleep(JUDGED_AFTER_SECONDS)
    return complete_and_wait(lake, batch)


def add_file(table, folder, number, file):
    """The same for PyIceberg; the copy is not part of the time, as the upload is not."""
    copy = folder / f"part-{number}.parquet"
    shutil.copyfile(file, copy)
    began = time.monotonic()
    table.add_files([copy.as_uri()], check_duplicate_files=False)
    return time.monotonic() - began


def measure(workshop):
    count = 40 if workshop.quick else 100  # the peer gets slower with each
    (file,) = workshop.event_files(1, SMALL_ROWS)
    folder = workshop.fresh_folder()
    table = local_table.table_of(folder, file)
    with workshop.server() as server:
        lake = server.lake()
        dataset = lake.dataset_of("Events", files.PROPERTIES)
        publish(lake, dataset, file)
        add_file(table, folder, "warm", file)
        mine = [publish(lake, dataset, file) for _ in range(count)]
        theirs = [add_file(table, folder, number, file) for number in range(count)]
        loaded = server.iceberg_catalog().load_table(("prod", lake.table_name(dataset)))
        assert loaded.scan().count() == (count + 1) * SMALL_ROWS
    for name, part, goals in (("p50", 0.5, [Goal(at_most=15)]), ("p99", 0.99, [])):
        peer = Peer("PyIceberg", percentile(theirs, part) * 1000)
        yield Measurement("publishing", f"COMPLETE → active, {name} of {count}", "ms", percentile(mine, part) * 1000, [peer], False, goals,
                          detail={"count": count, "file_bytes": file.stat().st_size})

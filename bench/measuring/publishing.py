"""COMPLETE → active when the files are judged already."""

import shutil
import time

from measuring import files, local_table
from measuring.result import Measurement, percentile

SMALL_ROWS = 150  # about 23 KB
JUDGED_AFTER_SECONDS = 0.15  # judging such a file takes a millisecond


def wait_until_active(lake, batch):
    """Asks as fast as one connection can; returns the time of the answer that said so."""
    while True:
        state = lake.batch(batch)["status"]
        now = time.monotonic()
        if state == "active":
            return now
        assert state not in ("failed", "aborted"), lake.batch(batch)


def publish(lake, dataset, file):
    """One batch; seconds from COMPLETE sent to active seen."""
    batch = lake.create_batch(dataset)
    answer = lake.put(batch, dataset, "part.parquet", file.read_bytes())
    assert answer.status_code == 200, answer.text
    time.sleep(JUDGED_AFTER_SECONDS)
    began = time.monotonic()
    assert lake.act(batch, "COMPLETE").status_code == 200
    return wait_until_active(lake, batch) - began


def add_file(table, folder, number, file):
    """The same for PyIceberg; the copy is not part of the time, as the upload is not."""
    copy = folder / f"part-{number}.parquet"
    shutil.copyfile(file, copy)
    began = time.monotonic()
    table.add_files([copy.as_uri()], check_duplicate_files=False)
    return time.monotonic() - began


def measure(workshop):
    count = 40 if workshop.quick else 200
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
    for name, part in (("p50", 0.5), ("p99", 0.99)):
        yield Measurement("publishing", f"COMPLETE → active, {name} of {count}", "ms", percentile(mine, part) * 1000, "PyIceberg",
                          percentile(theirs, part) * 1000, False, {"count": count, "file_bytes": file.stat().st_size})

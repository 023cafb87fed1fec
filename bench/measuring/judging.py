"""Last byte → active for four files of about 60 MiB."""

import time

import pyarrow as pa
import pyarrow.parquet as pq

from measuring import files
from measuring.publishing import complete_and_wait
from measuring.result import Measurement, median
from measuring.workshop import MIB, peak_memory_mib

ROWS = 860_000
COUNT = 4
THREADS = 2


def decode(paths) -> float:
    """Row group by row group, so that memory stays bounded as it must in a server."""
    began = time.monotonic()
    for path in paths:
        file = pq.ParquetFile(path)
        for group in range(file.num_row_groups):
            file.read_row_group(group, use_threads=True)
    return time.monotonic() - began


def load(workshop, server, dataset, paths):
    lake = server.lake()
    batch = lake.create_batch(dataset)
    plan = [(number, "PUT", lake.file_path(batch, dataset, f"part-{number}.parquet"), "-", path, 0, path.stat().st_size)
            for number, path in enumerate(paths)]
    sent = workshop.load(server.url, workshop.headers_file(server), plan)
    waited = complete_and_wait(lake, batch)
    return time.monotonic() - sent["last_byte_at"], {"upload_seconds": sent["seconds"], "complete_to_active": waited}


def measure(workshop):
    rounds = 3 if workshop.quick else 7
    paths = workshop.event_files(COUNT, ROWS)
    pa.set_cpu_count(THREADS)
    pa.set_io_thread_count(THREADS)
    decode(paths)  # the files are in the page cache for both now
    mine, theirs, details = [], [], []
    with workshop.server(**{"validation.workers": THREADS}) as server:
        dataset = server.lake().dataset_of("Events", files.PROPERTIES)
        for _ in range(rounds):
            theirs.append(decode(paths))
            seconds, detail = load(workshop, server, dataset, paths)
            mine.append(seconds)
            details.append(detail)
        peak = peak_memory_mib(server.process.pid)
    size = sum(path.stat().st_size for path in paths) / MIB
    yield Measurement("judging", f"{COUNT} files, {size:.0f} MiB, {COUNT * ROWS / 1e6:.1f} M rows", "s", median(mine),
                      f"Arrow, {THREADS} threads", median(theirs), False,
                      {"rounds": rounds, "server_peak_mib": peak, "each": details})

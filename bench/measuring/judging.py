"""Last byte → active for four files of about 60 MiB."""

import shutil
import time

import pyarrow as pa
import pyarrow.parquet as pq
from support import readers

from measuring import files, local_table, rest_catalog
from measuring.publishing import complete_and_wait
from measuring.result import Goal, Measurement, Peer, median
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


def load(workshop, server, headers, dataset, paths):
    lake = server.lake()
    batch = lake.create_batch(dataset)
    plan = [(number, "PUT", lake.file_path(batch, dataset, f"part-{number}.parquet"), "-", path, 0, path.stat().st_size)
            for number, path in enumerate(paths)]
    sent = workshop.load(server.url, headers, plan)
    waited = complete_and_wait(lake, batch)
    return time.monotonic() - sent["last_byte_at"], {"upload_seconds": sent["seconds"], "complete_to_active": waited}


def append_by_pyiceberg(workshop, paths) -> float:
    folder = workshop.fresh_folder()
    table = local_table.table_of(folder, paths[0])
    began = time.monotonic()
    table.append(pa.concat_tables(pq.read_table(path) for path in paths))
    seconds = time.monotonic() - began
    assert table.scan().count() == COUNT * ROWS
    shutil.rmtree(folder)
    return seconds


def insert_by_duckdb(workshop, paths) -> float:
    """Through a REST catalog of this process, which takes a few milliseconds of it."""
    folder = workshop.fresh_folder()
    table = local_table.table_of(folder, paths[0])
    with rest_catalog.serving(table.catalog) as url, readers.duckdb_connection() as duckdb:
        duckdb.execute(f"SET threads = {THREADS}")
        duckdb.execute(f"ATTACH '' AS lake (TYPE iceberg, ENDPOINT '{url}', AUTHORIZATION_TYPE 'none')")
        began = time.monotonic()
        duckdb.execute("INSERT INTO lake.bench.events SELECT * FROM read_parquet(?)", [[str(path) for path in paths]])
        seconds = time.monotonic() - began
    assert table.catalog.load_table(table.name()).scan().count() == COUNT * ROWS
    shutil.rmtree(folder)
    return seconds


def measure(workshop):
    rounds, writes = (3, 1) if workshop.quick else (7, 3)
    paths = workshop.event_files(COUNT, ROWS)
    pa.set_cpu_count(THREADS)
    pa.set_io_thread_count(THREADS)
    decode(paths)  # the files are in the page cache for all now
    mine, decoded, details = [], [], []
    with workshop.server(**{"validation.workers": THREADS}) as server:
        dataset = server.lake().dataset_of("Events", files.PROPERTIES)
        headers = workshop.headers_file(server.headers())
        for _ in range(rounds):
            decoded.append(decode(paths))
            seconds, detail = load(workshop, server, headers, dataset, paths)
            mine.append(seconds)
            details.append(detail)
        peak = peak_memory_mib(server.process.pid)
    appended = [append_by_pyiceberg(workshop, paths) for _ in range(writes)]
    inserted = [insert_by_duckdb(workshop, paths) for _ in range(writes)]
    size = sum(path.stat().st_size for path in paths) / MIB
    peers = [Peer("Arrow", median(decoded)), Peer("PyIceberg", median(appended)), Peer("DuckDB", median(inserted))]
    yield Measurement("judging", f"{COUNT} files, {size:.0f} MiB, {COUNT * ROWS / 1e6:.1f} M rows", "s", median(mine), peers, False,
                      [Goal(at_most=0.75, peer="Arrow")],
                      detail={"rounds": rounds, "server_peak_mib": peak, "each": details, "arrow": decoded, "pyiceberg": appended,
                              "duckdb": inserted})  # fmt: skip

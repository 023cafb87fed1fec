"""Small batches by 1, 8 and 64 clients into one table."""

import concurrent.futures
import contextlib
import itertools
import shutil
import time

from measuring import files, local_table
from measuring.publishing import SMALL_ROWS
from measuring.result import Goal, Measurement, Peer, counted, percentile

CLIENTS = (1, 8, 64)
GOALS = {1: [Goal(at_least=0.5, peer="floor")], 8: [Goal(at_least=0.6, peer="floor")], 64: [Goal(at_least=0.6, peer="floor")]}
P99_GOALS = {8: [Goal(at_most=25)]}


def floor(workshop, file, clients, count):
    folder = workshop.fresh_folder()
    made = workshop.run_tool("floor", "--folder", folder, "--file", file, "--clients", clients, "--batches", count)
    shutil.rmtree(folder)
    return made


def ours(workshop, file, clients, count):
    with workshop.server() as server:
        lake = server.lake()
        dataset = lake.dataset_of("Events", files.PROPERTIES)
        made = workshop.run_tool("batches", "--url", server.url, "--headers", workshop.headers_file(server.headers()),
                                 "--dataset", dataset, "--file", file, "--clients", clients, "--batches", count)
        rows = server.iceberg_catalog().load_table(("prod", lake.table_name(dataset))).scan().count()
        assert rows == count * SMALL_ROWS, f"{rows} rows are readable, {count * SMALL_ROWS} were answered for"
        return made


def pyiceberg(workshop, file, clients, seconds):
    """For so many seconds: its commits get slower with each, and with many clients most are in vain."""
    folder = workshop.fresh_folder()
    catalog = local_table.table_of(folder, file).catalog
    numbers, taken = itertools.count(), []
    began = time.monotonic()
    catalog.ends_at = began + seconds

    def client():
        with contextlib.suppress(local_table.TimeUp):
            while True:
                start = time.monotonic()
                copy = folder / f"part-{next(numbers)}.parquet"
                shutil.copyfile(file, copy)
                catalog.load_table(("bench", "events")).add_files([copy.as_uri()], check_duplicate_files=False)
                taken.append(int((time.monotonic() - start) * 1e6))

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        for job in [pool.submit(client) for _ in range(clients)]:
            job.result()
    rows = catalog.load_table(("bench", "events")).scan().count()
    assert rows == len(taken) * SMALL_ROWS, f"{rows} rows, {len(taken) * SMALL_ROWS} were added"
    shutil.rmtree(folder)
    return {"seconds": seconds, "total_us": taken}


def measure(workshop):
    (file,) = workshop.event_files(1, SMALL_ROWS)
    times = []
    for clients in CLIENTS:
        count = (200 if clients == 1 else 600) * (1 if workshop.quick else 4)
        least = floor(workshop, file, clients, count)
        mine = ours(workshop, file, clients, count)
        theirs = pyiceberg(workshop, file, clients, 4 if workshop.quick else 15)
        detail = {"count": count, "file_bytes": file.stat().st_size, "client_cpu_seconds": mine["cpu_seconds"], "floor_rounds": least["rounds"],
                  "floor_cpu_seconds": least["cpu_seconds"], "pyiceberg_count": len(theirs["total_us"])}  # fmt: skip
        for step in ("upload_us", "visible_us", "total_us"):
            detail[step] = {name: percentile(mine[step], part) for name, part in (("p50", 0.5), ("p99", 0.99))}
        peers = [Peer("floor", count / least["seconds"]), Peer("PyIceberg", len(theirs["total_us"]) / theirs["seconds"])]
        yield Measurement("batches", counted(clients, "client"), "1/s", count / mine["seconds"], peers, True, GOALS[clients],
                          "Batches a second", detail)  # fmt: skip
        p99 = {name: percentile(made["total_us"], 0.99) / 1000 for name, made in (("mine", mine), ("floor", least), ("PyIceberg", theirs))}
        times.append(Measurement("batches", counted(clients, "client"), "ms", p99["mine"],
                                 [Peer("floor", p99["floor"]), Peer("PyIceberg", p99["PyIceberg"])], False, P99_GOALS.get(clients, []),
                                 "From create to active, p99"))  # fmt: skip
    yield from times

"""Durable uploads, whole and in parts, by 1, 4 and 16 clients."""

from support import files as small_files

from measuring.result import Measurement, median
from measuring.workshop import MIB, cpu_seconds, peak_memory_mib

CLIENTS = (1, 4, 16)


def plan(noise, clients, file_bytes, file_count, part_bytes, path):
    """`file_count` files shared out among the clients; in parts each client has one file at a time."""
    lines = []
    for number in range(file_count):
        client = number % clients
        if part_bytes is None:
            lines.append((client, "PUT", path(number), "-", noise, 0, file_bytes))
            continue
        for offset in range(0, file_bytes, part_bytes):
            end = min(offset + part_bytes, file_bytes)
            header = f"Content-Range: bytes {offset}-{end - 1}/{file_bytes}"
            lines.append((client, "PATCH", path(number), header, noise, offset, end - offset))
    return lines


def ours(workshop, noise, clients, shape):
    with workshop.server() as server:
        lake = server.lake()
        dataset = lake.dataset_of("Noise", small_files.PROPERTIES)
        batch = lake.create_batch(dataset)
        if shape["part_bytes"]:
            for number in range(shape["file_count"]):
                assert lake.initialize(batch, dataset, f"f{number}.parquet").status_code == 201
        before = cpu_seconds(server.process.pid)
        result = workshop.load(server.url, workshop.headers_file(server), plan(
            noise, clients, path=lambda number: lake.file_path(batch, dataset, f"f{number}.parquet"), **shape))
        result["server_cpu_seconds"] = cpu_seconds(server.process.pid) - before
        result["server_peak_mib"] = peak_memory_mib(server.process.pid)
        return result


def floor(workshop, noise, clients, shape, keep=True):
    with workshop.sink(keep) as (url, process):
        result = workshop.load(url, workshop.headers_file(None), plan(noise, clients, path=lambda number: f"/f{number}", **shape))
        result["server_cpu_seconds"] = cpu_seconds(process.pid)
        return result


def measure(workshop):
    file_bytes = (8 if workshop.quick else 32) * MIB
    file_count = 16 if workshop.quick else 32
    rounds = 3 if workshop.quick else 5
    total_mib = file_bytes * file_count / MIB
    noise = workshop.noise_file(file_bytes)

    whole = {"file_bytes": file_bytes, "file_count": file_count, "part_bytes": None}
    discarded = floor(workshop, noise, 4, whole, keep=False)
    client_mib_s = total_mib / discarded["seconds"]
    print(f"   the load generator alone sends {client_mib_s:,.0f} MiB/s to a sink that keeps nothing")

    for kind, part_bytes in (("whole", None), ("in parts", 4 * MIB)):
        shape = {**whole, "part_bytes": part_bytes}
        for clients in CLIENTS:
            mine, theirs = [], []
            for _ in range(rounds):  # in turns, so that the disk's moods meet both
                theirs.append(floor(workshop, noise, clients, shape))
                mine.append(ours(workshop, noise, clients, shape))
            rate = lambda results: median([total_mib / one["seconds"] for one in results])  # noqa: E731
            cpu = lambda results, key: median([one[key] / total_mib * 1024 for one in results])  # noqa: E731
            yield Measurement(
                "uploads", f"{kind}, {clients} client{'s' if clients > 1 else ''}", "MiB/s", rate(mine), "sink", rate(theirs), True,
                {"rounds": rounds, "mib": total_mib, "part_bytes": part_bytes, "load_generator_mib_s": client_mib_s,
                 "client_cpu_s_per_gib": cpu(mine, "cpu_seconds"), "server_cpu_s_per_gib": cpu(mine, "server_cpu_seconds"),
                 "sink_cpu_s_per_gib": cpu(theirs, "server_cpu_seconds"), "server_peak_mib": max(one["server_peak_mib"] for one in mine)},
            )  # fmt: skip

"""Small batches by 1, 8 and 64 clients into one table."""

import shutil

from measuring import files
from measuring.publishing import SMALL_ROWS
from measuring.result import Measurement, percentile

CLIENTS = (1, 8, 64)


def measure(workshop):
    (file,) = workshop.event_files(1, SMALL_ROWS)
    for clients in CLIENTS:
        count = (100 if clients == 1 else 400) * (1 if workshop.quick else 5)
        folder = workshop.fresh_folder()
        floor = workshop.run_tool("floor", "--folder", folder, "--file", file, "--clients", clients, "--files", count)
        shutil.rmtree(folder)
        with workshop.server() as server:
            lake = server.lake()
            dataset = lake.dataset_of("Events", files.PROPERTIES)
            mine = workshop.run_tool("batches", "--url", server.url, "--headers", workshop.headers_file(server),
                                     "--dataset", dataset, "--file", file, "--clients", clients, "--batches", count)
            rows = server.iceberg_catalog().load_table(("prod", lake.table_name(dataset))).scan().count()
            assert rows == count * SMALL_ROWS, f"{rows} rows are readable, {count * SMALL_ROWS} were answered for"
        detail = {"count": count, "file_bytes": file.stat().st_size, "client_cpu_seconds": mine["cpu_seconds"]}
        for step in ("upload_us", "visible_us", "total_us"):
            detail[step] = {name: percentile(mine[step], part) for name, part in (("p50", 0.5), ("p99", 0.99))}
        who = f"{clients} client{'s' if clients > 1 else ''}"
        yield Measurement("batches", f"{who}, batches", "1/s", count / mine["seconds"], "floor", count / floor["seconds"], True, detail)
        yield Measurement("batches", f"{who}, create → active, p99", "ms", percentile(mine["total_us"], 0.99) / 1000, "floor",
                          percentile(floor["latencies_us"], 0.99) / 1000, False)

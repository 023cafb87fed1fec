"""Commit time when the table has 10, 100 and 1,000 batches; the peer at the nearest count that it reaches in time."""

from measuring import files, local_table
from measuring.publishing import SMALL_ROWS, add_file
from measuring.result import Measurement, median

SAMPLE = 25  # commits measured at each count


def measure(workshop):
    counts = (10, 100, 1000)
    # At 1,000 the peer alone would take a quarter of an hour.
    peer_counts = (10, 100) if workshop.quick else (10, 100, 300)
    (file,) = workshop.event_files(1, SMALL_ROWS)
    folder = workshop.fresh_folder()
    table = local_table.table_of(folder, file)
    theirs = {}
    for number in range(max(peer_counts) + SAMPLE):
        seconds = add_file(table, folder, number, file)
        for count in peer_counts:
            if count <= number < count + SAMPLE:
                theirs.setdefault(count, []).append(seconds)
    with workshop.server() as server:
        lake = server.lake()
        dataset = lake.dataset_of("Events", files.PROPERTIES)
        headers, held = workshop.headers_file(server), 0

        def load(count):
            return workshop.run_tool("batches", "--url", server.url, "--headers", headers, "--dataset", dataset, "--file", file,
                                     "--clients", 1, "--batches", count)

        for count in counts:
            load(count - held)
            sample = load(SAMPLE)
            held = count + SAMPLE
            nearest = min(peer_counts, key=lambda one: abs(one - count))
            yield Measurement("growth", f"at {count:,} batches", "ms", median(sample["visible_us"]) / 1000, f"PyIceberg at {nearest:,}",
                              median(theirs[nearest]) * 1000, False, {"sample": SAMPLE})

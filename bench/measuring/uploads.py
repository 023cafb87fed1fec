"""Durable uploads, whole and in parts, by 1, 4 and 16 clients: bytes per second, and the server's processor time."""

import contextlib
import os

from measuring.result import Goal, Measurement, Peer, counted, median
from measuring.upload_servers import PEERS, Missing, lakegate, sink
from measuring.workshop import MIB, cpu_seconds, peak_memory_mib

CLIENTS = (1, 4, 16)
PART_BYTES = 4 * MIB
GOALS = [Goal(at_least=0.9, peer="sink"), Goal(at_least=2, peer="MinIO")]
CPU_GOALS = [Goal(at_most=0.55)]


def plan(target, noise, clients, first, count, in_parts):
    """Files `first` and on, shared out among the clients; in parts each client has one file at a time."""
    size = noise.stat().st_size
    lines = []
    for number in range(first, first + count):
        client = number % clients
        if not in_parts:
            lines.append((client, *target.whole(number), noise, 0, size))
            continue
        for part, offset in enumerate(range(0, size, PART_BYTES)):
            end = min(offset + PART_BYTES, size)
            request = target.part(number, part, f"Content-Range: bytes {offset}-{end - 1}/{size}")
            lines.append((client, *request, noise, offset, end - offset))
    return lines


def send(workshop, target, noise, clients, first, count, in_parts):
    before = cpu_seconds(target.process_id)
    result = workshop.load(target.url, target.headers, plan(target, noise, clients, first, count, in_parts))
    result["server_cpu_seconds"] = cpu_seconds(target.process_id) - before
    os.sync()  # what nginx left to be written shall not disturb whoever is next
    return result


def generator_alone(workshop, noise, count):
    """Bytes per second to a sink that throws them away: no row can be above it."""
    with sink(workshop, count, False, keep=False) as target:
        return count * noise.stat().st_size / MIB / send(workshop, target, noise, 4, 0, count, False)["seconds"]


def compare(workshop, noise, clients, count, rounds, in_parts):
    """All servers up at once and loaded in turns, so that the disk's moods meet each of them. Their files go afterwards: memory that a
    machine has never touched is slow, and a comparison in ever new pages of the cache would measure that."""
    results, missing, peaks = {}, {}, {}
    with contextlib.ExitStack() as stack:
        targets = []
        for name, start in {"Lakegate": lakegate, **PEERS}.items():
            try:
                targets.append(stack.enter_context(start(workshop, count * rounds, in_parts)))
            except Missing as why:
                missing[name] = str(why)
        for one in range(rounds):
            first = one % len(targets)
            for target in [*targets[first:], *targets[:first]]:
                results.setdefault(target.name, []).append(send(workshop, target, noise, clients, one * count, count, in_parts))
        for target in targets:
            peaks[target.name] = peak_memory_mib(target.process_id)
    return results, missing, peaks


def compare_again(times, *arguments):
    """`times` comparisons on fresh folders, as one."""
    results, missing, peaks = compare(*arguments)
    for _ in range(times - 1):
        more, _, more_peaks = compare(*arguments)
        for name, found in more.items():
            results[name] += found
            peaks[name] = max(peaks[name], more_peaks[name])
    return results, missing, peaks


def measure(workshop):
    noise = workshop.noise_file((8 if workshop.quick else 16) * MIB)
    count, rounds, times = 16, 3, 1 if workshop.quick else 3
    mib = count * noise.stat().st_size / MIB
    alone = generator_alone(workshop, noise, count)
    print(f"   the load generator alone sends {alone:,.0f} MiB/s to a sink that keeps nothing")
    later = []
    for kind, in_parts in (("whole", False), ("in parts", True)):
        for clients in CLIENTS:
            results, missing, peaks = compare_again(times, workshop, noise, clients, count, rounds, in_parts)
            rate = {name: median([mib / one["seconds"] for one in all_of]) for name, all_of in results.items()}
            # Of all rounds together: the system counts in hundredths of a second.
            cpu = {name: sum(one["server_cpu_seconds"] for one in all_of) / (len(all_of) * mib / 1024) for name, all_of in results.items()}

            def peers(figures, missing=missing):
                return [Peer(name, figures.get(name), missing.get(name, "")) for name in PEERS]
            shape = f"{kind}, {counted(clients, 'client')}"
            detail = {"rounds": rounds * times, "mib": mib, "part_bytes": PART_BYTES if in_parts else None, "load_generator_mib_s": alone,
                      "client_cpu_s_per_gib": median([one["cpu_seconds"] for one in results["Lakegate"]]) / mib * 1024, "peak_mib": peaks,
                      "mib_s": {name: [round(mib / one["seconds"]) for one in all_of] for name, all_of in results.items()}}  # fmt: skip
            yield Measurement("uploads", shape, "MiB/s", rate["Lakegate"], peers(rate), True, GOALS, "Throughput", detail)
            later.append(Measurement("uploads", shape, "s/GiB", cpu["Lakegate"], peers(cpu), False, CPU_GOALS,
                                     "Processor time of the server's processes"))  # fmt: skip
    yield from later

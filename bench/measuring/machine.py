"""What a result was measured on."""

import os
import pathlib
import platform
import subprocess
import time


def describe(root: pathlib.Path, folder: pathlib.Path) -> dict:
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": said("git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"),
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": platform.release(),
        "file_system": said("stat", "-f", "-c", "%T", str(folder)),
        "fdatasync_ms": fdatasync_ms(folder),
    }


def load_average() -> float:
    """Programs at work in the last minute, beside this one."""
    return round(os.getloadavg()[0], 1)


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def cpu() -> str:
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def fdatasync_ms(folder: pathlib.Path) -> float:
    """The median of writing and syncing 4 KiB at the end of a file: what any durable answer costs at least."""
    times = []
    with open(folder / "sync", "wb", buffering=0) as file:
        for _ in range(101):
            began = time.monotonic()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            times.append(time.monotonic() - began)
    return round(sorted(times)[50] * 1000, 3)

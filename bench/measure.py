"""Measures Lakegate beside a peer or a floor, each pair in the same run on the same disk; writes bench/results/.

bench/run [--quick] [--only uploads|slow_uploads|publishing|judging|batches|growth ...] [--label NAME] [--results FOLDER]
"""

import argparse
import pathlib
import shutil
import signal
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests")]

import duckdb  # noqa: E402
import pyarrow  # noqa: E402
import pyiceberg  # noqa: E402
from measuring import batches, delivery, growth, judging, machine, million, publishing, report, slow_uploads, upload_servers, uploads  # noqa: E402
from measuring.workshop import Workshop  # noqa: E402

CASES = {"uploads": uploads, "slow_uploads": slow_uploads, "publishing": publishing, "judging": judging, "batches": batches, "growth": growth,
         "million": million, "delivery": delivery}


def peers() -> list[str]:
    """What others made, with its version."""
    return [f"Arrow {pyarrow.__version__}", f"PyIceberg {pyiceberg.__version__}", f"DuckDB {duckdb.__version__}", *upload_servers.versions()]


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="under four minutes; the figures are rougher")
    parser.add_argument("--only", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--label", help="name of the files (default: quick or long)")
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / "bench/results", help="their folder")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that what was started is stopped too
    folder = ROOT / "build/bench"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    load = machine.load_average()
    if load > 0.3:
        print(f"other programs are busy (load average {load:.1f}): the figures will be rough")
    began = time.monotonic()
    measurements = []
    try:
        workshop = Workshop(ROOT, folder, quick=wanted.quick)
        for name in wanted.only:
            print(f"\n== {name}: {CASES[name].__doc__.splitlines()[0]}", flush=True)
            for measurement in CASES[name].measure(workshop):
                measurements.append(measurement)
                print(report.line(measurement), flush=True)
        about = machine.describe(ROOT, folder) | {"peers": peers()}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    mode = "quick" if wanted.quick else "long"
    about |= {"mode": mode, "load_before": load, "seconds": round(time.monotonic() - began)}
    written = report.write(wanted.results, wanted.label or mode, about, measurements)
    print(f"\n{about['seconds']} s; written: {', '.join(map(str, written))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

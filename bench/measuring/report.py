"""Results as JSON, for programs, and as Markdown, for people."""

import json
import pathlib
from dataclasses import asdict

WHAT = {
    "uploads": "Bytes per second of uploads that are answered after fdatasync. Peer: a server that only splices bodies into files and "
               "calls fdatasync, under the same load. Ratio: share of its throughput.",
    "publishing": "From the last COMPLETE to `active` when all files are judged already. Peer: PyIceberg `add_files` of the same file "
                  "into a local table, without fsync. Ratio: of the time it takes.",
    "judging": "From the last byte of four files of about 60 MiB to `active`: every value checked, the rest rewritten where the table needs it. "
               "Peer: pyarrow decoding the same files to arrays with two threads, nothing checked. Ratio: of the time it takes.",
    "batches": "Whole lives of small batches (create, one PUT, COMPLETE, `active`) into one table. Floor: as many threads, each writing "
               "the same bytes to a new file, fdatasync, fsync of the folder. Ratio: share of its files per second, and of its p99.",
    "growth": "From COMPLETE to `active` when the table has so many batches already. Peer: PyIceberg `add_files` at the same count. Ratio: of the "
              "time it takes.",
}  # fmt: skip


def number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def line(one) -> str:
    return f"   {one.name:<42} {number(one.ours):>8} {one.unit:<9} {one.peer_name} {number(one.peer)}  → {one.ratio:.2f}×"


def markdown(about: dict, measurements: list) -> str:
    text = f"# Results, {about['mode']} form\n\n"
    text += (f"{about['cpu']}, {about['cores']} cores, {about['memory_gib']} GiB, Linux {about['kernel']}, {about['file_system']}; "
             f"one fdatasync of 4 KiB takes {about['fdatasync_ms']} ms. {about['date']}, commit {about['commit']}.\n")
    if about["load_before"] > 0.3:
        text += f"Other programs were busy when it began (load average {about['load_before']}): rough figures.\n"
    text += "Client, server and peer share these cores. A ratio above 1 is good where more is better, below 1 where less is.\n"
    for case in dict.fromkeys(one.case for one in measurements):
        text += f"\n## {case.capitalize()}\n{WHAT[case]}\n\n| | Lakegate | peer or floor | ratio | better is |\n|---|---|---|---|---|\n"
        for one in (one for one in measurements if one.case == case):
            text += (f"| {one.name} | {number(one.ours)} {one.unit} | {one.peer_name}: {number(one.peer)} {one.unit} "
                     f"| {one.ratio:.2f} | {'more' if one.higher_is_better else 'less'} |\n")
    return text


def write(folder: pathlib.Path, label: str, about: dict, measurements: list) -> list[pathlib.Path]:
    folder.mkdir(exist_ok=True)
    document = {"machine": about, "measurements": [{**asdict(one), "ratio": round(one.ratio, 4)} for one in measurements]}
    data, text = folder / f"{label}.json", folder / f"{label}.md"
    data.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    text.write_text(markdown(about, measurements), encoding="utf-8")
    return [data, text]

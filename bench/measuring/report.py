"""Results as JSON, for programs, and as Markdown, for people."""

import json
import pathlib
from dataclasses import asdict

WHAT = {
    "uploads": "Uploads that are answered when they are durable, by clients that send one after the other. Peers, under the same load: the "
               "*sink*, a server of 200 lines that splices bodies into files and calls fdatasync; *nginx* with WebDAV PUT, which takes no parts "
               "and **syncs nothing**; *MinIO* on one drive, which syncs data and metadata but no folder, and hashes each body. Its parts are those "
               "of an S3 multipart upload; joining them is not measured, here or there. In brackets: Lakegate's figure ÷ the peer's.",
    "slow_uploads": "Resident memory of all processes of a server: what it grows by for each of 1,000 uploads that have sent 64 KiB and go on by "
                    "100 bytes. What the kernel holds for a connection is not in it. The sink has a thread for each.",
    "publishing": "From the last COMPLETE to `active` when all files are judged already. Peer: PyIceberg `add_files` of the same file "
                  "into a local table, without any sync.",
    "judging": "From the last byte of four files of about 60 MiB to `active`: every value checked, the rest rewritten where the table needs it, "
               "everything synced. *Arrow* decodes the same files to arrays with two threads and checks nothing. *PyIceberg* reads them, then "
               "`append`; *DuckDB* does INSERT … SELECT from them with two threads; both write new files into a local Iceberg table, check "
               "nothing and sync nothing.",
    "batches": "Whole lives of small batches (create, one PUT, COMPLETE, `active`) into one table. The *floor* (`bench/floor.cc`) writes and "
               "syncs the same files and rows with as few commits as the answers need, without HTTP or judging. *PyIceberg*: as many threads that copy the "
               "file and call `add_files`, and try again where another's commit came first; nothing is synced.",
    "growth": "From COMPLETE to `active`, one client, when the table has so many batches already. Peer: PyIceberg `add_files` when its table has "
              "as many snapshots, or the most that it reaches in the time.",
    "million": "Lists of the Catalog on a ledger of a million batches (`--quick`: a hundred thousand), 200 datasets, most of them in 20: 8 clients ask "
               "the same kind of question with other values as fast as they are answered. Clients are threads of one Python process on the same cores.",
    "delivery": "Events on their way out. Latency counts from the time that an event has, which is of its transaction and in whole milliseconds, so "
                "the commit's own sync is in it. The receiver is a Python program on the same cores.",
}  # fmt: skip


def number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def verdicts(one) -> str:
    says = {True: "met", False: "missed", None: "open"}
    return "; ".join(f"{goal.text()}: {says[one.met(goal)]}" for goal in one.goals)


def beside(one, peer) -> str:
    if peer is None:
        return ""
    if peer.value is None:
        return peer.note
    return f"{number(peer.value)}{' ' + peer.note if peer.note else ''} ({one.ratio(peer):.2f} ×)"


def line(one) -> str:
    peers = ", ".join(f"{peer.name} {beside(one, peer)}" for peer in one.peers)
    return f"   {one.name:<34} {number(one.ours):>7} {one.unit:<8} {peers}{'  [' + verdicts(one) + ']' if one.goals else ''}"


def table_of(rows: list) -> str:
    peers = list(dict.fromkeys(peer.name for one in rows for peer in one.peers))
    text = f"| | Lakegate | {' | '.join(peers)} | goal |\n|{'---|' * (len(peers) + 3)}\n"
    for one in rows:
        named = {peer.name: peer for peer in one.peers}
        cells = [beside(one, named.get(name)) for name in peers]
        text += f"| {one.name} | {number(one.ours)} {one.unit} | {' | '.join(cells)} | {verdicts(one)} |\n"
    return text


def markdown(about: dict, measurements: list) -> str:
    text = f"# Results, {about['mode']} form\n\n"
    text += (f"{about['cpu']}, {about['cores']} cores, {about['memory_gib']} GiB, Linux {about['kernel']}, {about['file_system']}; "
             f"one fdatasync of 4 KiB takes {about['fdatasync_ms']} ms. {about['date']}, commit {about['commit']}, {about['seconds']} s.\n")
    if about["load_before"] > 0.3:
        text += f"Other programs were busy when it began (load average {about['load_before']}): rough figures.\n"
    text += f"{', '.join(about['peers'])}. Client, server and peer share the cores.\n"
    for case in dict.fromkeys(one.case for one in measurements):
        text += f"\n## {case.capitalize().replace('_', ' ')}\n{WHAT[case]}\n"
        for heading in dict.fromkeys(one.table for one in measurements if one.case == case):
            text += f"\n{'**' + heading + '**' + chr(10) * 2 if heading else ''}"
            text += table_of([one for one in measurements if one.case == case and one.table == heading])
    return text


def document(one) -> dict:
    made = asdict(one)
    for peer, shown in zip(one.peers, made["peers"], strict=True):
        ratio = one.ratio(peer)
        shown["ratio"] = ratio and round(ratio, 4)
    for goal, shown in zip(one.goals, made["goals"], strict=True):
        shown["met"] = one.met(goal)
    return made


def write(folder: pathlib.Path, label: str, about: dict, measurements: list) -> list[pathlib.Path]:
    folder.mkdir(exist_ok=True)
    data, text = folder / f"{label}.json", folder / f"{label}.md"
    whole = {"machine": about, "measurements": [document(one) for one in measurements]}
    data.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text.write_text(markdown(about, measurements), encoding="utf-8")
    return [data, text]

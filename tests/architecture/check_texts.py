#!/usr/bin/env python3
"""check_texts.py [REPOSITORY]: no tracked file names a place that exists on one machine only.

Absolute paths of somebody's home or work folder, and hosts of package registries: those belong to the machine's
own configuration, where mirrors are set. A line that must hold one says `machine-path-ok` and why.
"""

import pathlib
import re
import subprocess
import sys

ALLOWED = "machine-path-ok"
# Written in pieces, so that this file passes its own check.
WRONG = re.compile(
    r"(?<![\w.~}$-])/(?:work|root|home|Users|farm|tmp/lg|opt/wheels)" + r"/"
    r"|(?<![\w.-])(?:" + "|".join(
        host.replace("!", r"\.")
        for host in (
            "pypi!org", "files!pythonhosted!org", "deb!debian!org", "security!debian!org", "repo1!maven!org",
            "registry!npmjs!org", "proxy!golang!org", "crates!io", "extensions!duckdb!org",
        )
    ) + r")(?![\w-])"
)  # fmt: skip


def tracked_files(repository: pathlib.Path) -> list[pathlib.Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=repository, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [repository / name for name in listed.split("\0") if name]


def violations(repository: pathlib.Path) -> list[str]:
    found = []
    for file in tracked_files(repository):
        if not file.is_file():
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # data, not text
        for number, line in enumerate(text.splitlines(), 1):
            if ALLOWED not in line and (match := WRONG.search(line)):
                found.append(f"{file.relative_to(repository)}:{number}: names {match[0]}, a place of one machine")
    return found


if __name__ == "__main__":
    here = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    wrong = violations(here)
    print("\n".join(wrong) if wrong else "no text names a place of one machine")
    sys.exit(1 if wrong else 0)

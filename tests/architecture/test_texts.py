"""No text of the repository names a place of one machine, and the check notices one that does."""

import pathlib
import subprocess

import pytest

from architecture import check_texts

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def test_the_repository_has_no_violation():
    assert check_texts.violations(REPOSITORY) == []


@pytest.mark.parametrize(
    ("line", "is_wrong"),
    [
        ("cd /" + "work/main", True),
        ("see /" + "home/jo/lakegate", True),
        ('path = "/' + 'root/x"', True),
        ("https://py" + "pi.org/simple", True),
        ("deb http://deb.debian" + ".org/debian bookworm main", True),
        ("tests/" + "work/main", False),
        ("$HOME/" + "work/main", False),
        ("/var/lib/lakegate", False),
        ("{base_url}/" + "home/x", False),
        ("x = '/" + "work/main'  # machine-path-ok: an example", False),
    ],
)
def test_a_line_is_judged(tmp_path, line, is_wrong):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "notes.md").write_text(f"first\n{line}\n")
    found = check_texts.violations(tmp_path)
    assert [text.split(": ")[0] for text in found] == (["notes.md:2"] if is_wrong else [])

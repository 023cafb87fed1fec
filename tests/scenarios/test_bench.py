"""bench/run works: each case gives figures, and the documents that it writes hold them."""

import json
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_quick_form(tmp_path):
    ran = subprocess.run([ROOT / "bench/run", "--quick", "--results", tmp_path], capture_output=True, text=True, timeout=590, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = json.loads((tmp_path / "quick.json").read_text(encoding="utf-8"))
    assert found["machine"]["cores"] and found["machine"]["fdatasync_ms"] > 0
    assert {one["case"] for one in found["measurements"]} == {"uploads", "slow_uploads", "publishing", "judging", "batches", "growth", "million",
                                                              "delivery"}
    for one in found["measurements"]:
        assert one["ours"] > 0 and (one["peers"] or one["case"] in ("million", "delivery")), one
        for peer in one["peers"]:  # nginx and MinIO may not be here, and nginx takes no parts
            assert (peer["value"] > 0 and peer["ratio"] > 0) if peer["value"] is not None else peer["note"], one
    page = (tmp_path / "quick.md").read_text(encoding="utf-8")
    assert all(f"| {one['name']} |" in page for one in found["measurements"])

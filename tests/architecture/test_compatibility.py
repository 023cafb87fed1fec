"""docs/compatibility.md tells of every route below /data/foundation and /ims, and of none that is not there.

The routes are those of docs/openapi.json, which src/server/routes_test.cc compares with the router.
"""

import json
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| ([A-Z]+) (/\S*) \| ([^|]+) \| ?(.*?) ?\|$", re.MULTILINE)
THERE = ("works", "differs")


def rows():
    text = (ROOT / "docs/compatibility.md").read_text(encoding="utf-8")
    return {f"{method} {path}": (state, how) for method, path, state, how in ROW.findall(text)}, text


def routes():
    paths = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))["paths"]
    served = {f"{method.upper()} {path}" for path, item in paths.items() for method in item if method != "parameters"}
    return served | {route.replace("GET ", "HEAD ", 1) for route in served if route.startswith("GET ")}


def test_every_row_is_read():
    found, text = rows()
    assert len(found) == len(re.findall(r"^\| [A-Z]+ /", text, re.MULTILINE)) > 80
    assert {state for state, _ in found.values()} <= {*THERE, "not offered"}


def test_what_is_said_to_be_there_is_there():
    assert [row for row, (state, _) in rows()[0].items() if state in THERE and row not in routes()] == []


def test_what_is_not_offered_has_no_route():
    assert [row for row, (state, _) in rows()[0].items() if state not in THERE and row in routes()] == []


def test_every_route_has_its_row():
    contract = [route for route in routes() if route.split()[1].startswith(("/data/foundation", "/ims")) and not route.startswith("HEAD ")]
    assert len(contract) > 60
    assert sorted(route for route in contract if route not in rows()[0]) == []


@pytest.mark.parametrize("state", ["differs", "not offered"])
def test_a_difference_is_explained(state):
    assert [row for row, (of, how) in rows()[0].items() if of == state and not how] == []

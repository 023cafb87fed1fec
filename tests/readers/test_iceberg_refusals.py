"""How /iceberg refuses, in the words that the REST specification gives readers to act on."""

import pytest


@pytest.mark.parametrize("path, type_, message", [
    ("namespaces/nowhere", "NoSuchNamespaceException", "Namespace does not exist: nowhere"),
    ("namespaces/nowhere/tables", "NoSuchNamespaceException", "Namespace does not exist: nowhere"),
    ("namespaces?parent=nowhere", "NoSuchNamespaceException", "Namespace does not exist: nowhere"),
    ("namespaces/prod/tables/none", "NoSuchTableException", "Table does not exist: prod.none"),
    ("namespaces/nowhere/tables/none", "NoSuchTableException", "Table does not exist: nowhere.none"),
    # Spark's first question about lake.prod.flights.snapshots; only this answer makes it ask for the metadata table.
    ("namespaces/prod%1Fflights/tables/snapshots", "NoSuchTableException", "Table does not exist: prod.flights.snapshots"),
])
def test_what_is_not_there(lake, path, type_, message):
    answer = lake.send("GET", f"/iceberg/v1/{path}")
    assert (answer.status_code, answer.json()) == (404, {"error": {"message": message, "type": type_, "code": 404}})

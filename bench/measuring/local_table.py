"""PyIceberg's own way to publish files: a table in a local folder whose pointer is kept in memory."""

import logging
import pathlib
import threading
import time

import pyarrow.parquet as pq
from pyiceberg.catalog import MetastoreCatalog
from pyiceberg.catalog.noop import NoopCatalog
from pyiceberg.table import CommitTableResponse, Table


logging.getLogger("pyiceberg").setLevel(logging.ERROR)  # it tells of each commit that it tries again


class TimeUp(Exception):
    """A commit after the catalog's time."""


class PointerCatalog(MetastoreCatalog, NoopCatalog):
    """The least that a catalog does: it remembers where each table's metadata is."""

    def __init__(self, folder: pathlib.Path):
        super().__init__("local", warehouse=folder.as_uri())
        self.pointers = {}
        self.lock = threading.Lock()  # of the pointers, while one moves
        self.ends_at = float("inf")  # by time.monotonic(); whoever tries again and again ends then

    def create_table(self, identifier, schema, **more):
        staged = self._create_staged_table(identifier, schema, location=f"{self.properties['warehouse']}/table")
        self._write_metadata(staged.metadata, staged.io, staged.metadata_location)
        self.pointers[tuple(staged.name())] = (staged.metadata, staged.metadata_location)
        return self.load_table(staged.name())

    def load_table(self, identifier):
        name = tuple(self.identifier_to_tuple(identifier))
        metadata, location = self.pointers[name]
        return Table(name, metadata, location, self._load_file_io(location=location), self)

    def commit_table(self, table, requirements, updates):
        with self.lock:
            if time.monotonic() > self.ends_at:
                raise TimeUp
            current = self.load_table(table.name())
            staged = self._update_and_stage_table(current, table.name(), requirements, updates)
            self._write_metadata(staged.metadata, staged.io, staged.metadata_location)
            self.pointers[tuple(table.name())] = (staged.metadata, staged.metadata_location)
        return CommitTableResponse(metadata=staged.metadata, metadata_location=staged.metadata_location)


def table_of(folder: pathlib.Path, sample: pathlib.Path) -> Table:
    """An empty table with the columns of a Parquet file. A commit that meets another is tried again until it comes through."""
    table = PointerCatalog(folder).create_table("bench.events", pq.read_schema(sample))
    patience = {"commit.retry.num-retries": "100000", "commit.retry.min-wait-ms": "1", "commit.retry.max-wait-ms": "50"}
    with table.transaction() as change:
        change.set_properties(patience)
    return table

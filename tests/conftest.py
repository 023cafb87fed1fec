"""Fixtures of all Python tests: a server for a module, servers of a test's own, clients of them."""

import pathlib
import socket

import pytest

from support.server import Server

PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "build/bin/lakegate"
NEEDS_PROGRAM = ("scenarios", "readers", "crash")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """A file's tests run in one process and share its server; those of all readers do, and share one JVM."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = pathlib.PurePath(super()._split_scope(nodeid))
            return "readers" if file.parent.name == "readers" else str(file)

    return Scheduling(config, log)


def pytest_collection_modifyitems(items):
    """Tests that talk to the program are left out, with the reason, where there is none to talk to."""
    for item in items:
        if item.path.parent.name in NEEDS_PROGRAM and not PROGRAM.exists():
            item.add_marker(pytest.mark.skip(reason="build/bin/lakegate is not there"))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One for all tests of a module, which keep out of each other's way by datasets of their own."""
    made = Server(tmp_path_factory.mktemp("server") / "lake")
    yield made
    made.close()


@pytest.fixture(scope="module")
def lake(server):
    return server.lake()


@pytest.fixture(scope="module")
def iceberg_catalog(server):
    return server.iceberg_catalog()


@pytest.fixture
def own_server(tmp_path):
    """`own_server()` → a server that the test may kill, and a client of it; arguments as Server has them."""
    made = []

    def make(**options):
        server = Server(tmp_path / f"lake-{len(made)}", **options)
        made.append(server)
        return server, server.lake()

    yield make
    for server in made:
        server.close()


@pytest.fixture
def free_port():
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

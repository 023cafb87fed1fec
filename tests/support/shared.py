"""The public model and the sample files, which lie beside the repository as ../shared and are no part of it."""

import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def _find():
    return next((above / "shared" for above in ROOT.parents if (above / "shared" / "xdm").is_dir()), None)


SHARED = _find()
needs_shared = pytest.mark.skipif(SHARED is None, reason="../shared (public model and samples) is not beside the repository")

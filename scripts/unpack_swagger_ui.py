#!/usr/bin/env python3
"""unpack_swagger_ui.py WHEEL FOLDER: Swagger UI's script and style sheet, compressed, out of the wheel that carries them.

FOLDER gets NAME.gz of each and the licence. The same wheel makes the same bytes. It appears whole or not at all.
"""

import gzip
import pathlib
import shutil
import sys
import zipfile

INSIDE = "drf_spectacular_sidecar/static/drf_spectacular_sidecar/swagger-ui-dist/"
NAMES = ("swagger-ui-bundle.js", "swagger-ui.css")


def unpack(wheel: pathlib.Path, folder: pathlib.Path) -> None:
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in NAMES:
            (fresh / f"{name}.gz").write_bytes(gzip.compress(archive.read(INSIDE + name), mtime=0))
        (fresh / "LICENSE").write_bytes(archive.read(INSIDE + "LICENSE"))
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


if __name__ == "__main__":
    unpack(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))

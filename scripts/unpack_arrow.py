#!/usr/bin/env python3
"""unpack_arrow.py WHEEL FOLDER: Arrow's and Parquet's headers and shared libraries out of a pyarrow wheel.

FOLDER gets include/ and lib/, with the unversioned names that a linker looks for. It appears whole or not at all.
"""

import pathlib
import re
import shutil
import sys
import zipfile

HEADER = re.compile(r"pyarrow/(include/(?:arrow|parquet)/.*)")
LIBRARY = re.compile(r"pyarrow/((lib(?:arrow|arrow_compute|parquet)\.so)\.\d+)")


def unpack(wheel: pathlib.Path, folder: pathlib.Path) -> None:
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / "lib").mkdir(parents=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if match := HEADER.fullmatch(name):
                target = fresh / match[1]
            elif match := LIBRARY.fullmatch(name):
                target = fresh / "lib" / match[1]
                (fresh / "lib" / match[2]).symlink_to(match[1])
            else:
                continue
            if not name.endswith("/"):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
    if not (fresh / "lib/libparquet.so").exists() or not (fresh / "include/parquet/api/reader.h").exists():
        sys.exit(f"{wheel} holds no Parquet library with its headers; a pyarrow wheel for Linux does")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


if __name__ == "__main__":
    unpack(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))

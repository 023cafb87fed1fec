#!/usr/bin/env python3
"""unpack_wheel.py NAME WHEEL FOLDER: what the build needs out of a Python wheel that carries it.

    arrow       Arrow's and Parquet's headers and shared libraries, out of pyarrow
    librdkafka  the shared library and the licences of all that is in it, out of confluent-kafka; the wheel has no header
    swagger-ui  script and style sheet, compressed, and the licence, out of drf-spectacular-sidecar

FOLDER appears whole or not at all. The same wheel makes the same bytes.
"""

import gzip
import pathlib
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Wanted:
    """`files`: path in the wheel → path in FOLDER. `links`: name that a linker looks for → pattern of what it is for."""

    files: list[tuple[str, str]]
    needed: list[str]
    links: dict[str, str] = field(default_factory=dict)
    change: Callable[[bytes], bytes] | None = None  # of the files whose target ends with .gz


SWAGGER = r"drf_spectacular_sidecar/static/drf_spectacular_sidecar/swagger-ui-dist/"
WANTED = {
    "arrow": Wanted(
        files=[(r"pyarrow/(include/(?:arrow|parquet)/.*)", r"\1"), (r"pyarrow/(lib(?:arrow|arrow_compute|parquet)\.so\.\d+)", r"lib/\1")],
        needed=["lib/libparquet.so", "include/parquet/api/reader.h"],
        links={f"lib{name}.so": rf"lib{name}\.so\.\d+" for name in ("arrow", "arrow_compute", "parquet")},
    ),
    "librdkafka": Wanted(
        files=[(r"confluent_kafka\.libs/(librdkafka[^/]*\.so\.1)", r"lib/\1"), (r"confluent_kafka-[^/]*\.dist-info/licenses/LICENSE", "LICENSE")],
        needed=["lib/librdkafka.so", "LICENSE"],
        links={"librdkafka.so": r"librdkafka.*\.so\.1"},
    ),
    "swagger-ui": Wanted(
        files=[(SWAGGER + r"(swagger-ui-bundle\.js|swagger-ui\.css)", r"\1.gz"), (SWAGGER + "LICENSE", "LICENSE")],
        needed=["swagger-ui-bundle.js.gz", "swagger-ui.css.gz", "LICENSE"],
        change=lambda content: gzip.compress(content, mtime=0),
    ),
}


def unpack(wanted: Wanted, wheel: pathlib.Path, folder: pathlib.Path) -> None:
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith("/"):
                continue
            for pattern, path in wanted.files:
                if match := re.fullmatch(pattern, name):
                    target = fresh / match.expand(path)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    content = archive.read(name)
                    target.write_bytes(wanted.change(content) if wanted.change and target.suffix == ".gz" else content)
    for link, pattern in wanted.links.items():
        for library in sorted((fresh / "lib").glob("*")):
            if re.fullmatch(pattern, library.name):
                (fresh / "lib" / link).symlink_to(library.name)
    missing = [path for path in wanted.needed if not (fresh / path).exists()]
    if missing:
        sys.exit(f"{wheel} does not hold {', '.join(missing)}; a wheel of it for Linux does")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


if __name__ == "__main__":
    unpack(WANTED[sys.argv[1]], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))

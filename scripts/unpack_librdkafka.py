#!/usr/bin/env python3
"""unpack_librdkafka.py WHEEL FOLDER: librdkafka's shared library out of the wheel of Confluent's Python client.

FOLDER gets lib/ with the unversioned name that a linker looks for, and the licences of all that is in the library. It appears whole
or not at all. The wheel has no header; that of an older librdkafka describes a part of what is there.
"""

import pathlib
import re
import shutil
import sys
import zipfile

LIBRARY = re.compile(r"confluent_kafka\.libs/(librdkafka[^/]*\.so\.1)")
LICENCE = re.compile(r"confluent_kafka-[^/]*\.dist-info/licenses/LICENSE")


def unpack(wheel: pathlib.Path, folder: pathlib.Path) -> None:
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / "lib").mkdir(parents=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if match := LIBRARY.fullmatch(name):
                (fresh / "lib" / match[1]).write_bytes(archive.read(name))
                (fresh / "lib/librdkafka.so").symlink_to(match[1])
            elif LICENCE.fullmatch(name):
                (fresh / "LICENSE").write_bytes(archive.read(name))
    if not (fresh / "lib/librdkafka.so").exists() or not (fresh / "LICENSE").exists():
        sys.exit(f"{wheel} holds no librdkafka with its licences; a confluent-kafka wheel for Linux does")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


if __name__ == "__main__":
    unpack(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))

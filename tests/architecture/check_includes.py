#!/usr/bin/env python3
"""check_includes.py [REPOSITORY]: the folders of src/ depend on each other in one direction only.

Levels and links are read where they are made, in src/CMakeLists.txt: `lakegate_folder(NAME LEVEL n DEPENDS folder...)`.
A file may include its own folder and folders of a lower level that its folder links to, tests included. Files
directly in src/ are the programs and may include all.
"""

import pathlib
import re
import sys
from dataclasses import dataclass

FOLDER = re.compile(r"^lakegate_folder\((\w+) LEVEL (\d+)([^)]*)\)", re.MULTILINE)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.MULTILINE)
KEYWORDS = ("LINK", "PRIVATE_LINK")


@dataclass
class Folder:
    level: int
    depends: list[str]


def read_folders(cmake: str) -> dict[str, Folder]:
    folders = {}
    for name, level, rest in FOLDER.findall(cmake):
        words = rest.split()
        depends = []
        if "DEPENDS" in words:
            for word in words[words.index("DEPENDS") + 1 :]:
                if word in KEYWORDS:
                    break
                depends.append(word)
        folders[name] = Folder(int(level), depends)
    return folders


def reachable(folders: dict[str, Folder], name: str) -> set[str]:
    found: set[str] = set()
    waiting = list(folders[name].depends)
    while waiting:
        folder = waiting.pop()
        if folder not in found and folder in folders:
            found.add(folder)
            waiting += folders[folder].depends
    return found


def violations(repository: pathlib.Path) -> list[str]:
    source = repository / "src"
    folders = read_folders((source / "CMakeLists.txt").read_text())
    found = []
    for name, folder in folders.items():
        for other in folder.depends:
            if other not in folders:
                found.append(f"src/CMakeLists.txt: {name} depends on {other}, which is no folder")
            elif folders[other].level >= folder.level:
                found.append(
                    f"src/CMakeLists.txt: {name} (level {folder.level}) depends on {other} "
                    f"(level {folders[other].level}); only lower levels can be linked"
                )
    for file in sorted([*source.glob("*/**/*.cc"), *source.glob("*/**/*.h")]):
        where = file.relative_to(repository)
        name = where.parts[1]
        if name not in folders:
            found.append(f"{where}: folder {name} has no lakegate_folder line in src/CMakeLists.txt")
            continue
        linked = reachable(folders, name)
        for included in INCLUDE.findall(file.read_text()):
            found += [f"{where}: {why}" for why in judge(folders, linked, source, name, included)]
    return found


def judge(folders: dict[str, Folder], linked: set[str], source: pathlib.Path, name: str, included: str) -> list[str]:
    target = included.split("/")[0]
    level = folders[name].level
    if "/" not in included or ".." in included.split("/"):
        return [f'"{included}": write it as "folder/file.h", from src/']
    if target not in folders:
        return [f'"{included}": {target} is no folder of src/CMakeLists.txt; a library\'s header goes into <>']
    if not (source / included).exists():
        return [f'"{included}": there is no such file']
    if target == name:
        return []
    if folders[target].level >= level:
        return [f'"{included}": level {folders[target].level} seen from {name}, level {level}; only lower ones may be']
    if target not in linked:
        return [f'"{included}": {name} does not link to {target}; add it to DEPENDS in src/CMakeLists.txt']
    return []


if __name__ == "__main__":
    here = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    wrong = violations(here)
    print("\n".join(wrong) if wrong else "includes point downwards")
    sys.exit(1 if wrong else 0)

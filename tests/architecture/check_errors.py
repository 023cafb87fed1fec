#!/usr/bin/env python3
"""check_errors.py [REPOSITORY]: docs/errors.md has every documented code, once, with the title and status it has in src/.

Codes are read from the headers that define them (`ErrorCode x{"id", kind, "title"}`, `ViolationCode x{"id", "title",
"remedy"}`). On the page a code is a heading of its own, `### ID`, so that `#id` leads to it; the next line is
`**Title** · HTTP 409`.
"""

import pathlib
import re
import sys
from dataclasses import dataclass

VIOLATIONS = "src/model/violation_codes.h"
COMMAND_LINE = "src/cli/error_codes.h"
STRING = r'"((?:[^"\\]|\\.)*)"'
ERROR = re.compile(r"\bErrorCode\s+\w+\s*\{\s*" + STRING + r"\s*,\s*ErrorKind::\w+\s*,\s*" + STRING + r"\s*\}")
VIOLATION = re.compile(r"\bViolationCode\s+\w+\s*\{\s*" + STRING + r"\s*,\s*" + STRING + r"\s*,\s*" + STRING + r"\s*\}")
DEFINITION = re.compile(r"\bconstexpr\s+(?:Error|Violation)Code\s+\w+\s*\{")
ENTRY = re.compile(r"^### (\S+)\n\*\*([^\n]+)\*\* · ([^\n]+)\n\n(.+?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Code:
    id: str
    title: str
    where: str  # "HTTP 409", "errors of a batch", "command line"
    remedy: str = ""
    text: str = ""  # of the page


def http_status(code: str) -> str:
    """As api/problem.cc reads it."""
    return code.rsplit("-", 1)[1] if "-" in code else code[:3]


def where(header: str, code: str) -> str:
    if header == VIOLATIONS:
        return "errors of a batch"
    return "command line" if header == COMMAND_LINE else f"HTTP {http_status(code)}"


def defined(repository: pathlib.Path) -> tuple[list[Code], list[str]]:
    """The codes of the headers, and what of them this script cannot read."""
    codes, wrong = [], []
    headers = sorted([*(repository / "src").glob("*/error_codes.h"), repository / VIOLATIONS])
    for file in headers:
        name = str(file.relative_to(repository))
        text = file.read_text(encoding="utf-8")
        before = len(codes)
        codes += [Code(id_, title, where(name, id_)) for id_, title in ERROR.findall(text)]
        codes += [Code(id_, title, where(name, id_), remedy) for id_, title, remedy in VIOLATION.findall(text)]
        if len(codes) - before != len(DEFINITION.findall(text)):
            wrong.append(f"{name}: {len(DEFINITION.findall(text))} codes are defined, {len(codes) - before} could be read")
    return codes, wrong


def documented(text: str) -> tuple[list[Code], list[str]]:
    codes, wrong = [], []
    headings = re.findall(r"^### (.+)$", text, re.MULTILINE)
    for id_, title, place, rest in ENTRY.findall(text):
        codes.append(Code(id_, title, place, text=rest))
        if "**Do:**" not in rest:
            wrong.append(f"docs/errors.md: {id_} does not say what to do (**Do:** …)")
    found = {code.id for code in codes}
    wrong += [f"docs/errors.md: heading {heading} is not followed by `**Title** · …`" for heading in headings if heading not in found]
    wrong += [f"docs/errors.md: {id_} is there {headings.count(id_)} times" for id_ in sorted(found) if headings.count(id_) > 1]
    return codes, wrong


def violations(repository: pathlib.Path) -> list[str]:
    text = (repository / "docs/errors.md").read_text(encoding="utf-8")
    known, wrong = defined(repository)
    codes, unreadable = documented(text)
    wrong += unreadable
    on_page = {code.id: code for code in codes}
    for code in known:
        page = on_page.pop(code.id, None)
        if page is None:
            wrong.append(f"docs/errors.md: {code.id} ({code.title}) is missing")
        elif (page.title, page.where) != (code.title, code.where):
            wrong.append(f"docs/errors.md: {code.id} is “{page.title} · {page.where}”, in src/ “{code.title} · {code.where}”")
        elif code.remedy and f"**Do:** {code.remedy}" not in page.text:
            wrong.append(f"docs/errors.md: {code.id} does not give the remedy that the server gives: {code.remedy}")
    wrong += [f"docs/errors.md: {id_} is in no header of src/" for id_ in on_page]
    twice = sorted({code.id for code in known if [other.id for other in known].count(code.id) > 1})
    wrong += [f"src/: {id_} is defined twice" for id_ in twice]
    return wrong


if __name__ == "__main__":
    here = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    found = violations(here)
    print("\n".join(found) if found else "every code is documented")
    sys.exit(1 if found else 0)

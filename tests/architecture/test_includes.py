"""The repository keeps its include directions, and the check notices when one is broken."""

import pathlib

import pytest

from architecture import check_includes

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]

CMAKE = """
lakegate_folder(base LEVEL 0 LINK fmt::fmt)
lakegate_folder(ledger LEVEL 2 DEPENDS base LINK Soci::soci)
lakegate_folder(xdm LEVEL 2 DEPENDS base)
lakegate_folder(upload LEVEL 3
  DEPENDS ledger
  PRIVATE_LINK OpenSSL::Crypto)
"""


def test_the_repository_has_no_violation():
    assert check_includes.violations(REPOSITORY) == []


@pytest.mark.parametrize(
    ("file", "line", "expected"),
    [
        ("upload/a.cc", '#include "upload/own.h"', None),
        ("upload/a.cc", '#include "ledger/own.h"', None),
        ("upload/a.cc", '#include "base/own.h"', None),  # through ledger
        ("upload/a.cc", "#include <ledger/own.h>", None),  # a library's
        ("main.cc", '#include "upload/own.h"', None),
        ("base/a.cc", '#include "ledger/own.h"', "level 2 seen from base, level 0"),
        ("ledger/a_test.cc", '#include "xdm/own.h"', "level 2 seen from ledger, level 2"),
        ("ledger/a.h", '  # include "upload/own.h"', "level 3 seen from ledger, level 2"),
        ("upload/a.cc", '#include "xdm/own.h"', "upload does not link to xdm"),
        ("upload/a.cc", '#include "own.h"', 'write it as "folder/file.h"'),
        ("upload/a.cc", '#include "upload/../base/own.h"', 'write it as "folder/file.h"'),
        ("upload/a.cc", '#include "arrow/api.h"', "arrow is no folder"),
        ("upload/a.cc", '#include "base/gone.h"', "no such file"),
        ("extra/a.cc", "", "folder extra has no lakegate_folder line"),
    ],
)
def test_an_include_is_judged(tmp_path, file, line, expected):
    source = tmp_path / "src"
    for folder in ("base", "ledger", "xdm", "upload"):
        (source / folder).mkdir(parents=True)
        (source / folder / "own.h").write_text("#pragma once\n")
    (source / "CMakeLists.txt").write_text(CMAKE)
    (source / file).parent.mkdir(exist_ok=True)
    (source / file).write_text(f"// A file.\n{line}\n")

    found = check_includes.violations(tmp_path)

    if expected is None:
        assert found == []
    else:
        assert len(found) == 1
        assert f"src/{file}" in found[0]
        assert expected in found[0]


def test_a_link_upwards_is_a_violation(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/CMakeLists.txt").write_text(
        "lakegate_folder(base LEVEL 0 DEPENDS ledger)\nlakegate_folder(ledger LEVEL 2 DEPENDS base gone)\n"
    )
    found = check_includes.violations(tmp_path)
    assert len(found) == 2
    assert "base (level 0) depends on ledger (level 2)" in found[0]
    assert "ledger depends on gone" in found[1]

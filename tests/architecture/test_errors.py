"""docs/errors.md documents every code, and the check notices what is missing, left over or different."""

import pathlib

import pytest

from architecture import check_errors

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]

ERRORS = """
inline constexpr ErrorCode gone{"LG-1-404", ErrorKind::not_found, "Is gone"};
inline constexpr ErrorCode wrapped{"LG-2-409", ErrorKind::conflict,
                                   "Is \\"wrapped\\""};
"""
VIOLATIONS = """
struct ViolationCode { int unused; };
inline constexpr ViolationCode empty{"106", "File is empty", "Send it."};
"""
PAGE = """# Errors
### LG-1-404
**Is gone** · HTTP 404

Meaning. **Do:** look elsewhere.

### LG-2-409
**Is \\"wrapped\\"** · HTTP 409

Meaning. **Do:** unwrap it.

## Bad data

### 106
**File is empty** · errors of a batch

Meaning.
**Do:** Send it.
"""


def test_the_page_is_complete():
    assert check_errors.violations(REPOSITORY) == []


def repository(tmp_path, page, errors=ERRORS):
    (tmp_path / "src/model").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "src/model/error_codes.h").write_text(errors, encoding="utf-8")
    (tmp_path / "src/model/violation_codes.h").write_text(VIOLATIONS, encoding="utf-8")
    (tmp_path / "docs/errors.md").write_text(page, encoding="utf-8")
    return tmp_path


def test_a_true_page(tmp_path):
    assert check_errors.violations(repository(tmp_path, PAGE)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("### LG-1-404", "### LG-3-404", "LG-1-404 (Is gone) is missing"),
        ("### LG-1-404", "### LG-3-404", "LG-3-404 is in no header"),
        ("**Is gone**", "**Went**", "LG-1-404 is “Went"),
        ("HTTP 404", "HTTP 409", "LG-1-404 is “Is gone · HTTP 409"),
        ("**Do:** unwrap it.", "", "LG-2-409 does not say what to do"),
        ("**Do:** Send it.", "**Do:** Keep it.", "106 does not give the remedy"),
        ("**File is empty** · errors of a batch", "File is empty", "heading 106 is not followed"),
        ("### 106", "### 106\n**File is empty** · errors of a batch\n\nMeaning. **Do:** Send it.\n\n### 106", "106 is there 2 times"),
    ],
)
def test_a_wrong_page(tmp_path, old, new, expected):
    assert old in PAGE
    found = check_errors.violations(repository(tmp_path, PAGE.replace(old, new, 1)))
    assert any(expected in line for line in found), found


def test_a_code_that_cannot_be_read(tmp_path):
    strange = ERRORS + 'inline constexpr ErrorCode odd{ID, ErrorKind::internal, "Odd"};\n'
    found = check_errors.violations(repository(tmp_path, PAGE, strange))
    assert any("3 codes are defined, 2 could be read" in line for line in found), found

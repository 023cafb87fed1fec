"""Rights are where nobody forgets them: docs/access.md has every path, and no handler makes itself a sight of everything."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Whose requests are a client's: they take the Sight that the gateway made.
OF_CLIENTS = ("api", "access", "catalog", "upload", "registry")
WHOLE = re.compile(r"\bSight::whole\b|\bSight\s*[({]|\bSight\s+\w+\s*[({]")
# Each with its reason.
ALLOWED = {
    "src/api/iceberg_rest.cc": 1,  # of the namespace that the path names, with the key's grants
    "src/catalog/org_emptying.cc": 1,  # the whole of an org that ends
}


def test_the_page_is_what_the_description_says():
    ran = subprocess.run([sys.executable, ROOT / "scripts/document-access", "--check"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_handlers_make_no_sight_of_their_own():
    found = {}
    for folder in OF_CLIENTS:
        for file in sorted((ROOT / "src" / folder).glob("*.cc")) + sorted((ROOT / "src" / folder).glob("*.h")):
            if "_test" in file.name:
                continue
            text = re.sub(r"//.*", "", file.read_text(encoding="utf-8"))
            if count := len(WHOLE.findall(text)):
                found[str(file.relative_to(ROOT))] = count
    assert found == ALLOWED

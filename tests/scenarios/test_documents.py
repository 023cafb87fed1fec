"""What docs/ say about the program is what the program says."""

import pathlib
import re
import subprocess
import sys
import types

import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_settings():
    ran = subprocess.run([sys.executable, ROOT / "scripts/document-settings", "--check"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_a_problem_leads_to_its_description(server, lake):
    problem = lake.send("GET", "/data/foundation/catalog/dataSets/nothing").json()
    described = requests.get(problem["type"], timeout=30)
    assert described.status_code == 200, described.text
    assert described.text.startswith(f"### {problem['report']['code']}\n**{problem['title']}** · HTTP {problem['status']}\n")


def test_all_codes_at_once(server):
    described = requests.get(f"{server.url}/errors", timeout=30)
    assert described.text == (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    assert requests.get(f"{server.url}/errors/LG-0-999", timeout=30).status_code == 404


@pytest.mark.parametrize("page", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", *(f"docs/{file.name}" for file in sorted((ROOT / "docs").glob("*.md")))])
def test_links_lead_somewhere(page):
    file = ROOT / page
    text = file.read_text(encoding="utf-8")
    for link, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)", text):
        target = file.parent / link if link else file
        assert target.exists(), f"{page} links to {link}"
        if anchor and target.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor[1:].lower() in anchors, f"{page} links to {link}{anchor}"


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md"])
def test_files_that_are_named_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.(?:cc|h|py|md|txt))`", text)
    missing = [name for name in named if not any((ROOT / folder / name).exists() for folder in ("", "src")) and "foo" not in name and "_N" not in name]
    assert named and not missing


def test_functions_that_are_named_exist():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    sources = "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "src").glob("*/*.h")) + sorted((ROOT / "src").glob("*/*.cc")))
    named = re.findall(r"`(?:[A-Z]\w+::)?([a-z_]+)`", text)
    assert len(named) > 10
    assert [name for name in named if not re.search(rf"\b{name}\b", sources)] == []


def test_tests_that_the_readme_names_exist():
    named = re.findall(r"`(test_\w+)`", (ROOT / "README.md").read_text(encoding="utf-8"))
    tests = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").glob("*/test_*.py"))
    assert len(named) > 3
    assert [name for name in named if f"def {name}(" not in tests] == []


def test_the_verification_that_is_shown_verifies():
    """Against the example of the specification of Standard Webhooks."""
    (snippet,) = re.findall(r"^```python\n(import base64.*?)^```", (ROOT / "docs/events.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    page = {}
    exec(snippet, page)  # noqa: S102
    page["time"] = types.SimpleNamespace(time=lambda: 1614265330 + 10)
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    headers = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
               "webhook-signature": "v1,bm9ldHUjKzFob2VudXRob2VodWUzMjRvdWVvdW9ldQo= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}
    assert page["verify"](secret, headers, body)
    assert not page["verify"](secret, headers, body + b" ")
    assert not page["verify"](secret, {**headers, "webhook-id": "msg_other"}, body)
    assert not page["verify"]("whsec_AAAA", headers, body)
    page["time"] = types.SimpleNamespace(time=lambda: 1614265330 + 301)
    assert not page["verify"](secret, headers, body), "too old"

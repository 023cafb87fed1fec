"""Compares answers with docs/openapi.json: which operation a request is, and whether its answer is one that it describes."""

import json
import pathlib
import re
import urllib.parse

import schemathesis
from schemathesis import checks

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))
CHECKS = [checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
          checks.response_schema_conformance, checks.response_headers_conformance]  # fmt: skip
OF_BODY = (checks.content_type_conformance, checks.response_schema_conformance)
METHODS = ("get", "put", "post", "patch", "delete", "head")


def closed(schema):
    """The same, but an object has no other members than those described, unless it says `additionalProperties`."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: value if key in ("example", "examples") else closed(value) for key, value in schema.items()}
    if isinstance(made.get("properties"), dict) and isinstance(made.get("type"), str) and "allOf" not in made:
        made.setdefault("additionalProperties", False)
    return made


def operations():
    """(`GET /path`, its description) of each."""
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def may_be_empty(description, status):
    """OpenAPI cannot say that a body is there or not."""
    response = description["responses"].get(str(status), {})
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return response.get("x-lakegate-may-be-empty", False)


def checks_for(description, answer):
    """A body may be left out where the description says so, and is by HEAD."""
    without_body = not answer.content and may_be_empty(description, answer.status_code)
    left_out = OF_BODY if without_body or answer.request.method == "HEAD" else ()
    return [check for check in CHECKS if check not in left_out]


def pattern(path):
    """What the router takes for the template: only names of files and of tags have slashes."""
    inner = re.sub(r"\\\{(filePath|namespace)\\\}", "(.+)" if "/tags/" in path or "filePath" in path else "([^/]+)", re.escape(path))
    return re.compile(re.sub(r"\\\{\w+\\\}", "([^/]+)", inner))


class Described:
    """The hook of a session: each answer is looked at; `succeeded` are the operations that were answered 2xx."""

    def __init__(self):
        self.schema = schemathesis.openapi.from_dict(closed(DOCUMENT))
        self.succeeded = set()
        # A literal beats a name: the template with most of them is first.
        self.templates = sorted(((path, pattern(path)) for path in DOCUMENT["paths"]), key=lambda each: -len(re.sub(r"\{\w+\}", "", each[0])))

    def template(self, url):
        path = urllib.parse.urlsplit(url).path.rstrip("/") or "/"
        return next((template for template, expression in self.templates if expression.fullmatch(path)), None)

    def __call__(self, answer, *_, **__):
        path = self.template(answer.request.url)
        assert path, f"{answer.request.url} is not described"
        method = answer.request.method
        item = DOCUMENT["paths"][path]
        if method == "HEAD" and "head" not in item:
            method = "GET"
        assert method.lower() in item, f"{method} {path} is not described"
        case = self.schema[path][method].Case(path_parameters={name: "x" for name in re.findall(r"\{(\w+)\}", path)})
        case.validate_response(answer, checks=checks_for(item[method.lower()], answer))
        if 200 <= answer.status_code < 300:
            self.succeeded.add(f"{method} {path}")
        return answer

"""The least of an Iceberg REST catalog, so that DuckDB can write: PyIceberg applies the changes, `PointerCatalog` keeps the pointer.

One namespace, `bench`; tables are made beforehand. No sign-in, no sync: what a commit costs here is writing one metadata file.
"""

import contextlib
import http.server
import json
import threading
import urllib.parse

from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import CommitTableRequest

NAMESPACE = "bench"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    catalog = None  # set by `serving`

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def refuse(self, status, kind, message):
        self.answer(status, {"error": {"message": message, "type": kind, "code": status}})

    def parts(self):
        return urllib.parse.urlparse(self.path).path.removeprefix("/v1/").strip("/").split("/")

    def table(self, name):
        return self.catalog.load_table((NAMESPACE, name))

    def answer_table(self, name):
        table = self.table(name)
        body = {"metadata-location": table.metadata_location, "metadata": json.loads(table.metadata.model_dump_json()), "config": {}}
        self.answer(200, body)

    def do_GET(self):
        parts = self.parts()
        names = sorted(name for _, name in self.catalog.pointers)
        if parts == ["config"]:
            self.answer(200, {"defaults": {}, "overrides": {}})
        elif parts == ["namespaces"]:
            self.answer(200, {"namespaces": [[NAMESPACE]]})
        elif parts == ["namespaces", NAMESPACE]:
            self.answer(200, {"namespace": [NAMESPACE], "properties": {}})
        elif parts == ["namespaces", NAMESPACE, "tables"]:
            self.answer(200, {"identifiers": [{"namespace": [NAMESPACE], "name": name} for name in names]})
        elif parts[:3] == ["namespaces", NAMESPACE, "tables"] and parts[3] in names:
            self.answer_table(parts[3])
        else:
            self.refuse(404, "NoSuchTableException", self.path)

    do_HEAD = do_GET

    def commit(self, name, wanted):
        """A POST to the table, or one change of a POST to /transactions/commit."""
        wanted = {**wanted, "identifier": {"namespace": [NAMESPACE], "name": name}}
        request = CommitTableRequest.model_validate(wanted)
        return self.catalog.commit_table(self.table(name), request.requirements, request.updates)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "{}")
        parts = self.parts()
        try:
            if parts == ["transactions", "commit"]:
                for change in body["table-changes"]:
                    self.commit(change["identifier"]["name"], change)
                self.send_response(204)
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif parts[:3] == ["namespaces", NAMESPACE, "tables"] and len(parts) == 4:
                self.commit(parts[3], body)
                self.answer_table(parts[3])
            else:
                self.refuse(404, "NoSuchTableException", self.path)
        except CommitFailedException as conflict:
            self.refuse(409, "CommitFailedException", str(conflict))


@contextlib.contextmanager
def serving(catalog):
    """The catalog's URL while the block runs."""
    handler = type("HandlerOfOne", (Handler,), {"catalog": catalog})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

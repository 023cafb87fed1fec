"""A client of the four APIs for tests: each call as a program of a user would send it, and nothing hidden.

`session` is a requests session whose headers hold a token, the API key, org and sandbox; `url` the server's base URL.
"""

import time
import urllib.parse


IMPORT = "/data/foundation/import"
CATALOG = "/data/foundation/catalog"
REGISTRY = "/data/foundation/schemaregistry"
EXPORT = "/data/foundation/export"
ADHOC = "https://ns.adobe.com/xdm/data/adhoc"

FINAL = ("active", "failed", "aborted", "abandoned", "inactive", "deleted")


class Refused(Exception):
    """An answer that was not 2xx, where a test expected one."""

    def __init__(self, answer):
        super().__init__(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:2000]}")
        self.answer = answer


class Lake:
    def __init__(self, url, session):
        self.url = url
        self.session = session

    # -- plain requests ------------------------------------------------------------------------------------------

    def send(self, method, path, **more):
        return self.session.request(method, self.url + path, timeout=60, **more)

    def ask(self, method, path, **more):
        answer = self.send(method, path, **more)
        if not 200 <= answer.status_code < 300:
            raise Refused(answer)
        return answer

    # -- schemas and datasets ------------------------------------------------------------------------------------

    def adhoc_schema(self, title, properties):
        """A schema whose columns are `properties`, at the root. Returns its $id."""
        one = self.ask("POST", f"{REGISTRY}/tenant/classes", json={
            "type": "object", "title": title + " class", "description": "for a test",
            "allOf": [{"$ref": ADHOC}, {"properties": {"_adhoc": {"type": "object", "properties": properties}}}]})
        two = self.ask("POST", f"{REGISTRY}/tenant/schemas", json={
            "type": "object", "title": title, "description": "for a test",
            "allOf": [{"$ref": one.json()["$id"]}]})
        return two.json()["$id"]

    def dataset(self, name, schema_id):
        """Returns the new dataset's id."""
        answer = self.ask("POST", f"{CATALOG}/dataSets", json={
            "name": name,
            "schemaRef": {"id": schema_id, "contentType": "application/vnd.adobe.xed+json;version=1"}})
        assert answer.status_code == 201, answer.text
        (reference,) = answer.json()
        assert reference.startswith("@/dataSets/"), reference
        return reference.removeprefix("@/dataSets/")

    def dataset_of(self, name, properties):
        return self.dataset(name, self.adhoc_schema(name, properties))

    def table_name(self, dataset_id):
        body = self.ask("GET", f"{CATALOG}/dataSets/{dataset_id}").json()
        return body[dataset_id]["tags"]["adobe/pqs/table"][0]

    # -- batches -------------------------------------------------------------------------------------------------

    def create_batch(self, dataset_id, **more):
        answer = self.ask("POST", f"{IMPORT}/batches", json={
            "datasetId": dataset_id, "inputFormat": {"format": "parquet"}, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    @staticmethod
    def file_path(batch_id, dataset_id, path):
        return f"{IMPORT}/batches/{batch_id}/datasets/{dataset_id}/files/{urllib.parse.quote(path)}"

    def put(self, batch_id, dataset_id, path, content, **more):
        headers = {"Content-Type": "application/octet-stream", **more.pop("headers", {})}
        return self.send("PUT", self.file_path(batch_id, dataset_id, path), data=content, headers=headers, **more)

    def initialize(self, batch_id, dataset_id, path):
        return self.send("POST", self.file_path(batch_id, dataset_id, path) + "?action=INITIALIZE")

    def part(self, batch_id, dataset_id, path, content, begin, total, **more):
        headers = {"Content-Type": "application/octet-stream",
                   "Content-Range": f"bytes {begin}-{begin + len(content) - 1}/{total}", **more.pop("headers", {})}
        return self.send("PATCH", self.file_path(batch_id, dataset_id, path), data=content, headers=headers, **more)

    def finish_file(self, batch_id, dataset_id, path):
        return self.send("POST", self.file_path(batch_id, dataset_id, path) + "?action=COMPLETE")

    def act(self, batch_id, action):
        return self.send("POST", f"{IMPORT}/batches/{batch_id}?action={action}")

    def batch(self, batch_id):
        return self.ask("GET", f"{CATALOG}/batches/{batch_id}").json()[batch_id]

    def wait(self, batch_id, *states, seconds=60):
        """The batch once it is in one of `states` (any final one when none is named)."""
        wanted = states or FINAL
        deadline = time.monotonic() + seconds
        while True:
            batch = self.batch(batch_id)
            if batch["status"] in wanted:
                return batch
            assert batch["status"] not in FINAL, f"wanted {wanted}, is {batch['status']}: {batch['errors']}"
            assert time.monotonic() < deadline, f"still {batch['status']} after {seconds} s, wanted {wanted}"
            time.sleep(0.02)

    def load(self, dataset_id, files):
        """One batch of `files` (path → bytes), waited for until it is active. Returns the batch id."""
        batch_id = self.send_files(dataset_id, files)
        self.wait(batch_id, "active")
        return batch_id

    def send_files(self, dataset_id, files):
        batch_id = self.create_batch(dataset_id)
        for path, content in files.items():
            answer = self.put(batch_id, dataset_id, path, content)
            assert answer.status_code == 200, answer.text
        answer = self.act(batch_id, "COMPLETE")
        assert answer.status_code == 200, answer.text
        return batch_id

"""Keys of others than the owner of a lake, each as the headers that its requests send: made, and one of them revoked, as an administrator does."""

ALL = ("read", "ingest", "manage")


class Keys:
    def __init__(self, server, owner):
        self._server, self._ask = server, owner.lake.ask
        self.stranger = server.headers(self._ask("POST", "/admin/orgs", json={"name": "Strangers", "tenant": "strangers"}).json())
        self._ask("POST", "/admin/sandboxes", json={"name": "dev"})
        of_other = {"rights": ALL, "sandbox": "prod", "datasets": [owner.other]}
        self.other_sandbox = {**self._headers("dev", None), "x-sandbox-name": "dev"}
        self.of_other_dataset = self._headers("other", [of_other])
        self.reads_all = self._headers("reader", [{"rights": ["read"]}, of_other])
        self._without = {right: self._headers(f"no-{right}", [{"rights": [one for one in ALL if one != right]}]) for right in ALL}
        self.revoked = self._headers("revoked", None)
        assert owner.lake.send("GET", "/data/foundation/catalog/dataSets", headers=self.revoked).status_code == 200, "its token is good until now"
        self._ask("POST", f"/admin/api-keys/{self.revoked['x-api-key']}/revoke")

    def without(self, right):
        return self._without[right]

    def _headers(self, name, grants):
        made = self._ask("POST", "/admin/api-keys", json={"name": name, "grants": grants}).json()
        return {**self._server.headers(made), "x-sandbox-name": "prod"}

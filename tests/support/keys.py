"""Keys of others than the owner of a lake, each as the headers that its requests send.

The rows are put into the ledger while the server is stopped: a key with the secret of the first one, and its grants.
"""

import sqlite3

ALL = "read,ingest,manage"


class Keys:
    def __init__(self, server, owner):
        answer = owner.lake.ask("POST", "/admin/orgs", json={"name": "Strangers", "tenant": "strangers"}).json()
        self.stranger = server.headers(answer)
        self._server, self._owner = server, owner
        mine = server.credentials
        assert server.stop() == 0, server.log
        with sqlite3.connect(server.folder / "ledger.db") as ledger:
            self._ledger, self._first = ledger, mine["apiKey"]
            ledger.execute("INSERT INTO sandbox (org, name, id, type, created) SELECT org, 'dev', 'dev-id', 'development', created FROM sandbox WHERE name = 'prod' LIMIT 1")
            self._add("revoked", [])
            self._add("dev", [])
            self._add("other", [(ALL, "prod", owner.other)])
            self._add("reader", [("read", None, None), (ALL, "prod", owner.other)])
            for right in ALL.split(","):
                self._add(f"no-{right}", [(",".join(one for one in ALL.split(",") if one != right), None, None)])
        ledger.close()
        server.start()
        self.stranger = server.headers(answer)
        self.other_sandbox = {**self._headers("dev"), "x-sandbox-name": "dev"}
        self.of_other_dataset = self._headers("other")
        self.reads_all = self._headers("reader")
        self._without = {right: self._headers(f"no-{right}") for right in ALL.split(",")}
        self.revoked = self._headers("revoked")
        self._disable("revoked")

    def without(self, right):
        return self._without[right]

    def _add(self, name, grants):
        """`grants`: (rights, sandbox or None, dataset or None)."""
        self._ledger.execute("INSERT INTO client (client_id, org, secret_hash, user_id, name, disabled, created) SELECT ?, org, secret_hash, ?, ?, 0, created FROM client"
                             " WHERE client_id = ?",
                             (name, f"{name}@test", name, self._first))
        for number, (rights, sandbox, dataset) in enumerate(grants, 1):
            self._ledger.execute(
                "INSERT INTO client_grant (client_id, number, rights, sandbox, datasets) SELECT ?, ?, ?,"
                " (SELECT s.number FROM sandbox s, client c WHERE c.client_id = ?1 AND s.org = c.org AND s.name = ?), ?",
                (name, number, rights, sandbox, f'["{dataset}"]' if dataset else None))

    def _headers(self, name):
        return self._server.headers({**self._server.credentials, "apiKey": name, "clientId": name})

    def _disable(self, name):
        """Its token was good until now."""
        server = self._server
        assert server.stop() == 0, server.log
        with sqlite3.connect(server.folder / "ledger.db") as ledger:
            ledger.execute("UPDATE client SET disabled = 1 WHERE client_id = ?", (name,))
        ledger.close()
        server.start()
        self._owner.lake.url = server.url

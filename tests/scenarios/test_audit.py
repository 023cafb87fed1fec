"""The audit trail: each change is there with who, what, before and after, and nothing that must stay secret."""

import json

import requests

from support.lake import CATALOG, IMPORT, REGISTRY
from support.public_key import PUBLIC_KEY


def entries(lake, **filters):
    """All pages."""
    found, cursor = [], None
    while True:
        page = lake.ask("GET", "/admin/audit", params={"limit": 1000, **filters, **({"cursor": cursor} if cursor else {})}).json()
        found += page["entries"]
        cursor = page["next"]
        if cursor is None:
            return found


def test_who_did_what(server, lake):
    own = lake.ask("GET", f"/admin/api-keys/{server.credentials['apiKey']}").json()["userId"]
    answer = lake.ask("POST", "/admin/sandboxes", json={"name": "noted", "title": "Noted"})
    lake.ask("PATCH", "/admin/sandboxes/noted", json={"title": "Noted again"})
    lake.ask("PATCH", "/admin/sandboxes/noted", json={"title": "Noted again"})
    found = entries(lake, subject="noted")
    assert [one["action"] for one in found] == ["sandbox.update", "sandbox.create"], "what changes nothing leaves nothing"
    assert {one["actor"] for one in found} == {own}
    assert found[1]["requestId"] == answer.headers["x-request-id"]
    assert found[0]["detail"] == {"before": {"title": "Noted"}, "after": {"title": "Noted again"}}
    assert abs(found[0]["at"] - answer.json()["created"]) < 60_000


def test_filters_and_pages(lake):
    for number in range(5):
        lake.ask("POST", "/admin/sandboxes", json={"name": f"paged-{number}"})
        lake.ask("DELETE", f"/admin/sandboxes/paged-{number}")
    every = entries(lake)
    assert every == entries(lake, limit=1) == entries(lake, limit=3)
    assert [(one["at"], one["subject"]) for one in every] == [(one["at"], one["subject"]) for one in sorted(every, key=lambda one: -one["at"])]
    created = entries(lake, action="sandbox.create", limit=2)
    assert [one for one in every if one["action"] == "sandbox.create"] == created and len(created) >= 5
    assert [one for one in every if one["action"].startswith("sandbox.")] == entries(lake, action="sandbox.", limit=2)
    assert entries(lake, subject="paged-3") == [one for one in every if one["subject"] == "paged-3"]
    middle = created[2]["at"]
    assert entries(lake, since=middle) == [one for one in every if one["at"] >= middle]
    assert entries(lake, until=middle) == [one for one in every if one["at"] < middle]
    assert entries(lake, actor="nobody") == []
    actor = every[0]["actor"]
    assert entries(lake, actor=actor, action="sandbox.delete", limit=2) == [one for one in every if one["action"] == "sandbox.delete" and one["actor"] == actor]
    for wrong in ({"limit": 0}, {"limit": 1001}, {"cursor": "1"}, {"cursor": "x.1"}, {"since": "yesterday"}):
        assert lake.send("GET", "/admin/audit", params=wrong).status_code == 400, wrong


def test_each_org_has_its_own(server, lake):
    credentials = lake.ask("POST", "/admin/orgs", json={"name": "Audited", "tenant": "audited"}).json()
    other = server.lake(credentials)
    other.ask("POST", "/admin/sandboxes", json={"name": "theirs"})
    mine = entries(lake)
    assert not any("theirs" in json.dumps(one) or one["subject"] == credentials["orgId"] for one in mine)
    theirs = entries(other)
    assert [one["action"] for one in theirs] == ["sandbox.create", "org.create"]
    assert theirs == entries(lake, orgId=credentials["orgId"]), "the operator may look"
    refused = other.send("GET", "/admin/audit", params={"orgId": server.credentials["orgId"]})
    assert refused.status_code == 403 and "LG-1501-403" in refused.text
    assert lake.send("GET", "/admin/audit", params={"orgId": "1234@AdobeOrg"}).status_code == 404
    reader = other.ask("POST", "/admin/api-keys", json={"name": "Reader", "grants": [{"rights": ["read"]}]}).json()
    assert server.lake(reader).send("GET", "/admin/audit").status_code == 403


# -- every changing route ------------------------------------------------------------------------------------------

# What a batch, its files and its tags go through is the batch's own history; tokens change nothing.
BATCH_LIFE = (f"{IMPORT}/", f"{CATALOG}/batch", "/ims/", "/iceberg/v1/oauth/tokens")


OTHERS = {
    ("POST", f"{CATALOG}/dataSetViews"),  # it answers with the view that is there, and changes nothing
    ("POST", "/admin/issuers/test"),  # looks, and changes nothing
    # Letters are there when deliveries failed: test_delivery.py.
    ("POST", "/events/subscriptions/{subscriptionId}/dead-letters/redeliver"),
    ("POST", "/events/subscriptions/{subscriptionId}/dead-letters/discard"),
}


class World:
    """One of everything that the routes change, made when it is needed."""

    def __init__(self, server, lake):
        self.server, self.lake, self.count = server, lake, 0

    def name(self, prefix="audited"):
        self.count += 1
        return f"{prefix}-{self.count}"

    def org(self):
        return self.lake.ask("POST", "/admin/orgs", json={"name": self.name(), "tenant": self.name("t").replace("-", "")}).json()["orgId"]

    def sandbox(self):
        return self.lake.ask("POST", "/admin/sandboxes", json={"name": self.name()}).json()["name"]

    def key(self):
        return self.lake.ask("POST", "/admin/api-keys", json={"name": self.name()}).json()["apiKey"]

    def issuer_body(self):
        return {"issuer": f"https://login.example.com/{self.name()}", "audiences": ["lake"],
                "mappings": [{"when": [{"claim": "azp", "equals": "a"}], "apiKey": self.server.credentials["apiKey"]}]}  # fmt: skip

    def issuer(self):
        return self.lake.ask("POST", "/admin/issuers", json=self.issuer_body()).json()

    def dataset(self):
        return self.lake.dataset_of(self.name("Audited "), {"id": {"type": "integer"}})

    def field_group(self):
        return self.lake.ask("POST", f"{REGISTRY}/tenant/fieldgroups", json=self.field_group_body()).json()["meta:altId"]

    def field_group_body(self):
        fields = {"properties": {f"_{self.server.credentials['tenantId']}": {"type": "object", "properties": {self.name("f").replace("-", ""): {"type": "string"}}}}}
        return {"type": "object", "title": self.name(), "meta:intendedToExtend": ["https://ns.adobe.com/xdm/context/profile"],
                "definitions": {"customFields": fields}, "allOf": [{"$ref": "#/definitions/customFields"}]}  # fmt: skip

    def descriptor_body(self):
        schema = self.lake.adhoc_schema(self.name("Described "), {"a": {"type": "string"}})
        return {"@type": "xdm:alternateDisplayInfo", "xdm:sourceSchema": schema, "xdm:sourceVersion": 1, "xdm:sourceProperty": "/_adhoc/a",
                "xdm:title": {"en_us": self.name()}}  # fmt: skip

    def descriptor(self, body):
        return self.lake.ask("POST", f"{REGISTRY}/tenant/descriptors", json=body).json()["@id"]


def dataset_body(world):
    schema = world.lake.adhoc_schema(world.name("Schema "), {"a": {"type": "string"}})
    return {"name": world.name("Audited "), "schemaRef": {"id": schema, "contentType": "application/vnd.adobe.xed+json;version=1"}}


def typed(kind, world):
    """A document of that type of schema resource."""
    if kind in ("fieldgroups", "mixins"):
        return world.field_group_body()
    if kind == "datatypes":
        return {"type": "object", "title": world.name(), "properties": {"a": {"type": "string"}}}
    base = "https://ns.adobe.com/xdm/data/record" if kind == "classes" else "https://ns.adobe.com/xdm/context/profile"
    return {"type": "object", "title": world.name(), "description": "d", "allOf": [{"$ref": base}]}


def resource(kind, world):
    return world.lake.ask("POST", f"{REGISTRY}/tenant/{kind}", json=typed(kind, world)).json()["meta:altId"]


def changes():
    """The request for each changing route: (METHOD, path pattern) → a function that gives (path, body) and prepares what is needed."""
    admin, catalog, registry = "/admin", CATALOG, f"{REGISTRY}/tenant"
    platform = "/data/foundation/sandbox-management/sandboxes"
    made = {
        ("POST", f"{admin}/orgs"): lambda w: (f"{admin}/orgs", {"name": w.name(), "tenant": w.name("t").replace("-", "")}),
        ("PATCH", f"{admin}/orgs/{{orgId}}"): lambda w: (f"{admin}/orgs/{w.org()}", {"name": w.name()}),
        ("DELETE", f"{admin}/orgs/{{orgId}}"): lambda w: (f"{admin}/orgs/{w.org()}", None),
        ("POST", f"{admin}/orgs/{{orgId}}/disable"): lambda w: (f"{admin}/orgs/{w.org()}/disable", None),
        ("POST", f"{admin}/orgs/{{orgId}}/enable"): lambda w: (f"{admin}/orgs/{disabled(w)}/enable", None),
        ("PUT", f"{admin}/quotas/{{orgId}}"): lambda w: (f"{admin}/quotas/{w.org()}", {"batches": 5}),
        ("DELETE", f"{admin}/quotas/{{orgId}}"): lambda w: (f"{admin}/quotas/{limited(w)}", None),
        ("PUT", f"{admin}/quotas/{{orgId}}/sandboxes/{{name}}"): lambda w: (f"{admin}/quotas/{w.org()}/sandboxes/prod", {"batches": 5}),
        ("DELETE", f"{admin}/quotas/{{orgId}}/sandboxes/{{name}}"): lambda w: (f"{admin}/quotas/{limited(w, '/sandboxes/prod')}", None),
        ("POST", f"{admin}/sandboxes"): lambda w: (f"{admin}/sandboxes", {"name": w.name()}),
        ("PATCH", f"{admin}/sandboxes/{{name}}"): lambda w: (f"{admin}/sandboxes/{w.sandbox()}", {"title": w.name()}),
        ("DELETE", f"{admin}/sandboxes/{{name}}"): lambda w: (f"{admin}/sandboxes/{w.sandbox()}", None),
        ("POST", platform): lambda w: (platform, {"name": w.name()}),
        ("PATCH", f"{platform}/{{name}}"): lambda w: (f"{platform}/{w.sandbox()}", {"title": w.name()}),
        ("DELETE", f"{platform}/{{name}}"): lambda w: (f"{platform}/{w.sandbox()}", None),
        ("POST", f"{admin}/api-keys"): lambda w: (f"{admin}/api-keys", {"name": w.name(), "grants": [{"rights": ["read"]}]}),
        ("PATCH", f"{admin}/api-keys/{{apiKey}}"): lambda w: (f"{admin}/api-keys/{w.key()}", {"grants": [{"rights": ["read"]}]}),
        ("DELETE", f"{admin}/api-keys/{{apiKey}}"): lambda w: (f"{admin}/api-keys/{w.key()}", None),
        ("POST", f"{admin}/api-keys/{{apiKey}}/rotate"): lambda w: (f"{admin}/api-keys/{w.key()}/rotate", None),
        ("POST", f"{admin}/api-keys/{{apiKey}}/revoke"): lambda w: (f"{admin}/api-keys/{w.key()}/revoke", None),
        ("POST", f"{admin}/api-keys/{{apiKey}}/enable"): lambda w: (f"{admin}/api-keys/{revoked(w)}/enable", None),
        ("POST", f"{admin}/public-keys"): lambda w: (f"{admin}/public-keys", {"publicKey": PUBLIC_KEY}),
        ("DELETE", f"{admin}/public-keys/{{keyId}}"): lambda w: (f"{admin}/public-keys/{w.lake.ask('POST', f'{admin}/public-keys', json={'publicKey': PUBLIC_KEY}).json()['keyId']}", None),
        ("POST", f"{admin}/xdm/resources"): lambda w: (f"{admin}/xdm/resources", {"resources": [{"type": "fieldgroups", "document": {**w.field_group_body(), "$id": f"https://ns.example.com/{w.name()}"}}]}),
        ("POST", catalog): lambda w: (catalog, [{"id": "a", "resource": "/dataSets", "method": "post", "body": dataset_body(w)}]),
        ("POST", f"{catalog}/dataSets"): lambda w: (f"{catalog}/dataSets", dataset_body(w)),
        ("PATCH", f"{catalog}/dataSets/{{id}}"): lambda w: (f"{catalog}/dataSets/{w.dataset()}", {"description": w.name()}),
        ("PUT", f"{catalog}/dataSets/{{id}}"): lambda w: replaced(w),
        ("DELETE", f"{catalog}/dataSets/{{id}}"): lambda w: (f"{catalog}/dataSets/{w.dataset()}", None),
        ("PATCH", f"{catalog}/v2/dataSets/{{id}}"): lambda w: (f"{catalog}/v2/dataSets/{w.dataset()}", {"description": w.name()}),
        ("POST", f"{registry}/descriptors"): lambda w: (f"{registry}/descriptors", w.descriptor_body()),
        ("PUT", f"{registry}/descriptors/{{id}}"): lambda w: described(w),
        ("DELETE", f"{registry}/descriptors/{{id}}"): lambda w: (f"{registry}/descriptors/{w.descriptor(w.descriptor_body())}", None),
        ("POST", f"{REGISTRY}/rpc/import"): lambda w: (f"{REGISTRY}/rpc/import", exported(w)),
        ("POST", f"{admin}/issuers"): lambda w: (f"{admin}/issuers", w.issuer_body()),
        ("PUT", f"{admin}/issuers/{{issuerId}}"): lambda w: reissued(w),
        ("DELETE", f"{admin}/issuers/{{issuerId}}"): lambda w: (f"{admin}/issuers/{w.issuer()['id']}", None),
        ("POST", f"{REGISTRY}/rpc/export"): lambda w: (f"{REGISTRY}/rpc/export", exported(w)),
    }
    subscriptions = "/events/subscriptions"
    made[("POST", subscriptions)] = lambda w: (subscriptions, subscription_body(w))
    made[("PATCH", f"{subscriptions}/{{subscriptionId}}")] = lambda w: (f"{subscriptions}/{subscribed(w)}", {"name": w.name()})
    made[("DELETE", f"{subscriptions}/{{subscriptionId}}")] = lambda w: (f"{subscriptions}/{subscribed(w)}", None)
    made[("POST", f"{subscriptions}/{{subscriptionId}}/rotate-secret")] = lambda w: (f"{subscriptions}/{subscribed(w)}/rotate-secret", {"overlapSeconds": 1})
    for kind in ("schemas", "classes", "fieldgroups", "mixins", "datatypes"):
        made[("POST", f"{registry}/{kind}")] = lambda w, kind=kind: (f"{registry}/{kind}", typed(kind, w))
        made[("PUT", f"{registry}/{kind}/{{id}}")] = lambda w, kind=kind: put_again(kind, w)
        made[("PATCH", f"{registry}/{kind}/{{id}}")] = lambda w, kind=kind: (f"{registry}/{kind}/{resource(kind, w)}", [{"op": "replace", "path": "/title", "value": w.name()}])
        made[("DELETE", f"{registry}/{kind}/{{id}}")] = lambda w, kind=kind: (f"{registry}/{kind}/{resource(kind, w)}", None)
    return made


def subscription_body(world):
    return {"name": world.name(), "kind": "webhook", "target": {"url": "https://1.1.1.1/"}, "state": "paused"}


def subscribed(world):
    return world.lake.ask("POST", "/events/subscriptions", json=subscription_body(world)).json()["id"]


def disabled(world):
    org = world.org()
    world.lake.ask("POST", f"/admin/orgs/{org}/disable")
    return org


def reissued(world):
    body = world.issuer_body()
    made = world.lake.ask("POST", "/admin/issuers", json=body).json()
    return f"/admin/issuers/{made['id']}", {**body, "audiences": ["another"]}


def limited(world, of=""):
    org = world.org()
    world.lake.ask("PUT", f"/admin/quotas/{org}{of}", json={"batches": 5})
    return org + of


def revoked(world):
    key = world.key()
    world.lake.ask("POST", f"/admin/api-keys/{key}/revoke")
    return key


def replaced(world):
    body = dataset_body(world)
    dataset = world.lake.ask("POST", f"{CATALOG}/dataSets", json=body).json()[0].rpartition("/")[2]
    return f"{CATALOG}/dataSets/{dataset}", {**body, "description": "replaced"}


def described(world):
    body = world.descriptor_body()
    return f"{REGISTRY}/tenant/descriptors/{world.descriptor(body)}", {**body, "xdm:title": {"en_us": world.name()}}


def put_again(kind, world):
    body = typed(kind, world)
    made = world.lake.ask("POST", f"{REGISTRY}/tenant/{kind}", json=body).json()["meta:altId"]
    return f"{REGISTRY}/tenant/{kind}/{made}", {**body, "title": world.name()}


def exported(world):
    group = world.field_group()
    answer = world.lake.ask("GET", f"{REGISTRY}/rpc/export/{group}").json()
    world.lake.ask("DELETE", f"{REGISTRY}/tenant/fieldgroups/{group}")
    return answer


def changing_routes(server):
    document = requests.get(server.url + "/openapi.json", timeout=30).json()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in ("post", "put", "patch", "delete") and not path.startswith(BATCH_LIFE) and "x-lakegate-alias-of" not in operation:
                yield method.upper(), path


def audited_orgs(lake):
    return [one["orgId"] for one in lake.ask("GET", "/admin/orgs").json()["orgs"]]


def test_every_change_is_noted(server, lake):
    world, known = World(server, lake), changes()
    wanted = set(changing_routes(server))
    generic = lambda route: (route[0], route[1].replace("{id}", "{}").replace("{type}", "{}"))
    families = {("POST", f"{REGISTRY}/tenant/{{type}}"), *((method, f"{REGISTRY}/tenant/{{type}}/{{id}}") for method in ("PUT", "PATCH", "DELETE"))}
    missing = {route for route in wanted if route not in known and route not in families and generic(route) not in map(generic, known)}
    assert missing - OTHERS == set(), "a changing route without a case here"
    secrets = [server.credentials["clientSecret"]]
    for (method, pattern), prepare in known.items():
        path, body = prepare(world)
        headers = {"Accept": "application/vnd.adobe.xdm-v2+json" if "descriptors" in path else "application/vnd.adobe.xed+json"} if path.startswith(REGISTRY) else {}
        orgs = set(audited_orgs(lake))
        before = {org: entries(lake, orgId=org) for org in orgs}
        answer = lake.send(method, path, json=body, headers=headers)
        assert 200 <= answer.status_code < 300, (method, pattern, answer.text)
        if "clientSecret" in answer.text:
            secrets.append(answer.json()["clientSecret"])
        fresh = [one for org in orgs | set(audited_orgs(lake)) for one in entries(lake, orgId=org) if one not in before.get(org, [])]
        assert fresh, (method, pattern, "left no row")
        assert {one["requestId"] for one in fresh} == {answer.headers["x-request-id"]}, (method, pattern, fresh)
        assert all(one["actor"].endswith("@techacct.lakegate") and one["subject"] for one in fresh), (method, pattern, fresh)
        told = json.dumps(fresh)
        assert not any(secret in told for secret in secrets), (method, pattern)


def test_an_orgs_end_is_noted(lake):
    org = lake.ask("POST", "/admin/orgs", json={"name": "Ended", "tenant": "ended"}).json()["orgId"]
    lake.ask("DELETE", f"/admin/orgs/{org}")
    assert [one["action"] for one in entries(lake, orgId=org)] == ["org.delete", "org.create"]


def test_where_events_go_is_noted(server, lake):
    """Before and after: whoever sends them elsewhere for an hour is seen."""
    made = lake.ask("POST", "/events/subscriptions", json={"name": "Noted", "kind": "webhook", "target": {"url": "https://1.1.1.1/a"}, "state": "paused"}).json()
    one = f"/events/subscriptions/{made['id']}"
    lake.ask("PATCH", one, json={"target": {"url": "https://1.1.1.1/b"}, "types": ["batch.active"]})
    lake.ask("DELETE", one)
    gone, changed, created = [row["detail"] for row in entries(lake, subject=made["id"])]
    url = lambda detail, moment: detail[moment]["target"]["url"]
    assert url(created, "after") == "https://1.1.1.1/a" and "before" not in created
    assert (url(changed, "before"), url(changed, "after")) == ("https://1.1.1.1/a", "https://1.1.1.1/b")
    assert set(changed["before"]) == set(changed["after"]) == {"target", "types"}
    assert url(gone, "before") == "https://1.1.1.1/b" and "after" not in gone
    world = World(server, lake)
    body = world.issuer_body()
    issuer = lake.ask("POST", "/admin/issuers", json=body).json()["id"]
    lake.ask("PUT", f"/admin/issuers/{issuer}", json={**body, "audiences": ["another"]})
    detail = entries(lake, subject=issuer)[0]["detail"]
    assert (detail["before"]["audiences"], detail["audiences"]) == (["lake"], ["another"])


def test_a_refused_change_leaves_nothing(lake):
    before = entries(lake)
    for method, path, body in (("DELETE", "/admin/sandboxes/prod", None), ("POST", "/admin/sandboxes", {"name": "prod"}),
                               ("POST", "/admin/api-keys", {"name": ""}), ("DELETE", "/admin/api-keys/nobody", None)):  # fmt: skip
        assert lake.send(method, path, json=body).status_code >= 400
    assert entries(lake) == before


def test_an_answer_that_is_sent_again_is_noted_once(lake):
    headers = {"Idempotency-Key": "audited once"}
    for _ in range(2):
        assert lake.send("POST", "/admin/sandboxes", json={"name": "audited-once"}, headers=headers).status_code == 201
    assert len(entries(lake, subject="audited-once")) == 1


def test_the_command_line(server, lake):
    lake.ask("POST", "/admin/sandboxes", json={"name": "by-command"})
    ran = server.run("audit", "list", "--subject", "by-command", "--since", "1h")
    assert ran.returncode == 0 and "sandbox.create" in ran.stdout, ran.stderr
    shown = json.loads(server.run("audit", "list", "--action", "sandbox.", "--limit", "1", "--json").stdout)
    assert len(shown["entries"]) == 1
    assert "sandbox.create" not in server.run("audit", "list", "--subject", "by-command", "--until", "1h").stdout

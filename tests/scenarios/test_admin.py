"""Orgs, sandboxes and API keys: what each is, who may change it, and what follows at once from a change."""

import json
import sqlite3
import stat
import threading

import pytest
import requests

from support import files
from support.lake import CATALOG, REGISTRY
from support.server import wait_for

PLATFORM = "/data/foundation/sandbox-management/sandboxes"


def refused(answer, status, code):
    assert answer.status_code == status, answer.text
    assert code in answer.text, answer.text
    return answer


def new_org(server, lake, name):
    """A further org: its credentials and a client of its first key."""
    answer = lake.ask("POST", "/admin/orgs", json={"name": name, "tenant": name.lower().replace(" ", "")})
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json(), server.lake(answer.json())


def new_key(server, lake, name, **more):
    """A further key of the caller's org."""
    answer = lake.ask("POST", "/admin/api-keys", json={"name": name, **more})
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json(), server.lake(answer.json())


def in_sandbox(server, credentials, name):
    return server.lake({**credentials, "sandboxName": name})


# -- orgs ----------------------------------------------------------------------------------------------------------


def test_orgs_from_begin_to_end(server, lake):
    credentials, other = new_org(server, lake, "Shipyard")
    org = f"/admin/orgs/{credentials['orgId']}"
    shown = lake.ask("GET", org).json()
    assert (shown["name"], shown["enabled"], shown["operator"], shown["sandboxes"], shown["apiKeys"]) == ("Shipyard", True, False, ["prod"], 1)
    assert lake.ask("PATCH", org, json={"name": "Old shipyard"}).json()["name"] == "Old shipyard"
    assert "Old shipyard" in [one["name"] for one in lake.ask("GET", "/admin/orgs").json()["orgs"]]

    assert other.send("GET", f"{CATALOG}/dataSets").status_code == 200
    assert lake.ask("POST", f"{org}/disable").json()["enabled"] is False
    assert lake.ask("POST", f"{org}/disable").status_code == 200, "again is fine"
    refused(other.send("GET", f"{CATALOG}/dataSets"), 401, "401013")
    token = {"grant_type": "client_credentials", "client_id": credentials["clientId"], "client_secret": credentials["clientSecret"]}
    assert requests.post(f"{server.url}/ims/token/v3", data=token, timeout=30).status_code == 400
    assert lake.ask("POST", f"{org}/enable").json()["enabled"] is True
    assert other.send("GET", f"{CATALOG}/dataSets").status_code == 200, "tokens of before are good again"

    dataset = other.dataset_of("Ships", files.PROPERTIES)
    batch = other.load(dataset, {"a.parquet": files.numbered(1, 5)})
    refused(lake.send("DELETE", org), 409, "LG-1508-409")
    assert other.batch(batch)["status"] == "active", "nothing was deleted"
    assert lake.ask("DELETE", f"{org}?force=true").status_code == 204
    refused(lake.send("GET", org), 404, "LG-1001-404")
    refused(other.send("GET", f"{CATALOG}/dataSets"), 401, "401013")
    assert credentials["orgId"] not in lake.ask("GET", "/admin/orgs").text
    for taken in ({"name": "A", "tenant": "shipyard"}, {"name": "A", "tenant": "another1", "orgId": credentials["orgId"]}):
        refused(lake.send("POST", "/admin/orgs", json=taken), 409, "LG-1002-409")


def test_the_subscriptions_of_an_org_end_with_it(own_server):
    """Nobody could end them any more: their secrets go, and nothing is sent."""
    server, lake = own_server()
    credentials, own = new_org(server, lake, "Subscribed")
    own.ask("POST", "/admin/sandboxes", json={"name": "second"})
    for one in (own, in_sandbox(server, credentials, "second"), lake):
        one.ask("POST", "/events/subscriptions", json={"name": "Ends", "kind": "webhook", "target": {"url": "https://1.1.1.1/"}, "state": "paused"})
    lake.ask("DELETE", f"/admin/orgs/{credentials['orgId']}")
    with sqlite3.connect(f"file:{server.folder / 'ledger.db'}?mode=ro", uri=True) as ledger:
        assert ledger.execute("SELECT count(*) FROM subscription").fetchone() == (1,), "the operator's own"


def test_an_empty_org_goes_without_force(server, lake):
    credentials, other = new_org(server, lake, "Passing")
    assert lake.ask("DELETE", f"/admin/orgs/{credentials['orgId']}").status_code == 204
    refused(other.send("GET", f"{CATALOG}/dataSets"), 401, "401013")


def test_the_operators_org_stays(server, lake):
    own = f"/admin/orgs/{server.credentials['orgId']}"
    for method, path in (("POST", f"{own}/disable"), ("DELETE", own), ("DELETE", f"{own}?force=true")):
        refused(lake.send(method, path), 409, "LG-1506-409")
    assert lake.ask("GET", own).json()["operator"] is True


def test_orgs_are_the_operators(server, lake):
    credentials, other = new_org(server, lake, "Curious")
    _, limited = new_key(server, lake, "Reader", grants=[{"rights": ["read", "ingest"]}])
    org = f"/admin/orgs/{credentials['orgId']}"
    requests_ = [("GET", "/admin/orgs", None), ("POST", "/admin/orgs", {"name": "Mine"}), ("GET", org, None), ("PATCH", org, {"name": "Mine"}),
                 ("POST", f"{org}/disable", None), ("POST", f"{org}/enable", None), ("DELETE", org, None)]  # fmt: skip
    for method, path, body in requests_:
        refused(other.send(method, path, json=body), 403, "LG-1501-403")
        refused(limited.send(method, path, json=body), 403, "LG-1502-403")


# -- sandboxes -----------------------------------------------------------------------------------------------------


def test_a_new_sandbox_has_all_that_the_first_one_has(server, lake):
    made = lake.ask("POST", "/admin/sandboxes", json={"name": "acme-dev", "title": "Acme development"})
    assert made.status_code == 201
    assert {"name": "acme-dev", "title": "Acme development", "type": "development", "isDefault": False}.items() <= made.json().items()
    dev = in_sandbox(server, server.credentials, "acme-dev")
    for kind in ("classes", "fieldgroups", "datatypes", "behaviors"):
        headers = {"Accept": "application/vnd.adobe.xed-id+json"}
        ids = [[one["$id"] for one in of.ask("GET", f"{REGISTRY}/global/{kind}", headers=headers).json()["results"]] for of in (lake, dev)]
        assert ids[0] == ids[1] and ids[1], kind
    dataset = dev.dataset_of("Only in dev", files.PROPERTIES)
    batch = dev.load(dataset, {"a.parquet": files.numbered(1, 5)})
    assert dev.batch(batch)["recordCount"] == 5
    assert lake.send("GET", f"{CATALOG}/dataSets/{dataset}").status_code == 404
    namespaces = server.iceberg_catalog().list_namespaces()
    assert ("acme-dev",) in namespaces
    rows = server.iceberg_catalog().load_table(("acme-dev", dev.table_name(dataset))).scan().to_arrow()
    assert rows.num_rows == 5


def subscriptions_kept(server):
    with sqlite3.connect(f"file:{server.folder}/ledger.db?mode=ro", uri=True) as ledger:
        return [name for (name,) in ledger.execute("SELECT name FROM subscription")]


def test_sandboxes_change_and_go(server, lake):
    lake.ask("POST", "/admin/sandboxes", json={"name": "short", "type": "production"})
    one = "/admin/sandboxes/short"
    first = lake.ask("GET", one).json()
    assert (first["title"], first["type"], first["version"]) == ("short", "production", 1)
    changed = lake.ask("PATCH", one, json={"title": "Short lived"}).json()
    assert (changed["title"], changed["version"], changed["id"]) == ("Short lived", 2, first["id"])
    short = in_sandbox(server, server.credentials, "short")
    dataset = short.dataset_of("Stays", files.PROPERTIES)
    loading = short.create_batch(dataset)
    short.ask("POST", "/events/subscriptions", json={"name": "of it", "kind": "webhook", "target": {"url": "https://1.1.1.1/"}, "state": "paused"})
    refused(lake.send("DELETE", one), 409, "LG-1508-409")
    assert subscriptions_kept(server) == ["of it"]
    short.ask("DELETE", f"{CATALOG}/dataSets/{dataset}")
    assert lake.ask("DELETE", one).status_code == 204
    assert subscriptions_kept(server) == []
    refused(lake.send("GET", one), 404, "LG-1001-404")
    refused(lake.send("DELETE", one), 404, "LG-1001-404")
    refused(short.send("GET", f"{CATALOG}/batches/{loading}"), 404, "404010")
    assert ("short",) not in server.iceberg_catalog().list_namespaces()
    again = lake.ask("POST", "/admin/sandboxes", json={"name": "short"}).json()
    assert again["id"] != first["id"]
    assert short.ask("GET", f"{CATALOG}/batches").json() == {}, "it has nothing of the former one"


@pytest.mark.parametrize("name", ["", "Dev", "2nd", "-a", "a_b", "a b", "a~1", "ä", "a" * 65])
def test_names_that_no_sandbox_has(lake, name):
    refused(lake.send("POST", "/admin/sandboxes", json={"name": name}), 400, "LG-1000-400")


def test_what_is_refused_about_sandboxes(lake):
    refused(lake.send("POST", "/admin/sandboxes", json={"name": "prod"}), 409, "LG-1002-409")
    refused(lake.send("POST", "/admin/sandboxes", json={"name": "fine", "type": "staging"}), 400, "LG-1000-400")
    refused(lake.send("POST", "/admin/sandboxes", json={"name": "fine", "titel": "typo"}), 400, "titel")
    refused(lake.send("DELETE", "/admin/sandboxes/prod"), 409, "LG-1507-409")
    refused(lake.send("GET", "/admin/sandboxes/prod~1"), 404, "LG-1001-404")


def test_the_platforms_own_routes(server, lake):
    lake.ask("POST", PLATFORM, json={"name": "acme-platform", "title": "Acme Business Group", "type": "development"})
    one = lake.ask("GET", f"{PLATFORM}/acme-platform").json()
    assert {"name": "acme-platform", "title": "Acme Business Group", "state": "active", "type": "development", "isDefault": False,
            "eTag": 1}.items() <= one.items()  # fmt: skip
    assert lake.ask("PATCH", f"{PLATFORM}/acme-platform", json={"title": "Acme"}).json()["eTag"] == 2
    names = [each["name"] for each in lake.ask("GET", PLATFORM).json()["sandboxes"]]
    assert names == sorted(names) and {"prod", "acme-platform"} <= set(names)
    walked, address = [], f"{server.url}{PLATFORM}?limit=1"
    while address:
        page = lake.ask("GET", address.removeprefix(server.url)).json()
        assert page["_page"] == {"limit": 1, "count": 1}
        walked += [each["name"] for each in page["sandboxes"]]
        address = page["_links"].get("next", {}).get("href")
    assert walked == names
    refused(lake.send("GET", f"{PLATFORM}?limit=x"), 400, "LG-1000-400")
    once = {"headers": {"Idempotency-Key": "two forms"}, "json": {"name": "acme-twice"}}
    assert lake.ask("POST", "/admin/sandboxes", **once).json() == lake.ask("POST", "/admin/sandboxes", **once).json()
    refused(lake.send("POST", PLATFORM, **once), 422, "LG-1107-422")  # its answers have another form
    assert lake.ask("DELETE", f"{PLATFORM}/acme-platform").json()["state"] == "deleted"
    assert lake.send("GET", f"{PLATFORM}/acme-platform").status_code == 404


def test_a_key_finds_the_sandboxes_that_are_there_for_it(server, lake):
    lake.ask("POST", "/admin/sandboxes", json={"name": "for-some"})
    made, some = new_key(server, lake, "Of one sandbox", grants=[{"rights": ["ingest"], "sandbox": "for-some"}])
    assert made["sandboxName"] == "for-some"
    del some.session.headers["x-sandbox-name"]  # clients of the platform ask before they know one
    assert [one["name"] for one in some.ask("GET", PLATFORM).json()["sandboxes"]] == ["for-some"]
    assert some.ask("GET", f"{PLATFORM}/for-some").json()["name"] == "for-some"
    assert some.send("GET", f"{PLATFORM}/prod").status_code == 404


def test_a_sandbox_goes_while_datasets_come(server, lake):
    """Either the dataset came first and the sandbox stays, or the sandbox went first and nothing comes any more."""
    for number in range(6):
        name = f"racing-{number}"
        lake.ask("POST", "/admin/sandboxes", json={"name": name})
        racing = in_sandbox(server, server.credentials, name)
        schema = racing.adhoc_schema("Racing", files.PROPERTIES)
        answers = []

        def create():
            body = {"name": "Racing", "schemaRef": {"id": schema, "contentType": "application/vnd.adobe.xed+json;version=1"}}
            answers.append(racing.send("POST", f"{CATALOG}/dataSets", json=body))

        thread = threading.Thread(target=create)
        thread.start()
        gone = server.lake().send("DELETE", f"/admin/sandboxes/{name}")
        thread.join()
        assert {answers[0].status_code, gone.status_code} in ({201, 409}, {404, 204}), (answers[0].text, gone.text)


# -- keys ----------------------------------------------------------------------------------------------------------


def token_answer(server, credentials, secret=None):
    body = {"grant_type": "client_credentials", "client_id": credentials["clientId"],
            "client_secret": secret or credentials["clientSecret"]}  # fmt: skip
    return requests.post(f"{server.url}/ims/token/v3", data=body, timeout=30)


def test_keys_from_begin_to_end(server, lake):
    made, key = new_key(server, lake, "Nightly loads")
    assert set(made) == {"baseUrl", "orgId", "sandboxName", "tenantId", "apiKey", "clientId", "clientSecret"}
    one = f"/admin/api-keys/{made['apiKey']}"
    shown = lake.ask("GET", one).json()
    assert {"apiKey": made["apiKey"], "name": "Nightly loads", "enabled": True, "grants": None, "formerSecretsGoodUntil": []}.items() <= shown.items()
    assert shown["createdUser"] == lake.ask("GET", f"/admin/api-keys/{server.credentials['apiKey']}").json()["userId"]
    assert made["clientSecret"] not in lake.ask("GET", "/admin/api-keys").text
    assert key.send("GET", f"{CATALOG}/dataSets").status_code == 200

    assert lake.ask("PATCH", one, json={"name": "Loads"}).json()["name"] == "Loads"
    granted = [{"rights": ["read"], "sandbox": "prod", "datasets": None}]
    assert lake.ask("PATCH", one, json={"grants": granted}).json()["grants"] == granted
    assert key.send("POST", "/admin/sandboxes", json={"name": "not-mine"}).status_code == 403, "new grants hold at once"
    assert lake.ask("GET", one).json()["name"] == "Loads", "what is left out stays"
    assert lake.ask("PATCH", one, json={"grants": None}).json()["grants"] is None

    assert lake.ask("POST", f"{one}/revoke").json()["enabled"] is False
    refused(key.send("GET", f"{CATALOG}/dataSets"), 401, "401013")
    assert token_answer(server, made).status_code == 400
    assert lake.ask("POST", f"{one}/enable").json()["enabled"] is True
    refused(key.send("GET", f"{CATALOG}/dataSets"), 401, "401013")  # tokens of before the revocation stay void
    assert server.lake(made).send("GET", f"{CATALOG}/dataSets").status_code == 200

    assert lake.ask("DELETE", one).status_code == 204
    for method, path, body in (("GET", one, None), ("PATCH", one, {"name": "a"}), ("POST", f"{one}/enable", None), ("DELETE", one, None)):
        refused(lake.send(method, path, json=body), 404, "LG-1001-404")
    assert token_answer(server, made).status_code == 400
    assert made["apiKey"] not in lake.ask("GET", "/admin/api-keys").text


def test_rotation(own_server):
    server, lake = own_server()
    made, key = new_key(server, lake, "Rotating")
    path = f"/admin/api-keys/{made['apiKey']}/rotate"
    second = lake.ask("POST", path).json()
    assert second["apiKey"] == made["apiKey"] and second["clientSecret"] != made["clientSecret"]
    assert token_answer(server, made).status_code == 400, "without an overlap the old one is out at once"
    assert token_answer(server, second).status_code == 200
    assert key.send("GET", f"{CATALOG}/dataSets").status_code == 200, "tokens stay good"

    third = lake.ask("POST", path, json={"overlapSeconds": 3600}).json()
    fourth = lake.ask("POST", path, json={"overlapSeconds": 3600}).json()
    assert [token_answer(server, each).status_code for each in (made, second, third, fourth)] == [400, 200, 200, 200]
    assert len(lake.ask("GET", f"/admin/api-keys/{made['apiKey']}").json()["formerSecretsGoodUntil"]) == 2
    server.restart()
    lake = server.lake()
    assert [token_answer(server, each).status_code for each in (made, second, third, fourth)] == [400, 200, 200, 200]
    fifth = lake.ask("POST", path, json={"revokeTokens": True}).json()
    assert [token_answer(server, each).status_code for each in (second, third, fourth, fifth)] == [400, 400, 400, 200]
    key.url = server.url
    refused(key.send("GET", f"{CATALOG}/dataSets"), 401, "401013")
    assert server.lake(fifth).send("GET", f"{CATALOG}/dataSets").status_code == 200
    for wrong in ({"overlapSeconds": -1}, {"overlapSeconds": 91 * 86400}, {"overlapSeconds": "1"}, {"overlap": 1}):
        refused(lake.send("POST", path, json=wrong), 400, "LG-1000-400")


def test_a_name_that_is_given_again_opens_nothing(server, lake):
    """A grant is for the sandbox that it named, not for the next one of that name."""
    for name in ("given-again", "stays-there"):
        lake.ask("POST", "/admin/sandboxes", json={"name": name})
    made, key = new_key(server, lake, "Of a former one", grants=[{"rights": ["read"], "sandbox": name} for name in ("given-again", "stays-there")])
    look = lambda: key.send("GET", f"{CATALOG}/dataSets", headers={"x-sandbox-name": "given-again"})
    assert made["sandboxName"] == "given-again" and look().status_code == 200
    lake.ask("DELETE", "/admin/sandboxes/given-again")
    refused(look(), 404, "404010")
    lake.ask("POST", "/admin/sandboxes", json={"name": "given-again"})
    refused(look(), 404, "404010")
    one = f"/admin/api-keys/{made['apiKey']}"
    assert [grant["sandbox"] for grant in lake.ask("GET", one).json()["grants"]] == ["stays-there"]
    assert lake.ask("POST", f"{one}/rotate").json()["sandboxName"] == "stays-there"
    lake.ask("DELETE", "/admin/sandboxes/stays-there")
    assert lake.ask("POST", f"{one}/rotate").json()["sandboxName"] == "prod", "some sandbox that is there"


def test_an_overlap_ends(server, lake):
    made, _ = new_key(server, lake, "For a second")
    lake.ask("POST", f"/admin/api-keys/{made['apiKey']}/rotate", json={"overlapSeconds": 1})
    assert token_answer(server, made).status_code == 200
    wait_for(lambda: token_answer(server, made).status_code == 400, what="the end of the overlap")


def test_nobody_locks_an_org_out(server, lake):
    credentials, own = new_org(server, lake, "Locked")
    one = f"/admin/api-keys/{credentials['apiKey']}"
    narrow = {"grants": [{"rights": ["manage"], "sandbox": "prod"}]}

    def all_refused():
        for method, path, body in (("POST", f"{one}/revoke", None), ("DELETE", one, None), ("PATCH", one, narrow),
                                   ("PATCH", one, {"grants": [{"rights": ["read", "ingest"]}]})):  # fmt: skip
            refused(own.send(method, path, json=body), 409, "LG-1505-409")
        assert own.ask("GET", one).json()["grants"] is None

    all_refused()
    own.ask("POST", "/admin/api-keys", json={"name": "No manager", "grants": [{"rights": ["manage"], "sandbox": "prod"}, {"rights": ["read", "ingest"]}]})
    all_refused()
    second = own.ask("POST", "/admin/api-keys", json={"name": "Manager", "grants": [{"rights": ["manage"]}]}).json()
    own.ask("POST", f"/admin/api-keys/{second['apiKey']}/revoke")
    all_refused()
    own.ask("POST", f"/admin/api-keys/{second['apiKey']}/enable")
    manager = server.lake(second)
    assert own.ask("PATCH", one, json=narrow).status_code == 200
    refused(own.send("GET", "/admin/api-keys"), 403, "LG-1502-403")
    refused(manager.send("DELETE", f"/admin/api-keys/{second['apiKey']}"), 409, "LG-1505-409")
    operator = f"/admin/api-keys/{server.credentials['apiKey']}"
    others = [key["apiKey"] for key in lake.ask("GET", "/admin/api-keys").json()["apiKeys"] if key["apiKey"] != server.credentials["apiKey"]]
    for other in others:
        lake.ask("DELETE", f"/admin/api-keys/{other}")
    refused(lake.send("POST", f"{operator}/revoke"), 409, "LG-1505-409")


def test_two_managers_cannot_both_go(server, lake):
    """Each revokes the other at the same time: one of them stays."""
    for number in range(5):
        credentials, first = new_org(server, lake, f"Duel{number}")
        second_key, second = new_key(server, first, "Second")
        answers = []
        threads = [threading.Thread(target=lambda who=who, whom=whom: answers.append(who.send("POST", f"/admin/api-keys/{whom}/revoke")))
                   for who, whom in ((first, second_key["apiKey"]), (second, credentials["apiKey"]))]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses in ([200, 401], [200, 409]), [answer.text for answer in answers]


def test_a_key_hands_on_what_it_has(server, lake):
    made, manager = new_key(server, lake, "Manager alone", grants=[{"rights": ["manage"]}, {"rights": ["read"], "sandbox": "prod"}])
    dataset = lake.dataset_of("Handed on", files.PROPERTIES)
    lake.ask("POST", "/admin/sandboxes", json={"name": "handed-on"})
    for grants in (None, [{"rights": ["ingest"]}], [{"rights": ["read"]}], [{"rights": ["manage"]}, {"rights": ["read"], "sandbox": "handed-on"}],
                   [{"rights": ["ingest"], "sandbox": "prod", "datasets": [dataset]}]):  # fmt: skip
        refused(manager.send("POST", "/admin/api-keys", json={"name": "More", "grants": grants}), 403, "LG-1504-403")
    fine, _ = new_key(server, manager, "Less", grants=[{"rights": ["manage"], "sandbox": "handed-on"}, {"rights": ["read"], "sandbox": "prod"},
                                                       {"rights": ["read"], "sandbox": "prod", "datasets": [dataset]}])  # fmt: skip
    refused(manager.send("PATCH", f"/admin/api-keys/{fine['apiKey']}", json={"grants": [{"rights": ["ingest"]}]}), 403, "LG-1504-403")
    refused(manager.send("POST", f"/admin/api-keys/{server.credentials['apiKey']}/rotate"), 403, "LG-1504-403")
    assert token_answer(server, server.credentials).status_code == 200
    assert manager.ask("POST", f"/admin/api-keys/{made['apiKey']}/rotate").status_code == 200, "its own it may"
    assert manager.ask("POST", f"/admin/api-keys/{fine['apiKey']}/rotate").status_code == 200


def test_a_key_lets_nobody_in_who_may_more(server, lake):
    """Neither by letting a revoked key in again, whose secret may be what leaked, nor by giving a key to the tokens of an issuer."""
    made, manager = new_key(server, lake, "Manages, reads nothing", grants=[{"rights": ["manage"]}])
    above, _ = new_key(server, lake, "All rights")
    same, _ = new_key(server, lake, "Manages some", grants=[{"rights": ["manage"], "sandbox": "prod"}])
    for key in (above, same):
        assert manager.ask("POST", f"/admin/api-keys/{key['apiKey']}/revoke").json()["enabled"] is False, "out it may put anybody"
    refused(manager.send("POST", f"/admin/api-keys/{above['apiKey']}/enable"), 403, "LG-1504-403")
    assert token_answer(server, above).status_code == 400
    assert manager.ask("POST", f"/admin/api-keys/{same['apiKey']}/enable").json()["enabled"] is True
    lake.ask("POST", f"/admin/api-keys/{above['apiKey']}/enable")

    mapped = lambda *keys: {"issuer": "https://login.example.com/mine", "audiences": ["lake"],
                            "mappings": [{"when": [{"claim": "azp", "equals": "me"}], "apiKey": key["apiKey"]} for key in keys]}  # fmt: skip
    refused(manager.send("POST", "/admin/issuers", json=mapped(same, above)), 403, "LG-1504-403")
    issuer = manager.ask("POST", "/admin/issuers", json=mapped(made, same)).json()
    refused(manager.send("PUT", f"/admin/issuers/{issuer['id']}", json=mapped(server.credentials)), 403, "LG-1504-403")
    shown = [one["mappings"] for one in lake.ask("GET", "/admin/issuers").json()["issuers"] if one["issuer"] == issuer["issuer"]]
    assert shown == [issuer["mappings"]], "as it was"
    assert lake.ask("PUT", f"/admin/issuers/{issuer['id']}", json=mapped(above)).status_code == 200
    # A registration as it is now lets in who may more: nor may it be changed then, whose claims would get the key.
    refused(manager.send("PUT", f"/admin/issuers/{issuer['id']}", json={**mapped(above), "audiences": ["another"]}), 403, "LG-1504-403")
    # To other orgs' keys the operator's org gives its tokens: not by a key that has less than they.
    credentials, _ = new_org(server, lake, "Mapped to")
    refused(manager.send("POST", "/admin/issuers", json=mapped(credentials)), 403, "LG-1504-403")
    assert lake.ask("DELETE", f"/admin/issuers/{issuer['id']}").status_code == 204


def test_who_lacks_a_right_takes_it_from_nobody_for_good(server, lake):
    """The last key that can hand `read` or `ingest` on is not in the power of one that could not make another."""
    credentials, own = new_org(server, lake, "Handed down")
    one = f"/admin/api-keys/{credentials['apiKey']}"
    _, manager = new_key(server, own, "Manages alone", grants=[{"rights": ["manage"]}])
    _, reader = new_key(server, own, "Manages and reads", grants=[{"rights": ["manage", "read"]}])
    loader, _ = new_key(server, own, "Loads", grants=[{"rights": ["ingest", "read"]}])
    for who, lost in ((manager, "ingest"), (reader, "ingest")):
        for method, path, body in (("POST", f"{one}/revoke", None), ("DELETE", one, None), ("PATCH", one, {"grants": [{"rights": ["manage"]}]})):
            assert f'\\"{lost}\\"' in refused(who.send(method, path, json=body), 409, "LG-1505-409").text
    assert own.ask("GET", one).json()["grants"] is None
    assert manager.ask("DELETE", f"/admin/api-keys/{loader['apiKey']}").status_code == 204, "who hands nothing on is not needed"
    second, _ = new_key(server, own, "Another with all rights")
    assert manager.ask("DELETE", f"/admin/api-keys/{second['apiKey']}").status_code == 204, "nor is one of two"
    assert own.ask("PATCH", one, json={"grants": [{"rights": ["manage", "ingest"]}]}).status_code == 200, "its own it may give up"
    assert own.ask("PATCH", one, json={"grants": [{"rights": ["manage"]}]}).status_code == 200
    assert manager.ask("DELETE", one).status_code == 204, "nobody is left who could hand ingest on: nothing is lost by it"


def test_keys_are_each_orgs_own(server, lake):
    credentials, other = new_org(server, lake, "Neighbours")
    mine = server.credentials["apiKey"]
    for method, path, body in (("GET", mine, None), ("PATCH", mine, {"name": "x"}), ("POST", f"{mine}/rotate", None), ("POST", f"{mine}/revoke", None),
                               ("POST", f"{mine}/enable", None), ("DELETE", mine, None)):  # fmt: skip
        refused(other.send(method, f"/admin/api-keys/{path}", json=body), 404, "LG-1001-404")
    assert [key["apiKey"] for key in other.ask("GET", "/admin/api-keys").json()["apiKeys"]] == [credentials["apiKey"]]
    refused(other.send("POST", "/admin/api-keys", json={"name": "x", "grants": [{"rights": ["read"], "sandbox": "acme-dev-of-others"}]}), 400, "LG-1000-400")


def test_what_is_refused_about_keys(lake):
    for wrong in ({}, {"name": ""}, {"name": " "}, {"name": "a\nb"}, {"name": "a" * 257}, {"name": 5}, {"name": "a", "grant": []},
                  {"name": "a", "grants": []}, {"name": "a", "grants": [{"rights": []}]}, {"name": "a", "grants": [{"rights": ["write"]}]},
                  {"name": "a", "grants": [{"rights": ["read"], "sandbox": "no-such"}]}, {"name": "a", "grants": [{"rights": ["read"], "sandboxes": "prod"}]},
                  {"name": "a", "grants": {}}):  # fmt: skip
        refused(lake.send("POST", "/admin/api-keys", json=wrong), 400, "LG-1000-400")
    refused(lake.send("GET", "/admin/api-keys/nobody"), 404, "LG-1001-404")


# -- command line --------------------------------------------------------------------------------------------------


def run(server, *words, status=0, **more):
    ran = server.run(*words, **more)
    assert ran.returncode == status, (words, ran.stdout, ran.stderr)
    return ran.stdout if status == 0 else ran.stderr


def test_the_command_line(server, lake, tmp_path):
    file = tmp_path / "loader.json"
    dataset = lake.dataset_of("By command", files.PROPERTIES)
    assert "staging" in run(server, "sandbox", "create", "staging", "--title", "Staging area")
    assert "Staging area" in run(server, "sandbox", "list")
    assert json.loads(run(server, "sandbox", "show", "staging", "--json"))["type"] == "development"
    run(server, "key", "create", "Loader", "--grant", "read,ingest:prod/By command", "--grant", "read:staging", "--out", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    credentials = json.loads(file.read_text(encoding="utf-8"))
    key = credentials["apiKey"]
    shown = run(server, "key", "show", key)
    assert f"read,ingest:prod/{dataset}  read:staging" in shown and "Loader" in shown
    as_loader = {"env": {"LAKEGATE_CREDENTIALS": str(file), "LAKEGATE_URL": server.url}}
    assert "By command" in run(server, "dataset", "list", **as_loader)
    assert "LG-1502-403" in run(server, "key", "list", status=1, **as_loader)
    assert "there already" in run(server, "key", "create", "Loader", "--out", file, status=1)
    assert "is no right" in run(server, "key", "create", "Loader", "--grant", "write", status=2)
    assert "Loads" in run(server, "key", "change", key, "--name", "Loads")
    run(server, "key", "rotate", key, "--overlap", "60", "--out", file)
    assert json.loads(file.read_text(encoding="utf-8"))["clientSecret"] != credentials["clientSecret"]
    assert "good until" in run(server, "key", "show", key)
    assert "revoked" in run(server, "key", "revoke", key)
    assert "invalid client_id" in run(server, "dataset", "list", status=1, **as_loader)
    assert "enabled" in run(server, "key", "enable", key)
    assert "Loads" in run(server, "key", "list")
    run(server, "key", "delete", key)
    run(server, "sandbox", "delete", "staging")
    org_file = tmp_path / "org.json"
    run(server, "org", "create", "By command", "--tenant", "bycommand", "--out", org_file)
    org = json.loads(org_file.read_text(encoding="utf-8"))["orgId"]
    assert "By command" in run(server, "org", "list")
    assert "disabled" in run(server, "org", "disable", org)
    assert "enabled" in run(server, "org", "enable", org)
    assert "Renamed" in run(server, "org", "rename", org, "Renamed")
    assert json.loads(run(server, "org", "show", org, "--json"))["name"] == "Renamed"
    run(server, "org", "delete", org)
    assert org not in run(server, "org", "list")

"""Who may: tokens, the gateway's headers in their order, orgs that do not see each other."""

import base64
import json

import pytest
import requests

from support import files

DATASETS = "/data/foundation/catalog/dataSets"


def token_answer(server, version="v3", **request):
    return requests.post(f"{server.url}/ims/token/{version}", timeout=30, **request)


def parameters(server, **changed):
    wanted = {"grant_type": "client_credentials", "client_id": server.credentials["clientId"],
              "client_secret": server.credentials["clientSecret"], "scope": "openid,AdobeID", **changed}
    return {name: value for name, value in wanted.items() if value is not None}


# -- tokens ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["v1", "v2", "v3"])
@pytest.mark.parametrize("form", ["query", "form", "multipart", "split"])
def test_client_credentials_in_every_form(server, version, form):
    wanted = parameters(server)
    if form == "query":
        request = {"params": wanted}
    elif form == "form":
        request = {"data": wanted}
    elif form == "multipart":
        request = {"files": {name: (None, value) for name, value in wanted.items()}}
    else:
        secret = wanted.pop("client_secret")
        request = {"params": wanted, "data": {"client_secret": secret}}
    answer = token_answer(server, version, **request)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["token_type"] == "bearer"
    assert 86_000 <= body["expires_in"] <= 86_400
    headers = {**server.headers(), "Authorization": f"Bearer {body['access_token']}"}
    assert requests.get(server.url + DATASETS, headers=headers, timeout=30).status_code == 200


def test_a_token_looks_as_documented(server):
    header, payload, signature = server.token().split(".")
    decoded = [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (header, payload)]
    assert decoded[0]["alg"] == "RS256" and decoded[0]["kid"]
    assert decoded[1]["client_id"] == server.credentials["clientId"]
    assert decoded[1]["expires_in"] == "86400000"
    assert isinstance(decoded[1]["created_at"], str) and len(decoded[1]["created_at"]) == 13
    assert decoded[1]["scope"] == "openid,AdobeID" and decoded[1]["user_id"]
    assert signature


def test_older_tokens_stay_good(server):
    first = server.token()
    assert token_answer(server, data=parameters(server)).status_code == 200
    headers = {**server.headers(), "Authorization": f"Bearer {first}"}
    assert requests.get(server.url + DATASETS, headers=headers, timeout=30).status_code == 200


@pytest.mark.parametrize("changed, error, says", [
    ({"grant_type": None}, "invalid_request", "missing grant_type parameter"),
    ({"grant_type": "authorization_code", "code": "x"}, "unsupported_grant_type", "authorization_code"),
    ({"grant_type": "password"}, "unsupported_grant_type", "password"),
    ({"client_id": "nobody"}, "invalid_client", "invalid client_id parameter"),
    ({"client_id": None}, "invalid_client", "missing client_id parameter"),
    ({"client_id": "' or 1=1 --"}, "invalid_client", "invalid client_id parameter"),
    ({"client_secret": "wrong"}, "invalid_client", "invalid client_secret parameter"),
    ({"client_secret": None}, "invalid_client", "missing client_secret parameter"),
])  # fmt: skip
def test_what_the_token_routes_refuse(server, changed, error, says):
    answer = token_answer(server, data=parameters(server, **changed))
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"] == error
    assert says in answer.json()["error_description"]
    assert "access_token" not in answer.text


def test_a_parameter_twice_with_different_values(server):
    answer = token_answer(server, params={"client_id": "other"}, data=parameters(server))
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_request"


def test_token_routes_are_for_post(server):
    answer = requests.get(f"{server.url}/ims/token/v3", timeout=30)
    assert answer.status_code == 405 and "POST" in answer.headers["Allow"]


# -- gateway ---------------------------------------------------------------------------------------------------------

class Gone:
    """Stands for a header that is not sent."""

    def __repr__(self):
        return "GONE"


GONE = Gone()


@pytest.mark.parametrize("changed, status, code, message", [
    ({"Authorization": GONE}, 403, "403010", "Oauth token is missing."),
    ({"Authorization": ""}, 403, "403010", "Oauth token is missing."),
    ({"Authorization": "Bearer nonsense"}, 401, "401013", "Oauth token is not valid"),
    ({"Authorization": "Bearer"}, 401, "401013", "Oauth token is not valid"),
    ({"Authorization": "Basic YTpi"}, 401, "401013", "Oauth token is not valid"),
    ({"x-api-key": GONE}, 403, "403000", "Api Key is required"),
    ({"x-api-key": "other"}, 403, "403003", "Api Key is invalid"),
    ({"x-gw-ims-org-id": GONE}, 400, "400003", "Missing header"),
    ({"x-gw-ims-org-id": "no org"}, 403, "403027", "User region is missing"),
    ({"x-gw-ims-org-id": "ABCDEF@AdobeOrg"}, 403, "403025", "Profile is not valid"),
    ({"x-sandbox-name": "dev"}, 404, "404010", "Sandbox is unknown"),
    # The first one that is wrong is named.
    ({"Authorization": GONE, "x-api-key": GONE, "x-gw-ims-org-id": GONE}, 403, "403010", "Oauth token is missing."),
    ({"x-api-key": GONE, "x-gw-ims-org-id": GONE}, 403, "403000", "Api Key is required"),
    ({"x-gw-ims-org-id": GONE, "x-sandbox-name": "dev"}, 400, "400003", "Missing header"),
])  # fmt: skip
def test_gateway_refuses(server, changed, status, code, message):
    headers = {**server.headers(), **changed}
    headers = {name: value for name, value in headers.items() if value is not GONE}
    answer = requests.get(server.url + DATASETS, headers=headers, timeout=30)
    assert answer.status_code == status, answer.text
    assert answer.json()["error_code"] == code
    assert answer.json()["message"] == message
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("changed", [
    {"Authorization": "bearer"}, {"Authorization": "BEARER"}, {"x-sandbox-name": GONE}, {"x-sandbox-name": ""},
], ids=str)  # fmt: skip
def test_gateway_accepts(server, changed):
    headers = {**server.headers(), **changed}
    if changed.get("Authorization"):
        headers["Authorization"] += " " + server.token()
    headers = {name: value for name, value in headers.items() if value is not GONE}
    assert requests.get(server.url + DATASETS, headers=headers, timeout=30).status_code == 200


def tampered(token):
    header, payload, signature = token.split(".")
    return f"{header}.{payload[:-2]}{'AA' if payload[-2:] != 'AA' else 'BB'}.{signature}"


def unsigned(token):
    encode = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")  # noqa: E731
    return f"{encode({'alg': 'none', 'typ': 'JWT'})}.{token.split('.')[1]}."


@pytest.mark.parametrize("forge", [tampered, unsigned, lambda token: token[:-5], lambda token: token + "x", lambda _: "a.b.c"])
def test_forged_tokens(server, forge):
    headers = {**server.headers(), "Authorization": f"Bearer {forge(server.token())}"}
    answer = requests.get(server.url + DATASETS, headers=headers, timeout=30)
    assert answer.status_code == 401 and answer.json()["error_code"] == "401013"


def test_another_servers_token(server, own_server):
    other, _ = own_server()
    headers = {**server.headers(), "Authorization": f"Bearer {other.token()}"}
    assert requests.get(server.url + DATASETS, headers=headers, timeout=30).status_code == 401


def test_upload_is_refused_before_its_body_is_read(server, lake):
    dataset = lake.dataset_of("Early refusal", files.PROPERTIES)
    batch = lake.create_batch(dataset)
    headers = {**server.headers(), "Authorization": "Bearer nonsense"}
    answer = requests.put(server.url + lake.file_path(batch, dataset, "a.parquet"), headers=headers, data=b"x" * 1_000_000, timeout=30)
    assert answer.status_code == 401 and answer.json()["error_code"] == "401013"


# -- orgs ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def second(server):
    made = server.run("org", "create", "Second")
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def test_org_create_prints_a_credentials_file(server, second):
    assert list(second) == ["baseUrl", "orgId", "sandboxName", "tenantId", "apiKey", "clientId", "clientSecret"]
    assert second["tenantId"] == "second" and second["baseUrl"] == server.url
    assert server.lake(second).send("GET", DATASETS).json() == {}


def test_orgs_do_not_see_each_other(server, lake, second):
    """Each id of one org is unknown to the other, on every route and for every method."""
    other = server.lake(second)
    dataset = lake.dataset_of("Secret", files.PROPERTIES)
    schema = lake.ask("GET", f"{DATASETS}/{dataset}").json()[dataset]["schemaRef"]["id"]
    batch = lake.load(dataset, {"a.parquet": files.numbered(1, 3)})
    loading = lake.create_batch(dataset)
    assert lake.put(loading, dataset, "a.parquet", files.numbered(1, 3)).status_code == 200

    assert other.send("GET", f"{DATASETS}/{dataset}").status_code == 404
    assert other.send("PATCH", f"{DATASETS}/{dataset}", json={"name": "mine"}).status_code == 404
    assert other.send("GET", f"/data/foundation/catalog/batches/{batch}").status_code == 404
    assert other.send("POST", "/data/foundation/import/batches", json={"datasetId": dataset}).status_code == 404
    assert other.put(loading, dataset, "b.parquet", files.numbered(1, 3)).status_code == 404
    assert other.initialize(loading, dataset, "c.parquet").status_code == 404
    assert other.send("HEAD", other.file_path(loading, dataset, "a.parquet")).status_code == 404
    for action in ("COMPLETE", "ABORT", "FAIL"):
        assert other.act(loading, action).status_code == 404
    assert other.act(batch, "REVERT").status_code == 404
    assert other.send("GET", "/data/foundation/catalog/batches").json() == {}
    assert other.send("GET", DATASETS).json() == {}
    refused = other.send("POST", DATASETS, json={
        "name": "Theirs", "schemaRef": {"id": schema, "contentType": "application/vnd.adobe.xed+json;version=1"}})
    assert 400 <= refused.status_code < 500
    listed = other.send("GET", "/data/foundation/schemaregistry/tenant/schemas",
                        headers={"Accept": "application/vnd.adobe.xed-id+json"}).json()
    assert listed["results"] == []
    assert server.iceberg_catalog(second).list_tables("prod") == []
    assert lake.batch(loading)["status"] == "loading" and lake.batch(batch)["status"] == "active"


def test_headers_of_two_orgs_do_not_mix(server, second):
    mine = server.headers()
    theirs = server.headers(second)
    mixed = [({**mine, "x-gw-ims-org-id": theirs["x-gw-ims-org-id"]}, "403025"),
             ({**mine, "x-api-key": theirs["x-api-key"]}, "403003"),
             ({**theirs, "Authorization": mine["Authorization"]}, "403003")]
    for headers, code in mixed:
        answer = requests.get(server.url + DATASETS, headers=headers, timeout=30)
        assert answer.json()["error_code"] == code


@pytest.mark.parametrize("body, says", [
    ({"name": ""}, "name cannot be"),
    ({}, 'Member "name": expected a text'),
    ({"name": "Third", "tenant": "Has Blanks"}, "Tenant namespace"),
    ({"name": "Third", "orgId": "x"}, "Org id"),
    ({"name": 3}, "name"),
])  # fmt: skip
def test_org_create_refuses(lake, body, says):
    answer = lake.send("POST", "/admin/orgs", json=body)
    assert answer.status_code == 400
    assert says in answer.json()["detail"]


def test_a_tenant_belongs_to_one_org(lake, second):
    answer = lake.send("POST", "/admin/orgs", json={"name": "Thief", "tenant": second["tenantId"]})
    assert answer.status_code == 409


def test_only_the_first_org_makes_orgs(server, second):
    answer = server.lake(second).send("POST", "/admin/orgs", json={"name": "Mine"})
    assert answer.status_code == 403

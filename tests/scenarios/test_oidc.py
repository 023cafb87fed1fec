"""Tokens of an OIDC issuer, a real one (tests/issuer): docs/outside-identity.md. What it would never sign is signed with its own keys."""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyiceberg.catalog.rest import RestCatalog

from support import files, readers
from support.issuer import AUDIENCE, Issuer, Key, Pages, encode, missing, self_signed
from support.lake import CATALOG, Lake
from support.server import wait_for

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))

LISTS = CATALOG + "/batches"


@pytest.fixture(scope="module")
def keys():
    return {"rsa": Key.rsa("rsa-1"), "pss": Key.rsa("pss-1", "PS256"), "ec": Key.elliptic("ec-1"), "next": Key.rsa("rsa-2")}


@pytest.fixture(scope="module")
def issuer(keys):
    made = Issuer([keys["rsa"], keys["ec"], keys["pss"]], claims={
        "etl": {"groups": ["lake-writers", "staff"]}, "auditor": {"groups": ["lake-readers"]}, "nobody": {"groups": ["staff"]}})
    yield made
    made.close()


@pytest.fixture
def own_issuer():
    made = []

    def make(signing, **options):
        made.append(Issuer(signing, claims={"etl": {"groups": ["lake-writers"]}}, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def neighbours(lake):
    """Another org's credentials."""
    return lake.ask("POST", "/admin/orgs", json={"name": "Neighbours", "tenant": "neighbours"}).json()


def definition(issuer, api_key, **more):
    return {"issuer": issuer.url, "audiences": [AUDIENCE],
            "mappings": [{"when": [{"claim": "groups", "contains": "lake-writers"}], "apiKey": api_key}], **more}


@pytest.fixture(scope="module")
def registered(server, lake, issuer, neighbours):
    wanted = definition(issuer, server.credentials["apiKey"])
    wanted["mappings"].append({"when": [{"claim": "groups", "contains": "lake-readers"}], "apiKey": neighbours["apiKey"]})
    answer = lake.ask("POST", "/admin/issuers", json=wanted)
    assert answer.status_code == 201
    return answer.json()


def session_of(token, credentials):
    made = requests.Session()
    made.headers.update({"Authorization": f"Bearer {token}", "x-api-key": credentials["apiKey"],
                         "x-gw-ims-org-id": credentials["orgId"], "x-sandbox-name": "prod"})
    made.trust_env = False
    return made


def call(server, token, credentials=None, path=LISTS):
    return session_of(token, credentials or server.credentials).get(server.url + path, timeout=30)


def outcome(answer):
    body = answer.json() if answer.content else {}
    return answer.status_code, body.get("error_code") if isinstance(body, dict) else None


# -- what works ----------------------------------------------------------------------------------------------------------------


def test_whole_life_of_a_batch(server, lake, issuer, registered):
    token = issuer.token("etl")
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    outside = Lake(server.url, session_of(token, server.credentials))
    dataset = outside.dataset_of("Outside", files.PROPERTIES)
    batch = outside.load(dataset, {"a.parquet": files.numbered(1, 50)})
    told = lake.batch(batch)
    assert told["createdUser"] == f"{issuer.url}#etl", "whose token it was"
    assert told["createdClient"] == server.credentials["apiKey"], "and which key it acted with"

    table = outside.table_name(dataset)
    rows = readers.pyiceberg_catalog(server.url, token).load_table(("prod", table)).scan().to_arrow()
    assert sorted(rows["id"].to_pylist()) == list(range(1, 51))
    # A reader that fetches its tokens from the issuer itself, and new ones in time.
    itself = RestCatalog("lakegate", uri=f"{server.url}/iceberg", credential="etl:secret", scope="lake.read", resource=AUDIENCE,
                         warehouse="prod", **{"oauth2-server-uri": f"{issuer.url}/token"})
    assert itself.load_table(("prod", table)).scan().to_arrow().num_rows == 50
    duck = readers.duckdb_connection()
    readers.attach(duck, server.url, token)
    assert duck.execute(f'SELECT count(*), sum(id) FROM lake.prod."{table}"').fetchone() == (50, 1275)


def test_spark_reads_with_it(server, lake, issuer, registered):
    from support import spark
    if spark.missing():
        pytest.skip(spark.missing())
    dataset = lake.dataset_of("Outside for Spark", files.PROPERTIES)
    lake.load(dataset, {"a.parquet": files.numbered(1, 7)})
    session = spark.session(spark.start(), server.url, issuer.token("etl"), name="outside")
    rows = session.sql(f"SELECT count(*) AS n FROM outside.prod.`{lake.table_name(dataset)}`").collect()
    assert rows[0]["n"] == 7


def test_every_accepted_algorithm(server, issuer, registered, keys):
    for key in (keys["rsa"], keys["pss"], keys["ec"]):
        answer = call(server, key.sign(issuer.claims_of("etl")))
        assert answer.status_code == 200, (key.algorithm, answer.text)
    answer = call(server, keys["rsa"].sign(issuer.claims_of("etl", aud=["https://other.example", AUDIENCE])))
    assert answer.status_code == 200, answer.text


def test_the_mapping_names_the_org(server, issuer, registered, neighbours):
    token = issuer.token("auditor")
    assert call(server, token, neighbours).status_code == 200
    assert outcome(call(server, token, server.credentials)) == (403, "403003"), "another key than the mapped one"
    crossed = {**neighbours, "orgId": server.credentials["orgId"]}
    assert outcome(call(server, token, crossed)) == (403, "403025")
    without = session_of(token, neighbours)
    del without.headers["x-api-key"]
    assert outcome(without.get(server.url + LISTS, timeout=30)) == (403, "403000"), "required there, whoever the token is of"
    without.headers.pop("x-gw-ims-org-id")
    assert without.get(server.url + "/iceberg/v1/namespaces", timeout=30).json()["namespaces"] == [["prod"]]
    assert outcome(call(server, issuer.token("nobody"))) == (403, "403025"), "no mapping fits"


def test_mappings_in_order(own_server, issuer):
    server, lake = own_server()
    other = lake.ask("POST", "/admin/orgs", json={"name": "Other", "tenant": "other"}).json()
    both = [{"when": [{"claim": "groups", "contains": "staff"}], "apiKey": other["apiKey"]},
            {"when": [{"claim": "groups", "contains": "lake-writers"}], "apiKey": server.credentials["apiKey"]}]
    made = lake.ask("POST", "/admin/issuers", json={**definition(issuer, ""), "mappings": both}).json()
    token = issuer.token("etl")
    assert call(server, token, other).status_code == 200
    assert outcome(call(server, token)) == (403, "403003")
    changed = {**definition(issuer, ""), "mappings": both[::-1]}
    assert lake.ask("PUT", f"/admin/issuers/{made['id']}", json=changed).json()["mappings"] == both[::-1]
    assert call(server, token).status_code == 200, "at once"
    assert outcome(call(server, token, other)) == (403, "403003")


def test_two_issuers_with_the_same_subject(own_server, own_issuer, issuer, keys):
    server, lake = own_server()
    second = own_issuer([Key.elliptic("ec-1")])
    for one in (issuer, second):
        lake.ask("POST", "/admin/issuers", json=definition(one, server.credentials["apiKey"]))
    dataset = lake.dataset_of("Whose", files.PROPERTIES)
    users = set()
    for one in (issuer, second):
        outside = Lake(server.url, session_of(one.token("etl"), server.credentials))
        users.add(outside.batch(outside.create_batch(dataset))["createdUser"])
    assert users == {f"{issuer.url}#etl", f"{second.url}#etl"}
    crossed = second.keys[0].sign(issuer.claims_of("etl"))
    assert outcome(call(server, crossed)) == (401, "401013"), "signed by the second, says it is of the first"


# -- what is refused -----------------------------------------------------------------------------------------------------------


def public_pem(key):
    return key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def hmac_token(secret, header, claims):
    text = f"{encode(json.dumps(header).encode())}.{encode(json.dumps(claims).encode())}"
    return f"{text}.{encode(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def forgeries(issuer, keys):
    """name → token, each wrong in one thing; the same by `good`."""
    rsa_key, ec_key = keys["rsa"], keys["ec"]
    claims = issuer.claims_of("etl")
    now = int(time.time())
    good = rsa_key.sign(claims)
    head, payload, signature = good.split(".")
    header = {"alg": "RS256", "kid": rsa_key.id, "typ": "at+jwt"}
    raw = lambda header_text, payload_text: rsa_key.sign_text(header_text.encode(), payload_text.encode())
    text = json.dumps(claims)
    stranger = Key.rsa(rsa_key.id)
    yield "signed by a stranger under the same kid", stranger.sign(claims)
    yield "its key shown in the header", stranger.sign(claims, {"jwk": stranger.public_jwk()})
    yield "its key said to be elsewhere", stranger.sign(claims, {"jku": f"{issuer.url}/jwks", "x5u": "https://evil.example/x"})
    yield "HS256 with the public key as the secret", hmac_token(public_pem(rsa_key), {**header, "alg": "HS256"}, claims)
    yield "HS256 with the modulus as the secret", hmac_token(
        base64.urlsafe_b64decode(rsa_key.public_jwk()["n"] + "=="), {**header, "alg": "HS256"}, claims)
    for none in ("none", "None", "NONE", "nOnE"):
        unsigned = f"{encode(json.dumps({**header, 'alg': none}).encode())}.{payload}."
        yield f"alg {none}", unsigned
        yield f"alg {none} with a signature", unsigned + signature
    yield "no signature", f"{head}.{payload}."
    yield "RS256 where the key is of an elliptic curve", rsa_key.sign(claims, {"kid": ec_key.id})
    yield "an algorithm of the key that is not accepted", rsa_key.sign(claims, algorithm="RS512")
    yield "PS256 by a key for RS256", rsa_key.sign(claims, algorithm="PS256")
    yield "a critical extension", rsa_key.sign(claims, {"crit": ["exp"], "exp": now})
    yield "typ of another kind of token", rsa_key.sign(claims, {"typ": "logout+jwt"})
    yield "an id token", rsa_key.sign({**claims, "nonce": "n", "at_hash": "h"}, {"typ": "JWT"})
    yield "a refresh token", rsa_key.sign({**claims, "typ": "Refresh"}, {"typ": "JWT"})
    yield "a header member twice", raw(json.dumps(header)[:-1] + ', "alg": "RS256"}', text)
    yield "a claim twice", raw(json.dumps(header), text[:-1] + ', "sub": "root"}')
    yield "claims that are a list", raw(json.dumps(header), "[]")
    yield "claims that are no JSON", raw(json.dumps(header), text[:-1])
    yield "base 64 with padding", f"{head}=.{payload}.{signature}"
    yield "base 64 of the other alphabet", f"{head}.{payload}.{signature[:-4]}++//"
    yield "a fourth part", good + ".AAAA"
    yield "an empty part", f"{head}..{signature}"
    yield "another payload", f"{head}.{encode(json.dumps({**claims, 'sub': 'root'}).encode())}.{signature}"
    half = ec_key.sign(claims)
    der = ec_key.private.sign(half.rpartition(".")[0].encode(), ec.ECDSA(hashes.SHA256()))
    yield "an ES256 signature in DER", half.rpartition(".")[0] + "." + encode(der)
    yield "an ES256 signature of zeros", half.rpartition(".")[0] + "." + encode(bytes(64))
    yield "expired", rsa_key.sign({**claims, "exp": now - 61})
    yield "not begun", rsa_key.sign({**claims, "nbf": now + 120})
    yield "issued in the future", rsa_key.sign({**claims, "iat": now + 120})
    yield "no exp", rsa_key.sign(issuer.claims_of("etl", exp=None))
    yield "exp as a text", rsa_key.sign_text(json.dumps(header).encode(), json.dumps({**claims, "exp": str(now + 600)}).encode())
    for name in ("exp", "nbf", "iat"):
        for what, value in (("beyond any calendar", "1e300"), ("of twenty digits", "99999999999999999999"), ("negative", "-1"), ("true", "true"),
                            ("null", "null"), ("a list", f"[{now + 600}]")):
            wrong = json.dumps({k: v for k, v in claims.items() if k != name})[:-1] + f', "{name}": {value}}}'
            yield f"{name} {what}", raw(json.dumps(header), wrong)
    for what, value in (("a number", 1), ("an object", {"a": AUDIENCE}), ("a mixed list", [AUDIENCE, 1]), ("an empty list", []),
                        ("a long list", [AUDIENCE] * 65), ("null", None)):
        yield f"aud {what}", raw(json.dumps(header), json.dumps({**claims, "aud": value}))
    yield "kid a number", raw(json.dumps({**header, "kid": 1}), text)
    yield "alg a list", raw(json.dumps({**header, "alg": ["RS256"]}), text)
    yield "a token in a token", raw(json.dumps({**header, "cty": "JWT"}), good)
    yield "an encrypted token", ".".join([encode(b'{"alg":"RSA-OAEP","enc":"A256GCM"}'), *(encode(b"x" * 16) for _ in range(4))])
    yield "sub with a line's end", rsa_key.sign({**claims, "sub": "etl\nroot"})
    yield "sub with a NUL", rsa_key.sign({**claims, "sub": "etl\0root"})
    yield "sub a list", rsa_key.sign({**claims, "sub": ["etl"]})
    yield "another audience", rsa_key.sign({**claims, "aud": "https://other.example"})
    yield "the audience in another case", rsa_key.sign({**claims, "aud": AUDIENCE.upper()})
    yield "no audience", rsa_key.sign(issuer.claims_of("etl", aud=None))
    yield "no sub", rsa_key.sign(issuer.claims_of("etl", sub=None))
    yield "a slash more in iss", rsa_key.sign({**claims, "iss": issuer.url + "/"})
    yield "an unknown issuer", rsa_key.sign({**claims, "iss": "https://evil.example"})
    yield "no iss", rsa_key.sign(issuer.claims_of("etl", iss=None))
    yield "too long", rsa_key.sign({**claims, "x": "y" * 12_000})


def test_forged_tokens(server, issuer, registered, keys):
    assert call(server, keys["rsa"].sign(issuer.claims_of("etl"))).status_code == 200, "made the same way, but right"
    seen = 0
    for what, token in forgeries(issuer, keys):
        answer = call(server, token)
        assert outcome(answer) in ((401, "401013"), (431, None)), (what, answer.status_code, answer.text)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer" or what == "too long", what
        assert token not in answer.text
        iceberg = requests.get(server.url + "/iceberg/v1/namespaces", timeout=30, headers={"Authorization": f"Bearer {token}"})
        assert iceberg.status_code in (401, 431), (what, iceberg.text)
        seen += 1
    assert seen > 70
    megabyte = good_for_a_megabyte(issuer, keys)
    try:
        assert call(server, megabyte).status_code in (400, 413, 431)
    except requests.ConnectionError:
        pass  # refused while it was being sent


def good_for_a_megabyte(issuer, keys):
    return keys["rsa"].sign(issuer.claims_of("etl", x="y" * (1 << 20)))


def test_clock_skew(own_server, issuer, keys):
    server, lake = own_server()
    made = lake.ask("POST", "/admin/issuers", json=definition(issuer, server.credentials["apiKey"], clockSkewSeconds=30)).json()
    now = int(time.time())
    assert call(server, keys["rsa"].sign(issuer.claims_of("etl", exp=now - 10))).status_code == 200
    assert call(server, keys["rsa"].sign(issuer.claims_of("etl", nbf=now + 20, iat=now + 20))).status_code == 200
    late = keys["rsa"].sign(issuer.claims_of("etl", exp=now - 40))
    assert outcome(call(server, late)) == (401, "401013")
    lake.ask("PUT", f"/admin/issuers/{made['id']}", json=definition(issuer, server.credentials["apiKey"], clockSkewSeconds=300))
    assert call(server, late).status_code == 200
    lake.ask("PUT", f"/admin/issuers/{made['id']}", json=definition(issuer, server.credentials["apiKey"], clockSkewSeconds=0))
    assert outcome(call(server, keys["rsa"].sign(issuer.claims_of("etl", exp=now - 10)))) == (401, "401013")


@pytest.fixture
def pages():
    made = []

    def make(**options):
        made.append(Pages(**options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def everyone(url, api_key):
    return {"issuer": url, "audiences": [AUDIENCE], "mappings": [{"when": [], "apiKey": api_key}]}


def test_keys_that_are_not_to_be_believed(own_server, pages):
    """What an issuer shows beside a good key."""
    good, small, encryption = Key.elliptic("good"), Key.rsa("small", bits=1024), Key.rsa("encryption")
    web = pages()
    web.publish([good.public_jwk(), small.public_jwk(), {**encryption.public_jwk(), "use": "enc"},
                 {"kty": "oct", "kid": "shared", "k": encode(b"secret" * 8)}])
    server, lake = own_server()
    made = lake.ask("POST", "/admin/issuers", json=everyone(web.url, server.credentials["apiKey"])).json()
    claims = web.claims()
    assert call(server, good.sign(claims)).status_code == 200
    twin = Key.elliptic("good")  # a stranger's under that id
    shared = hmac_token(b"secret" * 8, {"alg": "HS256", "kid": "shared"}, claims)
    for token in (small.sign(claims), encryption.sign(claims), shared):
        assert outcome(call(server, token)) == (401, "401013")
    assert outcome(call(server, twin.sign(claims))) == (401, "401013")
    shown = lake.ask("GET", f"/admin/issuers/{made['id']}").json()["keys"]
    assert shown["usable"] == 1 and len(shown["unusable"]) == 3 and "1024 bits" in str(shown["unusable"]), shown


def test_two_keys_under_one_id(own_server, pages):
    one, two, stranger = (Key.elliptic("same") for _ in range(3))
    web = pages()
    web.publish([one.public_jwk(), two.public_jwk()])
    server, lake = own_server()
    lake.ask("POST", "/admin/issuers", json=everyone(web.url, server.credentials["apiKey"]))
    assert [call(server, key.sign(web.claims())).status_code for key in (one, two, stranger)] == [200, 200, 401]


def test_http_leads_to_no_other_machine(own_server, pages):
    """An issuer on this machine, as the operator may have it, that says its keys are elsewhere, for whoever is between to make."""
    key = Key.elliptic("good")
    web = pages()
    web.publish([key.public_jwk()], jwks_uri="http://keys.example.invalid/jwks")
    server, lake = own_server()
    made = lake.ask("POST", "/admin/issuers", json=everyone(web.url, server.credentials["apiKey"])).json()
    assert outcome(call(server, key.sign(web.claims()))) == (503, "503010")
    failure = lake.ask("GET", f"/admin/issuers/{made['id']}").json()["keys"]["failure"]
    assert "expected an https address, or one on this machine" in failure, failure
    allowed, lake = own_server(settings={"auth.issuer_http": "true"})
    made = lake.ask("POST", "/admin/issuers", json=everyone(web.url, allowed.credentials["apiKey"])).json()
    assert outcome(call(allowed, key.sign(web.claims()))) == (503, "503010")
    failure = lake.ask("GET", f"/admin/issuers/{made['id']}").json()["keys"]["failure"]
    assert "No answer from http://keys.example.invalid/jwks" in failure, "it was tried"


def test_documents_that_are_not_to_be_believed(own_server, pages):
    key = Key.elliptic("good")
    server, lake = own_server()
    for what, spoil in {
        "is of issuer": lambda web: web.publish([key.public_jwk()], issuer=web.url + "/other"),
        "expected an https address": lambda web: web.publish([key.public_jwk()], jwks_uri="ftp://127.0.0.1/jwks"),
        "a redirect, which is not followed": lambda web: web.pages.update({"/jwks": (302, {"Location": web.url + "/elsewhere"}, b"")}),
        "more than 262144 bytes": lambda web: web.pages.update({"/jwks": b"[" + b" " * 300_000 + b"]"}),
        "129 keys; at most 128": lambda web: web.publish([key.public_jwk()] * 129),
        "more than 65536 bytes": lambda web: web.pages.update({"/.well-known/openid-configuration": b"{" + b" " * 70_000 + b"}"}),
        "answered 500": lambda web: web.pages.update({"/jwks": (500, {}, b"")}),
        "answered 404": lambda web: web.pages.pop("/.well-known/openid-configuration"),
        "no JSON object": lambda web: web.pages.update({"/jwks": b"<html>"}),
        "No answer": lambda web: web.pages.update({"/jwks": (200, {"Content-Length": "5000"}, b"{}")}),
    }.items():
        web = pages()
        web.publish([key.public_jwk()])
        web.pages["/elsewhere"] = {"keys": [key.public_jwk()]}
        spoil(web)
        made = lake.ask("POST", "/admin/issuers", json=everyone(web.url, server.credentials["apiKey"])).json()
        answer = call(server, key.sign(web.claims()))
        assert outcome(answer) == (503, "503010") and "Retry-After" in answer.headers, (what, answer.text)
        failure = lake.ask("GET", f"/admin/issuers/{made['id']}").json()["keys"]["failure"]
        assert what in failure, failure
        assert "/elsewhere" not in web.asked
        assert lake.ask("DELETE", f"/admin/issuers/{made['id']}").status_code == 204


def test_certificates(own_server, pages, tmp_path):
    certificate = self_signed(tmp_path)
    key = Key.elliptic("good")
    web = pages(certificate=certificate)
    web.publish([key.public_jwk()])
    for settings, status in (({}, 503), ({"auth.issuer_ca_file": certificate[0]}, 200)):
        server, lake = own_server(settings=settings)
        made = lake.ask("POST", "/admin/issuers", json=everyone(web.url, server.credentials["apiKey"])).json()
        assert call(server, key.sign(web.claims())).status_code == status, settings
        failure = lake.ask("GET", f"/admin/issuers/{made['id']}").json()["keys"]["failure"]
        assert (failure is None) == (status == 200), failure
    # What is read over TLS does not lead to what is not.
    plain = pages()
    plain.publish([key.public_jwk()])
    web.publish([key.public_jwk()], jwks_uri=plain.url + "/jwks")
    server, lake = own_server(settings={"auth.issuer_ca_file": certificate[0]})
    lake.ask("POST", "/admin/issuers", json=everyone(web.url, server.credentials["apiKey"]))
    assert outcome(call(server, key.sign(web.claims()))) == (503, "503010")
    assert plain.asked == []


# -- keys over time --------------------------------------------------------------------------------------------------------------


def test_rotation(own_server, own_issuer, keys):
    server, lake = own_server(settings={"auth.issuer_keys_age": "2s", "auth.issuer_refetch_interval": "1s"})
    issuer = own_issuer([keys["rsa"]])
    lake.ask("POST", "/admin/issuers", json=definition(issuer, server.credentials["apiKey"]))
    before = issuer.token("etl")
    assert call(server, before).status_code == 200
    issuer.rotate([keys["next"], keys["rsa"]])
    during = issuer.token("etl")
    assert jwt.get_unverified_header(during)["kid"] == keys["next"].id
    wait_for(lambda: call(server, during).status_code == 200, what="the new key being known")
    assert call(server, before).status_code == 200, "its key is shown still"
    issuer.rotate([keys["next"]])
    wait_for(lambda: outcome(call(server, before)) == (401, "401013"), what="the end of the withdrawn key")
    assert call(server, during).status_code == 200


def test_issuer_out_of_reach(own_server, own_issuer, keys):
    server, lake = own_server(settings={"auth.issuer_keys_age": "1s", "auth.issuer_outage": "4s", "auth.issuer_refetch_interval": "1s"})
    issuer = own_issuer([keys["rsa"]])
    lake.ask("POST", "/admin/issuers", json=definition(issuer, server.credentials["apiKey"]))
    token = issuer.token("etl")
    assert call(server, token).status_code == 200
    read = time.monotonic()
    issuer.stop()
    answers = []
    while time.monotonic() < read + 3:
        answers.append(call(server, token).status_code)
    assert set(answers) == {200}, "keys that are kept hold for a while"
    (ended,) = wait_for(lambda: [answer for answer in [call(server, token)] if answer.status_code != 200], what="their end")
    assert outcome(ended) == (503, "503010") and int(ended.headers["Retry-After"]) >= 1, ended.text
    iceberg = requests.get(server.url + "/iceberg/v1/namespaces", timeout=30, headers={"Authorization": f"Bearer {token}"})
    assert iceberg.status_code == 503 and iceberg.json()["error"]["code"] == 503
    assert lake.send("GET", LISTS).status_code == 200, "own tokens have nothing to do with it"
    issuer.start()
    wait_for(lambda: call(server, token).status_code == 200, what="its return")


def test_flood_of_unknown_keys(own_server, own_issuer, keys):
    """A silent issuer and many tokens with keys that nobody knows: it is asked once, and nobody else notices."""
    server, lake = own_server()
    issuer, silent = own_issuer([keys["rsa"]]), own_issuer([keys["ec"]])
    for one in (issuer, silent):
        lake.ask("POST", "/admin/issuers", json=definition(one, server.credentials["apiKey"]))
        assert call(server, one.token("etl")).status_code == 200
    good = issuer.token("etl")
    stranger = Key.elliptic("x")
    claims = silent.claims_of("etl")
    before = silent.fetches()["discovery"]
    silent.stall(True)
    flood = [stranger.sign(claims, {"kid": f"random-{i}"}) for i in range(300)]
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        sent = [pool.submit(call, server, token) for token in flood]
        delays = []
        while not all(one.done() for one in sent):
            begin = time.monotonic()
            assert lake.send("GET", LISTS).status_code == 200
            assert call(server, good).status_code == 200
            delays.append(time.monotonic() - begin)
        assert {outcome(one.result()) for one in sent} <= {(401, "401013"), (503, "503010")}
    assert silent.fetches()["discovery"] - before <= 2
    assert max(delays) < 3, "well below what waiting for the silent one takes"
    silent.stall(False)
    wait_for(lambda: call(server, silent.token("etl")).status_code == 200, what="the issuer that answers again")


# -- the registry of issuers --------------------------------------------------------------------------------------------------------


def test_removal_ends_its_tokens(own_server, issuer):
    server, lake = own_server()
    made = lake.ask("POST", "/admin/issuers", json=definition(issuer, server.credentials["apiKey"])).json()
    token = issuer.token("etl")
    assert call(server, token).status_code == 200
    assert lake.ask("DELETE", f"/admin/issuers/{made['id']}").status_code == 204
    assert outcome(call(server, token)) == (401, "401013")
    assert lake.ask("DELETE", f"/admin/issuers/{made['id']}").status_code == 204
    assert lake.send("GET", f"/admin/issuers/{made['id']}").status_code == 404
    again = lake.ask("POST", "/admin/issuers", json=definition(issuer, server.credentials["apiKey"])).json()
    assert again["id"] != made["id"]
    server.restart()
    assert call(server, token).status_code == 200, "it is a fact of the ledger"


def test_the_key_decides_what_its_tokens_may(own_server, issuer):
    server, lake = own_server()
    dataset = lake.dataset_of("Read alone", files.PROPERTIES)
    reader = lake.ask("POST", "/admin/api-keys", json={"name": "reader", "grants": [
        {"rights": ["read"], "sandbox": None, "datasets": None}]}).json()
    lake.ask("POST", "/admin/issuers", json=definition(issuer, reader["apiKey"]))
    token = issuer.token("etl")
    outside = Lake(server.url, session_of(token, {**server.credentials, "apiKey": reader["apiKey"]}))
    assert outside.send("GET", LISTS).status_code == 200
    assert outside.send("POST", "/data/foundation/import/batches", json={
        "datasetId": dataset, "inputFormat": {"format": "parquet"}}).status_code == 403
    assert outside.send("GET", "/admin/issuers").status_code == 403, "that takes the right to manage the org"
    lake.ask("POST", f"/admin/api-keys/{reader['apiKey']}/revoke")
    assert outcome(outside.send("GET", LISTS)) == (401, "401013"), "at once"
    lake.ask("POST", f"/admin/api-keys/{reader['apiKey']}/enable")
    assert outcome(outside.send("GET", LISTS)) == (401, "401013"), "what was given out before stays void"
    again = {**server.credentials, "apiKey": reader["apiKey"]}
    wait_for(lambda: call(server, issuer.token("etl"), again).status_code == 200, what="a token of after the revocation")
    actions = [entry["action"] for entry in lake.ask("GET", "/admin/audit?action=issuer.").json()["entries"]]
    assert actions == ["issuer.create"]


def test_the_audit_trail_names_the_tokens_user(server, lake, issuer, registered):
    outside = Lake(server.url, session_of(issuer.token("etl"), server.credentials))
    made = outside.ask("POST", "/admin/api-keys", json={"name": "made from outside", "grants": [
        {"rights": ["read"], "sandbox": None, "datasets": None}]}).json()
    (entry,) = [entry for entry in lake.ask("GET", "/admin/audit?action=api_key.").json()["entries"] if made["apiKey"] in json.dumps(entry)]
    assert (entry["actor"], entry["subject"]) == (f"{issuer.url}#etl", made["apiKey"]), entry


def test_orgs_manage_their_own(server, lake, issuer, registered, neighbours):
    theirs = server.lake(neighbours)
    https = {"issuer": "https://login.example.com/a", "audiences": ["lake"],
             "mappings": [{"when": [], "apiKey": neighbours["apiKey"]}]}
    assert theirs.ask("GET", "/admin/issuers").json() == {"issuers": []}, "the operator's is not theirs, though it names their key"
    for method, body in (("GET", None), ("PUT", https)):
        assert theirs.send(method, f"/admin/issuers/{registered['id']}", json=body).status_code == 404
    assert theirs.send("DELETE", f"/admin/issuers/{registered['id']}").status_code == 204
    assert lake.send("GET", f"/admin/issuers/{registered['id']}").status_code == 200, "of which nothing came"
    foreign = {**https, "mappings": [{"when": [], "apiKey": server.credentials["apiKey"]}]}
    unknown = {**https, "mappings": [{"when": [], "apiKey": "nobody"}]}
    refusals = [theirs.send("POST", "/admin/issuers", json=body) for body in (foreign, unknown)]
    assert [answer.status_code for answer in refusals] == [400, 400]
    told = [answer.json()["detail"].replace(key, "KEY") for answer, key in zip(refusals, (server.credentials["apiKey"], "nobody"))]
    assert told[0] == told[1], "whose key it is does not show"
    assert "http" in theirs.send("POST", "/admin/issuers", json={**https, "issuer": issuer.url}).json()["detail"]
    made = theirs.ask("POST", "/admin/issuers", json=https).json()
    assert theirs.send("POST", "/admin/issuers", json=https).status_code == 409
    assert made["orgId"] == neighbours["orgId"] and made["algorithms"] == ["RS256", "PS256", "ES256"]
    assert made["id"] in [one["id"] for one in lake.ask("GET", "/admin/issuers").json()["issuers"]], "the operator sees all"
    moved = theirs.send("PUT", f"/admin/issuers/{made['id']}", json={**https, "issuer": "https://login.example.com/b"})
    assert moved.status_code == 400
    for i in range(15):
        theirs.ask("POST", "/admin/issuers", json={**https, "issuer": f"https://login.example.com/{i}"})
    full = theirs.send("POST", "/admin/issuers", json={**https, "issuer": "https://login.example.com/full"})
    assert full.status_code == 409 and "16" in full.json()["detail"]


def test_two_orgs_trust_one_issuer(own_server, issuer):
    """Each by its own registration: x-api-key says which is meant; where there is none, the oldest decides."""
    server, lake = own_server(settings={"auth.issuer_http": "true"})
    other = lake.ask("POST", "/admin/orgs", json={"name": "Other", "tenant": "other"}).json()
    theirs = server.lake(other)
    first = lake.ask("POST", "/admin/issuers", json=definition(issuer, server.credentials["apiKey"])).json()
    theirs.ask("POST", "/admin/issuers", json=definition(issuer, other["apiKey"]))
    token = issuer.token("etl")
    assert call(server, token).status_code == 200
    assert call(server, token, other).status_code == 200
    theirs.dataset_of("Theirs", files.PROPERTIES)
    tables = lambda **headers: requests.get(server.url + "/iceberg/v1/namespaces/prod/tables", timeout=30, headers={
        "Authorization": f"Bearer {token}", **headers}).json()["identifiers"]
    assert tables() == [] and len(tables(**{"x-api-key": other["apiKey"]})) == 1
    lake.ask("DELETE", f"/admin/issuers/{first['id']}")
    assert outcome(call(server, token)) == (403, "403003")
    assert len(tables()) == 1 and call(server, token, other).status_code == 200


def test_wrong_definitions(server, lake):
    good = {"issuer": "https://wrong.example.com", "audiences": ["lake"],
            "mappings": [{"when": [], "apiKey": server.credentials["apiKey"]}]}
    for changes, told in [
        ({"algorithms": ["HS256"]}, "algorithms"), ({"algorithms": ["none"]}, "algorithms"), ({"audiences": []}, "audiences"),
        ({"issuer": "http://wrong.example.com"}, "https"), ({"issuer": "https://wrong.example.com/?a"}, "issuer"),
        ({"mappings": []}, "mappings"), ({"clockSkewSeconds": 301}, "clockSkewSeconds"), ({"tokens": "any"}, "tokens"),
        ({"mapping": []}, "mapping"),
    ]:
        refused = lake.send("POST", "/admin/issuers", json={**good, **changes})
        assert refused.status_code == 400 and told in refused.json()["detail"], (changes, refused.text)
    for body in (b"", b"[]", b"{"):
        assert lake.send("POST", "/admin/issuers", data=body).status_code == 400


# -- command line -------------------------------------------------------------------------------------------------------------------


def test_command_line(own_server, issuer, keys, tmp_path):
    server, _ = own_server()
    key = server.credentials["apiKey"]
    added = server.run("issuer", "add", issuer.url, "--audience", AUDIENCE, "--map", f"{key}:groups~lake-writers,client_id=etl",
                       "--clock-skew", "5", "--json")
    assert added.returncode == 0, added.stderr
    made = json.loads(added.stdout)
    assert made["mappings"] == [{"when": [{"claim": "groups", "contains": "lake-writers"}, {"claim": "client_id", "equals": "etl"}],
                                 "apiKey": key}]
    listed = server.run("issuer", "list")
    assert issuer.url in listed.stdout and made["id"] in listed.stdout

    token = issuer.token("etl")
    tested = server.run("issuer", "test", token)
    assert tested.returncode == 0 and f"acts with API key {key}" in tested.stdout and f"{issuer.url}#etl" in tested.stdout, tested.stdout
    shown = server.run("issuer", "show", made["id"])
    assert "3 usable" in shown.stdout and "lake-writers" in shown.stdout, shown.stdout
    piped = server.run("issuer", "test", issuer.token("nobody"))
    assert piped.returncode == 1
    assert "refused  mapping" in piped.stdout and "groups contains \"lake-writers\" does not hold" in piped.stdout, piped.stdout
    for token, told in [(keys["rsa"].sign(issuer.claims_of("etl", aud="x")), AUDIENCE),
                        (keys["rsa"].sign(issuer.claims_of("etl", exp=1)), "expired"),
                        (keys["next"].sign(issuer.claims_of("etl")), "no key \"rsa-2\""),
                        (Key.rsa("rsa-1").sign(issuer.claims_of("etl")), "signature does not match"),
                        (keys["rsa"].sign(issuer.claims_of("etl", iss="https://x.example")), "https://x.example"),
                        ("nonsense", "header.payload.signature")]:
        refused = server.run("issuer", "test", token)
        assert refused.returncode == 1 and told in refused.stdout and token not in refused.stdout, refused.stdout

    file = tmp_path / "issuer.json"
    file.write_text(server.run("issuer", "show", made["id"], "--json").stdout, encoding="utf-8")
    removed = server.run("issuer", "remove", made["id"])
    assert removed.returncode == 0 and issuer.url in removed.stdout
    assert server.run("issuer", "remove", made["id"]).returncode == 1
    again = server.run("issuer", "add", "--from", file, "--json")
    assert again.returncode == 0 and json.loads(again.stdout)["mappings"] == made["mappings"], again.stderr
    for words in (["--map", f"{key}:groups"], ["--tokens", "any"], ["--clock-skew", "301"]):
        assert server.run("issuer", "add", "https://x.example", "--audience", "a", *words).returncode != 0


def test_an_outside_token_is_no_secret_and_needs_its_scheme(server, issuer, registered):
    token = issuer.token("etl")
    answer = requests.post(f"{server.url}/ims/token/v3", timeout=30, data={
        "grant_type": "client_credentials", "client_id": server.credentials["clientId"], "client_secret": token})
    assert answer.json()["error"] == "invalid_client"
    bare = session_of(token, server.credentials)
    bare.headers["Authorization"] = token
    assert outcome(bare.get(server.url + LISTS, timeout=30)) == (401, "401013")

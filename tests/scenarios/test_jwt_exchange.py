"""POST /ims/exchange/jwt, contract/auth.md "Token endpoints": a client's own signature, with its secret, for a token."""

import base64
import json
import subprocess
import time

import pytest
import requests

from support.lake import CATALOG


class Key:
    """An RSA key of a client, with OpenSSL's command line."""

    def __init__(self, folder, name):
        self.path = folder / f"{name}.pem"
        self.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.path)

    def openssl(self, *arguments, data=b""):
        return subprocess.run(["openssl", *map(str, arguments)], input=data, check=True, capture_output=True).stdout

    def certificate(self):
        return self.openssl("req", "-x509", "-new", "-key", self.path, "-subj", "/CN=integration", "-days", "1").decode()

    def public(self):
        return self.openssl("pkey", "-in", self.path, "-pubout").decode()

    def sign(self, data):
        return self.openssl("dgst", "-sha256", "-sign", self.path, data=data)


def part(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def assertion(key, credentials, **claims):
    told = {"iss": credentials["orgId"], "sub": "robot@techacct.adobe.com", "exp": int(time.time()) + 600,
            "aud": f"https://ims-na1.adobelogin.com/c/{credentials['clientId']}",
            "https://ims-na1.adobelogin.com/s/ent_dataservices_sdk": True, **claims}
    text = f"{part({'alg': 'RS256'})}.{part(told)}"
    return f"{text}.{part(key.sign(text.encode()))}"


@pytest.fixture(scope="module")
def new_key(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return lambda name: Key(folder, name)


@pytest.fixture(scope="module")
def key(new_key):
    return new_key("first")


@pytest.fixture(scope="module")
def registered(lake, key):
    answer = lake.ask("POST", "/admin/public-keys", json={"publicKey": key.certificate()})
    assert answer.status_code == 201
    return answer.json()["keyId"]


def exchange(server, slash="", how="data", **fields):
    return requests.post(f"{server.url}/ims/exchange/jwt{slash}", **{how: fields}, timeout=30)


def terms(credentials, jwt_token):
    return {"client_id": credentials["clientId"], "client_secret": credentials["clientSecret"], "jwt_token": jwt_token}


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("how", ["data", "params", "files"])
def test_a_token_that_works(server, lake, key, registered, slash, how):
    credentials = server.credentials
    fields = terms(credentials, assertion(key, credentials))
    if how == "files":  # multipart/form-data
        fields = {name: (None, value) for name, value in fields.items()}
    answer = exchange(server, slash, how, **fields)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["token_type"] == "bearer"
    assert 86_000_000 < told["expires_in"] <= 86_400_000, "milliseconds, as the exchange has always said"
    used = requests.get(server.url + CATALOG + "/dataSets", timeout=30, headers={
        "Authorization": f"Bearer {told['access_token']}", "x-api-key": credentials["clientId"],
        "x-gw-ims-org-id": credentials["orgId"]})
    assert used.status_code == 200, used.text


def test_refusals(server, key, registered, new_key):
    credentials = server.credentials
    good = terms(credentials, assertion(key, credentials))
    stranger = new_key("stranger")
    for changes, status, error in [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"jwt_token": assertion(stranger, credentials)}, 400, "invalid_token"),
        ({"jwt_token": assertion(key, credentials, exp=1)}, 400, "invalid_token"),
        ({"jwt_token": assertion(key, credentials, aud="https://ims-na1.adobelogin.com/c/another")}, 400, "invalid_client"),
        ({"jwt_token": ""}, 400, "invalid_request"),
    ]:
        answer = exchange(server, **{**good, **changes})
        assert (answer.status_code, answer.json()["error"]) == (status, error), (changes, answer.text)
        assert answer.json()["error_description"]


def test_keys_are_listed_and_removed(server, lake, key, registered, new_key):
    assert registered in [one["keyId"] for one in lake.ask("GET", "/admin/public-keys").json()["keys"]]
    again = lake.ask("POST", "/admin/public-keys", json={"publicKey": key.certificate()})
    assert again.json()["keyId"] == registered, "a certificate renewed for the same key is the same key"
    for wrong in ({}, {"publicKey": 1}, {"publicKey": "no key"}, {"publicKey": key.path.read_text()}):
        refused = lake.send("POST", "/admin/public-keys", json=wrong)
        assert refused.status_code == 400, refused.text

    other = new_key("other")
    other_id = lake.ask("POST", "/admin/public-keys", json={"publicKey": other.public()}).json()["keyId"]
    credentials = server.credentials
    assert exchange(server, **terms(credentials, assertion(other, credentials))).status_code == 200
    assert lake.ask("DELETE", f"/admin/public-keys/{other_id}").status_code == 204
    assert lake.ask("DELETE", f"/admin/public-keys/{other_id}").status_code == 204
    assert exchange(server, **terms(credentials, assertion(other, credentials))).status_code == 400

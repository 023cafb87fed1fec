"""A real OpenID provider (tests/issuer, on Node) for tests, and tokens that look like its own but are wrong in one thing.

`Issuer(keys=[Key.rsa("k1")])` listens on loopback; `token()` asks it for an access token as a program would (client credentials).
"""

import base64
import datetime
import http.server
import ipaddress
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import threading
import time

import jwt
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODULES = pathlib.Path(os.environ.get("LAKEGATE_DEPS") or ROOT / ".deps") / "issuer/node_modules"
AUDIENCE = "https://lake.example/api"
NODE_LEAST = 18


def missing():
    """What this machine lacks to run one; None: nothing."""
    node = shutil.which("node")
    if node is None:
        return "there is no node"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < NODE_LEAST:
        return f"node is {version}; {NODE_LEAST} or later is needed"
    if not (MODULES / "oidc-provider").is_dir():
        return "oidc-provider is not installed: scripts/setup test"
    return None


class Key:
    """A signing key of an issuer, whose private half the test knows."""

    def __init__(self, key_id, private, algorithm):
        self.id = key_id
        self.private = private
        self.algorithm = algorithm

    @classmethod
    def rsa(cls, key_id, algorithm="RS256", bits=2048):
        return cls(key_id, rsa.generate_private_key(public_exponent=65537, key_size=bits), algorithm)

    @classmethod
    def elliptic(cls, key_id):
        return cls(key_id, ec.generate_private_key(ec.SECP256R1()), "ES256")

    def jwk(self, key=None):
        kind = jwt.algorithms.RSAAlgorithm if isinstance(self.private, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
        numbers = {name: value for name, value in kind.to_jwk(key or self.private, as_dict=True).items() if name != "key_ops"}
        return {**numbers, "kid": self.id, "use": "sig", "alg": self.algorithm}

    def public_jwk(self):
        return self.jwk(self.private.public_key())

    def sign(self, claims, headers=None, algorithm=None):
        """A token of any claims. `headers` are added; None takes one away."""
        return jwt.encode(claims, self.private, algorithm or self.algorithm, {"kid": self.id, "typ": "at+jwt", **(headers or {})})

    def sign_text(self, header, payload):
        """Header and payload as bytes, whatever they are."""
        text = f"{encode(header)}.{encode(payload)}".encode()
        signer = jwt.get_algorithm_by_name(self.algorithm)
        return f"{text.decode()}.{encode(signer.sign(text, self.private))}"


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """Its process until `close`. `claims`: of each client, what its tokens say besides what they have to."""

    def __init__(self, keys, claims=None, port=0):
        self.keys = keys
        self.claims = claims or {}
        self.port = port
        self.process = None
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(["node", ROOT / "tests/issuer/provider.mjs", MODULES], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = self.tell("start", {
            "port": self.port, "jwks": {"keys": [key.jwk() for key in self.keys]}, "claims": self.claims,
            "clients": [{"client_id": name, "client_secret": "secret", "token_endpoint_auth_method": "client_secret_post"}
                        for name in self.claims],
            "audience": AUDIENCE, "algorithm": self.keys[0].algorithm})["port"]

    def tell(self, command, value):
        self.process.stdin.write(json.dumps({command: value}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer
        return answer

    def rotate(self, keys):
        """Other keys from now on; the first one signs."""
        self.keys = keys
        self.tell("jwks", {"keys": [key.jwk() for key in keys]})

    def stall(self, on):
        self.tell("stall", on)

    def fetches(self):
        """How often anybody asked for discovery and keys."""
        return self.tell("counts", True)

    def token(self, client, audience=AUDIENCE):
        answer = requests.post(f"{self.url}/token", timeout=30, data={
            "grant_type": "client_credentials", "client_id": client, "client_secret": "secret", "resource": audience, "scope": "lake.read"})
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    def claims_of(self, client, **changes):
        """What its own token for that client says, with changes; None takes a claim away."""
        now = int(time.time())
        made = {"iss": self.url, "aud": AUDIENCE, "sub": client, "client_id": client, "iat": now, "exp": now + 600,
                "jti": f"forged-{now}", **self.claims.get(client, {}), **changes}
        return {name: value for name, value in made.items() if value is not None}

    def stop(self):
        """Nobody listens on its port any more; `start` brings it back there."""
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def close(self):
        if self.process.poll() is None:
            self.stop()


class Pages(http.server.ThreadingHTTPServer):
    """What an issuer publishes, as the test writes it: `pages` maps a path to a document, bytes, or (status, header fields, bytes).
    With `certificate` (files of certificate and key) over TLS."""

    daemon_threads = True

    def __init__(self, certificate=None):
        super().__init__(("127.0.0.1", 0), PageHandler)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server_port}"
        self.pages = {}
        self.asked = []
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def publish(self, keys, **changes):
        """Discovery and keys as they should be, with changes of the first."""
        self.pages["/.well-known/openid-configuration"] = {"issuer": self.url, "jwks_uri": f"{self.url}/jwks", **changes}
        self.pages["/jwks"] = {"keys": keys}

    def claims(self, **changes):
        return {"iss": self.url, "aud": AUDIENCE, "sub": "someone", "exp": int(time.time()) + 600, **changes}

    def handle_error(self, *_):
        pass  # a client that refuses the certificate hangs up

    def close(self):
        self.shutdown()
        self.server_close()


class PageHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        page = self.server.pages.get(self.path, (404, {}, b""))
        if isinstance(page, dict):
            page = json.dumps(page).encode()
        status, fields, body = page if isinstance(page, tuple) else (200, {}, page)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def self_signed(folder):
    """(certificate, key) for 127.0.0.1, which is its own authority: files of PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer of a test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256()))
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return files

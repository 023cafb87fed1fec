"""S3 requests signed beforehand (signature version 4 in the query), so that the load generator needs to know nothing of S3."""

import hashlib
import hmac
import time
import urllib.parse

REGION = "us-east-1"


def quoted(text: str) -> str:
    return urllib.parse.quote(text, safe="")


def presigned(method: str, host: str, path: str, user: str, secret: str, **query: str) -> str:
    """The path with a query that is good for a day. The body is not part of the signature."""
    at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    scope = f"{at[:8]}/{REGION}/s3/aws4_request"
    wanted = {**query, "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{user}/{scope}", "X-Amz-Date": at,
              "X-Amz-Expires": "86400", "X-Amz-SignedHeaders": "host"}  # fmt: skip
    text = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in sorted(wanted.items()))
    request = "\n".join([method, path, text, f"host:{host}\n", "host", "UNSIGNED-PAYLOAD"])
    signed = "\n".join(["AWS4-HMAC-SHA256", at, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in (at[:8], REGION, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return f"{path}?{text}&X-Amz-Signature={hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()}"

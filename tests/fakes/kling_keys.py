"""Kling's keys: who may ask, and how its calls are signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any

from tests.fakes.kling_rules import Refusal

API_KEY = "api-key-kling-not-to-be-logged"
POOR_API_KEY = "api-key-kling-without-a-unit"
ACCESS_KEY = "access-key-not-to-be-logged"
SECRET_KEY = "secret-key-not-to-be-logged"
WEBHOOK_SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
"""The one of the official test vector."""
OTHER_WEBHOOK_SECRET = "whsec_b3RoZXJzZWNyZXRvdGhlcnNlY3JldDEyMzQ="


def check_key(header: str, path: str, *, now: float) -> str:
    """The key that asks: an API key opens everything, the pair of keys only the legacy API."""
    if not header:
        raise Refusal(1001, "Authorization is empty")
    scheme, _, key = header.partition(" ")
    if scheme != "Bearer":
        raise Refusal(1002, "Authorization is invalid")
    if key in {API_KEY, POOR_API_KEY}:
        return key
    if not path.startswith(("/v1/", "/account/costs")):
        raise Refusal(1002, "The current API does not support AK/SK")
    claims = _claims(key)
    if claims["nbf"] > now:
        raise Refusal(1003, "Authorization is not yet valid")
    if claims["exp"] <= now:
        raise Refusal(1004, "Authorization has expired")
    return ACCESS_KEY


def signed(secrets: Iterable[str], body: bytes, *, at: float, id: str) -> dict[str, str]:
    """The headers of a call, with one signature for each secret."""
    text = b"%s.%d.%s" % (id.encode(), int(at), body)
    seals = []
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        seals.append(base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode())
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": " ".join(f"v1,{seal}" for seal in seals),
    }


def _claims(token: str) -> dict[str, Any]:
    """What a token says. It must be ours, and say nothing but whose it is and for how long."""
    parts = token.split(".")
    try:
        header, claims, seal = (
            base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts
        )
        told, kind = json.loads(claims), json.loads(header)
    except ValueError as error:
        raise Refusal(1002, "Authorization is invalid") from error
    expected = hmac.digest(SECRET_KEY.encode(), ".".join(parts[:2]).encode(), hashlib.sha256)
    if kind != {"alg": "HS256", "typ": "JWT"} or "=" in token or seal != expected:
        raise Refusal(1002, "Authorization is invalid")
    if set(told) != {"iss", "exp", "nbf"} or told["iss"] != ACCESS_KEY:
        raise Refusal(1000, "Authentication failed")
    if not all(type(told[name]) is int for name in ("exp", "nbf")):
        raise Refusal(1000, "Authentication failed")
    return dict(told)

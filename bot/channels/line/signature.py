"""Tells what LINE sent from what others send in its name.

Source: https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Optional

HEADER = "x-line-signature"


def signature_of(body: bytes, secret: str) -> str:
    """The signature LINE puts on a request: HMAC-SHA256 over the body as it came, in base64."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def is_from_line(body: bytes, signature: Optional[str], secret: str) -> bool:
    """Whether `signature` is right; how long that takes tells nothing about how far it is."""
    claimed = (signature or "").encode("utf-8", "surrogateescape")
    return hmac.compare_digest(signature_of(body, secret).encode(), claimed)

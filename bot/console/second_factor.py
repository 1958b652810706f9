"""The second factor of administrators: codes of six digits from an app, by the time (TOTP, RFC 6238)."""

from __future__ import annotations

import unicodedata
from typing import Optional

import pyotp
import segno
from markupsafe import Markup

_ISSUER = "Kakaritsuke"
_STEP_S = 30
_STEPS_AROUND = (0, -1, 1)  # clocks of telephones are a little wrong


def new_secret() -> str:
    """160 random bits, in the letters that apps take (base32)."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: float) -> Optional[int]:
    """The step of time whose code this is, this one or one beside it; None where it is neither's."""
    typed = "".join(unicodedata.normalize("NFKC", code).split())
    right = pyotp.HOTP(secret)
    for around in _STEPS_AROUND:
        step = int(now // _STEP_S) + around
        if pyotp.utils.strings_equal(typed, right.at(step)):
            return step
    return None


def as_typed(code: str) -> str:
    """A recovery code in one spelling: its digits alone, full width as half."""
    return "".join(mark for mark in unicodedata.normalize("NFKC", code) if mark.isdecimal())


def picture(secret: str, name: str, host: str) -> Markup:
    """What an app reads to set itself up, as a QR code: inline SVG without a style."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=f"{_ISSUER} {host}")
    return Markup(segno.make_qr(uri, error="m").svg_inline(omitsize=True, border=4, svgclass="qr", lineclass=None))


def in_groups(secret: str) -> str:
    """The secret as somebody types it who cannot take a picture."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))

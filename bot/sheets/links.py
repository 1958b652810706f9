"""The addresses of consultation sheets: signed, so that nobody guesses one, and dated, so that they expire."""

from __future__ import annotations

from itsdangerous import BadSignature, SignatureExpired

from bot.operator.address import public_url
from bot.operator.desk import desk
from bot.operator.signing import Clock, signer, wall_clock

PATH = "/sheet"
_DAY_S = 86_400
_PURPOSE = "sheet"


class UnknownAddressError(Exception):
    """No sheet ever had this address."""


class ExpiredAddressError(Exception):
    """The address was one of ours; its time is over."""


def link_to(sheet_id: str) -> str:
    """The address of a sheet. Raises DeskError where the operator's public address is missing, SecretError where
    the secret is too short.
    """
    return f"{public_url()}{PATH}/{name_of(sheet_id)}"


def name_of(sheet_id: str, clock: Clock = wall_clock) -> str:
    """The part of the address that names the sheet."""
    return str(signer(_PURPOSE, clock).dumps(sheet_id))


def sheet_id_in(name: str, clock: Clock = wall_clock) -> str:
    """The id of the sheet that an address names. Raises UnknownAddressError or ExpiredAddressError.

    A day longer than a sheet is kept, since the address is given out with the draft.
    """
    try:
        return str(signer(_PURPOSE, clock).loads(name, max_age=(desk().sheet_days + 1) * _DAY_S))
    except SignatureExpired as error:
        raise ExpiredAddressError(name) from error
    except BadSignature as error:
        raise UnknownAddressError(name) from error

"""Where the console is, and what reaches it: its address, and whoever asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Protocol
from urllib.parse import urlsplit

from sanic.request import Request

from bot.operator.address import public_url
from bot.operator.this_machine import hostname, leads_here

PREFIX = "/staff"


@dataclass(frozen=True)
class Place:
    """`base` is the path that all pages begin with, `origin` that of the public address, as browsers send it."""

    base: str
    origin: str
    host: str
    https: bool

    def is_own_page(self, request: Request) -> bool:
        """Whether a page of ours sent a request: browsers say so with every form (`Origin`), and programs do not.

        Pages that the operator lets call the bot (KAKARITSUKE_WEB_ORIGINS) are not ours. Under https only this machine
        may come without.
        """
        origins = request.headers.getall("origin", [])
        if len(origins) != 1:
            return False
        host = request.headers.getone("host", "").lower()
        own = {self.origin, f"https://{host}"}
        if not self.https or leads_here(f"http://{host}"):
            own.add(f"http://{host}")
        return origins[0] in own


def place() -> Place:
    """The place that the operator's public address names. Raises AddressError."""
    address = public_url()
    parts = urlsplit(address)
    return Place(
        base=f"{parts.path.rstrip('/')}{PREFIX}",
        origin=f"{parts.scheme}://{parts.netloc}".lower(),
        host=hostname(address) or "",
        https=parts.scheme == "https",
    )


class Visitors(Protocol):
    """What the server knows of whoever asks, and of the ways to owners."""

    def address(self, request: Request) -> str:
        """The network address that a request came from, for the log."""

    async def wait_s(self, request: Request) -> int:
        """Count one more attempt to prove who one is: in how many seconds it may be made, 0: now."""

    async def pushes_left(self) -> Optional[int]:
        """How many pushes the month has left on LINE; None where there is no limit, or it is not known."""

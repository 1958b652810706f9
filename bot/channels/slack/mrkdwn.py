"""Slack's text format: what an owner wrote as plain text, and plain text so that Slack changes nothing in it.

https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import html
import re
from typing import Sequence

_IN_BRACKETS = re.compile(r"<([^<>]*)>")
_MENTION = re.compile(r"<@([A-Z0-9_]+)(?:\|[^<>]*)?>")
_NUMBER = re.compile(r"([0-9][0-9-]*[0-9])")
_LINK_TO_SHOW = re.compile(r"(https://|tel:)[^\s<>|]+")


def plain(text: str) -> str:
    """What Slack's text says to a reader: links as their words, channels as #name, mentions left out."""
    return html.unescape(_IN_BRACKETS.sub(_spoken, text)).strip()


def mentions(text: str) -> "frozenset[str]":
    """The ids of the users that a text mentions."""
    return frozenset(_MENTION.findall(text))


def escaped(text: str) -> str:
    """Plain text for a place where Slack reads its format: nothing in it becomes a link or a mention.

    Only the three characters that Slack gives a meaning to are escaped; so it cannot hold <!channel> or <@U…>.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def linked(text: str, address: str) -> str:
    """Text that leads to an https: or tel: address; without a link where the address is any other."""
    if not _LINK_TO_SHOW.fullmatch(address):
        return escaped(text)
    return f"<{escaped(address)}|{escaped(text).replace('|', '｜')}>"


def with_each_linked(text: str, addresses: Sequence[str]) -> str:
    """Text in which each telephone number leads to its tel: address; an address that it does not name follows."""
    numbers = {address.removeprefix("tel:"): address for address in addresses}
    pieces = _NUMBER.split(text)
    shown = "".join(linked(piece, numbers[piece]) if piece in numbers else escaped(piece) for piece in pieces)
    beside = [linked(name, address) for name, address in numbers.items() if name not in pieces]
    return " ".join([shown, *beside])


def _spoken(found: "re.Match[str]") -> str:
    target, _, label = found.group(1).partition("|")
    if target.startswith(("@", "!")):
        return ""
    if target.startswith("#"):
        return f"#{label}" if label else ""
    return label or target.removeprefix("mailto:").removeprefix("tel:")

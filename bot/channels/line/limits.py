"""LINE's limits for what is sent, checked before it is: a message that breaks one would be refused as a whole.

Sources: https://developers.line.biz/en/reference/messaging-api/#message-objects and #action-objects,
https://developers.line.biz/en/docs/messaging-api/text-character-count/
"""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, Mapping, Sequence
from urllib.parse import urlsplit

from bot.channels.line.text import clusters, units

LineMessage = Dict[str, Any]  # a message object of the Messaging API, as its JSON

MOST_MESSAGES = 5
LONGEST_TEXT = 5_000
LONGEST_ALT_TEXT = 1_500
MOST_QUICK_REPLIES = 13
LONGEST_LABEL = 20
LONGEST_BUTTON = 40
LONGEST_DATA = 300
LONGEST_URI = 1_000
MOST_BUBBLES = 12
LARGEST_BUBBLE = 30 * 1_024
LARGEST_CAROUSEL = 50 * 1_024
_SCHEMES = ("https", "tel")


class LimitError(ValueError):
    """Something LINE would refuse; the message says what is wrong, where, and how much is allowed."""


def check(messages: Sequence[LineMessage]) -> None:
    """Raises LimitError where LINE would refuse these messages in one call."""
    _between("messages", len(messages), 1, MOST_MESSAGES)
    for number, message in enumerate(messages):
        where = f"messages[{number}]"
        _one_of(where, _MESSAGES, message)
        if "quickReply" in message:
            if number != len(messages) - 1:
                raise LimitError(f"{where}.quickReply: only the last message shows quick replies")
            _quick_reply(f"{where}.quickReply", message["quickReply"])


def size(part: Any) -> int:
    """How many bytes of JSON something is."""
    return len(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def _text_message(where: str, message: Mapping[str, Any]) -> None:
    _text(f"{where}.text", message["text"], units, LONGEST_TEXT)


def _flex_message(where: str, message: Mapping[str, Any]) -> None:
    _text(f"{where}.altText", message["altText"], units, LONGEST_ALT_TEXT)
    _one_of(f"{where}.contents", {"bubble": _bubble, "carousel": _carousel}, message["contents"])


def _carousel(where: str, carousel: Mapping[str, Any]) -> None:
    _between(f"{where}.contents", len(carousel["contents"]), 1, MOST_BUBBLES)
    _between(f"{where} in bytes", size(carousel), 1, LARGEST_CAROUSEL)
    for number, bubble in enumerate(carousel["contents"]):
        _bubble(f"{where}.contents[{number}]", bubble)


def _bubble(where: str, bubble: Mapping[str, Any]) -> None:
    _between(f"{where} in bytes", size(bubble), 1, LARGEST_BUBBLE)
    for block in ("header", "body", "footer"):
        if block in bubble:
            _one_of(f"{where}.{block}", {"box": _box}, bubble[block])


def _box(where: str, box: Mapping[str, Any]) -> None:
    for number, component in enumerate(box["contents"]):
        _one_of(f"{where}.contents[{number}]", _COMPONENTS, component)


def _component_text(where: str, component: Mapping[str, Any]) -> None:
    _text(f"{where}.text", component["text"], units, LONGEST_TEXT)


def _button(where: str, button: Mapping[str, Any]) -> None:
    _action(f"{where}.action", button["action"], LONGEST_BUTTON)


def _separator(where: str, separator: Mapping[str, Any]) -> None:
    """A line between two components has nothing to check."""


def _quick_reply(where: str, quick_reply: Mapping[str, Any]) -> None:
    _between(f"{where}.items", len(quick_reply["items"]), 1, MOST_QUICK_REPLIES)
    for number, item in enumerate(quick_reply["items"]):
        _action(f"{where}.items[{number}].action", item["action"], LONGEST_LABEL)


def _action(where: str, action: Mapping[str, Any], longest_label: int) -> None:
    _text(f"{where}.label", action["label"], clusters, longest_label)
    _one_of(where, {"uri": _uri_action, "postback": _postback_action, "message": _message_action}, action)


def _uri_action(where: str, action: Mapping[str, Any]) -> None:
    uri = action["uri"]
    _text(f"{where}.uri", uri, len, LONGEST_URI)
    if urlsplit(uri).scheme not in _SCHEMES or not uri.isascii() or any(mark.isspace() for mark in uri):
        raise LimitError(f"{where}.uri: expected a percent-encoded https: or tel: address")


def _postback_action(where: str, action: Mapping[str, Any]) -> None:
    _text(f"{where}.data", action["data"], units, LONGEST_DATA)
    _text(f"{where}.displayText", action["displayText"], units, LONGEST_DATA)


def _message_action(where: str, action: Mapping[str, Any]) -> None:
    _text(f"{where}.text", action["text"], units, LONGEST_DATA)


_Check = Callable[[str, Mapping[str, Any]], None]
_MESSAGES: Mapping[str, _Check] = {"text": _text_message, "flex": _flex_message}
_COMPONENTS: Mapping[str, _Check] = {
    "box": _box,
    "text": _component_text,
    "button": _button,
    "separator": _separator,
}


def _one_of(where: str, checks: Mapping[str, _Check], part: Mapping[str, Any]) -> None:
    kind = part.get("type")
    if not isinstance(kind, str) or kind not in checks:
        raise LimitError(f"{where}.type: expected one of {', '.join(checks)}, found {kind!r}")
    try:
        checks[kind](where, part)
    except KeyError as missing:
        raise LimitError(f"{where}: {missing.args[0]} is missing") from missing


def _text(where: str, text: str, count: Callable[[str], int], most: int) -> None:
    if not text.strip():
        raise LimitError(f"{where}: expected words, found none")
    _between(f"{where} in characters", count(text), 1, most)


def _between(where: str, found: int, least: int, most: int) -> None:
    if not least <= found <= most:
        raise LimitError(f"{where}: expected {least} to {most}, found {found}")

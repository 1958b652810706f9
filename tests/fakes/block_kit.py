"""What Slack accepts as Block Kit: its limits, written down apart from slack_sdk, with where each is documented."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, Sequence, Set

BLOCKS = "https://docs.slack.dev/reference/block-kit/blocks"
COMPOSITION = "https://docs.slack.dev/reference/block-kit/composition-objects"
ELEMENTS = "https://docs.slack.dev/reference/block-kit/block-elements"

MOST_BLOCKS_IN_A_MESSAGE = 50  # BLOCKS
MOST_BLOCKS_IN_A_VIEW = 100  # BLOCKS
LONGEST_BLOCK_ID = 255  # BLOCKS, every block
LONGEST_SECTION_TEXT = 3000  # BLOCKS/section-block
MOST_FIELDS, LONGEST_FIELD = 10, 2000  # BLOCKS/section-block
LONGEST_HEADER = 150  # BLOCKS/header-block
MOST_CONTEXT_ELEMENTS = 10  # BLOCKS/context-block
MOST_ACTIONS = 25  # BLOCKS/actions-block
LONGEST_TEXT = 3000  # COMPOSITION/text-object: 1 to 3,000
LONGEST_OPTION_TEXT, LONGEST_OPTION_VALUE = 75, 150  # COMPOSITION/option-object
LONGEST_BUTTON_TEXT, LONGEST_BUTTON_VALUE = 75, 2000  # ELEMENTS/button-element
LONGEST_ACTION_ID = 255  # ELEMENTS, every interactive element
MOST_OPTIONS, LONGEST_PLACEHOLDER = 100, 150  # ELEMENTS/select-menu-element
# Not documented; measured by others at about 13,000 characters: https://github.com/slackapi/bolt-js/issues/2509
LONGEST_BLOCKS = 13_000

_KEYS: Dict[str, Set[str]] = {
    "section": {"type", "block_id", "text", "fields", "accessory", "expand"},
    "divider": {"type", "block_id"},
    "header": {"type", "block_id", "text"},
    "context": {"type", "block_id", "elements"},
    "actions": {"type", "block_id", "elements"},
    "button": {"type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"},
    "static_select": {
        "type",
        "placeholder",
        "action_id",
        "options",
        "option_groups",
        "initial_option",
        "confirm",
        "focus_on_load",
    },
    "option": {"text", "value", "description", "url"},
    "plain_text": {"type", "text", "emoji"},
    "mrkdwn": {"type", "text", "verbatim"},
}
_IN_BRACKETS = re.compile(r"<([^<>]*)>")
_LINK = re.compile(r"(https://|tel:)[^\s<>|]+(\|[^<>|]+)?")


class InvalidBlocks(Exception):  # noqa: N818
    """Slack would answer invalid_blocks; the message says why."""


def check_blocks(blocks: Any, most: int = MOST_BLOCKS_IN_A_MESSAGE) -> None:
    """Raises InvalidBlocks where Slack would not take these blocks."""
    _expect(isinstance(blocks, list) and 1 <= len(blocks) <= most, f"expected 1 to {most} blocks")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    _expect(len(ids) == len(set(ids)), "block_id given twice")
    for block in blocks:
        _check_block(block)
    length = sum(len(text) for text in _texts(blocks))
    _expect(length <= LONGEST_BLOCKS or most > MOST_BLOCKS_IN_A_MESSAGE, f"msg_blocks_too_long: {length}")


def check_text(text: Any) -> None:
    """Raises InvalidBlocks where a text in Slack's format holds anything in brackets but a link to https: or tel:."""
    _expect(isinstance(text, str), "text: expected a string")
    for found in _IN_BRACKETS.findall(text):
        _expect(_LINK.fullmatch(found) is not None, f"<{found}> is no link to https: or tel:")
    rest = _IN_BRACKETS.sub("", text)
    _expect("<" not in rest and ">" not in rest, "a bracket that is not escaped")
    _expect(re.search(r"&(?!amp;|lt;|gt;)", rest) is None, "an ampersand that is not escaped")


def _check_block(block: Mapping[str, Any]) -> None:
    _keys(block, str(block.get("type")))
    _within(block.get("block_id", "-"), LONGEST_BLOCK_ID, "block_id")
    if block["type"] == "section":
        _expect("text" in block or block.get("fields"), "section: expected text or fields")
        if "text" in block:
            _text(block["text"], LONGEST_SECTION_TEXT)
        fields = block.get("fields", [])
        _expect(len(fields) <= MOST_FIELDS, "section: too many fields")
        for field in fields:
            _text(field, LONGEST_FIELD)
    if block["type"] == "header":
        _plain(block["text"], LONGEST_HEADER)
    if block["type"] == "context":
        _expect(1 <= len(block["elements"]) <= MOST_CONTEXT_ELEMENTS, "context: too few or too many elements")
        for element in block["elements"]:
            _text(element, LONGEST_TEXT)
    if block["type"] == "actions":
        _expect(1 <= len(block["elements"]) <= MOST_ACTIONS, "actions: too few or too many elements")
        ids = [element["action_id"] for element in block["elements"]]
        _expect(len(ids) == len(set(ids)), "actions: action_id given twice")
        for element in block["elements"]:
            _element(element)


def _element(element: Mapping[str, Any]) -> None:
    _keys(element, str(element.get("type")))
    _within(element["action_id"], LONGEST_ACTION_ID, "action_id")
    if element["type"] == "button":
        _plain(element["text"], LONGEST_BUTTON_TEXT)
        _within(element["value"], LONGEST_BUTTON_VALUE, "button value")
    else:
        _plain(element["placeholder"], LONGEST_PLACEHOLDER)
        _expect(1 <= len(element["options"]) <= MOST_OPTIONS, "static_select: too few or too many options")
        for option in element["options"]:
            _keys(option, "option")
            _plain(option["text"], LONGEST_OPTION_TEXT)
            _within(option["value"], LONGEST_OPTION_VALUE, "option value")


def _plain(text: Mapping[str, Any], longest: int) -> None:
    _expect(text.get("type") == "plain_text", "expected plain_text")
    _text(text, longest)


def _text(text: Mapping[str, Any], longest: int) -> None:
    _expect(text.get("type") in ("plain_text", "mrkdwn"), "expected a text object")
    _keys(text, str(text["type"]))
    _within(text["text"], longest, "text")
    if text["type"] == "mrkdwn":
        check_text(text["text"])


def _keys(found: Mapping[str, Any], kind: str) -> None:
    _expect(kind in _KEYS, f"unknown type {kind}")
    unknown = set(found) - _KEYS[kind]
    _expect(not unknown, f"{kind}: unknown {sorted(unknown)}")


def _within(text: Any, longest: int, name: str) -> None:
    _expect(isinstance(text, str) and 1 <= len(text) <= longest, f"{name}: expected 1 to {longest} characters")


def _texts(found: Any) -> List[str]:
    if isinstance(found, str):
        return [found]
    children: Sequence[Any] = list(found.values()) if isinstance(found, dict) else found
    return [text for child in children if isinstance(child, (str, dict, list)) for text in _texts(child)]


def _expect(holds: Any, otherwise: str) -> None:
    if not holds:
        raise InvalidBlocks(otherwise)

"""Between a conversation and its consultation sheets: the owner's words out of the tracker, the link to a sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Optional, Tuple

from rasa_sdk import Tracker

from actions.conversation import knowledge
from bot.consult.heard import reading_from
from bot.consult.own_words import Said, own_words
from bot.messages import Fact, Notice
from bot.sheets.links import link_to
from bot.store import StoredSheet

_RESTART = "restart"


def words_of_owner(tracker: Tracker, issue: str) -> Tuple[str, ...]:
    """What the owner told of an issue in their own words, since the conversation began or began again."""
    return own_words(knowledge(), _messages(tracker.events), issue)


def link_card(sheet: StoredSheet) -> Notice:
    """The address of a sheet, or of its draft. Raises DeskError and SecretError where the desk is not set up."""
    words = knowledge().words
    name = words.sheet_made if sheet.made else words.sheet_draft
    return Notice(words.sheet, (Fact(words.sheet, name, link_to(sheet.id)),))


def _messages(events: List[Dict[str, Any]]) -> List[Said]:
    """The owner's messages, each with the issue in hand after it and the issue of the road that it led to."""
    said: List[Said] = []
    issue: Optional[str] = None
    on_the_way = 0  # where the messages begin that no road has followed yet
    for event in events:
        if event["event"] == "user":
            if reading_from(event["parse_data"]).act == _RESTART:
                said, on_the_way = [], 0
            else:
                said.append(Said(event["parse_data"], issue))
        elif event["event"] == "slot" and event["name"] == "issue":
            issue = event["value"]
            said[-1:] = [replace(message, issue=issue) for message in said[-1:]]
        elif event["event"] == "slot" and event["name"] == "referred" and event["value"]:
            led_to = event["value"][-1].split("/")[0]
            said[on_the_way:] = [replace(message, led_to=led_to) for message in said[on_the_way:]]
            on_the_way = len(said)
    return said

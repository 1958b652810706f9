"""The shape of a turn as it is recorded for staff, and the JSON of its nested parts, which says its version."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Dict, Mapping, Optional, Tuple

from pydantic import parse_obj_as

from bot.messages import Message, part_from_json, part_to_json
from bot.plain import plain
from bot.review import ReviewReason

VERSION = 1


@dataclass(frozen=True)
class HeardMove:
    """One thing that the message did: the name of the move, what it was about (name and value), and its words."""

    move: str
    confidence: float
    about: Tuple[Tuple[str, str], ...] = ()
    words: str = ""


@dataclass(frozen=True)
class HeardFact:
    """Something that was named in the message, and whether it is of the owner's own business."""

    slot: str
    value: str
    of_the_owner: bool


@dataclass(frozen=True)
class Stood:
    """Where in the talk a message stood: what waited, the labels offered, the matter in hand, the institutions shown.

    It is what a row of data/turns says of its place; `waiting` names the file.
    """

    waiting: str
    offered: Tuple[str, ...] = ()
    issue: Optional[str] = None
    sub_issue: Optional[str] = None
    road: Tuple[str, ...] = ()


@dataclass(frozen=True)
class WhatWasHeard:
    """A message as it was read: moves, facts, and the intents that it was taken for, best first (name, confidence).

    `stood` is None where the record is older than that it says so.
    """

    moves: Tuple[HeardMove, ...] = ()
    facts: Tuple[HeardFact, ...] = ()
    ranking: Tuple[Tuple[str, float], ...] = ()
    unsure: bool = False
    stood: Optional[Stood] = None


@dataclass(frozen=True)
class WhatDecided:
    """The lines of the table that had a say, and what was done outside.

    `institutions` are the ids of those that were named to the owner, `cited` the places of the paper.
    """

    by: Tuple[str, ...] = ()
    effects: Tuple[str, ...] = ()
    institutions: Tuple[str, ...] = ()
    cited: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Spoken:
    """One thing that was said: the name of the response, its words as the owner saw them, and the part beside."""

    response: str
    message: Message


@dataclass(frozen=True)
class AskedQuestion:
    """A question that the message put, by what it is about, and whether there was an answer."""

    about: str
    answered: bool


@dataclass(frozen=True)
class StateAfter:
    """Where the consultation stood after the turn, as far as staff filters by it.

    `question` waits for an answer. `stands_open`: left so, it would be left in the middle. `road_shown`: this turn has
    shown whom to see.
    """

    issue: Optional[str] = None
    sub_issue: Optional[str] = None
    prefecture: Optional[str] = None
    question: Optional[str] = None
    paused: bool = False
    stands_open: bool = False
    road_shown: bool = False


@dataclass(frozen=True)
class TurnRecord:
    """One turn: what the owner said, what was heard and decided, what was said to it.

    `message_id` names the owner's message once and for all, `at` is when it came (Unix seconds). `words` are those that
    Rasa sees: numbers that belong to a person are hidden in them. `pressed` is the id of a choice whose label they are.
    `number` counts the turns of the conversation from 1, and is given by the store. `heard` is None where it is not
    known: the process died before it wrote it down, or another version wrote it otherwise. `taken_back`: the owner took
    the message back; what was in it is gone. `milliseconds` is what the turn took, `model` the trained model's name.
    """

    conversation: str
    channel: str
    message_id: str
    at: float
    words: str
    pressed: Optional[str] = None
    heard: Optional[WhatWasHeard] = None
    decided: WhatDecided = WhatDecided()
    said: Tuple[Spoken, ...] = ()
    after: StateAfter = StateAfter()
    asked: Tuple[AskedQuestion, ...] = ()
    reasons: Tuple[ReviewReason, ...] = ()
    milliseconds: Optional[float] = None
    model: Optional[str] = None
    number: int = 0
    taken_back: bool = False

    def without_its_content(self) -> TurnRecord:
        """The same as it is kept of a message that its owner took back: neither its words, nor what repeats them."""
        return replace(self, words="", heard=None, said=(), asked=(), taken_back=True)


def storable(text: str) -> str:
    """The text without what no database holds: NUL, and half a character."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def heard_to_json(heard: WhatWasHeard) -> str:
    """What was heard, as the store keeps it."""
    return _json(plain(heard))


def decided_to_json(decided: WhatDecided) -> str:
    """What decided, as the store keeps it."""
    return _json(plain(decided))


def said_to_json(said: Tuple[Spoken, ...]) -> str:
    """What was said, as the store keeps it; `plain` is for whoever does not know the part."""
    return _json({"said": [_spoken_to_json(one) for one in said]})


def heard_from_json(text: Optional[str]) -> Optional[WhatWasHeard]:
    """What the JSON stands for; None where there is none, or another version wrote it otherwise."""
    kept = _known(text)
    return None if kept is None else parse_obj_as(WhatWasHeard, kept)


def decided_from_json(text: str) -> WhatDecided:
    """What the JSON stands for; nothing where another version wrote it otherwise."""
    kept = _known(text)
    return WhatDecided() if kept is None else parse_obj_as(WhatDecided, kept)


def said_from_json(text: str) -> Tuple[Spoken, ...]:
    """What the JSON stands for; nothing where another version wrote it otherwise, text where it is only a part."""
    kept = _known(text)
    return () if kept is None else tuple(map(_spoken_from_json, kept["said"]))


def _json(content: Mapping[str, Any]) -> str:
    return storable(json.dumps({"version": VERSION, **content}, ensure_ascii=False, separators=(",", ":")))


def _known(text: Optional[str]) -> Optional[Dict[str, Any]]:
    """The content without its version, where this version of the bot can read it."""
    kept: Dict[str, Any] = json.loads(text) if text else {}
    return kept if kept.pop("version", None) == VERSION else None


def _spoken_to_json(spoken: Spoken) -> Dict[str, Any]:
    words, part = spoken.message.words, spoken.message.part
    beside = {"part": part_to_json(part), "plain": spoken.message.plain()} if part is not None else {}
    return {"response": spoken.response, "words": words, **beside}


def _spoken_from_json(kept: Mapping[str, Any]) -> Spoken:
    try:
        part = part_from_json(kept["part"]) if "part" in kept else None
        return Spoken(kept["response"], Message(kept["words"], part))
    except ValueError:  # a part that another version of the bot wrote otherwise
        return Spoken(kept["response"], Message(kept["plain"]))

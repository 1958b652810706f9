"""What owners would see of an entry, made as the bot makes it: the messages, for the website and as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Dict, Optional, Tuple

import yaml

from bot.consult.cards import brought_card, contact_facts, desk_facts, institution_card, source_card
from bot.consult.doors import door
from bot.consult.state import Owner
from bot.knowledge import Answer, Knowledge
from bot.messages import Message, Notice
from bot.paths import ROOT

_DOMAIN = ROOT / "domain.yml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Preview:
    """Messages as an owner gets them at once; `about` says when or where, in words of the knowledge or an ISO date."""

    messages: Tuple[Message, ...]
    about: str = ""


def of_entry(known: Knowledge, kind: str, name: str) -> Tuple[Preview, ...]:
    """What owners see of an entry; nothing of what is only understood by it, or is not there yet."""
    if kind == "answer":
        if name not in known.answers:
            return ()
        return (Preview((_answered(known, known.answers[name]),)),)
    if kind == "matter":
        brought = known.brought[name]
        named = Message(_spoken("utter_brought").format(name=brought.name))
        helps = Message(_spoken("utter_brought_helps").format(say=brought.say), brought_card(known, brought, Owner()))
        return (Preview((named, helps)),)
    if kind == "institution":
        return (Preview((Message("", institution_card(known, known.institutions[name], Owner())),)),)
    return ()


def of_desk(known: Knowledge, today: date) -> Tuple[Preview, ...]:
    """How owners see this desk today, and on the first day of each notice that is still to come."""
    window = known.window
    if window is None:
        return ()
    begins = {date.fromisoformat(note.since) for note in window.notices}
    return tuple(
        Preview((Message("", Notice(window.name, tuple(desk_facts(known.words, window, day)))),), day.isoformat())
        for day in (today, *sorted(day for day in begins if day > today))
    )


def of_offices(known: Knowledge, before: Optional[Knowledge]) -> Tuple[Preview, ...]:
    """How owners see each office that was not known before as it is now."""
    old = set(before.offices) if before is not None else set()
    found: Dict[Tuple[str, str, str], Preview] = {}
    for office in known.offices:
        if office in old:
            continue
        town = office.municipalities[0] if office.municipalities else None
        institution = known.institutions[office.institution_id]
        way = door(known, institution, Owner(prefecture=office.prefecture, municipality=town))
        card = Notice(way.name, tuple(contact_facts(known.words, way, office.prefecture)))
        found[institution.id, office.prefecture, town or ""] = Preview(
            (Message("", card),), f"{office.prefecture}{town or ''}"
        )
    return tuple(found.values())


def _answered(known: Knowledge, answer: Answer) -> Message:
    source = source_card(known, answer) if answer.page is not None or answer.citation is not None else None
    if answer.ask_there is None:
        return Message(_spoken("utter_answer").format(answer=answer.text), source)
    words: Dict[str, Any] = {"unknown": answer.text, "question": answer.ask_there}
    if answer.scope.institution is None:
        return Message(_spoken("utter_answer_unknown_yet").format(**words), source)
    institution = known.institutions[answer.scope.institution].name
    return Message(_spoken("utter_answer_unknown").format(**words, institution=institution), source)


def _spoken(response: str) -> str:
    """The first of the ways in which the bot says it."""
    return _responses()[response]


@lru_cache(maxsize=1)
def _responses() -> Dict[str, str]:
    domain = yaml.load(_DOMAIN.read_text(encoding="utf-8"), Loader=_LOADER)
    return {name: str(ways[0].get("text") or "") for name, ways in domain["responses"].items()}

"""What a message says that it is not about, by the words in which owners name a matter, and what is meant instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List, Optional, Tuple

from bot.consult.moves import About, Asks, NotProblem, Problem
from bot.consult.reading.taken import Taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.understood import Understood
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.knowledge import Knowledge, Matter
from bot.normalization import bare
from bot.phrases import pattern

_SHORTEST_CLAUSE = 4  # 人の話
_CLAUSES = re.compile(r"[^。、!！?？\s]+")


@dataclass(frozen=True)
class Named:
    """The matters that a message denies by name, and those that its other clauses name; `goes_on`: it has such."""

    denied: Tuple[Matter, ...]
    meant: Tuple[Matter, ...]
    goes_on: bool = False


def named_in(knowledge: Knowledge, text: str, in_hand: Optional[Matter] = None) -> Named:
    """What each clause names, told apart by whether it denies: 金に困っておるとは言っていない。販路だ.

    The kind `in_hand` is named as well by the name that we gave it.
    """
    goes_on = False
    denied: List[str] = []
    meant: List[str] = []
    for clause in _CLAUSES.findall(text):
        denial = pattern("denies_a_matter").search(clause)
        before, behind = (clause[: denial.end()], clause[denial.end() :]) if denial else ("", clause)
        denied += knowledge.called.named_in(before)
        denied += [str(in_hand)] if in_hand is not None and _is_named(knowledge, in_hand, before) else []
        meant += knowledge.called.named_in(behind)
        goes_on = goes_on or len(bare(behind)) >= _SHORTEST_CLAUSE
    return Named(
        tuple(_matter(name) for name in dict.fromkeys(denied)),
        tuple(_matter(name) for name in dict.fromkeys(meant) if name not in denied),
        goes_on,
    )


def _is_named(knowledge: Knowledge, matter: Matter, text: str) -> bool:
    """Whether a text has the name of a kind, as we say it or as it stands on the choice."""
    if matter.sub_issue is None:
        return False
    kind = knowledge.issues[matter.issue].sub_issue(matter.sub_issue)
    return kind.name in text or kind.label in text


def denied_by_name(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """A denial that names its matter, where something was taken up before; and the matter meant instead, if any.

    What is meant is named as well, or is what the message is about for sure once the denied is left out.
    """
    held = {consultation.issue, *consultation.talk.candidates, *consultation.others} - {None, UNCLEAR}
    named = named_in(knowledge, understood.text, consultation.roads.in_hand)
    searching = consultation.question is Question.TRIAGE
    if not (held or searching) or not named.denied or understood.asks_within:
        return None
    denied = {matter.issue for matter in named.denied}
    read_so = any(r.move == "not_problem" and r.confidence >= thresholds.in_place for r in understood.moves)
    if not searching and not denied & held and not read_so and understood.top[0] not in (*denied, "correct", "deny"):
        return None
    whole = {matter.issue for matter in named.denied if matter.sub_issue is None}
    not_meant = tuple(NotProblem(matter.issue, matter.sub_issue) for matter in named.denied)
    instead = _meant(knowledge, named, understood, thresholds)
    if instead is None and consultation.issue in whole and named.goes_on:
        return _denied_for_words_that_name_nothing(understood, not_meant, thresholds)
    of_the_same = instead is not None and instead.issue == consultation.issue
    if instead is None or (of_the_same and instead.sub_issue in (None, consultation.sub_issue)):
        return Taken(not_meant)
    return Taken((*not_meant, instead), described=True)


def _denied_for_words_that_name_nothing(
    understood: Understood, not_meant: Tuple[NotProblem, ...], thresholds: Thresholds
) -> Optional[Taken]:
    """What is denied, and what is told instead in words that name no matter, to be looked up as a question is.

    跡継ぎのことじゃなかとです。職人の退職金のことです. None where it is not beyond doubt that it is denied.
    """
    denies = max((r.confidence for r in understood.moves if r.move == "not_problem"), default=0.0)
    if denies < thresholds.certain:
        return None
    return Taken((*not_meant, Asks(About.OTHER, confidence=denies)), in_place=True)


def denied_by_degree(knowledge: Knowledge, consultation: Consultation, understood: Understood) -> Optional[Taken]:
    """A worry of another issue that a message ends by saying it has not: 銀行に借りるほどじゃないです."""
    issue = understood.top[0]
    under_way = consultation.issue is not None or consultation.question is Question.TRIAGE
    is_another = issue in knowledge.issues and issue not in (UNCLEAR, consultation.issue)
    if (
        not under_way
        or not is_another
        or understood.asks_within
        or not pattern("is_not_so_far").search(understood.text)
    ):
        return None
    return Taken((NotProblem(issue),))


def _meant(knowledge: Knowledge, named: Named, understood: Understood, thresholds: Thresholds) -> Optional[Problem]:
    denied = {matter.issue for matter in named.denied if matter.sub_issue is None}
    matter = next((m for m in named.meant if m.issue not in denied and m not in named.denied), None)
    if matter is None:
        told = (r for r in understood.moves if r.move == "problem" and r.confidence >= thresholds.in_place)
        read = max(
            (r for r in told if r.issue not in (None, UNCLEAR, *denied)), key=lambda r: r.confidence, default=None
        )
        matter = Matter(read.issue) if read is not None and read.issue is not None else None
    if matter is None:
        issue = understood.sure_intent(thresholds.sure)
        is_another = issue in knowledge.issues and issue not in (UNCLEAR, *denied)
        matter = Matter(issue) if issue is not None and is_another else None
    if matter is None:
        return None
    sub_issue = matter.sub_issue or understood.sub_issue(matter.issue, thresholds.sub_issue)
    return Problem(matter.issue, sub_issue, words=understood.original)


def _matter(name: str) -> Matter:
    issue, _, sub_issue = name.partition("/")
    return Matter(issue, sub_issue or None)

"""Talks of any kind, message by message, for tests of what holds for all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterator, Optional, Sequence, Tuple

from hypothesis import strategies as st

from bot.consult.choices import options
from bot.consult.heard import Heard
from bot.consult.moves import (
    About,
    Apologizes,
    Asks,
    Brings,
    Complains,
    Distress,
    Fact,
    Greets,
    Move,
    No,
    NotProblem,
    OffTopic,
    Pick,
    Problem,
    Refuses,
    Slot,
    Standing,
    StartsOver,
    Stops,
    Tells,
    Thanks,
    WantsBot,
    WantsCallBack,
    WantsPerson,
    WillGo,
    Yes,
)
from bot.consult.scene import Turn
from bot.consult.state import UNCLEAR, Consultation
from bot.consult.turn import turn
from bot.knowledge import load_knowledge
from bot.operator.desk import Desk

KNOWLEDGE = load_knowledge()
_NAMEABLE = tuple(issue for issue in KNOWLEDGE.issues if issue != UNCLEAR)
_MATTERS = tuple(
    (name, sub_issue)
    for name, issue in KNOWLEDGE.issues.items()
    for sub_issue in (None, *(sub.id for sub in issue.sub_issues))
)
_FACTS = (
    Fact(Slot.PREFECTURE, "福島県"),
    Fact(Slot.PREFECTURE, "東京都", anew=True),
    Fact(Slot.MUNICIPALITY, "八王子市"),
    Fact(Slot.INDUSTRY, "旅館"),
    Fact(Slot.EMPLOYEE_COUNT, "5", anew=True),
    Fact(Slot.STAGE, "創業後", anew=True),
)
_SMALL = (
    Apologizes(), Complains(), Distress(), Greets(), No(), NotProblem(), OffTopic(), OffTopic(abuse=True), Refuses(),
    StartsOver(), Stops(), Tells(), Thanks(), WantsBot(), WantsCallBack(), WantsPerson(), WillGo(), Yes(),
)  # fmt: skip


@dataclass(frozen=True)
class Message:
    """What is heard, and which of the answers offered there it picks, if it picks one."""

    heard: Heard
    picked: Optional[int] = None

    def there(self, consultation: Consultation) -> Heard:
        """The message as it is heard where the consultation stands."""
        offered = options(KNOWLEDGE, consultation)
        if self.picked is None or not offered:
            return self.heard
        pick = Pick(offered[self.picked % len(offered)])
        return replace(self.heard, moves=(pick, *self.heard.moves))


def _worries() -> st.SearchStrategy[Tuple[Move, ...]]:
    two = st.lists(st.sampled_from(_NAMEABLE), min_size=2, max_size=2, unique=True)
    guessed = two.map(lambda issues: tuple(Problem(issue, None, Standing.GUESSED) for issue in issues))
    told = st.lists(st.sampled_from(_MATTERS), max_size=3, unique_by=lambda matter: matter[0])
    several = told.map(lambda all: tuple(Problem(*matter) for matter in all if matter[0] != UNCLEAR or len(all) == 1))
    with_some_beside = told.map(
        lambda all: tuple(
            Problem(*matter, Standing.LEADS if place == 0 else Standing.BESIDE) for place, matter in enumerate(all)
        )
    )
    return st.just(()) | guessed | several | with_some_beside


def _moves() -> st.SearchStrategy[Tuple[Move, ...]]:
    known = st.lists(st.sampled_from(tuple(KNOWLEDGE.answers)), max_size=2, unique=True).map(tuple)
    asked = st.lists(st.builds(Asks, about=st.sampled_from(About), answers=known), max_size=2).map(tuple)
    brought = st.lists(st.sampled_from(tuple(KNOWLEDGE.brought)), max_size=1).map(
        lambda all: tuple(Brings(matter=one) for one in all)
    )
    small = st.lists(st.sampled_from(_SMALL), max_size=2, unique_by=type).map(tuple)
    facts = st.lists(st.sampled_from(_FACTS), max_size=2, unique=True).map(tuple)
    return st.tuples(_worries(), asked, brought, small, facts).map(lambda parts: sum(parts, ()))


def messages() -> st.SearchStrategy[Message]:
    """Messages of any moves, also of several that seldom come together."""
    heard = st.builds(
        Heard,
        text=st.sampled_from(["店の話", "銀行に相談しました。" * 60]),
        at=st.floats(1, 2e9),
        moves=st.just(()) | st.sampled_from(_SMALL).map(lambda move: (move,)) | _moves(),
        unsure=st.booleans(),
        institutions=st.sampled_from([(), ("yorozu",), ("yorozu", "shokokai")]),
        asks=st.booleans(),
        urgent=st.booleans(),
        only_facts=st.booleans(),
        too_long=st.sampled_from([False, False, False, True]),
        guesses=st.sampled_from([(), ("創業", "資金繰り")]),
        leans=st.booleans(),
        ranking=st.just((("資金繰り", 0.5), ("greet", 0.2))),
        own_words=st.booleans(),
        tried=st.sampled_from([(), ("銀行に相談しました。",)]),
        given_back=st.sampled_from([False, False, True]),
    )
    picked = st.none() | st.integers(0, 9)
    return st.builds(Message, heard, picked)


DESKS = st.sampled_from([Desk(), Desk(staff=True), Desk(staff=True, call_back=True, hours="平日9時から17時")])
TALKS = st.lists(messages(), min_size=1, max_size=6)


def turns_of(desk: Desk, talk: Sequence[Message]) -> Iterator[Turn]:
    """The turns of a talk from its beginning, message by message."""
    consultation = Consultation()
    for message in talk:
        decided = turn(KNOWLEDGE, desk, consultation, message.there(consultation))
        yield decided
        consultation = decided.consultation

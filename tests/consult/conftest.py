"""What the tests of a consultation share: consultations and messages in few words, heard and answered."""

from __future__ import annotations

from typing import Any, Optional, Protocol, Tuple

import pytest
import yaml

from bot.consult.heard import Heard
from bot.consult.reading import Thresholds, Understood, hear, thresholds_in
from bot.consult.scene import Turn
from bot.consult.state import Consultation, Owner, OwnWords, Question, Quote, RoadKey, Roads, Search, Talk
from bot.consult.turn import turn
from bot.knowledge import AnswerId, DatedNote, Knowledge, Matter, Phone, Window
from bot.operator.desk import Desk
from tests.conftest import ROOT

WITHOUT_STAFF = Desk()
DESK = Window(
    institution_id="cci",
    name="みどり野商工会議所 経営相談室",
    prefecture="福島県",
    municipalities=("みどり野市",),
    phones=(Phone("0000-00-0000", "", "平日9時から17時"),),
    say_there="経営の相談をしたいのですが",
    handles=("販路開拓",),
    notices=(DatedNote("2026-12-29", "2027-01-03", "年末年始はお休みです。1月4日から受け付けます。"),),
)
POLICY = "bot.frame.policy.TurnPolicy"


def a_road(issue: str, sub_issue: Optional[str] = None, prefecture: Optional[str] = None, *networks: str) -> RoadKey:
    """Names a road that was shown."""
    return RoadKey(Matter(issue, sub_issue), prefecture, networks)


def matters(*named: str) -> Tuple[Matter, ...]:
    """Matters, each as issue or issue/sub-issue."""
    return tuple(Matter(*name.split("/")) for name in named)


def a_consultation(
    issue: Optional[str] = None,
    sub_issue: Optional[str] = None,
    later: Tuple[str, ...] = (),
    shown: Tuple[RoadKey, ...] = (),
    sheets: Tuple[RoadKey, ...] = (),
    words: Tuple[OwnWords, ...] = (),
    symptom: Optional[str] = None,
    symptoms_asked: Tuple[str, ...] = (),
    told: Tuple[str, ...] = (),
    quotes: Tuple[Quote, ...] = (),
    over: bool = False,
    question: Optional[str] = None,
    asked: Tuple[Question, ...] = (),
    **more: Any,
) -> Consultation:
    """A consultation from flat words; `more` are fields of the owner or of the talk, `later` as in `matters`."""
    of_owner = {name: value for name, value in more.items() if name in Owner.__dataclass_fields__}
    of_talk = {name: value for name, value in more.items() if name not in of_owner}
    return Consultation(
        owner=Owner(**of_owner),
        talk=Talk(question=Question(question) if question else None, asked=asked, **of_talk),
        search=Search(symptom, symptoms_asked, tuple(map(AnswerId.parse, told)), (), quotes, over),
        roads=Roads(Matter(issue, sub_issue) if issue else None, matters(*later), shown, sheets, words),
    )


def understood(text: str, *ranking: Tuple[str, float], **more: Any) -> Understood:
    """A message with what the language understanding makes of it, best intent first."""
    return Understood(text, text, ranking, **more)


def in_a_place(text: str, prefecture: str, *ranking: Tuple[str, float], **more: Any) -> Understood:
    """A message that names a prefecture by its short name."""
    named = len(prefecture.rstrip("県府都"))
    return understood(text, *ranking, prefectures=(prefecture,), place_characters=named, **more)


@pytest.fixture(scope="session")
def thresholds() -> Thresholds:
    """Those of config.yml."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    (policy,) = (policy for policy in config["policies"] if policy["name"] == POLICY)
    return thresholds_in(policy)


class Hears(Protocol):
    def __call__(
        self, consultation: Consultation, message: Understood, given_back: bool = False, at: float = 0.0
    ) -> Heard: ...


class Decides(Protocol):
    def __call__(self, consultation: Consultation, message: Heard, desk: Desk = ...) -> Turn: ...


@pytest.fixture(scope="session")
def hears(knowledge: Knowledge, thresholds: Thresholds) -> Hears:
    """How a message is heard where a consultation stands."""

    def heard_there(
        consultation: Consultation, message: Understood, given_back: bool = False, at: float = 0.0
    ) -> Heard:
        return hear(knowledge, consultation, message, thresholds, at=at, given_back=given_back)

    return heard_there


@pytest.fixture(scope="session")
def decides(knowledge: Knowledge) -> Decides:
    """What comes of a heard message where a consultation stands."""

    def decided(consultation: Consultation, message: Heard, desk: Desk = WITHOUT_STAFF) -> Turn:
        return turn(knowledge, desk, consultation, message)

    return decided


def spoken(turn: Turn) -> Tuple[str, ...]:
    """The responses of a turn, in order."""
    return tuple(said.response for said in turn.said)

"""Which of the answers that we know fits a question, where the talk stands; the narrowest that is asked for wins."""

from __future__ import annotations

from typing import Dict, FrozenSet, Mapping, Optional, Sequence

from bot.consult.moves import About
from bot.consult.state import Consultation
from bot.knowledge import Answer, Knowledge, Scope

# Topics that owners mix up in asking; an answer to one may be what was asked for with another.
_ALSO: Dict[About, FrozenSet[str]] = {
    About.ELIGIBILITY: frozenset({"chance"}),
    About.CHANCE: frozenset({"eligibility", "consequence"}),
    About.CONSEQUENCE: frozenset({"secrecy", "chance", "procedure"}),
    About.PROCEDURE: frozenset({"first_step", "programme", "documents", "appointment", "term"}),
    About.PROGRAMME: frozenset({"procedure", "term", "eligibility"}),
    About.TERM: frozenset({"what_is", "programme", "procedure"}),
    About.WHAT_IS: frozenset({"term", "programme", "difference"}),
    About.APPOINTMENT: frozenset({"remote", "duration"}),
    About.DURATION: frozenset({"appointment"}),
    About.REMOTE: frozenset({"appointment"}),
    About.OTHER: frozenset(
        {"procedure", "programme", "term", "eligibility", "consequence", "remote", "appointment", "documents"}
    ),
    About.WHY: frozenset({"why_this"}),
}
# What an answer has to be like, by how it fits: of the topic and the institution that was named less is enough.
_NAMED, _ON_THE_WAY, _ANYTHING, _OTHER_TOPIC, _ALMOST_THE_SAME = 0.3, 0.45, 0.5, 0.6, 0.72
# Of likeness: what each step of narrowness is worth, and that it is of the very topic that was heard.
_NARROWER, _OF_THE_TOPIC = 0.04, 0.2


def answer_for(
    knowledge: Knowledge,
    consultation: Consultation,
    like: Mapping[str, float],
    about: About,
    named: Sequence[str] = (),
    on_the_road: Sequence[str] = (),
) -> Optional[Answer]:
    """The answer to a question about a topic, or None where we have none.

    `like` has for ids of answers how closely the message resembles a way of asking them, from 0 to 1. `named` are the
    institutions that it names, or that were talked of last; where there are none, one of those `on_the_road` is meant,
    rather the first.
    """
    meant = named or on_the_road
    best: Optional[Answer] = None
    most = 0.0
    for name, likeness in like.items():
        answer = knowledge.answers.get(name)
        if answer is None or not _holds(answer.scope, consultation, meant, bool(named)):
            continue
        if likeness < _least(answer, about, named):
            continue
        of_the_topic = _OF_THE_TOPIC if answer.topic == about.value else 0.0
        later = not named and answer.scope.institution not in (None, *on_the_road[:1])
        worth = likeness + of_the_topic + (_NARROWER * answer.scope.narrowness if not later else 0.0)
        if worth > most:
            best, most = answer, worth
    return best


def _holds(scope: Scope, consultation: Consultation, meant: Sequence[str], by_name: bool) -> bool:
    """Whether an answer holds here: of the institutions meant, or of the issue in hand where none is meant by name."""
    if scope.institution is not None:
        return scope.institution in meant
    if by_name and scope.issue is not None:
        return False
    in_hand = consultation.sub_issue if scope.sub_issue is not None else None
    return scope.issue in (None, consultation.issue) and scope.sub_issue == in_hand


def _least(answer: Answer, about: About, named: Sequence[str]) -> float:
    """How like a way of asking the message must be for an answer to be given."""
    if answer.topic == about.value:
        if answer.scope.institution in named:
            return _NAMED
        return _ON_THE_WAY if answer.scope.issue is not None else _ANYTHING
    return _OTHER_TOPIC if answer.topic in _ALSO.get(about, frozenset()) else _ALMOST_THE_SAME

"""A matter that no road is for or that cannot wait, in a message that was taken for an issue or for nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional, Sequence

from bot.consult.moves import Asks, Brings, Complains, Fact, NotProblem, OffTopic, Problem, Standing, Tells, WantsPerson
from bot.consult.reading.taken import Taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.understood import Understood
from bot.consult.state import UNCLEAR, Consultation
from bot.knowledge import Brought, Knowledge
from bot.normalization import bare
from bot.phrases import pattern

# What a message that brings such a matter is easily taken for; anything else is known better.
_A_QUESTION = 20  # characters: what is only asked about what is in hand
_CONDOLENCE = "utter_feels_bereaved"
_EASILY_HEARD = (Problem, Tells, OffTopic, WantsPerson, Fact, Complains, Asks)


def with_what_is_brought(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds, heard: Taken
) -> Taken:
    """The same with the matter that it tells of in the place of the issue it was taken for; each once in a talk."""
    surest = max(understood.brought.values(), default=0.0)
    instead = (NotProblem,) if surest >= thresholds.brought_surely else ()  # 人手じゃなくて、税金が払えない
    easily = all(isinstance(move, (*_EASILY_HEARD, *instead)) for move in heard.moves)
    in_mourning = _brought_in_mourning(knowledge, consultation, understood)
    if easily and in_mourning is not None:
        return replace(heard, moves=(Brings(in_mourning.id),), unsure=False, leans=False)
    said = _said_in_words_of_its_own(knowledge, consultation, understood)
    if easily and said is not None:
        asked = tuple(move for move in heard.moves if isinstance(move, Asks) and understood.asks_within)
        return replace(heard, moves=(Brings(said.id), *asked), unsure=False, leans=False)
    told = next(iter(understood.brought), None)
    if _is_more_of_what_was_brought(knowledge, consultation, understood, thresholds, heard):
        facts = tuple(move for move in heard.moves if isinstance(move, Fact))
        return replace(heard, moves=(Tells(), *facts), leans=False)
    asked_again = told in consultation.roads.brought[-1:] and _asks_nothing_known(understood, heard)
    if told is None or not easily or told not in knowledge.brought:
        return heard
    if told in consultation.roads.brought and not asked_again:
        return heard
    if _is_turned_down(knowledge, understood, knowledge.brought[told]):
        return heard  # 弁護士とか無理ですよ
    needs = knowledge.brought[told].needs
    if needs and not any(word in understood.text for word in needs):
        return heard  # who only speaks of a bank was not turned away by it
    if _is_denied(understood, needs):
        return _without_what_it_sounds_like(consultation, knowledge.brought[told], heard)
    goes_on = consultation.issue is not None or bool(consultation.roads.brought)
    certain = any(isinstance(move, Asks) and move.confidence >= thresholds.certain for move in heard.moves)
    tells = any(read.move in ("problem", "not_problem") for read in understood.moves)
    if goes_on and certain and not tells and len(bare(understood.text)) <= _A_QUESTION:
        return heard  # 帳面だけでも、見てもらえますか, of who looks for a successor
    if goes_on and certain and _asks_of_who_is_seen_for_it(knowledge, understood, knowledge.brought[told]):
        return heard  # 弁護士さんに頼むと、お金がかかりますよね
    least = _least(knowledge, knowledge.brought[told], understood, thresholds)
    instead_of_it = bool(pattern("puts_another_in_its_place").search(understood.text))
    if instead_of_it:
        least, certain = min(least, thresholds.brought), False  # 返済っていうか、社会保険のほうです
    half_sure = [matter for matter, sure in understood.brought.items() if sure >= thresholds.half_brought]
    # of a court's letter and a seizure, one is told for sure
    of_two = len(half_sure) > 1 and least <= thresholds.brought and knowledge.brought[told].sounds_like is None
    if not of_two and understood.brought[told] < (thresholds.brought_surely if goes_on and certain else least):
        return heard  # 従業員に知られんように相談できますか asks, of the closing that was told
    beside = tuple(m for m in heard.moves if isinstance(m, Problem) and m.standing is Standing.BESIDE)
    asked = tuple(move for move in heard.moves if isinstance(move, Asks) and understood.asks_within)
    denied = tuple(move for move in heard.moves if isinstance(move, NotProblem))
    if instead_of_it and not denied and not consultation.answered and consultation.issue is not None:
        denied = (NotProblem(consultation.issue),)
    brings = Brings(told, confidence=understood.brought[told])
    return replace(heard, moves=(*denied, brings, *beside, *asked), unsure=False, leans=False)


def _asks_of_who_is_seen_for_it(knowledge: Knowledge, understood: Understood, brought: Brought) -> bool:
    """Whether the message asks something of whom one sees first for a matter, and no day runs out in that."""
    names = [knowledge.institutions[name].name for name in understood.institutions]
    return not brought.cannot_wait and any(brought.see[0].name.startswith(name) for name in names)


def _is_turned_down(knowledge: Knowledge, understood: Understood, brought: Brought) -> bool:
    """Whether the message says no to whom one sees first for a matter."""
    names = [knowledge.institutions[name].name for name in understood.turned_down]
    return any(brought.see[0].name.startswith(name) for name in names)


def _is_denied(understood: Understood, needs: Sequence[str]) -> bool:
    """Whether every sentence that has a word without which a matter is not told denies it."""
    telling = [sentence for sentence in understood.sentences if any(word in sentence for word in needs)]
    return bool(telling) and all(pattern("denies_a_matter").search(sentence) for sentence in telling)


def _without_what_it_sounds_like(consultation: Consultation, brought: Brought, heard: Taken) -> Taken:
    """The same without the issue of a matter that is denied: 破産なんてしてねぇぞ。職人に店ゆずる話だ."""
    others = {brought.issue, brought.sounds_like} - {consultation.issue, None}
    kept = tuple(move for move in heard.moves if not isinstance(move, Problem) or move.issue not in others)
    return replace(heard, moves=kept or (Tells(),)) if len(kept) < len(heard.moves) else heard


def _said_in_words_of_its_own(
    knowledge: Knowledge, consultation: Consultation, understood: Understood
) -> Optional[Brought]:
    """A matter that is told in words that leave no doubt: 店じまいを考えています.

    もう店をやめようかな, sighed in the middle of another matter, tells of none.
    """
    sighs = consultation.issue is not None and bool(pattern("asks_oneself").search(understood.text))
    if understood.pressed is not None or sighs:
        return None
    told = {read.issue for read in understood.moves if read.move == "problem"}
    told |= {consultation.issue, *consultation.others, understood.top[0]}
    left = (
        one
        for one in knowledge.brought.values()
        if one.said_as and one.id not in consultation.roads.brought and (not one.says_who_they_are or one.issue in told)
    )
    return next((one for one in left if pattern(one.said_as or "").search(understood.text)), None)


def _asks_nothing_known(understood: Understood, heard: Taken) -> bool:
    """Whether a question was taken for a matter: what was said of what they brought is then said once more."""
    return understood.asks_within and not any(isinstance(move, Asks) for move in heard.moves)


def _brought_in_mourning(knowledge: Knowledge, consultation: Consultation, understood: Understood) -> Optional[Brought]:
    """What somebody who told of a death brings with words that would tell of something else by themselves: debts."""
    if not consultation.talk.times_spoken(_CONDOLENCE) or consultation.roads.shown:
        return None
    left = (brought for brought in knowledge.brought.values() if brought.id not in consultation.roads.brought)
    with_a_phrase = ((brought, brought.in_mourning) for brought in left if brought.in_mourning is not None)
    return next((brought for brought, phrase in with_a_phrase if pattern(phrase).search(understood.text)), None)


def _is_more_of_what_was_brought(
    knowledge: Knowledge,
    consultation: Consultation,
    understood: Understood,
    thresholds: Thresholds,
    heard: Taken,
) -> bool:
    """Whether the message only tells more of the matter that was brought last, and is taken for what that sounds like.

    Who cannot decide whether to go on, and says so again, does not look for a successor. What else it is taken for has
    to be as clear as a change of issue.
    """
    if not consultation.roads.brought or consultation.issue is not None or understood.asks_within:
        return False
    last = knowledge.brought[consultation.roads.brought[-1]]
    told = [move for move in heard.moves if isinstance(move, Problem) and move.standing is Standing.LEADS]
    of_it = all(move.issue == last.sounds_like for move in told) and last.id in understood.brought
    unclear = understood.top[1] < thresholds.change or understood.top[0] in (UNCLEAR, last.issue)
    goes_on = unclear and not pattern("brings_another").search(understood.text)
    only_told = all(isinstance(move, (Problem, Fact)) for move in heard.moves)
    return bool(told) and only_told and (of_it or goes_on)


def _least(knowledge: Knowledge, brought: Brought, understood: Understood, thresholds: Thresholds) -> float:
    """How sure the matter must be; surer where the message is as clearly about another issue, or none of ours."""
    intent, confidence = understood.top
    if intent == brought.issue and confidence >= thresholds.sure:
        return thresholds.brought_agreed
    of_none = intent not in knowledge.issues and confidence >= thresholds.offer
    sounds = [r for r in understood.moves if r.move == "problem" and r.issue == brought.sounds_like]
    if sounds and max(r.confidence for r in sounds) >= thresholds.in_place:
        return thresholds.brought_surely  # read in its place as well: 跡継ぎがおらんけん、店ば畳もうか
    if intent == brought.sounds_like or of_none:
        return (thresholds.brought + thresholds.brought_surely) / 2  # it may be just what it sounds like
    another = confidence >= thresholds.offer and intent not in (brought.issue, UNCLEAR)
    return thresholds.brought_surely if another else thresholds.brought

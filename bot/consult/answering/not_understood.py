"""Goes on when a message was not clear: never twice the same."""

from __future__ import annotations

from typing import Optional, Tuple

from bot.consult.answering.asking import (
    ask,
    ask_for_more,
    ask_openly,
    ask_what_else,
    ask_which,
    ask_which_first,
    introduced,
)
from bot.consult.answering.going_on import first_on_the_road, go_without_the_place, step_on, tells_something
from bot.consult.answering.reminding import advised_at_once
from bot.consult.answering.taking_in import place_acknowledged
from bot.consult.moves import Confides, Feeling, Feels, Standing, Tells, every
from bot.consult.scene import CHOICES, Card, Scene, Turn
from bot.consult.state import BELOW_A_ROAD, UNCLEAR, Question
from bot.knowledge import Matter

_REMARKS_HEARD = 2  # below a road most of what is not understood is a remark
_PUT_AGAIN = (Question.SUB_ISSUE, Question.PREFECTURE, *BELOW_A_ROAD, Question.TRIAGE, Question.SHEET, Question.FORGET)


def ask_for_less(scene: Scene, turn: Turn) -> Turn:
    """A message that is too long to be read."""
    return turn.saying("utter_too_long").ended() if scene.heard.too_long else turn


def ask_which_worry(scene: Scene, turn: Turn) -> Turn:
    """Two issues that the message may mean are named; of several worries, which to begin with is asked.

    What falls due within days is not asked about: it comes first, and the others are kept.
    """
    guessed = scene.heard.problems(Standing.GUESSED)
    if scene.heard.comes_with:
        return turn
    if guessed and scene.heard.has(Confides, Feels):
        return ask_openly(scene, turn)  # who tells of an illness is not asked to choose between two guesses
    if guessed and turn.consultation.roads.brought and turn.consultation.issue is None:
        return ask_for_more(scene, _said_back_or_heard(scene, turn))  # more of what they brought
    if guessed:
        candidates = tuple(problem.issue for problem in guessed)
        return ask_which(scene, introduced(turn.on(turn.consultation.with_talk(candidates=candidates))))
    worries = scene.heard.matters(Standing.LEADS)
    if len(worries) < 2:
        return _ask_gently(turn) if _mourns_and_is_at_a_loss(scene) else turn
    cannot_wait = [matter for matter in worries if scene.knowledge.issues[matter.issue].urgent is not None]
    if scene.heard.urgent and cannot_wait:
        return _begin_with(scene, introduced(turn), cannot_wait[0], worries)
    kept = turn.consultation.on(UNCLEAR).keeping(worries)
    candidates = tuple(matter.issue for matter in worries)
    return ask_which_first(scene, introduced(turn.on(kept.with_talk(candidates=candidates))))


def _mourns_and_is_at_a_loss(scene: Scene) -> bool:
    """Whether somebody tells of a death and of no matter yet: they are not asked to choose one from a list."""
    bereaved = any(feeling.how is Feeling.BEREAVED for feeling in every(scene.heard.moves, Feels))
    leading = scene.heard.leading
    return bereaved and leading is not None and leading.issue == UNCLEAR and scene.before.issue is None


def _ask_gently(turn: Turn) -> Turn:
    asked = turn.on(turn.consultation.with_talk(question=Question.ISSUE, standing=False, openly=True))
    return asked.saying("utter_ask_gently", CHOICES).ended()


def _begin_with(scene: Scene, turn: Turn, first: Matter, worries: Tuple[Matter, ...]) -> Turn:
    consultation = turn.consultation.on(first.issue).keeping(worries)
    begun = consultation.about(first.sub_issue) if first.sub_issue else consultation
    spoken = [scene.knowledge.issues[matter.issue].spoken for matter in worries]
    others = "、".join(scene.knowledge.issues[m.issue].spoken for m in worries if m.issue != first.issue)
    said = turn.on(begun).saying(
        "utter_begin_with", worries="、".join(spoken), first=scene.knowledge.issues[first.issue].spoken, others=others
    )
    return step_on(scene, advised_at_once(scene, said))


def hear_remark(scene: Scene, turn: Turn) -> Turn:
    """What is added below a road was heard and can be told at the desk as well; a question is sent there.

    What the remark brought up beside is offered; otherwise what waits is not asked again.
    """
    if not scene.heard.has(Tells) or scene.before.question not in BELOW_A_ROAD:
        return turn
    placed = place_acknowledged(scene, turn)
    if placed is not None and not turn.consultation.answered:
        return placed.on_standing()
    if scene.heard.has(Confides, Feels) and turn.said and not scene.heard.asks:
        return turn.on_standing()  # it was met; no other matter is offered now
    return _remarked(scene, turn.on(turn.consultation.keeping(scene.heard.matters(Standing.BESIDE))))


def _remarked(scene: Scene, turn: Turn) -> Turn:
    if turn.consultation.others and turn.consultation.question is not Question.OTHER_ISSUE:
        return ask_what_else(scene, turn.saying("utter_remark"))
    standing = turn.on(turn.consultation.with_talk(standing=True))
    if scene.heard.asks:
        first = first_on_the_road(scene, turn)
        if first is None:
            return _asked_of_what_was_brought(scene, turn)
        return standing.saying("utter_ask_there", institution=first).ended()
    return _said_back_or_heard(scene, standing, CHOICES).ended()


def _asked_of_what_was_brought(scene: Scene, turn: Turn) -> Turn:
    """Who knows what is asked where no road was shown: whom one sees first for the matter that was brought last."""
    brought = turn.consultation.roads.brought[-1:]
    if not brought:
        return turn.saying("utter_not_known_yet").coming_back()
    first = scene.knowledge.brought[brought[0]].see[0].name
    return turn.saying("utter_not_known", institution=first).coming_back()


def _said_back_or_heard(scene: Scene, turn: Turn, card: Optional[Card] = None) -> Turn:
    """What was told besides, in the owner's own words where they can be said back, and that it can be told there."""
    if scene.heard.said_back and not turn.said:
        return turn.saying("utter_remark_said_back", card, said=scene.heard.said_back)
    return turn.saying("utter_remark", card)


def fall_back(scene: Scene, turn: Turn) -> Turn:
    """First a guess by name, then questions about what happens in the shop."""
    if not scene.heard.unsure:
        return turn
    turn = introduced(turn)
    consultation = turn.consultation
    question, misses = consultation.question, consultation.talk.misses
    if consultation.issue is not None and question is None and not consultation.answered:
        return step_on(scene, turn)
    if question in BELOW_A_ROAD and misses <= _REMARKS_HEARD:
        return _remarked(scene, turn)
    if question is None and consultation.roads.shown:
        return turn.saying("utter_not_understood").ended()  # who was told whom to see is not asked as if they were new
    if question is Question.PREFECTURE and tells_something(scene.heard):
        return go_without_the_place(scene, turn)
    named = question is Question.WHICH_ISSUE and consultation.search.over and misses <= 1
    if named or question in _PUT_AGAIN:
        return ask(scene, turn.saying("utter_not_caught"), question or Question.ISSUE, again=True)
    if misses <= 1:
        said = turn.saying("utter_not_understood")
        if not scene.heard.guesses:
            return ask(scene, said, Question.ISSUE)
        return ask_which(scene, said.on(said.consultation.with_talk(candidates=scene.heard.guesses)))
    said = turn.saying("utter_not_understood_again")
    return step_on(scene, said.on(said.consultation.on(UNCLEAR)))

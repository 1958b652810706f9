"""Decides a turn: what comes of an owner's message. The one place that does; pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Optional, Tuple

from bot.consult.answering.brought import meet_what_is_brought
from bot.consult.answering.courtesies import (
    answer_in_english,
    let_go,
    own_what_is_lost,
    return_courtesies,
    see_off,
    speak_easily,
    start_over,
    welcome_back,
)
from bot.consult.answering.denials import leave_out, withdraw
from bot.consult.answering.distress import meet_distress, stay_near
from bot.consult.answering.feelings import meet_feelings
from bot.consult.answering.going_on import go_on, let_rest, with_nothing_more_to_ask
from bot.consult.answering.not_understood import ask_for_less, ask_which_worry, fall_back, hear_remark
from bot.consult.answering.person import call_a_person, come_back_from_staff, leave_to_staff
from bot.consult.answering.questions import answer_questions
from bot.consult.answering.rating import take_rating, with_rating
from bot.consult.answering.records import forget, say_what_is_not_kept
from bot.consult.answering.taking_in import note, own_up, take_in
from bot.consult.heard import Heard
from bot.consult.moves import About, Asks, Greets, OffTopic, Problem, Slot, Standing, every
from bot.consult.scene import Scene, Turn
from bot.consult.state import ON_THE_WAY, UNCLEAR, Consultation, OwnWords, Question
from bot.consult.state.roads import LONGEST_WORDS, MOST_WORDS
from bot.knowledge import Knowledge
from bot.operator.desk import Desk

Manner = Callable[[Scene, Turn], Turn]

# What is answered first. A message may do several of these: each line adds what it says, the first that ends the turn
# ends it.
MANNERS: Tuple[Manner, ...] = (
    own_what_is_lost,      # what we can no longer read is owned up to
    note,                  # facts are kept before anything is answered
    meet_distress,         # before anything else is said
    stay_near,             # and what is written right after it
    take_rating,           # whether it was of use, and why
    come_back_from_staff,  # who calls the bot back has it back
    say_what_is_not_kept,  # numbers that we did not take down
    forget,                # who wants their words gone is asked back once
    answer_in_english,     # once, where a person is
    speak_easily,          # who cannot read kanji
    leave_to_staff,        # while a person has the conversation, it is theirs
    ask_for_less,          # what is too long cannot be read
    start_over,
    call_a_person,
    let_go,                # who wants to leave leaves
    welcome_back,          # after a long silence: where we were
    meet_feelings,         # grief, anger, shame: before the matter
    withdraw,              # who corrects us is right: what was denied is no longer held
    leave_out,             # where they have been already
    meet_what_is_brought,  # what cannot wait, or what no road is for
    answer_questions,      # each that was asked
    own_up,                # what was told before is not asked again
    return_courtesies,
    see_off,
    hear_remark,           # what is added below a road
    ask_which_worry,       # of several worries, or of two that it may be
    take_in,               # worries and answers, said back
    fall_back,             # what was not clear
    go_on,                 # the one next step: a question, a finding, the road
)  # fmt: skip
# A question that waits comes back once; who does something else again is not held up by it. Who asks after it, or only
# greets, is not shown a road yet: it would be no answer to that.
_OF_WHAT_WAITS = (About.WHY, About.WHY_ASKED, About.AGAIN)
_MOST_REPEATED = 1
# After so many messages without a road, it is shown by what is known.
_MOST_ON_THE_WAY = 9
# While a person of the staff has the conversation, the bot does what only it can do, and keeps still for all else.
BESIDE_A_PERSON: Tuple[Manner, ...] = (
    own_what_is_lost,  # where the state is gone, it begins anew for the bot as well
    note,
    meet_distress,  # the help lines are needed at once, whoever reads
    come_back_from_staff,  # the owner's own way back
    forget,  # their words are theirs
    leave_to_staff,
    start_over,
)
# What a message may do beside something that leads back to the question that waits.
ALSO: Tuple[Manner, ...] = (answer_questions, take_in, go_on)


def turn(knowledge: Knowledge, desk: Desk, consultation: Consultation, heard: Heard) -> Turn:
    """What comes of a message that was heard so, where the consultation stands so, at this desk."""
    before = consultation.resumed() if heard.given_back else consultation
    scene = Scene(knowledge, desk, heard, before)
    decided = _decided(scene)
    if _puts_the_same_again(before, decided) and before.talk.repeated >= _MOST_REPEATED + _leaves_what_waits(heard):
        decided = _decided(Scene(knowledge, desk, heard, let_rest(before)))
    if before.talk.on_the_way >= _MOST_ON_THE_WAY and decided.consultation.question in (Question.ISSUE, *ON_THE_WAY):
        decided = _decided(Scene(knowledge, desk, heard, with_nothing_more_to_ask(before)))
    decided = with_rating(scene, decided)
    repeated = before.talk.repeated + 1 if _puts_the_same_again(before, decided) else 0
    after = decided.consultation
    shown = len(after.roads.shown) > len(before.roads.shown)
    waits = after.question in (Question.ISSUE, *ON_THE_WAY) and not after.talk.paused
    on_the_way = before.talk.on_the_way + 1 if waits and not shown else 0
    return decided.on(_remembering(scene, after.with_talk(repeated=repeated, on_the_way=on_the_way)))


def _decided(scene: Scene) -> Turn:
    """The turn as the table decides it."""
    anew = scene.before.with_talk(given=(), topics_given=(), near=(), near_to="", rating_open=False, why_asked=False)
    decided = Turn(anew)
    for manner in BESIDE_A_PERSON if scene.heard.with_a_person else MANNERS:
        if decided.over or (decided.comes_back and manner not in ALSO):
            continue
        after = manner(scene, decided)
        decided = after if after == decided else replace(after, by=(*after.by, manner.__name__))
    return decided


def _leaves_what_waits(heard: Heard) -> bool:
    """Whether a message greets or tells the place, speaks of what is not ours, or asks after the question itself."""
    of_it = any(asked.about in _OF_WHAT_WAITS for asked in every(heard.moves, Asks))
    return of_it or heard.has(OffTopic, Greets) or bool(heard.facts(Slot.PREFECTURE))


def _puts_the_same_again(before: Consultation, decided: Turn) -> bool:
    """Whether the question that waited on the way to a road waits once more, and was put again.

    What else they want to talk about is asked as often as something was answered.
    """
    after = decided.consultation
    same = after.question is not None and (after.question, after.search.symptom) == (
        before.question,
        before.search.symptom,
    )
    if not same or after.question not in (Question.ISSUE, *ON_THE_WAY) or after.talk.openly:
        return False
    return any(said.response.startswith(f"utter_ask_{after.question.value}") for said in decided.said)


def _remembering(scene: Scene, consultation: Consultation) -> Consultation:
    """The consultation with when the message came, and what it told in the owner's own words."""
    kind = consultation.sub_issue_in(scene.knowledge)
    if kind is not None and kind.stage is not None and consultation.sub_issue != scene.before.sub_issue:
        consultation = consultation.with_owner(stage=kind.stage)
    consultation = consultation.with_talk(
        heard_at=scene.heard.at, subjects=scene.heard.subjects or consultation.talk.subjects
    )
    if not scene.heard.own_words:
        return consultation
    told = every(scene.heard.moves, Problem)
    guessed = any(problem.standing is Standing.GUESSED for problem in told)
    about = {problem.issue for problem in told if problem.standing is not Standing.GUESSED} | {consultation.issue}
    words = OwnWords(
        text=scene.heard.text.strip()[:LONGEST_WORDS],
        about=tuple(sorted(filter(None, about))),
        open=guessed or consultation.issue in (None, UNCLEAR),
        led_to=_road_of_this_turn(scene.before, consultation),
    )
    return consultation.with_roads(words=(*consultation.roads.words, words)[-MOST_WORDS:])


def _road_of_this_turn(before: Consultation, after: Consultation) -> Optional[str]:
    """The issue of the road that the message led to at once, or None."""
    shown = after.roads.shown[len(before.roads.shown) :]
    return shown[-1].matter.issue if shown else None

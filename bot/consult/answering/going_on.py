"""The one next step: the question that waits once more, a question that changes the road, a finding, or the road."""

from __future__ import annotations

from dataclasses import replace
from typing import List, Optional

from bot.consult.answering.asking import ask, ask_again_openly, ask_for_more, ask_what_else, below_the_road
from bot.consult.asking import Step, next_step
from bot.consult.heard import Heard
from bot.consult.moves import Asks, Brings
from bot.consult.road import road
from bot.consult.scene import CHOICES, Card, CardKind, Scene, Turn
from bot.consult.state import BELOW_A_ROAD, UNCLEAR, Consultation, OwnWords, Question
from bot.consult.triage import Finding, clear_sub_issue, findings, with_answer
from bot.knowledge import Knowledge, Matter, Words
from bot.normalization import bare

_A_WORD_OR_TWO = 6  # characters: すみません, なんちゅうか
_REASONS = 2  # more in one line are hard to read


def go_on(scene: Scene, turn: Turn) -> Turn:
    """Come back to what waits after an interruption; else take the consultation one step further."""
    return come_back(scene, turn) if turn.comes_back and not _promises_a_road(turn) else step_on(scene, turn)


def _promises_a_road(turn: Turn) -> bool:
    """Whether it was said beside an answer that the institutions for another matter follow."""
    below = turn.consultation.question in (None, *BELOW_A_ROAD)
    return below and any(said.response == "utter_taken_as" for said in turn.said)


def come_back(scene: Scene, turn: Turn) -> Turn:
    """The waiting question in other words; where none waits, on with the issue, or the question for it."""
    consultation = turn.consultation
    if consultation.question in BELOW_A_ROAD and turn.said:
        return _offering_what_waits(turn)
    if consultation.question is None and (consultation.answered or _is_between_roads(consultation)):
        return (turn if turn.said else turn.saying("utter_go_on")).ended()
    asked_us = scene.heard.has(Asks, Brings) or bool(consultation.roads.brought)
    if asked_us and turn.said and consultation.issue is None and consultation.question in (None, Question.ISSUE):
        return ask_for_more(scene, turn)
    if consultation.question is None and consultation.issue is not None:
        return step_on(scene, turn)
    if consultation.question is Question.ISSUE and consultation.talk.openly:
        return ask_again_openly(turn)
    return ask(scene, turn, consultation.question or Question.ISSUE, again=True)


def _is_between_roads(consultation: Consultation) -> bool:
    """Whether a road was shown and nothing is in hand: who was told whom to see is not asked as if they were new."""
    return consultation.issue is None and bool(consultation.roads.shown)


def _offering_what_waits(turn: Turn) -> Turn:
    """Below a road what waits is not asked after every answer: its choices stand below the last words."""
    *before, last = turn.said
    last = last if last.card is not None else replace(last, card=CHOICES)
    return replace(turn, said=(*before, last)).on_standing()


def step_on(scene: Scene, turn: Turn) -> Turn:
    """Ask what changes the referral; when nothing is left to ask, refer."""
    step = next_step(scene.knowledge, turn.consultation)
    if step is Step.REFER:
        return refer(scene, turn)
    if step is Step.NAME_FINDINGS:
        return name_findings(scene, turn)
    if step is Step.SETTLE:
        return settle(scene, turn)
    if step is Step.SAME_ROAD:
        return stay_on_the_road(scene, turn)
    return ask(scene, turn, Question(step.value))


def tells_something(heard: Heard) -> bool:
    """Whether a message says more than a word or two, which may be a place that we cannot read."""
    return len(bare(heard.text)) > _A_WORD_OR_TWO


def go_without_the_place(scene: Scene, turn: Turn) -> Turn:
    """On with the road where the place was asked for and something else was told: it can be said at any time."""
    return step_on(scene, turn.on(turn.consultation.settled(Question.PREFECTURE)).saying("utter_place_any_time"))


def refer_at_once(scene: Scene, turn: Turn) -> Turn:
    """The road by what is known, for who asks whom to call before all is told that could be asked."""
    known = _by_what_is_known(scene, turn.consultation).settled(Question.SUB_ISSUE).settled(Question.PREFECTURE)
    placed = known.owner.prefecture is not None
    return refer(scene, turn.on(known) if placed else turn.on(known).saying("utter_place_any_time"))


def _by_what_is_known(scene: Scene, consultation: Consultation) -> Consultation:
    """The same on what the search for the issue has found so far; without an issue, where all are heard (リ)."""
    if consultation.question is Question.WHICH_ISSUE:
        return _on_the_likelier(consultation)
    if consultation.issue != UNCLEAR:
        return consultation
    found = findings(scene.knowledge, consultation)
    over = consultation.with_search(over=True)
    return on_issue(scene.knowledge, over, found[0].issue) if len(found) == 1 else over.with_talk(question=None)


def refer(scene: Scene, turn: Turn) -> Turn:
    """Whom to see first and next for the issue that is settled; then what else was brought up, or whether there is."""
    way = road(scene.knowledge, turn.consultation)
    if way.too_far is not None and not turn.consultation.talk.times_spoken("utter_outside_area"):
        turn = turn.saying("utter_outside_area", desk=way.too_far.name, area=way.too_far.area)
    before, shown = turn.consultation, way.key
    words = tuple(_led_to(shown.matter.issue, before))
    after = before.with_roads(shown=(*before.roads.shown, shown), words=words).with_talk(talked_about=())
    return ask_what_else(scene, _shown(turn.on(after.keeping(())), before))


def _shown(turn: Turn, before: Consultation) -> Turn:
    """The road; where it was shown already without the place, with a word on what has changed."""
    place = before.owner.municipality or before.owner.prefecture
    again = any(key.matter == before.roads.in_hand for key in before.roads.shown)
    if again and place is not None:
        return turn.saying("utter_refer_nearby", Card(CardKind.ROAD), place=place)
    return turn.saying("utter_refer", Card(CardKind.ROAD))


def name_findings(scene: Scene, turn: Turn) -> Turn:
    """The one or two issues that the answers point to, each with why; the owner says which it is."""
    found = findings(scene.knowledge, turn.consultation)
    candidates = tuple(finding.issue for finding in found)
    after = turn.consultation.with_search(over=True)
    after = after.with_talk(question=Question.WHICH_ISSUE, candidates=candidates, put=after.talk.put + 1)
    response = "utter_one_finding" if len(found) == 1 else "utter_findings"
    named = "\n".join(_with_why(scene.knowledge, finding) for finding in found)
    return turn.on(after).saying(response, CHOICES, findings=named).ended()


def settle(scene: Scene, turn: Turn) -> Turn:
    """The cause that the owner's answers showed, said so that they can put us right; and on with it."""
    issue = findings(scene.knowledge, turn.consultation)[0].issue
    settled = on_issue(scene.knowledge, turn.consultation.with_search(over=True), issue)
    spoken = scene.knowledge.issues[issue].spoken
    return step_on(scene, turn.on(settled).saying("utter_settled", issue=spoken))


def on_issue(knowledge: Knowledge, consultation: Consultation, issue: str) -> Consultation:
    """Turned to an issue that was chosen; what the triage found beside it is kept, and the sub-issue it made clear."""
    found = tuple(Matter(name) for name in consultation.talk.candidates) if consultation.search.over else ()
    after = consultation.on(issue).keeping(found)
    sub_issue = clear_sub_issue(knowledge, consultation, issue) or after.sub_issue
    return after.about(sub_issue) if sub_issue else after


def stay_on_the_road(scene: Scene, turn: Turn) -> Turn:
    """The institutions shown hear this as well, a question is best put there; what waits is offered, not asked."""
    if scene.heard.said_back and not scene.heard.asks and not turn.said:
        turn = turn.saying("utter_said_back", said=scene.heard.said_back)
    waiting = turn.consultation.with_talk(question=below_the_road(turn.consultation), standing=True)
    first = road(scene.knowledge, turn.consultation).steps[0].door.name
    response = "utter_ask_there" if scene.heard.asks else "utter_same_road"
    return turn.on(waiting).saying(response, CHOICES, institution=first).ended()


def first_on_the_road(scene: Scene, turn: Turn) -> Optional[str]:
    """The name of the first institution on the road that was shown for the issue in hand, or None."""
    if not turn.consultation.issue or not turn.consultation.answered:
        return None
    return road(scene.knowledge, turn.consultation).steps[0].door.name


def without_an_answer(consultation: Consultation) -> Consultation:
    """The same with the question that waits let go, where it is one that the consultation can do without."""
    question = consultation.question
    if question is Question.TRIAGE and consultation.search.symptom is not None:
        return with_answer(consultation, consultation.search.symptom, None)
    if question in (Question.SUB_ISSUE, Question.PREFECTURE):
        return consultation.settled(question)
    if question is Question.SHEET:
        return consultation.with_talk(question=Question.ANYTHING_ELSE)
    if question is Question.FORGET:
        return consultation.with_talk(question=None)
    return consultation


def let_rest(consultation: Consultation) -> Consultation:
    """The same with the question that waits let go though it was never answered: on with what is known."""
    question = consultation.question
    if question is Question.ISSUE:
        return consultation.on(UNCLEAR)
    if question is Question.WHICH_ISSUE:
        return _on_the_likelier(consultation)
    return without_an_answer(consultation)


def _on_the_likelier(consultation: Consultation) -> Consultation:
    """The same on the issue that was found first; where two were only guessed, on none."""
    if consultation.search.over and consultation.talk.candidates:
        return consultation.on(consultation.talk.candidates[0])
    return consultation.on(UNCLEAR).with_search(over=True)


def with_nothing_more_to_ask(consultation: Consultation) -> Consultation:
    """The same with everything let go that could be asked on the way, but for the place where it was never asked for:
    the road is shown by what is known, and a road without a place may send them far away.
    """
    on_it = consultation if consultation.issue is not None else consultation.on(UNCLEAR)
    asked_for_it = consultation.question is Question.PREFECTURE or Question.PREFECTURE in consultation.talk.asked
    asked = (Question.SUB_ISSUE, Question.PREFECTURE) if asked_for_it else (Question.SUB_ISSUE,)
    return on_it.with_search(over=True).with_talk(question=None, candidates=(), asked=asked)


def _led_to(issue: str, consultation: Consultation) -> List[OwnWords]:
    """The owner's words, those that no road has followed yet belonging to this one."""
    return [replace(words, led_to=words.led_to or issue) for words in consultation.roads.words]


def _as_a_reason(words: Words, said: str) -> str:
    """What was said back, as it is quoted: 赤字な, which のですね follows, is 赤字だ before とおっしゃったので."""
    return said.removesuffix(words.as_said_back) + words.as_a_reason if said.endswith(words.as_said_back) else said


def _with_why(knowledge: Knowledge, finding: Finding) -> str:
    words = knowledge.words
    name = knowledge.issues[finding.issue].spoken
    said = [_as_a_reason(words, reason) for reason in finding.because[:_REASONS]]
    heard = "、".join(said) + ("、" if len(said) > 1 else "")
    because = words.because_said.format(said=heard) if said else words.because_words
    return words.finding.format(name=name, because=because)

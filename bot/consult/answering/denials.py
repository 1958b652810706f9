"""What was denied is no longer held; what we got wrong is put right."""

from __future__ import annotations

from typing import Optional, Tuple

from bot.consult.answering.asking import ask, ask_openly, introduced
from bot.consult.answering.going_on import refer, without_an_answer
from bot.consult.asking import Step, next_step
from bot.consult.moves import Asks, Brings, No, NotProblem, Slot, every
from bot.consult.road import road
from bot.consult.scene import Card, CardKind, Scene, Turn
from bot.consult.state import Consultation, Question
from bot.consult.triage import without_last_answer
from bot.knowledge import Matter


def withdraw(scene: Scene, turn: Turn) -> Turn:
    """Go on with what the owner corrected; where the correction has no content, ask openly what the matter is."""
    if not scene.heard.has(NotProblem, No):
        return turn
    if scene.heard.has(Brings):
        return _make_room(scene, turn)
    if turn.consultation.question is Question.TRIAGE and _denied_issues(scene):
        return _search_elsewhere(scene, turn)
    if scene.heard.has(NotProblem) and _takes_back_an_answer(scene, turn):
        return _take_back_the_last_answer(scene, turn)
    consultation = turn.consultation
    nothing_waits = consultation.question is None and bool(consultation.roads.shown)
    if nothing_waits and not scene.heard.has(NotProblem) and scene.heard.leading is None:
        return turn.saying("utter_close").ended()  # いいえ after a farewell puts nothing right
    kind = _denied_kind(scene, consultation)
    told = scene.heard.leading
    if kind is not None and told is not None and told.sub_issue is not None:
        return turn.on(consultation.with_roads(in_hand=Matter(told.issue, told.sub_issue))).saying("utter_corrected")
    if kind is not None:
        return _leave_the_kind(scene, turn, kind)
    if scene.heard.has(NotProblem) and _denies_only_others(scene, consultation):
        return _leave_others(scene, turn)
    denied = (consultation.issue, *(move.issue for move in every(scene.heard.moves, NotProblem)))
    leading = scene.heard.leading
    if leading is not None:  # named instead: it is taken in as any other
        consultation = consultation.without(*(issue for issue in denied if issue != leading.issue))
        return turn.on(consultation).saying("utter_corrected")
    if consultation.issue is not None and scene.heard.facts(Slot.PREFECTURE):
        corrected = turn.saying("utter_corrected")
        shown = next_step(scene.knowledge, consultation) is Step.SAME_ROAD
        return refer(scene, corrected) if shown else corrected
    if scene.heard.only_facts:
        return turn.saying("utter_corrected_fact").coming_back()
    if scene.heard.has(Asks):  # what it is instead is looked up as a question is
        held = next((issue for issue in denied if issue is not None), None)
        left = turn.on(consultation.without(*denied))
        return left.saying("utter_not_meant", issue=scene.knowledge.issues[held].spoken) if held else left
    forgotten = turn.on(consultation.without(*denied))
    taken_wrong = consultation.issue is not None or bool(consultation.talk.candidates)
    return ask_openly(scene, forgotten.saying("utter_sorry_misunderstood") if taken_wrong else introduced(forgotten))


def _make_room(scene: Scene, turn: Turn) -> Turn:
    """What was denied is let go for the matter that is brought in its place."""
    held = () if turn.consultation.issue is None else (turn.consultation.issue,)
    left = turn.consultation.without(*held, *_denied_issues(scene)).with_talk(question=None, candidates=())
    return turn.on(left).saying("utter_corrected")


def _denied_issues(scene: Scene) -> Tuple[str, ...]:
    return tuple(move.issue for move in every(scene.heard.moves, NotProblem) if move.issue is not None)


def _search_elsewhere(scene: Scene, turn: Turn) -> Turn:
    """While we search, what is denied by name is not searched for any more, and the question that waits is let go."""
    denied, put = _denied_issues(scene), turn.consultation.talk.put
    left = without_an_answer(turn.consultation.without(*denied)).with_talk(put=put)
    return turn.on(left).saying("utter_not_meant", issue=scene.knowledge.issues[denied[0]].spoken)


def _takes_back_an_answer(scene: Scene, turn: Turn) -> bool:
    """Whether the last answer to a question of the search is meant, and not a place or a number that was told."""
    told = turn.consultation.search.told
    of_a_fact = scene.heard.only_facts or bool(scene.heard.facts(Slot.PREFECTURE))
    if turn.consultation.question is not Question.TRIAGE or not told or of_a_fact:
        return False
    return scene.knowledge.triage.symptoms[told[-1].symptom].ask is not None


def _take_back_the_last_answer(scene: Scene, turn: Turn) -> Turn:
    last = scene.knowledge.triage.answer(turn.consultation.search.told[-1])
    return turn.on(without_last_answer(turn.consultation)).saying("utter_symptom_undo", said=last.said)


def _denied_kind(scene: Scene, consultation: Consultation) -> Optional[Matter]:
    """The kind of the matter in hand that is denied, where the matter itself is not: 海外なんて言ってません."""
    if scene.heard.leading is not None and scene.heard.leading.issue != consultation.issue:
        return None
    denied = [Matter(m.issue, m.sub_issue) for m in every(scene.heard.moves, NotProblem) if m.issue is not None]
    whole = any(matter.issue == consultation.issue and matter.sub_issue is None for matter in denied)
    of_it = [m for m in denied if m.issue == consultation.issue and m.sub_issue is not None]
    return of_it[0] if of_it and not whole else None


def _leave_the_kind(scene: Scene, turn: Turn, kind: Matter) -> Turn:
    """The kind is dropped and asked for anew where it was held; the matter stays."""
    issue = scene.knowledge.issues[kind.issue]
    said = turn.saying("utter_not_meant", issue=issue.sub_issue(kind.sub_issue or "").name)
    if turn.consultation.sub_issue != kind.sub_issue:
        return said.coming_back()
    asked = tuple(question for question in turn.consultation.talk.asked if question is not Question.SUB_ISSUE)
    anew = turn.consultation.with_roads(in_hand=Matter(kind.issue)).with_talk(asked=asked, question=None, put=0)
    return ask(scene, said.on(anew), Question.SUB_ISSUE)


def _denies_only_others(scene: Scene, consultation: Consultation) -> bool:
    """Whether what is denied is named, and is not the matter in hand: 商店街の話じゃない of who came for a loan."""
    denied = [move.issue for move in every(scene.heard.moves, NotProblem)]
    held = {consultation.issue, *consultation.talk.candidates}
    return consultation.issue is not None and None not in denied and not held & {*denied}


def _leave_others(scene: Scene, turn: Turn) -> Turn:
    """What was denied is dropped, and the matter in hand goes on."""
    denied = [move.issue for move in every(scene.heard.moves, NotProblem) if move.issue is not None]
    kept = turn.consultation.with_roads(
        denied=tuple(dict.fromkeys((*turn.consultation.roads.denied, *denied))),
        later=tuple(matter for matter in turn.consultation.roads.later if matter.issue not in denied),
    )
    if kept.question is Question.OTHER_ISSUE and not kept.others:
        kept = kept.with_talk(question=Question.ANYTHING_ELSE)
    said = turn.on(kept).saying("utter_not_meant", issue=scene.knowledge.issues[denied[0]].spoken)
    return said.coming_back()


def leave_out(scene: Scene, turn: Turn) -> Turn:
    """An institution on the road that was tried already, or is not wanted, is left out; and who is first then."""
    new = [name for name in scene.heard.turned_down if name not in turn.consultation.roads.turned_down]
    if not new:
        return turn
    talked_about = tuple(name for name in turn.consultation.talk.talked_about if name not in new)
    consultation = turn.consultation.with_talk(talked_about=talked_about).with_roads(
        turned_down=(*turn.consultation.roads.turned_down, *new)
    )
    if not turn.consultation.answered or _tells_another_kind(scene, turn):
        return turn.on(consultation)  # the road that is to come leaves them out
    on_it = [step.referral.institution.id for step in road(scene.knowledge, turn.consultation).steps]
    left = road(scene.knowledge, consultation).steps[0].referral.institution
    gone = [name for name in new if name in on_it]
    if not gone or left.id in consultation.roads.turned_down:
        return turn.on(consultation)
    card = Card(CardKind.CONTACT, (left.id,))
    said = turn.on(consultation).saying(
        "utter_left_out", card, institution=scene.knowledge.institutions[gone[0]].name, first=left.name
    )
    return said.coming_back()


def _tells_another_kind(scene: Scene, turn: Turn) -> bool:
    """Whether the message tells a worry whose road was not shown yet: 募集しても来ない。ハローワークには出した."""
    told = scene.heard.leading
    if told is None:
        return False
    in_hand = turn.consultation.roads.in_hand
    return in_hand is None or (told.issue, told.sub_issue or in_hand.sub_issue) != (in_hand.issue, in_hand.sub_issue)

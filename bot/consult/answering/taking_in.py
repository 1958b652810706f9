"""Takes in what the owner tells: facts, worries, answers; and says it back."""

from __future__ import annotations

from typing import Optional, Tuple

from bot.consult.answering.asking import ask, introduced
from bot.consult.answering.going_on import step_on, without_an_answer
from bot.consult.answering.reminding import advised_at_once
from bot.consult.answering.sheets import make_sheet, no_sheet
from bot.consult.asking import Step, next_step
from bot.consult.choices import BOTH, DONE, GO, MAKE, MORE, NEITHER, REFUSE, SKIP, UNKNOWN, Option
from bot.consult.heard import Heard
from bot.consult.moves import Complains, Fact, Move, NotProblem, Pick, Problem, Refuses, Slot, Standing, Tells, Yes
from bot.consult.quoting import quoted
from bot.consult.scene import Card, CardKind, Scene, Turn
from bot.consult.state import BELOW_A_ROAD, UNCLEAR, Consultation, Question, Quote
from bot.consult.state.search import MOST_QUOTES
from bot.consult.telling import told
from bot.consult.triage import clear_sub_issue, leaning_after, with_answer, without_more_questions
from bot.knowledge import Knowledge, Matter

_REFUSALS_HEARD = 2
_MISSES_FORGIVEN = 2
_DETAILS = (Question.SUB_ISSUE, Question.PREFECTURE)
_HEARD_OTHERWISE = {UNKNOWN: "utter_symptom_unknown", REFUSE: "utter_symptom_refuse"}


def note(scene: Scene, turn: Turn) -> Turn:
    """What the message tells of the business is kept before anything is answered, and how its words lean the search."""
    heard = scene.heard
    consultation = _with_misses(_with_facts(turn.consultation, heard.moves), scene)
    if heard.leans:
        triage, search = scene.knowledge.triage, consultation.search
        leaning = leaning_after(triage, search.leaning, heard.ranking, heard.likeness)
        consultation = consultation.with_search(leaning=leaning)
    if heard.institutions:
        consultation = consultation.with_talk(talked_about=heard.institutions)
    return turn.on(_with_what_was_tried(consultation, heard.tried))


def own_up(scene: Scene, turn: Turn) -> Turn:
    """Who is asked what they said before is told what was understood so far, and not asked that again."""
    if not scene.heard.has(Complains):
        return turn
    turn = turn.on(_with_what_was_said_before(turn.consultation))
    understood = told(scene.knowledge, turn.consultation)
    said = turn.saying("utter_recall", told=understood) if understood else turn.saying("utter_recall_nothing")
    return said.saying("utter_go_on").ended() if said.consultation.answered else step_on(scene, said)


def take_in(scene: Scene, turn: Turn) -> Turn:
    """Worries and answers change the consultation and are said back; what was told beside them is acknowledged."""
    if not _is_for_us(scene) or (turn.comes_back and not scene.heard.has(Pick) and scene.heard.leading is None):
        return turn
    heard = scene.heard
    refused = heard.has(Refuses)
    option = _picked(heard, turn.consultation)
    turn = turn.on(_with_what_was_told(scene, turn.consultation, option))
    turn = introduced(turn)
    step = next_step(scene.knowledge, turn.consultation)
    if step is not Step.SAME_ROAD:
        turn = _acknowledged(scene, turn, option)
    turn = advised_at_once(scene, _symptom_acknowledged(scene, turn, option))
    if option is not None and option.question in BELOW_A_ROAD and option.answer == DONE:
        return turn.saying("utter_close").ended()
    if option is not None and option.question is Question.SHEET:
        return make_sheet(scene, turn) if option.answer == MAKE else no_sheet(scene, turn)
    if _is_told_beside(scene, turn, step):
        return _noted(scene, turn).coming_back()
    if option is not None and option.is_(Question.PREFECTURE, SKIP):
        turn = turn.saying("utter_need_not_say")
    if step is Step.ASK_ISSUE and refused and turn.consultation.question is Question.ISSUE:
        return _without_a_worry(scene, turn)
    return turn.saying("utter_left_open") if _is_left_open(scene, turn, option, step) else turn


def _picked(heard: Heard, consultation: Consultation) -> Optional[Option]:
    """The answer that was picked, or None; a kind of an issue that the same message denies is none."""
    pick = heard.first(Pick)
    if pick is None or (pick.option.question is Question.SUB_ISSUE and consultation.issue is None):
        return None
    return pick.option


def _is_for_us(scene: Scene) -> bool:
    """Whether the message tells of a worry, answers, refuses, or only tells facts."""
    heard = scene.heard
    return _tells_facts_alone(heard) or heard.has(Pick, Refuses, Tells) or heard.leading is not None


def _tells_facts_alone(heard: Heard) -> bool:
    """Whether a message tells facts, perhaps with a worry brought up beside them, and does nothing else."""
    beside = all(isinstance(m, Problem) and m.standing is Standing.BESIDE for m in heard.moves_beside_facts)
    return beside and not heard.unsure


def _with_facts(consultation: Consultation, moves: Tuple[Move, ...]) -> Consultation:
    """What was told stays until the owner says it anew."""
    known = consultation.owner
    for fact in (move for move in moves if isinstance(move, Fact)):
        of_the_place = fact.slot in (Slot.PREFECTURE, Slot.MUNICIPALITY)
        before = known.prefecture if of_the_place else getattr(known, fact.slot.value)
        if before is None or fact.anew:
            consultation = consultation.with_owner(**{fact.slot.value: fact.value})
            if fact.slot is Slot.PREFECTURE and consultation.question is Question.PREFECTURE:
                consultation = consultation.settled(Question.PREFECTURE)
    return consultation


def _with_what_was_tried(consultation: Consultation, tried: Tuple[str, ...]) -> Consultation:
    return consultation.with_owner(tried=tuple(dict.fromkeys((*consultation.owner.tried, *tried))))


def _with_misses(consultation: Consultation, scene: Scene) -> Consultation:
    """Counts messages not understood; a question that was missed twice is let go rather than asked a third time."""
    heard, question = scene.heard, consultation.question
    if heard.has(Refuses) and question is Question.ISSUE:
        return consultation
    a_yes_to_what = heard.has(Yes) and question is Question.TRIAGE
    leading = heard.leading
    more_of_it = leading is not None and leading.issue == consultation.issue
    no_place_yet = question is Question.PREFECTURE and more_of_it and not heard.facts(Slot.PREFECTURE)
    aside = heard.has(Tells) and scene.before.question in _DETAILS
    if not (heard.unsure or heard.problems(Standing.GUESSED) or aside or a_yes_to_what or no_place_yet):
        return consultation.with_talk(misses=0)
    after = consultation.with_talk(misses=consultation.talk.misses + 1)
    let_go = without_an_answer(after)
    forgiven = after.talk.misses >= _MISSES_FORGIVEN and let_go is not after
    return let_go.with_talk(misses=0) if forgiven else after


def _with_what_was_said_before(consultation: Consultation) -> Consultation:
    """No question is put twice to an owner who has answered it: the likelier issue is taken, or none is needed."""
    question = consultation.question
    if question in (*_DETAILS, Question.TRIAGE):
        return without_an_answer(consultation)
    if question is Question.WHICH_ISSUE:
        return consultation.on(consultation.talk.candidates[0])
    if question is Question.ISSUE:
        return consultation.on(UNCLEAR)
    if question in (Question.ANYTHING_ELSE, Question.SHEET):
        return consultation.with_talk(question=None)
    return consultation


def _with_what_was_told(scene: Scene, consultation: Consultation, option: Optional[Option]) -> Consultation:
    heard = scene.heard
    beside = heard.matters(Standing.BESIDE)
    if option is not None:
        return _with_answer(scene.knowledge, consultation, option)
    if heard.leading is not None:
        after = consultation.on(heard.leading.issue).keeping(beside)
        return after.about(heard.leading.sub_issue) if heard.leading.sub_issue else after
    if heard.has(Refuses):
        return _without_what_was_refused(consultation)
    if heard.has(Tells) and consultation.question is Question.TRIAGE and consultation.search.symptom is not None:
        quotes = tuple(Quote(matter, quoted(heard.text)) for matter in beside)
        quotes = (*consultation.search.quotes, *quotes)[-MOST_QUOTES:]
        return with_answer(consultation.with_search(quotes=quotes), consultation.search.symptom, None)
    return consultation.keeping(beside)


def _without_what_was_refused(consultation: Consultation) -> Consultation:
    question = consultation.question
    if question in (*_DETAILS, Question.TRIAGE):
        return without_an_answer(consultation)
    if question is Question.WHICH_ISSUE:
        return consultation.on(UNCLEAR)
    if question is Question.ISSUE:
        return consultation.with_talk(misses=consultation.talk.misses + 1)
    return consultation


def _with_answer(knowledge: Knowledge, consultation: Consultation, option: Option) -> Consultation:
    """The consultation after an answer was picked."""
    question, answer = option.question, option.answer
    if question is Question.ISSUE:
        return _on_issue(knowledge, consultation, answer)
    if question is Question.TRIAGE and consultation.search.symptom is not None:
        # the one that waited, or another whose answer was told in passing
        after = with_answer(consultation, consultation.search.symptom, None)
        if option.symptom is not None:
            return with_answer(after, option.symptom, answer)
        return without_more_questions(knowledge.triage, after) if answer == REFUSE else after
    if question is Question.OTHER_ISSUE:
        if answer == GO and consultation.others:
            return _on_issue(knowledge, consultation, consultation.others[0])
        return consultation.with_talk(question=None).with_roads(later=())
    if question is Question.SUB_ISSUE and answer not in (SKIP, MORE):
        return consultation.about(answer)
    if question is Question.WHICH_ISSUE and answer == BOTH:
        one, two = consultation.talk.candidates
        kept = {matter.issue: matter for matter in consultation.roads.later}
        return consultation.on(one).keeping((kept.get(two, Matter(two)),))
    if question is Question.WHICH_ISSUE and answer == NEITHER:
        return consultation.with_talk(question=None, candidates=())
    if question is Question.ANYTHING_ELSE and answer == MORE:
        return consultation.with_talk(question=None).with_roads(in_hand=None)
    if question in (Question.ANYTHING_ELSE, Question.SHEET):
        return consultation.with_talk(question=None)
    return consultation.settled(question)


def _on_issue(knowledge: Knowledge, consultation: Consultation, issue: str) -> Consultation:
    """Turned to an issue that was chosen; what the triage found beside it is kept, and the sub-issue it made clear."""
    found = tuple(Matter(name) for name in consultation.talk.candidates) if consultation.search.over else ()
    after = consultation.on(issue).keeping(found)
    sub_issue = clear_sub_issue(knowledge, consultation, issue) or after.sub_issue
    return after.about(sub_issue) if sub_issue else after


def _acknowledged(scene: Scene, turn: Turn, option: Optional[Option]) -> Turn:
    """Where the message brought an issue, what we took it for, so that the owner can put us right.

    Where it told more of the one in hand, that it was heard, and not the same again.
    """
    consultation = turn.consultation
    issue, sub_issue = consultation.issue_in(scene.knowledge), consultation.sub_issue_in(scene.knowledge)
    chosen = option is not None and (option.question is Question.ISSUE or option.is_(Question.OTHER_ISSUE, GO))
    chosen = chosen or (scene.heard.leading is not None and scene.heard.has(NotProblem))
    if option is not None and option.is_(Question.SUB_ISSUE, MORE):
        turn = turn.saying("utter_heard_more")
    if issue is None or not (chosen or scene.heard.leading is not None):
        return turn
    if not chosen and consultation.roads.in_hand == scene.before.roads.in_hand:
        turn = turn.saying("utter_heard_more")
    elif sub_issue is None:
        turn = turn.saying("utter_acknowledge", acknowledgement=issue.acknowledge)
    else:
        turn = turn.saying("utter_acknowledge_closely", acknowledgement=issue.acknowledge, matter=sub_issue.name)
    beside = [matter.issue for matter in scene.heard.matters(Standing.BESIDE) if matter.issue in consultation.others]
    if not beside or consultation.answered:
        return turn
    others = "、".join(scene.knowledge.issues[name].spoken for name in beside)
    return turn.saying("utter_kept_for_later", others=others)


def _symptom_acknowledged(scene: Scene, turn: Turn, option: Optional[Option]) -> Turn:
    """Where the message answered a question of the triage, what we heard, before the next question."""
    if option is not None and option.question is Question.TRIAGE:
        if option.symptom is None:
            return turn.saying(_HEARD_OTHERWISE[option.answer])
        said = scene.knowledge.triage.symptoms[option.symptom].answer(option.answer).said
        return turn.saying("utter_heard_symptom", said=said)
    waited = scene.before.question is Question.TRIAGE and scene.before.search.symptom is not None
    if not (waited and scene.heard.has(Tells)):
        return turn
    sympathy = _sympathy(scene, turn)
    if sympathy is not None:
        return turn.saying("utter_symptom_said_of", sympathy=sympathy)
    return _trade_acknowledged(scene, turn) or turn.saying("utter_symptom_said")


def _sympathy(scene: Scene, turn: Turn) -> Optional[str]:
    """Words for a worry that the owner told in their own words for the first time."""
    if not scene.heard.problems(Standing.BESIDE):
        return None
    spoke_for = [quote.matter.issue for quote in turn.consultation.search.quotes]
    return scene.knowledge.issues[spoke_for[-1]].sympathy if spoke_for.count(spoke_for[-1]) == 1 else None


def _trade_acknowledged(scene: Scene, turn: Turn) -> Optional[Turn]:
    """The owner's trade said back where the message told it; None where it did not."""
    industry = turn.consultation.owner.industry
    if industry is None or industry == scene.before.owner.industry:
        return None
    return turn.saying("utter_heard_trade", industry=industry)


def _is_told_beside(scene: Scene, turn: Turn, step: Step) -> bool:
    """Whether the message told something beside the question that waits, which is then put again."""
    heard, question = scene.heard, turn.consultation.question
    aside = heard.has(Tells) and scene.before.question is not Question.TRIAGE
    goes_to_a_road = question is Question.ANYTHING_ELSE and step is Step.REFER
    return (aside or _tells_facts_alone(heard)) and question is not None and not goes_to_a_road


def _noted(scene: Scene, turn: Turn) -> Turn:
    return _trade_acknowledged(scene, turn) or turn.saying("utter_noted")


def _without_a_worry(scene: Scene, turn: Turn) -> Turn:
    """An owner who would rather not say what the matter is: asked once more gently, then left in peace."""
    in_peace = turn.consultation.with_talk(question=None, misses=0)
    if turn.consultation.roads.shown:
        return turn.on(in_peace).saying("utter_close").ended()
    if turn.consultation.talk.misses >= _REFUSALS_HEARD:
        return turn.on(in_peace).saying("utter_need_not_ask", Card(CardKind.PEOPLE)).ended()
    return ask(scene, turn, Question.ISSUE, again=True)


def _is_left_open(scene: Scene, turn: Turn, option: Optional[Option], step: Step) -> bool:
    """Whether the triage has just ended without an issue, though the owner answered what they could."""
    told_of_a_symptom = scene.heard.has(Tells) and scene.before.question is Question.TRIAGE
    answered = option is not None and option.question is Question.TRIAGE and option.answer != REFUSE
    over = step in (Step.ASK_PREFECTURE, Step.REFER, Step.SAME_ROAD)
    no_finding_fits = option is not None and option.is_(Question.WHICH_ISSUE, NEITHER)
    ended = told_of_a_symptom or answered or no_finding_fits or scene.heard.has(Refuses)
    return turn.consultation.issue == UNCLEAR and over and ended

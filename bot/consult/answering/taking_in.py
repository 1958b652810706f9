"""Takes in what the owner tells: facts, worries, answers; and says it back."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

from bot.consult.answering.asking import ask, introduced
from bot.consult.answering.feelings import with_reply
from bot.consult.answering.going_on import (
    go_without_the_place,
    on_issue,
    step_on,
    tells_something,
    without_an_answer,
)
from bot.consult.answering.reminding import advised_at_once
from bot.consult.answering.sheets import make_sheet, no_sheet
from bot.consult.asking import Step, next_step
from bot.consult.choices import BOTH, DONE, GO, LIST, MAKE, MORE, NEITHER, REFUSE, SKIP, UNKNOWN, Option
from bot.consult.heard import Heard
from bot.consult.moves import (
    About,
    Asks,
    Complains,
    Confides,
    Fact,
    Feeling,
    Feels,
    Move,
    NotProblem,
    Pick,
    Problem,
    Refuses,
    Slot,
    Standing,
    Tells,
    TurnedAway,
    Yes,
    every,
)
from bot.consult.quoting import quoted
from bot.consult.scene import Card, CardKind, Scene, Turn
from bot.consult.state import BELOW_A_ROAD, UNCLEAR, Consultation, Question, Quote
from bot.consult.state.search import MOST_QUOTES
from bot.consult.telling import told
from bot.consult.triage import leaning_after, with_answer, without_more_questions
from bot.knowledge import AnswerId, Issue, Knowledge, Matter, SubIssue
from bot.phrases import pattern

_AS_SURE = 0.75  # an issue so sure is worth a thought, though not yet a change
_FOR_CERTAIN = 0.95  # a worry that is told beside a question that was answered
_SENTENCE_END = "。"  # of several sentences, what can be said back may not be the one that answered
_JUST_THAT = 0.8  # likeness of words that say just that: a wrong restatement is worse than none
_SAYS_NO_MORE = 20  # characters: 赤字です, 人手が足りない。福島市です
_MOST_SYMPATHIES = 24
_REFUSALS_HEARD = 2
_MISSES_FORGIVEN = 2
_DETAILS = (Question.SUB_ISSUE, Question.PREFECTURE)
_HEARD_OTHERWISE = {UNKNOWN: "utter_symptom_unknown", REFUSE: "utter_symptom_refuse"}


def note(scene: Scene, turn: Turn) -> Turn:
    """What the message tells of the business is kept before anything is answered, and how its words lean the search."""
    heard = scene.heard
    consultation = _with_misses(_with_facts(turn.consultation, heard.moves), scene)
    if heard.comes_with:
        told = (*consultation.search.told, *heard.comes_with)
        consultation = _worded(consultation.on(UNCLEAR).with_search(told=told), heard.comes_with[-1], heard.said_back)
    elif heard.leans:
        triage, search = scene.knowledge.triage, consultation.search
        leaning = leaning_after(triage, search.leaning, heard.ranking, heard.likeness)
        consultation = consultation.with_search(leaning=leaning)
    if heard.fields:
        consultation = consultation.with_talk(fields=heard.fields)
    if heard.easily:
        consultation = consultation.with_talk(easily=True, in_kana=consultation.talk.in_kana or heard.in_kana)
    if heard.institutions:
        wanted = tuple(name for name in consultation.roads.turned_down if name not in heard.institutions)
        consultation = consultation.with_talk(talked_about=heard.institutions).with_roads(turned_down=wanted)
    return turn.on(_with_what_was_tried(consultation, heard.tried))


def own_up(scene: Scene, turn: Turn) -> Turn:
    """Who is asked what they said before is told what was understood so far, and not asked that again."""
    if not scene.heard.has(Complains) or scene.heard.has(Asks):
        return turn  # whose question was answered late was met there
    if turn.consultation.talk.times_spoken("utter_recall") + turn.consultation.talk.times_spoken(
        "utter_recall_nothing"
    ):
        return turn.saying("utter_sorry_again", Card(CardKind.PEOPLE)).on_standing()
    turn = turn.on(_with_what_was_said_before(turn.consultation))
    understood = told(scene.knowledge, turn.consultation)
    said = turn.saying("utter_recall", told=understood) if understood else turn.saying("utter_recall_nothing")
    return said.saying("utter_go_on").ended() if said.consultation.answered else step_on(scene, said)


def take_in(scene: Scene, turn: Turn) -> Turn:
    """Worries and answers change the consultation and are said back; what was told beside them is acknowledged."""
    if not _is_for_us(scene) or (turn.comes_back and not scene.heard.has(Pick) and scene.heard.leading is None):
        return turn
    heard = scene.heard
    if turn.comes_back and (_is_of_what_was_brought(scene) or _only_sounds_like_another(scene, turn)):
        return turn
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
        noted = _noted(scene, turn)
        waits_for_the_place = turn.consultation.question is Question.PREFECTURE
        told_no_place = waits_for_the_place and scene.heard.has(Tells) and tells_something(scene.heard)
        told_no_place = told_no_place and not _sounds_like_another_issue(scene)
        return go_without_the_place(scene, noted) if told_no_place else noted.coming_back()
    if option is not None and option.is_(Question.PREFECTURE, SKIP):
        turn = turn.saying("utter_need_not_say")
    if step is Step.ASK_ISSUE and refused and turn.consultation.question is Question.ISSUE:
        return _without_a_worry(scene, turn)
    return turn.saying("utter_left_open") if _is_left_open(scene, turn, option, step) else turn


def _is_of_what_was_brought(scene: Scene) -> bool:
    """Whether a question is of the matter that was brought last: 公庫はすぐ借りられますか asks for no road."""
    brought, leading = scene.before.roads.brought, scene.heard.leading
    of_it = bool(brought) and leading is not None and leading.issue == scene.knowledge.brought[brought[-1]].issue
    return of_it and scene.before.issue is None and scene.heard.has(Asks)


def _only_sounds_like_another(scene: Scene, turn: Turn) -> bool:
    """Whether a question that was answered sounds like another worry than the one in hand, and not for certain.

    Who asks in the middle of closing about the lease of the shop opens none.
    """
    leading, before = scene.heard.leading, scene.before
    begun = before.issue is not None or bool(before.roads.brought)
    answered = bool(turn.consultation.talk.given) and scene.heard.has(Asks)
    other = leading is not None and leading.issue != before.issue
    return begun and answered and other and leading is not None and leading.confidence < _FOR_CERTAIN


def _sounds_like_another_issue(scene: Scene) -> bool:
    """Whether the message is rather of another issue than the one in hand: then its road is not shown yet."""
    issue, confidence = next(iter(scene.heard.ranking), ("", 0.0))
    another = issue in scene.knowledge.issues and issue not in (UNCLEAR, scene.before.issue)
    return another and confidence >= _AS_SURE


def _picked(heard: Heard, consultation: Consultation) -> Optional[Option]:
    """The answer that was picked, or None; a kind of an issue that the same message denies is none, nor are both."""
    pick = heard.first(Pick)
    if pick is None or (pick.option.question is Question.SUB_ISSUE and consultation.issue is None):
        return None
    if pick.option.is_(Question.WHICH_ISSUE, BOTH) and len(consultation.talk.candidates) < 2:
        return None
    return pick.option


def _is_for_us(scene: Scene) -> bool:
    """Whether the message tells of a worry, answers, refuses, or only tells facts."""
    heard = scene.heard
    return _tells_facts_alone(heard) or heard.has(Pick, Refuses, Tells) or _brings_a_worry(heard)


def _brings_a_worry(heard: Heard) -> bool:
    return heard.leading is not None or bool(heard.comes_with)


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
        if before is None or fact.anew or _is_the_town(fact, moves, consultation):
            consultation = consultation.with_owner(**{fact.slot.value: fact.value})
            if fact.slot is Slot.PREFECTURE and consultation.question is Question.PREFECTURE:
                consultation = consultation.settled(Question.PREFECTURE)
    return consultation


def _is_the_town(fact: Fact, moves: Tuple[Move, ...], consultation: Consultation) -> bool:
    """Whether it is the town in the prefecture that was told before, of which no town is known yet: わの町、板柳だ."""
    owner = consultation.owner
    of_elsewhere = any(m.slot is Slot.PREFECTURE and m.value != owner.prefecture for m in every(moves, Fact))
    return fact.slot is Slot.MUNICIPALITY and owner.municipality is None and not of_elsewhere


def _worded(consultation: Consultation, answer: AnswerId, words: str) -> Consultation:
    """The same with the owner's own words for an answer of the triage kept, where they used some."""
    if not words:
        return consultation
    return consultation.with_search(worded=(*consultation.search.worded, (str(answer), words))[-MOST_QUOTES:])


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
    aside = aside or (question is Question.SUB_ISSUE and _tells_facts_alone(heard) and bool(heard.moves))
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
        answered = _with_answer(scene.knowledge, consultation, option)
        if option.question is Question.TRIAGE and option.symptom is not None:
            words = heard.said_back if _SENTENCE_END not in heard.text.rstrip(_SENTENCE_END) else ""
            return _worded(answered, AnswerId(option.symptom, option.answer), words)
        return answered
    if heard.comes_with:
        return consultation.keeping(beside)
    if heard.leading is not None:
        after = consultation.on(heard.leading.issue).keeping(beside)
        if heard.leading.sub_issue:
            return after.about(heard.leading.sub_issue)
        return after.settled(Question.SUB_ISSUE) if _wants_to_know_whom(heard) else after
    if heard.has(Refuses):
        return _without_what_was_refused(consultation)
    if heard.has(Tells) and consultation.question is Question.TRIAGE and consultation.search.symptom is not None:
        quotes = tuple(Quote(matter, quoted(heard.text)) for matter in beside if heard.said_back)
        quotes = (*consultation.search.quotes, *quotes)[-MOST_QUOTES:]
        return with_answer(consultation.with_search(quotes=quotes), consultation.search.symptom, None)
    return consultation.keeping(beside)


def _wants_to_know_whom(heard: Heard) -> bool:
    """Whether who to see is asked together with the worry: then nothing is asked that can be done without."""
    return any(asked.about in (About.FIRST_STEP, About.CONTACT, About.ORDER) for asked in every(heard.moves, Asks))


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
    if question is Question.ISSUE and answer == LIST:
        return consultation.with_talk(question=None, openly=False)
    if question is Question.ISSUE:
        return on_issue(knowledge, consultation, answer)
    if question is Question.TRIAGE and consultation.search.symptom is not None:
        # the one that waited, or another whose answer was told in passing
        after = with_answer(consultation, consultation.search.symptom, None)
        if option.symptom is not None:
            return with_answer(after, option.symptom, answer)
        return without_more_questions(knowledge.triage, after) if answer == REFUSE else after
    if question is Question.OTHER_ISSUE:
        if answer == GO and consultation.others:
            return on_issue(knowledge, consultation, consultation.others[0])
        return consultation.with_talk(question=None).with_roads(later=())
    if question is Question.SUB_ISSUE and answer not in (SKIP, MORE):
        return consultation.about(answer)
    if question is Question.WHICH_ISSUE and answer == BOTH:
        one, two = consultation.talk.candidates
        kept = {matter.issue: matter for matter in consultation.roads.later}
        return consultation.on(one).keeping((kept.get(two, Matter(two)),))
    if question is Question.WHICH_ISSUE and answer == NEITHER:
        return consultation.without(*consultation.talk.candidates).with_talk(question=None)
    if question is Question.ANYTHING_ELSE and answer == MORE:
        return consultation.with_talk(question=None).with_roads(in_hand=None)
    if question in (Question.ANYTHING_ELSE, Question.SHEET):
        return consultation.with_talk(question=None)
    return consultation.settled(question)


def _acknowledged(scene: Scene, turn: Turn, option: Optional[Option]) -> Turn:
    """What the message told, said back in the owner's own words, and what we take it for: they can put us right.

    Where it told more of the matter in hand, that it was heard, and not the same again.
    """
    consultation = turn.consultation
    issue, sub_issue = consultation.issue_in(scene.knowledge), consultation.sub_issue_in(scene.knowledge)
    if scene.heard.comes_with:
        return said_back(scene, turn, str(scene.heard.comes_with[0]), _complaint(scene))
    pick = scene.heard.first(Pick)
    if pick is not None and pick.left_to_us and issue is not None:
        return turn.saying("utter_begin_there", issue=issue.spoken)
    chosen = option is not None and (option.question is Question.ISSUE or option.is_(Question.OTHER_ISSUE, GO))
    chosen = chosen or (scene.heard.leading is not None and scene.heard.has(NotProblem))
    if option is not None and option.is_(Question.SUB_ISSUE, MORE):
        return _heard_more(scene, turn)
    if issue is None or not (chosen or scene.heard.leading is not None):
        return turn
    if not chosen and consultation.roads.in_hand == scene.before.roads.in_hand:
        turn = _heard_more(scene, turn)
    elif scene.heard.said_back and option is None:
        turn = said_back(scene, turn, str(consultation.roads.in_hand))
        turn = turn if sub_issue is None else turn.saying("utter_taken_as", matter=sub_issue.name)
    else:
        turn = _matter_acknowledged(scene, turn, issue, sub_issue)
    beside = [matter.issue for matter in scene.heard.matters(Standing.BESIDE) if matter.issue in consultation.others]
    if not beside or consultation.answered:
        return turn
    others = "、".join(scene.knowledge.issues[name].spoken for name in beside)
    return turn.saying("utter_kept_for_later", others=others)


def _matter_acknowledged(scene: Scene, turn: Turn, issue: Issue, sub_issue: Optional[SubIssue]) -> Turn:
    """What the matter is, where nothing can be said back of what was told in own words: felt with, first."""
    is_felt = scene.heard.own_words and scene.heard.first(Pick) is None and issue.name != UNCLEAR
    met = _felt_with(scene, turn) if is_felt else turn
    if sub_issue is None:
        return met.saying("utter_acknowledge", acknowledgement=issue.acknowledge)
    if met is not turn:
        return met.saying("utter_taken_as", matter=sub_issue.name)
    return met.saying("utter_acknowledge_closely", acknowledgement=issue.acknowledge, matter=sub_issue.name)


def _felt_with(scene: Scene, turn: Turn) -> Turn:
    """The next sentence of sympathy for the matter in hand, where one is left and no feeling was met already."""
    kind, left = _sympathies_left(scene, turn, str(turn.consultation.roads.in_hand))
    confides = scene.heard.first(Confides)
    if confides is not None and not any(spoken.response == "utter_confides" for spoken in turn.said):
        turn, reply = with_reply(scene, turn, confides)
        return turn.saying("utter_sympathy", sympathy=reply)
    if not left or scene.heard.has(Confides, Feels, TurnedAway):
        return turn
    return _with_sympathy(turn, kind).saying("utter_sympathy", sympathy=left[0])


def _sympathies_left(scene: Scene, turn: Turn, kind: str) -> Tuple[str, Sequence[str]]:
    """The sentences for a matter that were not said yet, and whose they are: its own, or its issue's."""
    kind = kind if kind in scene.knowledge.sympathies else kind.split("/")[0]
    said = turn.consultation.talk.sympathies.count(kind)
    return kind, scene.knowledge.sympathies.get(kind, ())[said:]


def _with_sympathy(turn: Turn, kind: str) -> Turn:
    return turn.on(
        turn.consultation.with_talk(sympathies=(*turn.consultation.talk.sympathies, kind)[-_MOST_SYMPATHIES:])
    )


def _complaint(scene: Scene) -> str:
    """What the owner came with, by the answer of the triage that it is, where the message says hardly more."""
    told = scene.heard.comes_with[:1]
    says_just_that = len(scene.heard.text) <= _SAYS_NO_MORE and bool(told)
    says_just_that = says_just_that and scene.heard.likeness.get(told[0], 0.0) >= _JUST_THAT
    return scene.knowledge.triage.answer(told[0]).said if says_just_that else ""


def _heard_more(scene: Scene, turn: Turn) -> Turn:
    if scene.heard.has(Confides):
        return turn  # it was met in words of its own
    if scene.heard.said_back:
        return said_back(scene, turn)
    issue = turn.consultation.issue_in(scene.knowledge)
    names_it = bool(pattern("says_what_it_is_about").search(scene.heard.text))
    if issue is not None and names_it and not turn.consultation.talk.times_spoken("utter_acknowledge"):
        return turn.saying("utter_acknowledge", acknowledgement=issue.acknowledge)  # 人を雇うときの相談です
    return turn.saying("utter_heard_more")


def said_back(scene: Scene, turn: Turn, matter: Optional[str] = None, otherwise: str = "") -> Turn:
    """The owner's own words said back (or `otherwise`), with what a human being would add to that matter.

    Nothing is added where a feeling was met already, or where everything that there is to say to it was said.
    """
    said = scene.heard.said_back or otherwise
    kind, left = _sympathies_left(scene, turn, matter or "")
    confides = scene.heard.first(Confides)
    if not said or _is_condoled(scene) or any(spoken.response == "utter_confides" for spoken in turn.said):
        return turn
    if confides is not None:
        turn, reply = with_reply(scene, turn, confides)
        return turn.saying("utter_said_back_with_sympathy", said=said, sympathy=reply)
    if not left or scene.heard.has(Feels, TurnedAway):
        return turn.saying("utter_said_back", said=said)
    return _with_sympathy(turn, kind).saying("utter_said_back_with_sympathy", said=said, sympathy=left[0])


def _is_condoled(scene: Scene) -> bool:
    """Whether the message tells of a death, which nobody repeats."""
    return any(feeling.how is Feeling.BEREAVED for feeling in every(scene.heard.moves, Feels))


def _symptom_acknowledged(scene: Scene, turn: Turn, option: Optional[Option]) -> Turn:
    """Where the message answered a question of the triage, what we heard, before the next question."""
    if option is not None and option.question is Question.TRIAGE:
        if option.symptom is None:
            return turn.saying(_HEARD_OTHERWISE[option.answer])
        return said_back(
            scene, turn, otherwise=scene.knowledge.triage.answer(AnswerId(option.symptom, option.answer)).said
        )
    waited = scene.before.question is Question.TRIAGE and scene.before.search.symptom is not None
    if not (waited and scene.heard.has(Tells)):
        return turn
    if scene.heard.said_back:
        return said_back(scene, turn)
    return _trade_acknowledged(scene, turn) or (
        turn if scene.heard.has(Confides) else turn.saying("utter_symptom_said")
    )


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
    goes_to_a_road = question in BELOW_A_ROAD and step is Step.REFER
    return (aside or _tells_facts_alone(heard)) and question is not None and not goes_to_a_road


def _noted(scene: Scene, turn: Turn) -> Turn:
    named = _trade_acknowledged(scene, turn) or place_acknowledged(scene, turn)
    if named is None and scene.heard.said_back and scene.before.roads.brought:
        return turn.saying("utter_remark_said_back", said=scene.heard.said_back)
    return named or turn.saying("utter_noted")


def place_acknowledged(scene: Scene, turn: Turn) -> Optional[Turn]:
    """Where the owner is, said back where the message told it; None where it did not."""
    now, before = turn.consultation.owner, scene.before.owner
    place = now.municipality if now.municipality != before.municipality else None
    place = place or (now.prefecture if now.prefecture != before.prefecture else None)
    if place is None:
        return None
    brought = turn.consultation.roads.brought[-1:]
    if brought and not turn.consultation.answered:  # whom to see was said already, and now by name
        return turn.saying("utter_refer_nearby", Card(CardKind.BROUGHT, answer=brought[0]), place=place)
    return turn.saying("utter_heard_place", place=place)


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

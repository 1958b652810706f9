"""Answers what the owner asks; then what waits comes back."""

from __future__ import annotations

from itertools import pairwise
from typing import Callable, Dict, FrozenSet, List, Optional, Sequence

from bot.consult.answering.asking import why_asked
from bot.consult.answering.going_on import first_on_the_road, refer_at_once
from bot.consult.answering.sheets import offer_sheet
from bot.consult.doors import doors, of_the_town
from bot.consult.moves import About, Asks, Brings, Complains, Feels, OffTopic, every
from bot.consult.quoting import quoted
from bot.consult.road import road
from bot.consult.scene import CHOICES, Card, CardKind, Scene, Turn
from bot.consult.state import BELOW_A_ROAD, ON_THE_WAY, UNCLEAR, Question
from bot.knowledge import Answer
from bot.phrases import pattern

# What is told of where the talk stands, or of whom we named, and not from what is known of a topic.
_TOLD_ELSEWHERE = (About.THERE, About.SAME_PLACE, About.AGAIN, About.SHEET, About.WHY_ASKED, About.BOT)
_TOLD_BY_CARDS = (About.CONTACT, About.NEAREST, About.FIRST_STEP, About.WHY, About.WHY_THIS)
_TOLD_WITH_A_MATTER = ("consequence", "procedure", "chance", "first_step", "programme", "term", "what_is", "why_this")
_WHOM = (About.CONTACT, About.FIRST_STEP)
_TOLD_BY_WHO_IS_LEFT = (About.OTHER, About.WHY, About.WHY_THIS, About.FIRST_STEP, About.CONTACT)
_NEVER_NEAR = (
    *_TOLD_ELSEWHERE,
    *_TOLD_BY_CARDS,
    About.ORDER,
    About.WORDS,
)
_ONE_STEP = (About.FIRST_STEP, About.ORDER)
_OTHERS_THAN_ONE = (About.CONTACT, About.NEAREST, About.WHAT_IS, About.WHY_THIS)
_OF_US = (About.SECRECY, About.COST)  # asked where nobody is named and no road is shown, of this desk
_NO_REASON_WAITS = (None, Question.ISSUE, Question.ANYTHING_ELSE)  # whoever asks why asks why of anything else
_FIRST_OF_A_ROAD = 3
_SAID_NOT_TO_KNOW = ("utter_not_known", "utter_not_known_ask", "utter_not_known_yet")
_CLEARLY = 0.9  # so sure a worry is told by a mere question: 借り入れはどこでできますか
_A_NAME = 2  # characters in kanji or katakana: 看板
_PLAIN = 20  # characters: お金はかかりますか is asked of us, whatever else costs money
_LONGEST = 245  # characters of answers in one turn; with what is said around them 300
_WHOM_TO_ASK = 45  # characters around the words in which to ask whom
_MOST_QUESTIONS = 2  # of one message: what is more is a leaflet
_NEARLY_ALL = 0.6  # of the pairs of characters of the shorter: then two answers say the same
_SAID_WHOM_TO_ASK = ("utter_answer_unknown", "utter_answer_unknown_there", "utter_answer_unknown_yet")
_MOST_AT_ONCE = 4  # cards; who names more reads them in a list elsewhere

Answering = Callable[[Scene, Turn], Turn]


def answer_questions(scene: Scene, turn: Turn) -> Turn:
    """Each question that was asked, in its order; what this desk does not serve is said so."""
    left_out = any(said.response == "utter_left_out" for said in turn.said)
    questions = _to_answer(every(scene.heard.moves, Asks), left_out)
    if questions and scene.heard.has(Complains):
        turn = turn.saying("utter_sorry_first")
    for asked in questions:
        turn = _known(scene, turn, asked) or _near(scene, turn, asked) or _ANSWERS[asked.about](scene, turn)
    off_topic = scene.heard.first(OffTopic)
    if off_topic is not None:
        turn = turn.saying("utter_abuse" if off_topic.abuse else "utter_out_of_scope").coming_back()
    return turn


def _to_answer(asked: Sequence[Asks], left_out: bool) -> Sequence[Asks]:
    """The questions to answer, no more than can be read.

    Who asks for one step is not shown several contacts beside; whom else to ask is said where somebody is `left_out`.
    """
    if left_out:
        asked = [question for question in asked if question.about not in _TOLD_BY_WHO_IS_LEFT]
    if any(question.about in _ONE_STEP for question in asked):
        asked = [question for question in asked if question.about not in _OTHERS_THAN_ONE]
    return asked[:_MOST_QUESTIONS]


def _known(scene: Scene, turn: Turn, asked: Asks) -> Optional[Turn]:
    """What we know of it, or that we do not and in which words to ask whom; None where cards tell it better."""
    if asked.chosen:
        return _chosen(scene, turn, asked)
    about, named = asked.about, _institutions(scene, turn)
    of_a_subject = bool(scene.heard.subjects)
    by_cards = about in _TOLD_BY_CARDS and _has_a_card(scene, turn, asked) and not of_a_subject
    asked_in_words_of_its_own = any(scene.knowledge.answers[name].said_as for name in asked.answers)
    by_cards = by_cards and not _is_of_something_else(scene, turn, asked) and not asked_in_words_of_its_own
    of_this_desk = about in _OF_US and not of_a_subject and _asks_of_this_desk(scene, turn, asked)
    of_what_waits = about in (About.WHY, About.WHY_THIS) and turn.consultation.question not in _NO_REASON_WAITS
    of_what_waits = of_what_waits and not scene.heard.institutions
    of_all = about is About.COST and not named and bool(_on_the_road(scene, turn)) and not of_a_subject
    of_all = of_all and not _is_of_the_matter(scene, turn, asked) and not _is_of_another_price(scene)
    of_the_papers = about is About.DOCUMENTS and _asks_what_to_bring(scene, turn, asked)
    of_some = about is About.WHAT_IS and len(asked.answers) < len(scene.heard.institutions)
    by_the_road = about in _WHOM and not named and not of_a_subject and _leads_to_a_road(scene, turn)
    if (
        by_the_road
        or by_cards
        or of_what_waits
        or of_this_desk
        or of_all
        or of_some
        or of_the_papers
        or about in _TOLD_ELSEWHERE
        or not asked.answers
    ):
        return None
    for name in asked.answers:
        turn = _told(scene, turn, scene.knowledge.answers[name])
    return turn


def _near(scene: Scene, turn: Turn, asked: Asks) -> Optional[Turn]:
    """The questions that may be meant, to choose from, where nothing else was asked or told, and they are not the same.

    What cards tell, or we of ourselves, is not looked for among them; a road that is to come is not held up.
    """
    alone = len(every(scene.heard.moves, Asks)) == 1 and not turn.said
    of_ones_name = bool(pattern("speaks_of_ones_name").search(scene.heard.text))
    of_us = asked.about is About.SECRECY and (scene.heard.of_us or of_ones_name)
    told_otherwise = of_us or asked.about in _NEVER_NEAR or asked.near == scene.before.talk.near
    if not asked.near or not alone or told_otherwise or _tells_as_well(scene):
        return None
    near_to = scene.heard.question or _in_short(scene)
    offering = turn.on(turn.consultation.with_talk(near=asked.near, near_to=near_to))
    if len(asked.near) == 1:
        question = scene.knowledge.answers[asked.near[0]].asked_as[0]
        return offering.saying("utter_which_answer_one", CHOICES, question=question).ended()
    return offering.saying("utter_which_answer", CHOICES).ended()


def _tells_as_well(scene: Scene) -> bool:
    """Whether the message tells a worry beside its question; what only asks sounds like one by what it is of."""
    leading = scene.heard.leading
    tells = leading is not None and (not scene.heard.only_asks or leading.confidence >= _CLEARLY)
    return tells or bool(scene.heard.comes_with) or scene.heard.has(Brings)


def _chosen(scene: Scene, turn: Turn, asked: Asks) -> Turn:
    """What was picked among the questions that we offered; of none of these, that we do not know it, and who does."""
    if not asked.answers:
        return _not_known(scene, turn)
    for name in asked.answers:
        turn = _told(scene, turn, scene.knowledge.answers[name])
    return turn


def _asks_what_to_bring(scene: Scene, turn: Turn, asked: Asks) -> bool:
    """Whether it is of the road that was shown, and nothing is known that is of the matter in hand itself."""
    there = _on_the_road(scene, turn)
    of_it = not scene.heard.subjects and all(name in there for name in scene.heard.institutions)
    known = [scene.knowledge.answers[name] for name in asked.answers]
    return bool(there) and of_it and not any(answer.scope.issue is not None or answer.known for answer in known)


def _is_of_something_else(scene: Scene, turn: Turn, asked: Asks) -> bool:
    """Whether the answer is of a matter of its own that the road in hand is not for: 社会保険料が払えない、まずどこ."""
    if asked.about is not About.FIRST_STEP or not asked.answers:
        return False
    known = [scene.knowledge.answers[name] for name in asked.answers]
    of_the_road = (answer.scope.issue is not None and answer.scope.issue == turn.consultation.issue for answer in known)
    return not any(scene.knowledge.fields[answer.field].of_windows for answer in known) and not any(of_the_road)


def _has_a_card(scene: Scene, turn: Turn, asked: Asks) -> bool:
    """Whether there is somebody to tell it of: of why, only of whom the road has or will have.

    The card of a matter that was brought says whom first, where no answer is known that may be of that matter.
    """
    about = asked.about
    if about in (About.WHY, About.WHY_THIS):
        steps = _on_the_road(scene, turn) or _named_on_the_road_to_come(scene, turn)
        return any(step in scene.heard.institutions for step in steps) or (bool(steps) and not scene.heard.institutions)
    of_other_issues = all(scene.knowledge.answers[name].scope.issue is not None for name in asked.answers)
    brought = about is About.FIRST_STEP and bool(turn.consultation.roads.brought) and of_other_issues
    return brought or bool(_institutions(scene, turn) or _on_the_road(scene, turn))


def _leads_to_a_road(scene: Scene, turn: Turn) -> bool:
    """Whether a road is to come that says whom to see: the message tells a worry, or one is in hand."""
    tells = scene.heard.leading is not None or bool(scene.heard.comes_with)
    on_the_way = turn.consultation.question in ON_THE_WAY or turn.consultation.issue not in (None, UNCLEAR)
    return not turn.consultation.answered and (tells or on_the_way)


def _is_of_the_matter(scene: Scene, turn: Turn, asked: Asks) -> bool:
    """Whether what is known to it is of the matter in hand: what it costs to open a shop is not what advice costs."""
    scopes = [scene.knowledge.answers[name].scope for name in asked.answers]
    return any(scope.issue is not None and scope.issue == turn.consultation.issue for scope in scopes)


def _is_of_another_price(scene: Scene) -> bool:
    """Whether what costs is named, and it is neither advice nor an institution: アマゾンって月いくら."""
    return len(scene.heard.price_of) >= _A_NAME and not scene.heard.institutions


def _asks_of_this_desk(scene: Scene, turn: Turn, asked: Asks) -> bool:
    """Whether what is kept secret is asked of us: no institution is named, and nothing of what is in hand asked."""
    if pattern("of_what_is_said_here").search(scene.heard.text):
        return True
    if pattern("of_this_desk").search(scene.heard.text) and not scene.heard.institutions:
        return not _on_the_road(scene, turn)
    known = [scene.knowledge.answers[name] for name in asked.answers]
    of_the_issue = any(a.scope.issue is not None or not scene.knowledge.fields[a.field].of_windows for a in known)
    of_a_matter = bool(asked.answers and turn.consultation.roads.brought)
    return not (scene.heard.institutions or _on_the_road(scene, turn) or of_the_issue or of_a_matter)


def _told(scene: Scene, turn: Turn, answer: Answer) -> Turn:
    """The answer; where we do not know, the words to ask it in and whom, once a turn: the text says so as well.

    A second answer that would make the turn too long to be read is left out.
    """
    source = Card(CardKind.SOURCE, answer=answer.id) if answer.citation or answer.page else None
    if turn.said and (_length(turn) + len(answer.text) > _LONGEST or _is_said_already(scene, turn, answer)):
        return turn
    if answer.topic in _TOLD_WITH_A_MATTER and any(said.response == "utter_brought_helps" for said in turn.said):
        return turn.coming_back()  # what helps in the matter was said just now
    turn = turn.on(turn.consultation.with_talk(given=(*turn.consultation.talk.given, answer.id)))
    if answer.ask_there is None:
        return turn.saying("utter_answer", source, answer=answer.text).coming_back()
    said_whom = any(said.response in (*_SAID_WHOM_TO_ASK, "utter_brought_helps") for said in turn.said)
    turn = turn.on(turn.consultation.to_be_asked(answer.ask_there))
    if said_whom:
        return turn.saying("utter_answer", source, answer=answer.text).coming_back()
    whom = _who_answers(scene, turn, answer)
    if whom is None:
        return turn.saying("utter_answer_unknown_yet", unknown=answer.text, question=answer.ask_there).coming_back()
    asked = turn.saying("utter_answer_unknown", unknown=answer.text, question=answer.ask_there, institution=whom)
    return asked.coming_back()


def _is_said_already(scene: Scene, turn: Turn, answer: Answer) -> bool:
    """Whether this turn answers the same question with nearly the same words: of 商工会 and of 商工会議所."""
    pairs = _pairs(answer.text)
    told = (scene.knowledge.answers[name] for name in turn.consultation.talk.given)
    others = (_pairs(other.text) for other in told if other.topic == answer.topic)
    return any(len(pairs & other) >= _NEARLY_ALL * min(len(pairs), len(other)) for other in others)


def _pairs(text: str) -> FrozenSet[str]:
    return frozenset(map("".join, pairwise(text)))


def _length(turn: Turn) -> int:
    """How many characters this turn says of what we know, about; with whom to ask where that is said."""
    known = sum(len(words) for said in turn.said for _, words in said.words)
    return known + _WHOM_TO_ASK * sum(said.response in _SAID_WHOM_TO_ASK for said in turn.said)


def _who_answers(scene: Scene, turn: Turn, answer: Answer) -> Optional[str]:
    """The name of whom to ask: of whom the answer is, who was named, or who stands first on the road."""
    if answer.scope.institution is not None:
        return _name(scene, answer.scope.institution)
    first = first_on_the_road(scene, turn)
    if scene.knowledge.fields[answer.field].of_windows and first is not None and not scene.heard.institutions:
        return first  # whether one may come on Saturdays is asked where they are sent
    named = scene.heard.institutions or _sent_to(scene, answer) or _institutions(scene, turn)
    return _name(scene, named[0]) if named else first


def _sent_to(scene: Scene, answer: Answer) -> List[str]:
    """The institutions that the answer itself sends to, in its order."""
    names = scene.knowledge.institutions.items()
    found = [(answer.text.find(one.name), -len(one.name), id_) for id_, one in names if one.name in answer.text]
    return [id_ for _, _, id_ in sorted(found)]


def _what_is(scene: Scene, turn: Turn) -> Turn:
    """What the institutions named are, what they cost and how to reach them; which is meant, where none is named."""
    named = _institutions(scene, turn)[:_MOST_AT_ONCE]
    if not named:
        return _field_knows(scene, turn) or turn.saying("utter_which_institution").coming_back()
    for institution in named:
        card = Card(CardKind.INSTITUTION, (institution,))
        turn = turn.saying("utter_explain_institution", card, institution=_name(scene, institution))
    return turn.coming_back()


def _contact(scene: Scene, turn: Turn) -> Turn:
    """How to reach the institutions named, or those first on the owner's road; else how to find one."""
    of_another_office = bool(scene.heard.subjects) and not scene.heard.institutions
    by_field = _field_knows(scene, turn) if of_another_office else None
    if by_field is not None:
        return by_field
    named = _institutions(scene, turn)[:_MOST_AT_ONCE] or _on_the_road(scene, turn)[:_FIRST_OF_A_ROAD]
    if not named:
        return _before_the_road(scene, turn)
    mine = of_the_town(scene.knowledge, turn.consultation.owner)
    of_another_town = mine is not None and mine.institution.id not in scene.heard.institutions
    in_town = _of_the_town(scene, turn, scene.heard.institutions) if of_another_town else None
    if in_town is not None:
        return in_town
    if scene.heard.asks_number:
        return _number(scene, turn, named[0])
    known = _in_words(scene, (About.CONTACT, About.NEAREST))
    for institution in named:
        card = Card(CardKind.CONTACT, (institution,))
        answer = known.get(institution, "")
        turn = turn.saying("utter_answer_contact", card, institution=_name(scene, institution), answer=answer)
    return turn.coming_back()


def _before_the_road(scene: Scene, turn: Turn) -> Turn:
    """Who asks whom to call before the road is shown: it is shown by what is known, where that is known."""
    if turn.consultation.question in ON_THE_WAY and not (_searches(turn) and scene.heard.own_words):
        return refer_at_once(scene, turn)
    if _leads_to_a_road(scene, turn):
        return turn  # the road that is to come answers it
    return turn.saying("utter_contact_needs_issue").coming_back()


def _searches(turn: Turn) -> bool:
    """Whether the issue is still looked for: what the message tells in own words is taken in first."""
    return turn.consultation.question in (Question.TRIAGE, Question.WHICH_ISSUE)


def _which_first(scene: Scene, turn: Turn) -> Turn:
    """Which of two institutions to see first, as the road has them; of several worries, how to find out."""
    there = _on_the_road(scene, turn)
    named = _institutions(scene, turn)
    if len(named) < 2 and pattern("asks_which_of_two").search(scene.heard.text):
        named = there[:2]  # どっちに電話しますか
    in_town = _of_the_town(scene, turn, named)
    if in_town is not None:
        return in_town
    if len(named) > 1:
        on_it = there or list(named)
        first, second = sorted(named, key=lambda name: on_it.index(name) if name in on_it else len(on_it))[:2]
        return turn.saying("utter_which_first", first=_name(scene, first), second=_name(scene, second)).coming_back()
    first_there = first_on_the_road(scene, turn)
    if first_there is None:
        return turn.saying("utter_which_worry_first_yet").coming_back()
    return turn.saying("utter_which_worry_first", institution=first_there).coming_back()


def _of_the_town(scene: Scene, turn: Turn, named: Sequence[str]) -> Optional[Turn]:
    """Which of the institutions that share the land between them the owner's town has; None where no other is meant."""
    town = turn.consultation.owner.municipality
    mine = of_the_town(scene.knowledge, turn.consultation.owner)
    if town is None or mine is None or not named or not {*named} <= {*scene.knowledge.local.divided}:
        return None
    agrees = len(named) == 1 and named[0] == mine.institution.id
    response = "utter_yes_of_the_town" if agrees else "utter_of_the_town"
    card = Card(CardKind.CONTACT, (mine.institution.id,))
    return turn.saying(response, card, town=town, institution=mine.name).coming_back()


def _same_place(scene: Scene, turn: Turn) -> Turn:
    """Whether the other matter can be told where they are, or will be, sent: by name, where it hears of both."""
    there, told = turn.consultation, scene.heard.leading
    if there.issue_in(scene.knowledge) is None:
        return turn.saying("utter_write_it_all").coming_back()
    another = there.on(told.issue) if told is not None else there.on(UNCLEAR)
    hears_it = [step.referral.institution.id for step in road(scene.knowledge, another).steps]
    hears_this = [step.referral.institution.id for step in road(scene.knowledge, there).steps]
    both = next((name for name in hears_this if name in hears_it), None)
    if both is None:
        return turn.saying("utter_another_place").coming_back()
    way = doors(scene.knowledge, [scene.knowledge.institutions[both]], turn.consultation.owner)[0]
    return turn.saying("utter_same_place", institution=way.name).coming_back()


def _documents(scene: Scene, turn: Turn) -> Turn:
    """What to bring for the road in hand; of a subject that is named, who knows; where none was shown, nobody."""
    by_field = _field_knows(scene, turn) if scene.heard.subjects else None
    if by_field is not None:
        return by_field  # what papers a residence status takes is not what to bring for advice
    if not _on_the_road(scene, turn):
        return _not_known(scene, turn)
    bring = "、".join(road(scene.knowledge, turn.consultation).bring)
    return turn.saying("utter_what_to_bring", bring=bring).coming_back()


def _there(scene: Scene, turn: Turn) -> Turn:
    """Whether to go to the institution that is named: yes where the road in hand has it, else whom to see before."""
    if not _institutions(scene, turn):
        return _first_step(scene, turn)
    in_town = _of_the_town(scene, turn, scene.heard.institutions)
    if in_town is not None:
        return in_town
    named = _institutions(scene, turn)[0]
    here = turn.consultation if turn.consultation.issue is not None else turn.consultation.on(UNCLEAR)
    steps = [step.referral.institution.id for step in road(scene.knowledge, here).steps]
    of_the_matter = _is_seen_for_what_was_brought(scene, turn, named)
    if named in steps or of_the_matter:
        matter = turn.consultation.roads.brought[-1:]
        first_there = bool(of_the_matter and matter and _is_its_first(scene, matter[0], named))
        card = Card(CardKind.BROUGHT_FIRST, answer=matter[0]) if first_there else Card(CardKind.CONTACT, (named,))
        return turn.saying("utter_yes_there", card, institution=_name(scene, named)).coming_back()
    first = _name(scene, steps[0])
    return turn.saying("utter_rather_there", institution=_name(scene, named), first=first).coming_back()


def _is_seen_for_what_was_brought(scene: Scene, turn: Turn, institution: str) -> bool:
    brought = turn.consultation.roads.brought[-1:]
    return any(_name(scene, institution) in seen.name for name in brought for seen in scene.knowledge.brought[name].see)


def _is_its_first(scene: Scene, matter: str, institution: str) -> bool:
    """Whether it is whom one sees first for a matter that was brought."""
    return _name(scene, institution) in scene.knowledge.brought[matter].see[0].name


def _number(scene: Scene, turn: Turn, institution: str) -> Turn:
    """The telephone number that was asked for; where we have none, that we have none, and who knows it."""
    door = doors(scene.knowledge, [scene.knowledge.institutions[institution]], turn.consultation.owner)[0]
    card = Card(CardKind.CONTACT, (institution,))
    is_the_owners_own = door.institution.page is None and not door.near  # their bank: they have its number
    if door.phones or is_the_owners_own:
        return turn.saying("utter_answer_contact", card, institution=door.name, answer="").coming_back()
    return turn.saying("utter_no_number", card, institution=door.name).coming_back()


def _in_words(scene: Scene, topics: Sequence[About]) -> Dict[str, str]:
    """What we know of a question that a card answers as well, by whom it is of."""
    asked = (move for move in every(scene.heard.moves, Asks) if move.about in topics)
    answers = (scene.knowledge.answers[name] for move in asked for name in move.answers)
    of_whom = ((name, a) for a in answers for name in (a.scope.institution, *a.institutions) if name is not None)
    return {name: f"\n{answer.text}" for name, answer in of_whom}


def _cost(scene: Scene, turn: Turn) -> Turn:
    """What the institutions named, or those on the owner's road, cost; else what this desk costs."""
    by_field = _field_knows(scene, turn)
    if by_field is not None:
        return by_field  # what it costs to register a name is not what advice costs
    if _is_of_another_price(scene):
        return _who_knows(scene, turn, first_on_the_road(scene, turn))
    named = _institutions(scene, turn) or _on_the_road(scene, turn)
    if any(said.response == "utter_brought_helps" for said in turn.said) and not scene.heard.institutions:
        return turn.coming_back()  # what it costs there was said just now
    if not named and not scene.heard.of_us and len(scene.heard.text) > _PLAIN:
        return _who_knows(scene, turn, None)
    if not named:
        return turn.saying("utter_cost_of_this_desk").coming_back()
    if About.COST.value in scene.before.talk.topics_given:
        return _not_known(scene, turn)  # who asks again right away did not mean what advice costs
    turn = turn.on(turn.consultation.with_talk(topics_given=(About.COST.value,)))
    return turn.saying("utter_answer_cost", Card(CardKind.COST, tuple(named))).coming_back()


def _first_step(scene: Scene, turn: Turn) -> Turn:
    """The one institution to see first, and how to reach it; before there is a road, that one is needed for it."""
    brought = [scene.knowledge.brought[name] for name in turn.consultation.roads.brought]
    pressing = next((matter for matter in brought if matter.cannot_wait), None)
    matter = pressing or next(reversed(brought), None)
    of_it = matter is not None and (not turn.consultation.answered or matter.issue == turn.consultation.issue)
    of_it = of_it or pressing is not None
    if matter is not None and of_it and not scene.heard.institutions:
        card = Card(CardKind.BROUGHT_FIRST, answer=matter.id)
        if not _was_turned_down(scene, turn, matter.see[0].name):  # then the road that was shown, or is to come
            return turn.saying("utter_first_step", card, institution=matter.see[0].name).coming_back()
    first = _on_the_road(scene, turn)[:1]
    if not first:
        return _before_the_road(scene, turn)
    card = Card(CardKind.CONTACT, (first[0],))
    return turn.saying("utter_first_step", card, institution=_name(scene, first[0])).coming_back()


def _was_turned_down(scene: Scene, turn: Turn, name: str) -> bool:
    """Whether the owner has said no to the institution of that name: 弁護士は無理と言いました."""
    return any(name.startswith(_name(scene, one)) for one in turn.consultation.roads.turned_down)


def _not_known(scene: Scene, turn: Turn) -> Turn:
    """That we do not know it, and who does: the first institution of the road, or whom we shall name."""
    by_field = _field_knows(scene, turn)
    if by_field is not None:
        return by_field
    calmly_asked = scene.heard.asks and not scene.heard.has(Complains, Feels)
    if calmly_asked or scene.before.talk.near:
        turn = turn.on(turn.consultation.to_be_asked(_in_short(scene)))
    return _who_knows(scene, turn, first_on_the_road(scene, turn))


def _in_short(scene: Scene) -> str:
    """The message, or the question that none of those offered was, for the sheet: to be asked at the institution."""
    none_of_those = any(asked.chosen for asked in every(scene.heard.moves, Asks))
    return quoted(scene.before.talk.near_to if none_of_those else scene.heard.text).strip("「」")


def _field_knows(scene: Scene, turn: Turn) -> Optional[Turn]:
    """Why we cannot say it, and who can, to be asked in the owner's own words; None where no field is likely."""
    asked = scene.knowledge.fields.get(scene.heard.field or "")
    if asked is None or asked.unknown is None or scene.heard.institutions:
        return None
    if any(said.response in (*_SAID_NOT_TO_KNOW, *_SAID_WHOM_TO_ASK) for said in turn.said):
        return turn
    whom = _seen_for_what_is_in_hand(scene, turn) or asked.see[0].name
    known_already = _is_on_the_road(scene, turn, whom) or whom != asked.see[0].name
    card = None if known_already else Card(CardKind.FIELD, answer=asked.id)
    turn = turn.on(turn.consultation.to_be_asked(scene.heard.question or _in_short(scene)))
    if not scene.heard.question:
        said = turn.saying("utter_answer_unknown_there", card, unknown=asked.unknown, institution=whom)
        return said.coming_back()
    question = scene.heard.question
    said = turn.saying("utter_answer_unknown", card, unknown=asked.unknown, question=question, institution=whom)
    return said.coming_back()


def _seen_for_what_is_in_hand(scene: Scene, turn: Turn) -> Optional[str]:
    """Whom one sees first for the matter that was brought last, where the talk is of nothing else."""
    brought = turn.consultation.roads.brought[-1:]
    if not brought or turn.consultation.issue is not None:
        return None
    return scene.knowledge.brought[brought[0]].see[0].name


def _is_on_the_road(scene: Scene, turn: Turn, name: str) -> bool:
    """Whether the institution of that name stands on the road that was shown, with how to reach it."""
    return any(_name(scene, institution) == name for institution in _on_the_road(scene, turn))


def _who_knows(scene: Scene, turn: Turn, institution: Optional[str]) -> Turn:
    """That the institution of that name knows, or whom we shall name; once a turn."""
    if any(said.response in _SAID_NOT_TO_KNOW for said in turn.said):
        return turn
    if scene.heard.question:
        whom = institution or _first_of_the_road_to_come(scene, turn)
        question = scene.heard.question
        return turn.saying("utter_not_known_ask", institution=whom, question=question).coming_back()
    if institution is None:
        return turn.saying("utter_not_known_yet").coming_back()
    return turn.saying("utter_not_known", institution=institution).coming_back()


def _first_of_the_road_to_come(scene: Scene, turn: Turn) -> str:
    """Whom the road for the matter in hand will have first; without one, those who hear any matter first (リ)."""
    if turn.consultation.issue_in(scene.knowledge) is None:
        return scene.knowledge.words.first_contacts
    return road(scene.knowledge, turn.consultation).steps[0].door.name


def _why(scene: Scene, turn: Turn) -> Turn:
    """Why the waiting question is asked; on a road, or of whom is named, why these, with the place in the paper."""
    question = turn.consultation.question
    if scene.heard.institutions:
        return _why_this(scene, turn)
    return _why_asked(scene, turn) if question not in (None, Question.ANYTHING_ELSE) else _why_this(scene, turn)


def _why_asked(scene: Scene, turn: Turn) -> Turn:
    question = turn.consultation.question
    if question is None:
        return turn.saying("utter_answer_why_general").coming_back()
    reason = why_asked(scene, turn.consultation, question)
    return turn.saying("utter_answer_why_asked", reason=reason).coming_back()


def _why_this(scene: Scene, turn: Turn) -> Turn:
    steps = _on_the_road(scene, turn) or _named_on_the_road_to_come(scene, turn)
    if not steps and turn.consultation.question is not None:
        return _why_asked(scene, turn)
    if not steps:
        return turn.saying("utter_answer_why_general").coming_back()
    named = [institution for institution in steps if institution in scene.heard.institutions] or steps
    card = Card(CardKind.WHY, tuple(named), turn.consultation.roads.in_hand)
    known = _in_words(scene, (About.WHY, About.WHY_THIS))
    answer = next((known[institution] for institution in named if institution in known), "")
    return turn.saying("utter_answer_why", card, answer=answer).coming_back()


def _secrecy(scene: Scene, turn: Turn) -> Turn:
    """What is kept here; what an institution that is named keeps to itself is for it to say."""
    named = scene.heard.institutions
    if pattern("of_what_is_said_here").search(scene.heard.text):
        return turn.saying("utter_privacy").coming_back()
    if named:
        return _who_knows(scene, turn, _name(scene, named[0]))
    if not scene.heard.of_us and not pattern("speaks_of_ones_name").search(scene.heard.text):
        return _not_known(scene, turn)  # 電話を録音してもいいですか asks nothing of us
    return turn.saying("utter_privacy").coming_back()


def _bot(scene: Scene, turn: Turn) -> Turn:
    return turn.saying("utter_capability").coming_back()


def _chance(scene: Scene, turn: Turn) -> Turn:
    """Where such a question is best put: at the first institution of the road; before there is one, here."""
    by_field = _field_knows(scene, turn)
    if by_field is not None:
        return by_field
    first = first_on_the_road(scene, turn)
    if first is None and not scene.heard.of_us:
        return _who_knows(scene, turn, None)
    if first is None:
        return turn.saying("utter_reassure").coming_back()
    said = turn.saying("utter_ask_there", institution=first)
    if said.consultation.question not in (None, *BELOW_A_ROAD):
        return said.coming_back()
    return said.on(said.consultation.with_talk(standing=True)).ended()


def _again(scene: Scene, turn: Turn) -> Turn:
    """The waiting question in other words, a symptom with what it is for; below a road, where that stands."""
    consultation = turn.consultation
    if consultation.roads.shown and consultation.question in (None, *BELOW_A_ROAD):
        return turn.saying("utter_again_road", CHOICES).ended()
    if consultation.question is Question.TRIAGE:
        reason = why_asked(scene, consultation, Question.TRIAGE)
        return turn.saying("utter_answer_why_asked", reason=reason).coming_back()
    return turn.saying("utter_again").coming_back()


def _what_to_say(scene: Scene, turn: Turn) -> Turn:
    """One sentence to begin with at the institution named, or at the first of the road."""
    named = scene.heard.institutions[:1] or _on_the_road(scene, turn)[:1]
    matter = _matter_to_begin_with(scene, turn)
    brought = turn.consultation.roads.brought[-1:]
    of_it = brought and (not turn.consultation.answered or _is_seen_for_what_was_brought(scene, turn, named[0]))
    if of_it:
        known = scene.knowledge.brought[brought[0]]
        whom = _name(scene, named[0]) if scene.heard.institutions else known.see[0].name
        words = scene.knowledge.words.first_words.format(issue=known.name)
        return turn.saying("utter_what_to_say", matter=words, institution=whom).coming_back()
    if not named:
        return turn.saying("utter_what_to_say_anywhere", matter=matter).coming_back()
    return turn.saying("utter_what_to_say", matter=matter, institution=_name(scene, named[0])).coming_back()


def _matter_to_begin_with(scene: Scene, turn: Turn) -> str:
    """What the matter is, as one begins with it on the telephone: 募集しても人が来ないので."""
    consultation, words = turn.consultation, scene.knowledge.words
    issue, sub_issue = consultation.issue_in(scene.knowledge), consultation.sub_issue_in(scene.knowledge)
    if sub_issue is not None:
        return sub_issue.first_words
    return words.first_words.format(issue=issue.spoken if issue is not None else words.any_matter)


_ANSWERS: Dict[About, Answering] = {
    About.WHAT_IS: _what_is,
    About.DIFFERENCE: _what_is,
    About.CONTACT: _contact,
    About.NEAREST: _contact,
    About.FIRST_STEP: _first_step,
    About.ORDER: _which_first,
    About.THERE: _there,
    About.SAME_PLACE: _same_place,
    About.COST: _cost,
    About.WHY: _why,
    About.WHY_THIS: _why_this,
    About.WHY_ASKED: _why,
    About.SECRECY: _secrecy,
    About.CHANCE: _chance,
    About.BOT: _bot,
    About.AGAIN: _again,
    About.SHEET: offer_sheet,
    About.WORDS: _what_to_say,
    About.DOCUMENTS: _documents,
    About.APPOINTMENT: _not_known,
    About.DURATION: _not_known,
    About.REMOTE: _not_known,
    About.ELIGIBILITY: _chance,
    About.CONSEQUENCE: _not_known,
    About.PROGRAMME: _not_known,
    About.PROCEDURE: _not_known,
    About.TERM: _not_known,
    About.OTHER: _not_known,
}


def _institutions(scene: Scene, turn: Turn) -> List[str]:
    """The institutions that the message names; else those named last; each once."""
    return list(dict.fromkeys(scene.heard.institutions or turn.consultation.talk.talked_about))


def _on_the_road(scene: Scene, turn: Turn) -> List[str]:
    """The institutions on the road that was shown for the issue in hand."""
    if not turn.consultation.issue or not turn.consultation.answered:
        return []
    return [step.referral.institution.id for step in road(scene.knowledge, turn.consultation).steps]


def _named_on_the_road_to_come(scene: Scene, turn: Turn) -> List[str]:
    """The institutions that the message names and that the road for what is in hand will have."""
    if turn.consultation.issue_in(scene.knowledge) is None:
        return []
    to_come = [step.referral.institution.id for step in road(scene.knowledge, turn.consultation).steps]
    return [institution for institution in to_come if institution in scene.heard.institutions]


def _name(scene: Scene, institution: str) -> str:
    return scene.knowledge.institutions[institution].name

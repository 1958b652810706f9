"""The answers offered to a question, and which of them a typed message picks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Dict, Iterator, Optional, Sequence, Tuple

from bot.consult.state import BELOW_A_ROAD, Consultation, Question
from bot.knowledge import Knowledge
from bot.messages import AT_ANY_TIME, NOT_USEFUL, USEFUL, Choice
from bot.normalization import bare, normalized, text_to_read
from bot.phrases import pattern

_NUMBER = re.compile(r"(\d{1,2})(番目?|つ目|つめ|個目)?")
_KANJI_NUMBERS = {kanji: number for number, kanji in enumerate("一二三四五六七八九十", start=1)}
_KANJI_NUMBER = re.compile(r"([一二三四五六七八九十])(番目?|つ目|つめ)")
_FORMER = re.compile(r"(前|まえ|最初|はじめ|初め|先|さき|上)の(ほう|方)?")
_A_WORD = 7  # characters of 最初のやつ and the like
_LAST_SENTENCE = re.compile("(?<=[。！!])[^。！!]{4,}$")
_QUOTES = "「」『』\"'"
_HEAD_OF_A_MESSAGE = re.compile("[。、！!〜~?？ ]")
_LONGEST_OF_NUMBERS = 16  # characters: 2番と3番の両方でございます
_LATTER = re.compile(r"(後|あと|後ろ|うしろ|最後|下)の(ほう|方)?")

# Answers that the questions of data/knowledge/questions.yml have beside issues, sub-issues and symptoms.
SKIP, BOTH, NEITHER, MORE, GO, DONE, MAKE = "skip", "both", "neither", "more", "go", "done", "make"
YES, NO = "yes", "no"
UNKNOWN, REFUSE, SHEET, BACK, LIST = "unknown", "refuse", "sheet", "back", "list"


@dataclass(frozen=True)
class Option:
    """An answer that can be picked. To the question for the issue `answer` is an issue, and so on.

    `symptom` is the question of the triage that it answers; without it, a way out of all of them.
    """

    question: Question
    answer: str
    label: str = ""
    symptom: Optional[str] = None

    @property
    def id(self) -> str:
        """How channels name it."""
        return (
            f"{self.question.value}.{self.symptom}/{self.answer}"
            if self.symptom
            else f"{self.question.value}.{self.answer}"
        )

    def is_(self, question: Question, *answers: str) -> bool:
        """Whether it is one of these answers to a question."""
        return self.question is question and self.answer in answers

    @property
    def asks_for_sheet(self) -> bool:
        """Whether it asks for a consultation sheet."""
        return self.answer == SHEET


def options(knowledge: Knowledge, consultation: Consultation) -> Tuple[Option, ...]:
    """What can be picked, in the order to show: the questions that we offered, or else what answers the one that waits.

    None where no question waits.
    """
    if consultation.talk.near:
        return tuple(_near(knowledge, consultation.talk.near))
    question = consultation.question
    if question is None:
        return ()
    standard = tuple(Option(question, a.id, a.label) for a in knowledge.questions[question].choices)
    if question is Question.ISSUE:
        return standard if consultation.talk.openly else tuple(_issues(knowledge))
    if question is Question.WHICH_ISSUE:
        candidates = consultation.talk.candidates
        named = (Option(Question.ISSUE, name, knowledge.issues[name].label) for name in candidates)
        return (*named, *(o for o in standard if len(candidates) == 2 or o.answer != BOTH))
    if question is Question.TRIAGE and consultation.search.symptom is not None:
        symptom = knowledge.triage.symptoms[consultation.search.symptom]
        return (*(Option(question, a.id, a.label, symptom.id) for a in symptom.answers), *standard)
    issue = consultation.issue_in(knowledge)
    if question is Question.SUB_ISSUE and issue is not None:
        return (*(Option(question, sub.id, sub.label) for sub in issue.sub_issues), *standard)
    if consultation.road_in_hand in (None, *consultation.roads.sheets):
        return tuple(option for option in standard if not option.asks_for_sheet)
    return standard


def offered(knowledge: Knowledge, consultation: Consultation) -> Tuple[Choice, ...]:
    """The same as channels show it."""
    return tuple(Choice(option.id, option.label) for option in options(knowledge, consultation))


def topics(knowledge: Knowledge) -> Tuple[Choice, ...]:
    """What can be asked about, whatever the talk is at."""
    return tuple(Choice(option.id, option.label) for option in _issues(knowledge))


def ratings_offered(knowledge: Knowledge) -> Tuple[Choice, ...]:
    """The two answers to whether the consultation was of use, in the order to show."""
    labels = knowledge.words.rating
    return Choice(USEFUL, labels["useful"]), Choice(NOT_USEFUL, labels["not_useful"])


def rated(knowledge: Knowledge, consultation: Consultation, text: str, pressed: Optional[str] = None) -> Optional[bool]:
    """Whether it was of use, by what was pressed, or typed right below the two answers; None where that is not said."""
    choices = ratings_offered(knowledge)
    if not consultation.talk.rating_offered:
        return None
    if pressed in (USEFUL, NOT_USEFUL):
        return pressed == USEFUL
    if not consultation.talk.rating_open or pressed is not None:
        return None
    message, number = bare(text), number_in(bare(text))
    if number is not None:
        return {1: True, 2: False}.get(number)
    return next((choice.id == USEFUL for choice in choices if bare(choice.label) == message), None)


def picked(
    knowledge: Knowledge, consultation: Consultation, text: str, pressed: Optional[str] = None
) -> Optional[Option]:
    """The option that was pressed, or that a typed message means.

    Typed counts its id, its number (2, ２, ②, 二番), its label or a synonym. An issue can be pressed at any time, in a
    menu that stays; another choice below an earlier question is no longer offered, and its label is read as if typed.
    """
    choices = options(knowledge, consultation)
    still_offered = _pressed(knowledge, choices, pressed)
    if still_offered is not None:
        return still_offered
    message = bare(text)
    number = number_in(message)
    if number is not None:
        return choices[number - 1] if 1 <= number <= len(choices) else None
    if consultation.question is Question.WHICH_ISSUE and len(consultation.talk.candidates) == 2:
        if _FORMER.fullmatch(message):
            return choices[0]
        if _LATTER.fullmatch(message):
            return choices[1]
    asks_an_owner = consultation.question not in (None, Question.PAUSED)
    if asks_an_owner and choices and len(message) <= _A_WORD and pattern("first_of_all").match(message):
        return choices[0]  # 最初の, 一番上で; sentences that begin so are read in their place
    if len(consultation.talk.near) == 1 and message in _yes(knowledge):
        return choices[0]
    if consultation.talk.near:
        return next((o for o in choices if message in _ways_to_say(knowledge, o)), None) or picked(
            knowledge, consultation.with_talk(near=()), text, pressed
        )
    spoken = _spoken(knowledge, consultation, choices)
    last = _LAST_SENTENCE.search(text)
    if consultation.question in BELOW_A_ROAD and last is not None and bare(last.group()) in spoken:
        return spoken[bare(last.group())]  # まあええわ。ここまでで大丈夫だ
    return spoken.get(message) or next((o for o in choices if normalized(text) == o.id), None)


def picked_of_those_offered(knowledge: Knowledge, consultation: Consultation, text: str) -> Tuple[Option, ...]:
    """Those of the questions offered that a longer message begins with, or names by number: 4です。熊本じゃなくて….

    None of them, where its first words say that it is none.
    """
    if not consultation.talk.near:
        return ()
    head, *more = _HEAD_OF_A_MESSAGE.split(text_to_read(text), maxsplit=1)
    first = picked(knowledge, consultation, head) if more else None
    if first is not None and first.question is Question.WHICH_ANSWER:
        return (first,)
    return _all_by_number(options(knowledge, consultation), text)


def _all_by_number(choices: Sequence[Option], text: str) -> Tuple[Option, ...]:
    """The choices that a short message names by several numbers: 2番と3番の両方でございます."""
    numbers = list(dict.fromkeys(int(number) for number in re.findall(r"\d{1,2}", normalized(text))))
    fits = len(bare(text)) <= _LONGEST_OF_NUMBERS and len(numbers) > 1
    return tuple(choices[n - 1] for n in numbers) if fits and all(1 <= n <= len(choices) for n in numbers) else ()


def can_be_pressed(knowledge: Knowledge, consultation: Consultation, pressed: str) -> bool:
    """Whether a choice of this id counts where the consultation stands: it is offered, or stands at any time."""
    if pressed in (USEFUL, NOT_USEFUL):
        return consultation.talk.rating_offered
    return pressed in AT_ANY_TIME or _pressed(knowledge, options(knowledge, consultation), pressed) is not None


def calls_the_bot(knowledge: Knowledge, paused: bool, text: str) -> bool:
    """Whether an owner calls the bot back from staff; in short words only while staff has the conversation.

    A number does not: it answers what staff asked.
    """
    message = bare(text).strip(_QUOTES)
    if number_in(message) is not None:
        return False
    option = picked(knowledge, Consultation().with_talk(question=Question.PAUSED), message)
    return option is not None and (paused or option.answer == BACK)


def number_in(message: str) -> Optional[int]:
    """The number that a bare message stands for: 2, 2番, 二つ目; None where it is something else."""
    digits = _NUMBER.fullmatch(message)
    if digits:
        return int(digits.group(1))
    kanji = _KANJI_NUMBER.fullmatch(message)
    return _KANJI_NUMBERS[kanji.group(1)] if kanji else None


def _pressed(knowledge: Knowledge, choices: Sequence[Option], pressed: Optional[str]) -> Optional[Option]:
    """The option of this id, of those offered or of the issues in a menu that stays."""
    return next((option for option in (*choices, *_issues(knowledge)) if option.id == pressed), None)


def _near(knowledge: Knowledge, answers: Sequence[str]) -> Iterator[Option]:
    """The questions that these answers are known to, as far as they are still known, and that it is none of them."""
    for name in filter(knowledge.answers.__contains__, answers):
        yield Option(Question.WHICH_ANSWER, name, knowledge.answers[name].asked_as[0])
    for way_out in knowledge.questions[Question.WHICH_ANSWER].choices:
        yield Option(Question.WHICH_ANSWER, way_out.id, way_out.label)


def _ways_to_say(knowledge: Knowledge, option: Option) -> Tuple[str, ...]:
    """What is typed for one of the questions that were offered, or for none of them."""
    way_out = next((a for a in knowledge.questions[Question.WHICH_ANSWER].choices if a.id == option.answer), None)
    also = way_out.also if way_out is not None else knowledge.answers[option.answer].asked_as
    return tuple(map(_bare_of_ours, (option.label, *also)))


def _yes(knowledge: Knowledge) -> Tuple[str, ...]:
    """What is typed to agree to the one thing that was named."""
    go = next(answer for answer in knowledge.questions[Question.OTHER_ISSUE].choices if answer.id == GO)
    return tuple(map(_bare_of_ours, go.also))


def _issues(knowledge: Knowledge) -> Iterator[Option]:
    return (Option(Question.ISSUE, issue.name, issue.label) for issue in knowledge.issues.values())


def _spoken(knowledge: Knowledge, consultation: Consultation, choices: Sequence[Option]) -> Dict[str, Option]:
    """What is typed for each option."""
    spoken = {_bare_of_ours(option.label): option for option in choices}
    question = consultation.question
    if question is None:
        return spoken
    also = {answer.id: answer.also for answer in knowledge.questions[question].choices}
    for option in choices:
        if option.question is question and option.symptom is None:
            spoken.update({_bare_of_ours(word): option for word in also.get(option.answer, ())})
    if question is Question.WHICH_ISSUE and len(consultation.talk.candidates) == 1:
        spoken.update(dict.fromkeys(_yes(knowledge), choices[0]))
    issue = consultation.issue_in(knowledge)
    for option in choices:
        if option.question is Question.ISSUE and option.answer != LIST:
            spoken[_bare_of_ours(option.answer)] = option
            spoken[_bare_of_ours(knowledge.issues[option.answer].spoken)] = option
        if option.question is Question.SUB_ISSUE and option.answer != SKIP and issue is not None:
            spoken[_bare_of_ours(issue.sub_issue(option.answer).name)] = option
    return spoken


@lru_cache(maxsize=4096)
def _bare_of_ours(words: str) -> str:
    """Words of the knowledge as they are compared, made once: there are only so many, and every turn asks for all."""
    return bare(words)

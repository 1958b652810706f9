"""A message as the turn takes it: its moves, and what more of it matters for the answer."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made_by
from typing import Mapping, Optional, Tuple, Type

from bot.consult.moves import Fact, Kind, Move, Problem, Slot, Standing, every, first
from bot.knowledge import AnswerId, Matter


@dataclass(frozen=True)
class Heard:
    """What was heard in a message.

    `text` is as typed; `at` when it came, in Unix seconds; `moves` what it does. `unsure`: what it does is not clear.
    `institutions` and `subjects` are the ids of those it names, `turned_down` of institutions tried or not wanted.
    `asks`: some sentence of it is put as a question; `question` is that sentence, to be asked elsewhere, empty where it
    is too long for it, and `field` (fields.yml) that of whom would know it, where that is likely, `fields` those of the
    talk. `of_us`: it may rather be of us, or of the institutions that we name, than of any other field. `asks_number`:
    it asks for a telephone number. `price_of` is left of a question of its own for the price of something that is no
    advice, empty where it may be of that. `urgent`: a payment falls due within days. `only_facts`: it says where, what
    trade or how many people, and nothing else. `too_long`: it has more characters than are read. `guesses` are the two
    issues that it may most probably mean. `ranking` (intent, confidence) and `likeness` (of answers of the triage) are
    what it leans the search by, where it `leans` at all. `own_words`: it tells of the matter in the owner's own words;
    `tried` are the sentences in it that say what was tried already. `comes_with` is what hurts, as an answer of the
    triage, where its cause is still to be asked for, and that cause where the message tells it. `said_back` is what the
    message tells most of, in a form that のですね can follow; empty where nothing can be. `strained`: grief, fear or
    weariness weighs on them. `means_no_death`: an owner met in distress says it is not that. `easily`: the owner is to
    be answered in plain words, `in_kana` without kanji; `in_english`: it is written in English. `given_back`: staff has
    given the conversation back meanwhile; `with_a_person`: somebody of theirs has it now. `begins_anew`: what was said
    before cannot be read any more. `hides`: it had numbers in it that are not kept; `hides_all`: and nothing else.
    `shown_elsewhere`: what is said can be seen with a service outside, whatever is deleted here. `only_asks`: it is one
    sentence, and that is put as a question.
    """

    text: str = ""
    at: float = 0.0
    moves: Tuple[Move, ...] = ()
    unsure: bool = False
    institutions: Tuple[str, ...] = ()
    subjects: Tuple[str, ...] = ()
    turned_down: Tuple[str, ...] = ()
    asks: bool = False
    question: str = ""
    field: Optional[str] = None
    fields: Tuple[Tuple[str, float], ...] = ()
    of_us: bool = True
    asks_number: bool = False
    price_of: str = ""
    urgent: bool = False
    only_facts: bool = False
    too_long: bool = False
    guesses: Tuple[str, ...] = ()
    leans: bool = False
    ranking: Tuple[Tuple[str, float], ...] = ()
    likeness: Mapping[AnswerId, float] = made_by(default_factory=dict)
    own_words: bool = False
    tried: Tuple[str, ...] = ()
    comes_with: Tuple[AnswerId, ...] = ()
    said_back: str = ""
    means_no_death: bool = False
    strained: bool = False
    easily: bool = False
    in_kana: bool = False
    in_english: bool = False
    given_back: bool = False
    with_a_person: bool = False
    begins_anew: bool = False
    hides: bool = False
    hides_all: bool = False
    shown_elsewhere: bool = False
    only_asks: bool = False

    def has(self, *kinds: Type[Move]) -> bool:
        """Whether the message makes a move of one of these kinds."""
        return any(isinstance(move, kinds) for move in self.moves)

    def first(self, kind: Type[Kind]) -> Optional[Kind]:
        """The first move of a kind, or None."""
        return first(self.moves, kind)

    def problems(self, standing: Standing) -> Tuple[Problem, ...]:
        """The worries that stand so in the message."""
        return tuple(problem for problem in every(self.moves, Problem) if problem.standing is standing)

    def matters(self, standing: Standing) -> Tuple[Matter, ...]:
        """The same as matters."""
        return tuple(Matter(problem.issue, problem.sub_issue) for problem in self.problems(standing))

    @property
    def moves_beside_facts(self) -> Tuple[Move, ...]:
        """What the message does beside telling facts of the business."""
        return tuple(move for move in self.moves if not isinstance(move, Fact))

    @property
    def leading(self) -> Optional[Problem]:
        """The worry that the message is about; None where it is about none, or about several alike."""
        leads = self.problems(Standing.LEADS)
        return leads[0] if len(leads) == 1 else None

    def facts(self, slot: Slot) -> Tuple[Fact, ...]:
        """What the message tells about one thing."""
        return tuple(fact for fact in every(self.moves, Fact) if fact.slot is slot)

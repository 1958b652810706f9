"""A turn as it is being decided: what is given, and what has been decided so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Optional, Tuple

from bot.consult.heard import Heard
from bot.consult.state import Consultation
from bot.knowledge import Knowledge, Matter
from bot.operator.desk import Desk

# Hours without a word after which the owner is told where we were: more than an afternoon's work, less than a night.
LONG_SILENCE_H = 6.0


class CardKind(str, Enum):
    """What a card beside the words shows; bot.consult.cards makes the message part of it."""

    CHOICES = "choices"
    ROAD = "road"
    INSTITUTION = "institution"
    CONTACT = "contact"
    COST = "cost"
    WHY = "why"
    HELP = "help"
    PEOPLE = "people"
    DEBTS = "debts"
    FORGOTTEN = "forgotten"
    SOURCE = "source"
    BROUGHT = "brought"
    BROUGHT_FIRST = "brought_first"
    FIELD = "field"
    RATING = "rating"
    BACK = "back"


@dataclass(frozen=True)
class Card:
    """A card by what it shows, of these institutions where it is of some, and of the road for this matter.

    The matter is that of the question that the card answers: the same message may go on to another. `answer` is the id
    of the answer whose source it shows, of the matter that was brought, or of the field whose people it names.
    """

    kind: CardKind
    institutions: Tuple[str, ...] = ()
    matter: Optional[Matter] = None
    answer: Optional[str] = None


CHOICES = Card(CardKind.CHOICES)


@dataclass(frozen=True)
class Said:
    """A response of the domain in one of its variations (from 0), the {words} to fill in, and the card beside it."""

    response: str
    variation: int = 0
    words: Tuple[Tuple[str, str], ...] = ()
    card: Optional[Card] = None


class EffectKind(str, Enum):
    """What a turn does outside the conversation."""

    CALL_STAFF = "call_staff"
    ALERT_STAFF = "alert_staff"
    TAKE_BACK = "take_back"
    PASS_ON_WISH = "pass_on_wish"
    MAKE_SHEET = "make_sheet"
    GIVE_SHEET = "give_sheet"


@dataclass(frozen=True)
class Effect:
    """Something to do before anything is said; `otherwise` is the turn that it is instead where that fails."""

    kind: EffectKind
    otherwise: Optional[Turn] = None


@dataclass(frozen=True)
class Turn:
    """What comes of a message: the consultation after it, what to do outside, and what to say, in order.

    `by` names the lines of the table that had a say. While the turn is being decided, `over` says that nothing more is
    to come, `comes_back` that the question that waits is to be put again.
    """

    consultation: Consultation
    said: Tuple[Said, ...] = ()
    effects: Tuple[Effect, ...] = ()
    by: Tuple[str, ...] = ()
    over: bool = False
    comes_back: bool = False

    def saying(self, response: str, card: Optional[Card] = None, **words: str) -> Turn:
        """The same with one thing more said, in the next variation; what this turn says already, once."""
        if any((said.response, said.words, said.card) == (response, tuple(words.items()), card) for said in self.said):
            return self
        spoken = self.consultation.talk.times_spoken(response)
        counted = {**dict(self.consultation.talk.spoken), response: spoken + 1}
        said = Said(response, spoken, tuple(words.items()), card)
        consultation = self.consultation.with_talk(spoken=tuple(counted.items()))
        return replace(self, consultation=consultation, said=(*self.said, said))

    def on(self, consultation: Consultation) -> Turn:
        """The same with the consultation as it is now."""
        return replace(self, consultation=consultation)

    def doing(self, kind: EffectKind, otherwise: Optional[Turn] = None) -> Turn:
        """The same with something to do outside."""
        return replace(self, effects=(*self.effects, Effect(kind, otherwise)))

    def ended(self) -> Turn:
        """The same with nothing more to come."""
        return replace(self, over=True)

    def on_standing(self) -> Turn:
        """The same, over; what waits stays open without being put again."""
        return replace(self, consultation=self.consultation.with_talk(standing=True)).ended()

    def coming_back(self) -> Turn:
        """The same, and what waits is put again."""
        return replace(self, comes_back=True)


@dataclass(frozen=True)
class Scene:
    """What a turn is decided on: the knowledge, the operator's desk, the message, and the consultation before it."""

    knowledge: Knowledge
    desk: Desk
    heard: Heard
    before: Consultation

    @property
    def is_after_a_long_silence(self) -> bool:
        """Whether the owner had not written for hours."""
        last = self.before.talk.heard_at
        return last is not None and self.heard.at - last >= 3600 * LONG_SILENCE_H

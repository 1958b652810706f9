"""What the bot says in one turn as the messages of one call to LINE: at most five, choices as quick replies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from bot.channels.line.buttons import button_of_choice, data_of
from bot.channels.line.cards import choices_card, notice_card, referral_card
from bot.channels.line.limits import (
    LONGEST_DATA,
    LONGEST_LABEL,
    LONGEST_TEXT,
    MOST_MESSAGES,
    MOST_QUICK_REPLIES,
    LimitError,
    LineMessage,
    check,
)
from bot.channels.line.text import printable, shortened, shortened_to_units, split, units
from bot.channels.line.texts import Cards
from bot.messages import Choice, Choices, Message, Notice, Referral


@dataclass(frozen=True)
class _Piece:
    """A message to LINE, and all that it says in words."""

    message: LineMessage
    plain: str

    @property
    def is_text(self) -> bool:
        return bool(self.message["type"] == "text")


def render(messages: Sequence[Message], words: Cards) -> Tuple[LineMessage, ...]:
    """The turn as LINE messages within LINE's limits; none where nothing is said.

    Cards are Flex Messages. Choices stand numbered in the text, since LINE on a computer shows no quick replies, and as
    quick replies on the last message, where alone LINE shows them. Choices that came before those of the last question
    are buttons of a card: they answer nothing, and have no number.
    """
    last = next((message for message in reversed(messages) if isinstance(message.part, Choices)), None)
    pieces = [piece for message in messages for piece in _pieces(message, words, asks=message is last)]
    rendered = [piece.message for piece in _few(pieces, words)]
    return _with_quick_replies(rendered, messages)


def render_plainly(messages: Sequence[Message], words: Cards) -> Tuple[LineMessage, ...]:
    """The turn in words alone, for when LINE refuses the cards."""
    pieces = [_said(text) for message in messages for text in split(printable(message.plain()), LONGEST_TEXT)]
    return tuple(piece.message for piece in _few(pieces, words))


def _pieces(message: Message, words: Cards, asks: bool) -> List[_Piece]:
    """The sentences and, after them, the card; a card that LINE would refuse is said in words."""
    if isinstance(message.part, Choices) and not asks:
        card = _checked(choices_card(message.words, message.part.choices), message.words)
        return [card] if card else [_said(text) for text in split(printable(message.words), LONGEST_TEXT)]
    card = _card(message, words)
    if card is None:
        return [_said(text) for text in split(printable(message.plain()), LONGEST_TEXT)]
    return [*(_said(text) for text in split(printable(message.words), LONGEST_TEXT)), card]


def _card(message: Message, words: Cards) -> Optional[_Piece]:
    if isinstance(message.part, Referral):
        card = referral_card(message.part, words)
    elif isinstance(message.part, Notice):
        card = notice_card(message.part, words)
    else:
        return None
    return _checked(card, message.part.plain())


def _checked(card: LineMessage, plain: str) -> Optional[_Piece]:
    """The card, where LINE would take it."""
    try:
        check([card])
    except LimitError:
        return None
    return _Piece(card, printable(plain))


def _said(text: str) -> _Piece:
    return _Piece({"type": "text", "text": text}, text)


def _few(pieces: Sequence[_Piece], words: Cards) -> List[_Piece]:
    """At most five: neighbouring texts are put together first; then cards become words; then the end is left out."""
    few = list(pieces)
    while len(few) > MOST_MESSAGES:
        pair = next((at for at in range(len(few) - 1) if _fit_together(few[at], few[at + 1])), None)
        if pair is None:
            return _in_words(few, words)
        few[pair : pair + 2] = [_said(f"{few[pair].plain}\n\n{few[pair + 1].plain}")]
    return few


def _fit_together(first: _Piece, second: _Piece) -> bool:
    return first.is_text and second.is_text and units(first.plain) + len("\n\n") + units(second.plain) <= LONGEST_TEXT


def _in_words(pieces: Sequence[_Piece], words: Cards) -> List[_Piece]:
    texts = split("\n\n".join(piece.plain for piece in pieces), LONGEST_TEXT)
    if len(texts) > MOST_MESSAGES:
        end = shortened_to_units(texts[MOST_MESSAGES - 1], LONGEST_TEXT - units(words.more)) + words.more
        texts = (*texts[: MOST_MESSAGES - 1], end)
    return [_said(text) for text in texts]


def _with_quick_replies(rendered: List[LineMessage], messages: Sequence[Message]) -> Tuple[LineMessage, ...]:
    """The choices of the question asked last, on the last message; beyond LINE's number only in the text."""
    asked = [message.part for message in messages if isinstance(message.part, Choices)]
    choices = [choice for choice in asked[-1].choices if printable(choice.label).strip()] if asked else []
    return with_quick_replies(rendered, choices)


def with_quick_replies(rendered: Sequence[LineMessage], choices: Sequence[Choice]) -> Tuple[LineMessage, ...]:
    """The messages with choices on the last one, as many as LINE takes."""
    if not rendered or not choices:
        return tuple(rendered)
    items = [_quick_reply(choice) for choice in choices[:MOST_QUICK_REPLIES]]
    return (*rendered[:-1], {**rendered[-1], "quickReply": {"items": items}})


def _quick_reply(choice: Choice) -> LineMessage:
    """A press comes back with the choice's id; where that is too long for LINE, as if the owner had typed the label."""
    label = printable(choice.label)
    shown, typed = shortened(label, LONGEST_LABEL), shortened_to_units(label, LONGEST_DATA)
    data = data_of(button_of_choice(choice))
    if units(data) <= LONGEST_DATA and printable(data) == data:
        action = {"type": "postback", "label": shown, "data": data, "displayText": typed}
    else:
        action = {"type": "message", "label": shown, "text": typed}
    return {"type": "action", "action": action}

"""Renders the bot's messages as Block Kit, within Slack's limits, with text that is complete without the blocks.

Limits: https://docs.slack.dev/reference/block-kit/blocks; most of them are checked by slack_sdk's models as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any, Dict, Iterable, Iterator, List, Sequence, Tuple

from pydantic import BaseModel
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.channels.at_any_time import at_any_time
from bot.channels.slack.mrkdwn import escaped, linked, with_each_linked
from bot.channels.slack.words import SlackWords
from bot.messages import Choice, Choices, Fact, Message, Notice, Referral, ReferralStep

CHOICE = "choice"  # how the action_id of every choice begins
HOME = "home"
_MOST_BLOCKS = 50
_MOST_IN_A_HOME = 100
_LONGEST_SECTION = 3000
_LONGEST_FIELD = 2000
_MOST_FIELDS = 10
_LONGEST_HEADER = 150
_LONGEST_LABEL = 75
_LONGEST_BUTTON_VALUE = 2000
_LONGEST_OPTION_VALUE = 150
_MOST_OPTIONS = 100
_MOST_ELEMENTS = 25
_MOST_BUTTONS = 5
# Above about 13,000 characters of blocks Slack answers msg_blocks_too_long (github.com/slackapi/bolt-js/issues/2509);
# of `text` it advises at most 4,000.
_LONGEST_POST = 4000
_SHORT_FACT = 40
_SENTENCE_ENDS = "\n。！？!?"


class Post(BaseModel):
    """One message as Slack's API takes it: `text` for notifications and screen readers, in its format, and `blocks`."""

    text: str
    blocks: List[Dict[str, Any]]


@dataclass(frozen=True)
class _Piece:
    """A block, and what it says as plain text."""

    block: Block
    plain: str = ""


def posts(messages: Sequence[Message], conversation: str, words: SlackWords) -> Tuple[Post, ...]:
    """The messages of one turn as Slack posts, in as few as Slack's limits allow: one, as a rule.

    What can be pressed carries the conversation's id and ends its post; each post begins with a block that cannot be
    pressed. Raises SlackObjectFormationError where a limit would be broken.
    """
    pieces: List[_Piece] = []
    for before, message in zip((None, *messages), messages, strict=False):
        if before is not None and isinstance(before.part, (Referral, Notice)):
            pieces.append(_Piece(DividerBlock()))
        pieces += _sentences(message.words)
        pieces += _part(message, conversation, words)
    return _packed(pieces)


def quote(text: str) -> Post:
    """A post in small print, for what an owner sent from elsewhere."""
    shown = _cut(text, _LONGEST_FIELD)
    return _packed([_Piece(ContextBlock(elements=[PlainTextObject(text=shown, emoji=False)]), shown)])[0]


def frozen(blocks: Iterable[Dict[str, Any]], text: str, said: str) -> Post:
    """A post whose question is answered: the choices are gone, and how it was answered stands there.

    `blocks` and `text` are the post as Slack has it.
    """
    kept = [block for block in blocks if block.get("type") != ActionsBlock.type][: _MOST_BLOCKS - 1]
    mark = ContextBlock(elements=[PlainTextObject(text=_cut(f"✓ {said}", _LONGEST_FIELD), emoji=False)])
    return Post(text=f"{text}\n{escaped(said)}".strip(), blocks=[*kept, mark.to_dict()])


def offers(post: Post) -> bool:
    """Whether something can be pressed in a post."""
    return any(block.get("type") == ActionsBlock.type for block in post.blocks)


def home(messages: Sequence[Message], words: SlackWords, pressed: bool = False) -> Dict[str, Any]:
    """The home tab: what the bot says to whoever comes in, with all choices as buttons, and what can always be pressed.

    `pressed`: a choice was just pressed there, and the answer comes in the messages tab.
    """
    pieces = list(_sentences(words.home_pressed)) if pressed else []
    for message in messages:
        pieces += _sentences(message.words)
        if isinstance(message.part, Choices):
            pieces += _button_rows(message.part.choices, f"{HOME}-{len(pieces)}")
        else:
            pieces += _part(message, HOME, words)
    pieces.append(_Piece(DividerBlock()))
    pieces += _button_rows(at_any_time(), f"{HOME}-at-any-time")
    view: Dict[str, Any] = View(type="home", blocks=[piece.block for piece in pieces][:_MOST_IN_A_HOME]).to_dict()
    return view


def _part(message: Message, conversation: str, words: SlackWords) -> Iterator[_Piece]:
    part = message.part
    if isinstance(part, Choices):
        yield from _choices(part, conversation, words, introduced=bool(message.words.strip()))
    elif isinstance(part, Referral):
        yield from _referral(part)
    elif isinstance(part, Notice):
        yield from _notice(part)


def _sentences(text: str) -> Iterator[_Piece]:
    """Plain text, so that nothing an owner wrote and the bot repeats is read as Slack's format."""
    for chunk in _chunks(text.strip(), _LONGEST_SECTION):
        yield _Piece(SectionBlock(text=PlainTextObject(text=chunk, emoji=False)), chunk)


def _choices(part: Choices, conversation: str, words: SlackWords, introduced: bool) -> Iterator[_Piece]:
    """Up to five as buttons; more as a numbered list with a select below it."""
    few = len(part.choices) <= _MOST_BUTTONS
    if not few or not introduced:
        yield from _sentences(part.plain())
    plain = part.plain() if few and introduced else ""
    if few:
        elements = _buttons(part.choices)
    else:
        elements = _selects([choice for choice in part.choices if len(choice.id) <= _LONGEST_OPTION_VALUE], words)
    if elements:
        yield _Piece(ActionsBlock(block_id=conversation, elements=elements), plain)
    elif plain:
        yield from _sentences(plain)


def _button_rows(choices: Sequence[Choice], name: str) -> Iterator[_Piece]:
    buttons = _buttons(choices)
    for start in range(0, len(buttons), _MOST_BUTTONS):
        row = buttons[start : start + _MOST_BUTTONS]
        yield _Piece(ActionsBlock(block_id=f"{name}-{start}", elements=row))


def _buttons(choices: Sequence[Choice]) -> List[InteractiveElement]:
    return [
        ButtonElement(
            text=PlainTextObject(text=_cut(choice.label, _LONGEST_LABEL), emoji=False),
            action_id=f"{CHOICE}-{number}",
            value=choice.id,
        )
        for number, choice in enumerate(choices)
        if len(choice.id) <= _LONGEST_BUTTON_VALUE
    ]


def _selects(choices: Sequence[Choice], words: SlackWords) -> List[InteractiveElement]:
    options = [
        Option(text=PlainTextObject(text=_cut(choice.label, _LONGEST_LABEL), emoji=False), value=choice.id)
        for choice in choices
    ]
    return [
        StaticSelectElement(
            placeholder=PlainTextObject(text=words.choose, emoji=False),
            action_id=f"{CHOICE}-{start}",
            options=options[start : start + _MOST_OPTIONS],
        )
        for start in range(0, min(len(options), _MOST_OPTIONS * _MOST_ELEMENTS), _MOST_OPTIONS)
    ]


def _referral(part: Referral) -> Iterator[_Piece]:
    """The first step in sections of its own, then the others a line each; what follows the steps stands last.

    A road whose steps cannot be folded is shown in one line, and then a section for each institution.
    """
    yield _header(part.title)
    if part.is_folded:
        yield from _step(part.steps[0], part.steps[0].opened)
        yield from _others(part.steps[1:])
    else:
        yield from _whole(part)
    if part.ending:
        yield _Piece(DividerBlock())
        yield from _facts(part.ending)


def _whole(part: Referral) -> Iterator[_Piece]:
    road = " → ".join(f"{step.order_label} {step.institution}" for step in part.steps)
    for chunk in _chunks(road, _LONGEST_FIELD):
        yield _Piece(ContextBlock(elements=[PlainTextObject(text=chunk, emoji=False)]))
    for step in part.steps:
        yield _Piece(DividerBlock())
        yield from _step(step, step.facts)


def _others(steps: Sequence[ReferralStep]) -> Iterator[_Piece]:
    """Steps a line each: whom to see and when, and one way to reach them."""
    if steps:
        yield _Piece(DividerBlock())
    for step in steps:
        way_in = f"\n{_linked(step.short[0])}" if step.short else ""
        shown = f"*{escaped(f'{step.order_label}：{step.institution}')}* （{escaped(step.when)}）{way_in}"
        if len(shown) <= _LONGEST_SECTION:
            yield _Piece(SectionBlock(text=_mrkdwn(shown)), step.line())
        else:
            yield from _sentences(step.line())


def _step(step: ReferralStep, facts: Sequence[Fact]) -> Iterator[_Piece]:
    plain = f"【{step.order_label}】{step.institution}（{step.when}）"
    shown = f"*{escaped(f'{step.order_label}：{step.institution}')}*\n{escaped(step.when)}"
    if len(shown) <= _LONGEST_SECTION:
        yield _Piece(SectionBlock(text=_mrkdwn(shown)), plain)
    else:
        yield from _sentences(plain)
    yield from _facts(facts)


def _notice(part: Notice) -> Iterator[_Piece]:
    yield _header(part.title)
    yield from _facts(part.lines)


def _facts(facts: Sequence[Fact]) -> Iterator[_Piece]:
    """Facts in their order: neighbours that are short side by side, a long one in a section of its own."""
    for short, run in groupby(facts, key=lambda fact: len(fact.text) <= _SHORT_FACT):
        together = list(run)
        if not short:
            for fact in together:
                yield from _long_fact(fact)
            continue
        for start in range(0, len(together), _MOST_FIELDS):
            row = together[start : start + _MOST_FIELDS]
            fields = [_mrkdwn(_fact(fact)) for fact in row]
            fitting = all(len(field.text) <= _LONGEST_FIELD for field in fields)
            if fitting and len(row) > 1:
                yield _Piece(SectionBlock(fields=fields), "\n".join(f"・{fact.plain()}" for fact in row))
            else:
                for fact in row:
                    yield from _long_fact(fact)


def _long_fact(fact: Fact) -> Iterator[_Piece]:
    """One section; where it is too long for that, several without a link."""
    whole = _fact(fact)
    if len(whole) <= _LONGEST_SECTION:
        yield _Piece(SectionBlock(text=_mrkdwn(whole)), f"・{fact.plain()}")
    else:
        yield from _sentences(f"・{fact.plain()}")


def _fact(fact: Fact) -> str:
    """The label in bold on a line of its own: Slack's bold ends only at a space or a line's end."""
    return f"*{escaped(fact.label)}*\n{_linked(fact)}"


def _linked(fact: Fact) -> str:
    """A fact's text with its links, without the label."""
    if fact.more_links:
        return with_each_linked(fact.text, fact.links)
    return linked(_with_address_to_type(fact), fact.link) if fact.link else escaped(fact.text)


def _with_address_to_type(fact: Fact) -> str:
    """An address without https becomes no link; as on the website it stands beside, for whoever wants to type it."""
    return f"{fact.text}（{fact.link}）" if (fact.link or "").startswith("http://") else fact.text


def _header(title: str) -> _Piece:
    return _Piece(HeaderBlock(text=PlainTextObject(text=_cut(title, _LONGEST_HEADER), emoji=False)), f"■{title}")


def _mrkdwn(text: str) -> MarkdownTextObject:
    """Slack's format with its guesses switched off: no names or addresses become links by themselves."""
    return MarkdownTextObject(text=text, verbatim=True)


def _packed(pieces: Sequence[_Piece]) -> Tuple[Post, ...]:
    """The pieces in as few posts as Slack's limits allow, in their order."""
    groups: List[List[_Piece]] = []
    for piece in pieces:
        if groups and _fits(groups[-1], piece):
            groups[-1].append(piece)
        elif not isinstance(piece.block, DividerBlock):
            groups.append([piece])
    return tuple(
        Post(
            text=escaped("\n".join(piece.plain for piece in group if piece.plain)),
            blocks=[piece.block.to_dict() for piece in group],
        )
        for group in groups
    )


def _fits(group: Sequence[_Piece], piece: _Piece) -> bool:
    """Whether a piece may follow in the same post: what can be pressed with the words before it, and as its end."""
    if isinstance(group[-1].block, ActionsBlock):
        return False
    if isinstance(piece.block, ActionsBlock):
        return len(group) < _MOST_BLOCKS
    length = sum(len(escaped(earlier.plain)) for earlier in (*group, piece))
    return len(group) < _MOST_BLOCKS - 1 and length <= _LONGEST_POST


def _chunks(text: str, longest: int) -> Iterator[str]:
    """The text in parts of at most `longest` characters, cut behind a sentence where there is one."""
    while len(text) > longest:
        end = max((text.rfind(mark, 0, longest) for mark in _SENTENCE_ENDS), default=-1) + 1
        yield text[: end or longest].strip()
        text = text[end or longest :].strip()
    if text:
        yield text


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"

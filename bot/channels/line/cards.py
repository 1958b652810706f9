"""Referrals and notices as Flex Messages: one bubble a step, with buttons to call and to open pages.

Source: https://developers.line.biz/en/docs/messaging-api/flex-message-elements/
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence

from yarl import URL

from bot.channels.line.buttons import button_of_choice, data_of
from bot.channels.line.limits import LONGEST_ALT_TEXT, LONGEST_LABEL, LONGEST_URI, LineMessage
from bot.channels.line.text import printable, shortened, shortened_to_units, units
from bot.channels.line.texts import Cards
from bot.messages import Choice, Fact, Notice, Referral, ReferralStep

# Dark on light and light on dark, each pair with a contrast of 7 to 1 or more (WCAG 2.2, level AAA).
_HEADING, _ON_HEADING = "#14532D", "#FFFFFF"
_TEXT, _LABEL, _BACKGROUND = "#1A1A1A", "#4A4A4A", "#FFFFFF"
_CALL, _OPEN = "#9A1B1B", "#14532D"

_Component = Dict[str, Any]


def referral_card(referral: Referral, words: Cards) -> LineMessage:
    """The first step in a bubble, the others a line each in the next, and a last one with what to bring and heed."""
    if not referral.is_folded:
        bubbles = [_step_bubble(step, step.facts, words) for step in referral.steps]
    else:
        bubbles = [_step_bubble(step, step.opened, words) for step in referral.steps[:1]]
        if referral.steps[1:]:
            others = [_in_one_line(step, words) for step in referral.steps[1:]]
            bubbles.append(_framed([_heading(words.others)], others))
    if referral.ending:
        bubbles.append(_bubble([_heading(words.closing)], referral.ending, words))
    return _card(_referral_in_short(referral), {"type": "carousel", "contents": bubbles})


def notice_card(notice: Notice, words: Cards) -> LineMessage:
    """One bubble with all lines."""
    return _card(iter([notice.plain()]), _bubble([_heading(notice.title)], notice.lines, words))


def choices_card(said: str, choices: Sequence[Choice]) -> LineMessage:
    """Words with a button for each choice below them: for what is no question, and can be pressed at any time."""
    body = {
        "type": "box",
        "layout": "vertical",
        "spacing": "lg",
        "backgroundColor": _BACKGROUND,
        "contents": [_text(said, size="md", color=_TEXT), *(_press(choice) for choice in choices)],
    }
    return _card(iter([said]), {"type": "bubble", "size": "mega", "body": body})


def _press(choice: Choice) -> _Component:
    label = printable(choice.label)
    return {
        "type": "button",
        "style": "secondary",
        "height": "sm",
        "scaling": True,
        "action": {
            "type": "postback",
            "label": shortened(label, LONGEST_LABEL),
            "data": data_of(button_of_choice(choice)),
            "displayText": label,
        },
    }


def _card(in_short: Iterator[str], contents: _Component) -> LineMessage:
    """`in_short`: what chat lists and screen readers say of it, from whole to short; the first that fits is taken."""
    text = ""
    for candidate in in_short:
        text = printable(candidate)
        if units(text) <= LONGEST_ALT_TEXT:
            break
    return {"type": "flex", "altText": shortened_to_units(text, LONGEST_ALT_TEXT), "contents": contents}


def _referral_in_short(referral: Referral) -> Iterator[str]:
    """All of it; then why, how to reach each and what to bring; then how to reach each; then the names in order."""
    closing = [fact.plain() for fact in referral.ending]
    names = [f"【{step.order_label}】{step.institution}（{step.when}）" for step in referral.steps]
    reached = [[fact.plain() for fact in step.facts if fact.link] for step in referral.steps]
    why = [[fact.plain() for fact in step.facts[:1] if not fact.link] for step in referral.steps]
    yield referral.plain()
    yield "\n".join([*_lines(names, why, reached), *closing])
    yield "\n".join([*_lines(names, why, reached), *closing[:1]])
    yield "\n".join([*_lines(names, reached), *closing[:1]])
    yield "\n".join(_lines(names, reached))
    yield "\n".join(names)


def _lines(names: Sequence[str], *details: Sequence[Sequence[str]]) -> Iterable[str]:
    for number, name in enumerate(names):
        yield name
        for detail in details:
            yield from detail[number]


def _in_one_line(step: ReferralStep, words: Cards) -> _Component:
    """A step that is folded: whom to see and when, and one way to reach them."""
    heading = f"{step.order_label}：{step.institution}（{step.when}）"
    return _labelled(heading, step.short[:1], words)


def _step_bubble(step: ReferralStep, facts: Iterable[Fact], words: Cards) -> _Component:
    heading = [
        _text(step.order_label, size="sm", color=_ON_HEADING, weight="bold"),
        _heading(step.institution),
        *([_text(step.when, size="sm", color=_ON_HEADING)] if step.when.strip() else []),
    ]
    return _bubble(heading, facts, words)


def _bubble(heading: List[_Component], facts: Iterable[Fact], words: Cards) -> _Component:
    return _framed(heading, [_labelled(fact.label, [fact], words) for fact in facts])


def _framed(heading: List[_Component], contents: List[_Component]) -> _Component:
    return {
        "type": "bubble",
        "size": "mega",
        "header": {
            "type": "box",
            "layout": "vertical",
            "spacing": "xs",
            "backgroundColor": _HEADING,
            "contents": heading,
        },
        "body": {
            "type": "box",
            "layout": "vertical",
            "spacing": "lg",
            "backgroundColor": _BACKGROUND,
            "contents": contents,
        },
    }


def _heading(text: str) -> _Component:
    return _text(text, size="lg", color=_ON_HEADING, weight="bold")


def _labelled(label: str, facts: Sequence[Fact], words: Cards) -> _Component:
    """What facts say, and their buttons, below a label."""
    contents = [_text(label, size="sm", color=_LABEL, weight="bold")]
    for fact in facts:
        contents += [_text(f"{fact.text}{_addresses_to_type(fact)}", size="md", color=_TEXT), *_buttons(fact, words)]
    return {"type": "box", "layout": "vertical", "spacing": "xs", "contents": contents}


def _addresses_to_type(fact: Fact) -> str:
    """Addresses that get no button since they have no https, as on the website: whoever wants to can type them."""
    return "".join(f"（{link}）" for link in fact.links if link.startswith("http://"))


def _text(text: str, **style: str) -> _Component:
    """Wrapped, and as large as the owner has set letters in LINE."""
    return {"type": "text", "text": printable(text), "wrap": True, "scaling": True, **style}


def _buttons(fact: Fact, words: Cards) -> List[_Component]:
    """A button for each of the fact's addresses that LINE opens: of two telephone numbers, each has its own."""
    return [_button(uri, fact, words) for uri in map(_uri, fact.links) if uri is not None]


def _button(uri: str, fact: Fact, words: Cards) -> _Component:
    calls = uri.startswith("tel:")
    label = words.call.format(uri[len("tel:") :]) if calls else words.open.format(fact.label)
    return {
        "type": "button",
        "style": "primary",
        "height": "sm",
        "color": _CALL if calls else _OPEN,
        "scaling": True,
        "action": {"type": "uri", "label": shortened(label, LONGEST_LABEL), "uri": uri},
    }


def _uri(link: str) -> Optional[str]:
    """The address in ASCII; None where it is none that is called or opened safely."""
    try:
        uri = str(URL(link))
    except ValueError:
        return None
    return uri if uri.startswith(("https://", "tel:")) and len(uri) <= LONGEST_URI else None

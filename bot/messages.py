"""Channel-neutral parts of what the bot says, and their JSON; every channel renders the same parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Dict, Mapping, Optional, Sequence, Tuple, Union

from bot.plain import plain

# What owners can press at any time, on every channel, without having been offered it: to come in, to ask for a person,
# to be met with help, to have their records deleted, to have the bot back from a person.
COMES_IN, PERSON, IN_DISTRESS, TO_BE_FORGOTTEN = "talk.comes_in", "talk.person", "talk.distress", "talk.forget"
BACK_TO_BOT = "talk.bot"
AT_ANY_TIME = (COMES_IN, PERSON, IN_DISTRESS, TO_BE_FORGOTTEN, BACK_TO_BOT)
# What stands below a farewell, and can be pressed from then on: whether the consultation was of use.
USEFUL, NOT_USEFUL = "talk.useful", "talk.not_useful"

# A road in plain text: how long, and how many steps have a line of their own behind the first.
LONGEST_PLAIN, OTHERS_IN_PLAIN = 600, 3


@dataclass(frozen=True)
class Choice:
    """An answer the owner can press. `id` is issued by the server and opaque to channels; `label` works when typed."""

    id: str
    label: str


@dataclass(frozen=True)
class Choices:
    """Answers offered to the question in the message's text. Free text always works beside them."""

    kind: ClassVar[str] = "choices"
    choices: Tuple[Choice, ...]

    def plain(self) -> str:
        """The labels, numbered from 1, one a line."""
        return "\n".join(f"{number}. {choice.label}" for number, choice in enumerate(self.choices, start=1))


@dataclass(frozen=True)
class Fact:
    """One labelled line of a card. `link` is an https: or tel: address the text leads to.

    `more_links` are further ones: a line that names two telephone numbers has both of them.
    """

    label: str
    text: str
    link: Optional[str] = None
    more_links: Tuple[str, ...] = ()

    @property
    def links(self) -> Tuple[str, ...]:
        """All its addresses, in the order of the text."""
        return (*((self.link,) if self.link else ()), *self.more_links)

    def words(self) -> str:
        """The text with its addresses, without the label."""
        return f"{self.text}{''.join(f' {link}' for link in self.links if not link.startswith('tel:'))}"

    def plain(self) -> str:
        return f"{self.label}：{self.words()}"


def _paragraph(heading: str, facts: Tuple[Fact, ...]) -> str:
    return "\n".join([heading, *(f"・{fact.plain()}" for fact in facts)])


@dataclass(frozen=True)
class ReferralStep:
    """One institution on the road. `order_label` is まず, 次に or 必要なら; `facts` are in the order to show.

    `short` is what is shown of it at first: of the first step how to reach it, what to say there and why; of the others
    one way to reach it. What was kept before there was such has none, and is shown whole.
    """

    institution_id: str
    institution: str
    order: str
    order_label: str
    role: str
    when: str
    citation: str
    facts: Tuple[Fact, ...]
    short: Tuple[Fact, ...] = ()

    @property
    def heading(self) -> str:
        """The institution in its place on the road, and when to go there."""
        return f"【{self.order_label}】{self.institution}（{self.when}）"

    @property
    def opened(self) -> Tuple[Fact, ...]:
        """What is shown of it where it is the first."""
        return self.short or self.facts

    def plain(self) -> str:
        """It as the first step of a road."""
        return _paragraph(self.heading, self.opened)

    def line(self) -> str:
        """What is shown of it where it is not the first: one line."""
        return "：".join([self.heading, *(fact.words() for fact in self.short[:1])])

    def whole(self) -> str:
        """All that is known of it."""
        return _paragraph(self.heading, (*self.facts, *(fact for fact in self.short if fact not in self.facts)))


@dataclass(frozen=True)
class Referral:
    """Whom to see, in order, for one issue; `closing` facts (what to bring, tips) follow the steps, then `sources`.

    Channels open the first step and fold the others. `more` names, in its {count} and {names}, the steps that are not
    shown at first; `see_more` is what stands on a button that shows them.
    """

    kind: ClassVar[str] = "referral"
    title: str
    issue: str
    sub_issue: Optional[str]
    steps: Tuple[ReferralStep, ...]
    closing: Tuple[Fact, ...] = ()
    sources: Tuple[Fact, ...] = ()
    more: str = ""
    see_more: str = ""

    @property
    def is_folded(self) -> bool:
        """Whether its steps have a short form; what was kept before there was one is shown whole."""
        return any(step.short for step in self.steps)

    @property
    def ending(self) -> Tuple[Fact, ...]:
        """All that follows the steps."""
        return (*self.closing, *self.sources)

    def plain(self) -> str:
        """The road folded: the first step, a line each for a few others, who else there is, and what follows.

        Where that is too long, the last of the closing facts are left out, then lines of others; sources never are.
        """
        if not self.is_folded:
            return self.whole()
        closing, others = list(self.closing), OTHERS_IN_PLAIN
        text = self._folded(closing, others)
        while len(text) > LONGEST_PLAIN and (closing or others):
            if closing:
                closing.pop()
            else:
                others -= 1
            text = self._folded(closing, others)
        return text

    def whole(self) -> str:
        """The whole road as text: one paragraph a step."""
        ending = ["\n".join(f"■{fact.plain()}" for fact in self.ending)] if self.ending else []
        return "\n\n".join([*(step.whole() for step in self.steps), *ending])

    def beyond(self, shown: int) -> str:
        """Who else there is when so many steps are shown; empty where nobody is."""
        names = [step.institution for step in self.steps[shown:]]
        return self.more.format(count=len(names), names="、".join(names)) if names else ""

    def _folded(self, closing: Sequence[Fact], others: int) -> str:
        first = [step.plain() for step in self.steps[:1]]
        lines = [*(step.line() for step in self.steps[1 : 1 + others]), self.beyond(1 + others)]
        ending = [f"■{fact.plain()}" for fact in closing] + [f"■{fact.label}：{fact.text}" for fact in self.sources]
        paragraphs = ("\n".join(filter(None, paragraph)) for paragraph in (first, lines, ending))
        return "\n\n".join(filter(None, paragraphs))


@dataclass(frozen=True)
class Notice:
    """Something the owner should have at hand: a heading and labelled lines, such as help lines with their hours."""

    kind: ClassVar[str] = "notice"
    title: str
    lines: Tuple[Fact, ...] = field(default_factory=tuple)

    def plain(self) -> str:
        return "\n".join([f"■{self.title}", *(f"・{line.plain()}" for line in self.lines)])


@dataclass(frozen=True)
class Forgotten:
    """Everything that was said before is erased: whoever still shows it takes it away. It says nothing by itself."""

    kind: ClassVar[str] = "forgotten"

    def plain(self) -> str:
        return ""


@dataclass(frozen=True)
class Person:
    """A person of the staff has the conversation from now on (`here`), or has it no more; `name` is what owners read.

    It says nothing by itself; while they are here, owners can have the bot back.
    """

    kind: ClassVar[str] = "person"
    here: bool
    name: str

    def plain(self) -> str:
        return ""


Part = Union[Choices, Referral, Notice, Forgotten, Person]


@dataclass(frozen=True)
class Message:
    """One thing the bot says: sentences, and the part that goes with them where there is one."""

    words: str
    part: Optional[Part] = None

    def plain(self) -> str:
        """All of it as text, for whoever sees no parts."""
        return "\n".join(text for text in (self.words, self.part.plain() if self.part else "") if text)


def message_from_reply(reply: Mapping[str, Any]) -> Message:
    """The message in a reply as Rasa hands it over: `text` (complete on its own) and, under `custom`, the part.

    Raises ValueError for an unknown or misshapen part.
    """
    part = part_from_json(reply["custom"]) if reply.get("custom") else None
    text = str(reply.get("text") or "")
    return Message(text.removesuffix(part.plain()).removesuffix("\n") if part else text, part)


def part_to_json(part: Part) -> Dict[str, Any]:
    """The part as JSON that Rasa carries under `custom`; `type` names its kind."""
    return {"type": part.kind, **plain(part)}


def part_from_json(data: Mapping[str, Any]) -> Part:
    """The part a JSON object stands for. Raises ValueError for an unknown or misshapen one."""
    readers: Dict[Any, Any] = {
        Choices.kind: _choices,
        Referral.kind: _referral,
        Notice.kind: _notice,
        Forgotten.kind: lambda data: Forgotten(**data),
        Person.kind: lambda data: Person(**data),
    }
    reader = readers.get(data.get("type"))
    if reader is None:
        raise ValueError(f"message part: expected type {', '.join(readers)}, found {data.get('type')!r}")
    try:
        part: Part = reader({key: value for key, value in data.items() if key != "type"})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"message part {data['type']}: {error}") from error
    return part


def _choices(data: Dict[str, Any]) -> Choices:
    return Choices(tuple(Choice(**choice) for choice in data["choices"]))


def _referral(data: Dict[str, Any]) -> Referral:
    steps = tuple(
        ReferralStep(**{**step, "facts": _facts(step["facts"]), "short": _facts(step.get("short") or ())})
        for step in data["steps"]
    )
    ending = {name: _facts(data.get(name) or ()) for name in ("closing", "sources")}
    return Referral(**{**data, "steps": steps, **ending})


def _notice(data: Dict[str, Any]) -> Notice:
    return Notice(**{**data, "lines": _facts(data["lines"])})


def _facts(items: Any) -> Tuple[Fact, ...]:
    """Facts as they are kept; what was kept before a fact could have several links has no `more_links`."""
    return tuple(Fact(**{**item, "more_links": tuple(item.get("more_links") or ())}) for item in items)

"""The form of an entry: its values as fields that somebody writes in, and the values that come of them."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from bot.console.fit import in_one_line
from bot.console.kinds import ANSWER, Kind
from bot.console.visit import Visit

PAPER, PAGE, NONE = "paper", "page", "none"
MOST_SEEN = 3


@dataclass(frozen=True)
class SourceFields:
    """Where an entry is from: a place in the paper, a page, or nowhere."""

    kind: str = NONE
    page: str = ""
    url: str = ""
    dated: str = ""
    section: str = ""
    heading: str = ""
    number: str = ""


@dataclass(frozen=True)
class SeenFields:
    """Whom to see."""

    name: str = ""
    how: str = ""
    page: str = ""
    url: str = ""
    phone: str = ""
    hours: str = ""


@dataclass(frozen=True)
class EntryFields:
    """All fields of an entry. `known`: it is an answer that says what we know; its words are then under `answer`."""

    texts: Mapping[str, str]
    lists: Mapping[str, Tuple[str, ...]]
    source: SourceFields = SourceFields()
    sees: Tuple[SeenFields, ...] = field(default_factory=tuple)
    known: bool = True


def fields_of(kind: Kind, values: Mapping[str, Any]) -> EntryFields:
    """An entry as it is, in fields."""
    texts = {name: in_one_line(str(values.get(name) or "")) for name in kind.texts}
    known = kind is not ANSWER or values.get("unknown") is None
    if kind is ANSWER:
        texts["answer"] = texts["answer"] or texts["unknown"]
    lists = {name: tuple(map(in_one_line, values.get(name) or ())) for name in kind.lists}
    sees = tuple(map(_seen, values.get("see") or ())) if kind.sees else ()
    return EntryFields(texts, lists, _source(values.get("source")), sees, known)


def fields_sent(kind: Kind, visit: Visit) -> EntryFields:
    """The fields as somebody sent them."""
    texts = {name: in_one_line(visit.sent(name)) for name in kind.texts}
    lists = {name: lines_in(visit.sent(name)) for name in kind.lists}
    source = SourceFields(
        kind=visit.sent("source") if visit.sent("source") in (PAPER, PAGE) else NONE,
        **{
            name: in_one_line(visit.sent(f"source_{name}"))
            for name in SourceFields.__dataclass_fields__
            if name != "kind"
        },
    )
    places = range(1, MOST_SEEN + 1) if kind.sees else ()
    sees = (_seen_sent(visit, place) for place in places)
    known = kind is not ANSWER or visit.sent("known") != "no"
    return EntryFields(texts, lists, source, tuple(seen for seen in sees if any(astuple(seen))), known)


def _seen_sent(visit: Visit, place: int) -> SeenFields:
    return SeenFields(*(in_one_line(visit.sent(f"see_{place}_{name}")) for name in SeenFields.__dataclass_fields__))


def values_of_fields(kind: Kind, fields: EntryFields, old: Mapping[str, Any]) -> Dict[str, Any]:
    """The values to write; what the fields do not change is as it was, also in its spaces."""
    texts = dict(fields.texts)
    if kind is ANSWER:
        said = texts["answer"]
        texts["answer"], texts["unknown"] = (said, "") if fields.known else ("", said)
        texts["ask_there"] = "" if fields.known else texts["ask_there"]
    values: Dict[str, Any] = {name: as_before(text, [old.get(name)]) or None for name, text in texts.items()}
    for name, lines in fields.lists.items():
        before = old.get(name) or ()
        values[name] = [as_before(line, before) for line in lines] if lines or name in old else None
    if kind.has_source:
        values["source"] = _source_of(fields.source, old.get("source") or {})
    if kind.sees:
        before = [value for seen in old.get("see") or () for value in all_texts(seen)]
        values["see"] = [_seen_of(seen, before) for seen in fields.sees]
    return values


def lines_in(text: str) -> Tuple[str, ...]:
    """The lines of a field, without the empty ones."""
    return tuple(line for line in map(in_one_line, text.splitlines()) if line)


def as_before(text: str, before: Sequence[Optional[Any]]) -> str:
    """The text as it was spelt before, where it is the same but for its spaces."""
    same = (one for one in before if isinstance(one, str) and in_one_line(one) == text)
    return next(same, text)


def _source(value: Any) -> SourceFields:
    if not value:
        return SourceFields()
    if "section" in value:
        return SourceFields(PAPER, section=value["section"], heading=value["heading"], number=str(value["page"]))
    return SourceFields(PAGE, str(value["page"]), value["url"], str(value.get("dated") or ""))


def _source_of(fields: SourceFields, before: Mapping[str, Any]) -> Optional[Dict[str, Any]]:
    known = [one for one in before.values() if isinstance(one, str)]
    if fields.kind == PAPER:
        page = int(fields.number) if fields.number.isascii() and fields.number.isdecimal() else fields.number
        of_paper = {"section": as_before(fields.section, known), "heading": as_before(fields.heading, known)}
        return {**of_paper, "page": page}
    if fields.kind == PAGE:
        found = {name: as_before(getattr(fields, name), known) for name in ("page", "url", "dated")}
        return {name: value for name, value in found.items() if value}
    return None


def _seen(value: Mapping[str, Any]) -> SeenFields:
    page, phone = value.get("page") or {}, value.get("phone") or {}
    return SeenFields(
        in_one_line(value["name"]),
        in_one_line(value["how"]),
        in_one_line(page.get("name", "")),
        page.get("url", ""),
        phone.get("number", ""),
        in_one_line(phone.get("hours") or ""),
    )


def _seen_of(seen: SeenFields, before: Sequence[str]) -> Dict[str, Any]:
    found: Dict[str, Any] = {"name": as_before(seen.name, before), "how": as_before(seen.how, before)}
    if seen.page or seen.url:
        found["page"] = {"name": as_before(seen.page, before), "url": seen.url}
    if seen.phone or seen.hours:
        phone = {"number": seen.phone, "hours": as_before(seen.hours, before)}
        found["phone"] = {name: value for name, value in phone.items() if value}
    return found


def all_texts(value: Any) -> List[str]:
    """Every text within a value."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in all_texts(one)]

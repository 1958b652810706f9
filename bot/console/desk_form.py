"""desk.yml as fields: what the operator says of this desk, thing by thing, and the file with other values in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from bot.console.entry_form import all_texts, as_before, lines_in
from bot.console.fit import in_one_line
from bot.console.pieces import values_of, with_values
from bot.console.visit import Visit

# Keys of one text each; what `staff` says is written in the file itself.
TEXTS = ("name", "kind", "address", "page", "appointment", "say_there", "remote", "closed", "checked")
_ORDER = (
    *("name", "kind", "area", "phones", "address", "page", "appointment", "say_there", "languages", "remote"),
    *("handles", "closed", "notices", "checked"),
)
_MOST_ROWS = 40


@dataclass(frozen=True)
class PhoneFields:
    """A telephone: its number, whose it is, and when it is answered."""

    number: str = ""
    label: str = ""
    hours: str = ""


@dataclass(frozen=True)
class NoticeFields:
    """A notice: from which day until which, and its words."""

    since: str = ""
    until: str = ""
    text: str = ""


@dataclass(frozen=True)
class DeskFields:
    """All fields of a desk."""

    texts: Mapping[str, str]
    prefecture: str
    municipalities: Tuple[str, ...]
    languages: Tuple[str, ...]
    handles: Tuple[str, ...]
    phones: Tuple[PhoneFields, ...]
    notices: Tuple[NoticeFields, ...]


def fields_of_desk(text: str) -> DeskFields:
    """The fields of a file as it is. Raises PieceError where it is none that has keys."""
    values = values_of(text)
    area = _mapping(values.get("area"))
    return DeskFields(
        {name: _line(values.get(name)) for name in TEXTS},
        _line(area.get("prefecture")),
        _list(area.get("municipalities")),
        _list(values.get("languages")),
        _list(values.get("handles")),
        tuple(
            PhoneFields(_line(one.get("number")), _line(one.get("label")), _line(one.get("hours")))
            for one in map(_mapping, _items(values.get("phones")))
        ),
        tuple(
            NoticeFields(_line(one.get("from")), _line(one.get("until")), _line(one.get("text")))
            for one in map(_mapping, _items(values.get("notices")))
        ),
    )


def desk_fields_sent(visit: Visit) -> DeskFields:
    """The fields as somebody sent them; rows that are left empty are none."""
    return DeskFields(
        {name: in_one_line(visit.sent(name)) for name in TEXTS},
        in_one_line(visit.sent("prefecture")),
        lines_in(visit.sent("municipalities")),
        lines_in(visit.sent("languages")),
        tuple(map(in_one_line, visit.all_sent("handles"))),
        tuple(PhoneFields(*row) for row in _rows(visit, "phone", tuple(PhoneFields.__dataclass_fields__))),
        tuple(NoticeFields(*row) for row in _rows(visit, "notice", tuple(NoticeFields.__dataclass_fields__))),
    )


def with_fields(text: str, fields: DeskFields) -> str:
    """The file with other values in it, all else as it is written. Raises PieceError where it cannot be changed so."""
    old = values_of(text)
    known = all_texts(old)
    phones = [_without_empty(vars(phone)) for phone in fields.phones]
    notices = [{"from": note.since, "until": note.until, "text": note.text} for note in fields.notices]
    area = {"prefecture": fields.prefecture, "municipalities": list(fields.municipalities)}
    values: Dict[str, Any] = {
        **fields.texts,
        "area": _without_empty(area),
        "phones": phones,
        "languages": list(fields.languages),
        "handles": _in_their_order(fields.handles, _list(old.get("handles"))),
        "notices": notices,
    }
    spelt = {name: _as_before(value, known) or None for name, value in values.items()}
    changed = {name: value for name, value in spelt.items() if not _is_same(old.get(name), value)}
    return with_values(text, changed, _ORDER)


def _is_same(old: Any, new: Any) -> bool:
    """Whether a value is as it was; an empty list, or an area without municipalities, may be said in two ways."""
    return _without_empty_within(old) == _without_empty_within(new)


def _without_empty_within(value: Any) -> Any:
    return _without_empty(value) if isinstance(value, dict) else value or None


def _in_their_order(ticked: Sequence[str], before: Sequence[str]) -> List[str]:
    """What is ticked, as it stood before; what is new behind it."""
    return [*(one for one in before if one in ticked), *(one for one in ticked if one not in before)]


def _rows(visit: Visit, name: str, columns: Sequence[str]) -> Iterator[Tuple[str, ...]]:
    for number in range(1, _MOST_ROWS + 1):
        row = tuple(in_one_line(visit.sent(f"{name}_{number}_{column}")) for column in columns)
        if any(row):
            yield row


def _without_empty(values: Mapping[str, Any]) -> Dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _as_before(value: Any, known: Sequence[str]) -> Any:
    """The value with its texts spelt as they were, where they are the same but for their spaces."""
    if isinstance(value, str):
        return as_before(value, known)
    if isinstance(value, list):
        return [_as_before(one, known) for one in value]
    return {name: _as_before(one, known) for name, one in value.items()}


def _line(value: Optional[Any]) -> str:
    return in_one_line(str(value)) if value is not None else ""


def _list(value: Any) -> Tuple[str, ...]:
    return tuple(map(_line, _items(value)))


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

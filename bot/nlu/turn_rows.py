"""Messages in their place with what they do, as data/turns and data/evaluation hold them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

import yaml
from pydantic import ValidationError, parse_obj_as
from pydantic.dataclasses import dataclass as checked

from bot.consult.place import Place, Waiting


class TurnRowError(Exception):
    """A row cannot be read; the message says which, and what is expected."""


class _NothingElse:
    """A name that is not known is a mistake of whoever wrote the row."""

    extra = "forbid"


@checked(frozen=True, config=_NothingElse)
class LabelledMove:
    """One move of a message, by its name and arguments in ../shared/eval/TURNS.md."""

    move: str
    issue: Optional[str] = None
    sub_issue: Optional[str] = None
    n: Optional[int] = None
    slot: Optional[str] = None
    value: Optional[str] = None
    about: Optional[str] = None
    institution: Optional[str] = None
    how: Optional[str] = None


@dataclass(frozen=True)
class TurnRow:
    """A message of an owner in its place, and all its moves, most important first.

    `must_not` are moves that a careless reader would see, to the harm of the owner; only rows to evaluate on have them.
    """

    voice: str
    place: Place
    owner: str
    moves: Tuple[LabelledMove, ...]
    id: str = ""
    must_not: Tuple[str, ...] = ()

    def fingerprint(self) -> str:
        """Equal for equal rows: what Rasa's cache compares."""
        return json.dumps([self.voice, repr(self.place), self.owner, repr(self.moves)], ensure_ascii=False)


def rows_of_folder(folder: Path) -> List[TurnRow]:
    """The rows of all files of a folder. A file is named after what waits. Raises TurnRowError for a wrong row."""
    rows: List[TurnRow] = []
    for path in sorted(folder.glob("*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for number, row in enumerate(_listed(path, content), start=1):
            rows.append(_row(f"{path.name}, message {number}", {**row, "waiting": path.stem}))
    return rows


def rows_of_file(path: Path) -> List[TurnRow]:
    """The rows of a JSON Lines file in the form of ../shared/eval. Raises TurnRowError for a wrong row."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        where = f"{path.name}, line {number}"
        try:
            read: Dict[str, Any] = json.loads(line)
            rows.append(_row(where, {**read, **read["before"]}))
        except (ValueError, KeyError, TypeError) as error:
            raise TurnRowError(f'{where}: expected an object with "before", "owner" and "moves" ({error!r})') from error
    return rows


def _listed(path: Path, content: Any) -> Iterator[Mapping[str, Any]]:
    turns = content.get("turns") if isinstance(content, dict) else None
    if not isinstance(turns, list):
        raise TurnRowError(f"{path.name}: expected a list of messages under `turns:`")
    yield from turns


def _row(where: str, read: Mapping[str, Any]) -> TurnRow:
    try:
        moves = tuple(parse_obj_as(List[LabelledMove], read["moves"]))
        place = Place(
            waiting=Waiting(read["waiting"]),
            offered=tuple(read.get("offered") or ()),
            issue=read.get("issue"),
            sub_issue=read.get("sub_issue"),
            road=tuple(read.get("road") or ()),
        )
        row = TurnRow(
            voice=read.get("voice", ""),
            place=place,
            owner=read["owner"],
            moves=moves,
            id=read.get("id", ""),
            must_not=tuple(read.get("must_not") or ()),
        )
    except (ValidationError, KeyError, ValueError, AttributeError) as error:
        raise TurnRowError(f"{where}: expected voice, owner and moves ({error})") from error
    for move in moves:
        if move.move == "pick" and not (move.n and 1 <= move.n <= len(place.offered)):
            raise TurnRowError(f"{where}: picks {move.n}, but {len(place.offered)} answers are offered")
    return row

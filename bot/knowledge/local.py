"""Offices by municipality: a table a prefecture in data/knowledge/local, read when somebody there is told of them."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Dict, Iterable, Mapping, Tuple

from bot.knowledge.errors import KnowledgeError
from bot.knowledge.model import Office

COLUMNS = ("institution", "municipality", "name", "address", "page", "source", "dated", "confidence")
_IS_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KEPT = 4  # prefectures in memory at a time: 70 rows each


@dataclass(frozen=True)
class LocalOffices:
    """Offices that the national registers name, by prefecture and municipality.

    `divided` are the institutions that share the land between them, each with its own districts. `incomplete` has for
    an institution the prefectures of which rows are missing: there, what is not listed may be there all the same.
    `doubtful` says of a confidence whether a name of it may have changed since; `sources` has the names of the sources.
    """

    folder: Path
    divided: Tuple[str, ...] = ()
    incomplete: Mapping[str, Tuple[str, ...]] = field(default_factory=dict)
    doubtful: Mapping[str, bool] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def near(self, institution_id: str, prefecture: str, municipality: "str | None") -> Tuple[Office, ...]:
        """The offices of an institution in a municipality, then those that are there for the whole prefecture."""
        rows = _read(self.folder / f"{prefecture}.csv").get(institution_id, ())
        there = [row for row in rows if municipality and row["municipality"] == municipality]
        everywhere = [row for row in rows if not row["municipality"]]
        return tuple(self._office(prefecture, row) for row in (*there, *everywhere))

    def lists_all(self, institution_id: str, prefecture: str) -> bool:
        """Whether an office that is not listed in this prefecture is not there."""
        return prefecture not in self.incomplete.get(institution_id, ())

    def check(self, institutions: Iterable[str], prefectures: Iterable[str]) -> None:
        """Read every table once and keep nothing. Raises KnowledgeError at the first row found wrong."""
        known, places = set(institutions), set(prefectures)
        for path in sorted(self.folder.glob("*.csv")):
            if path.stem not in places:
                raise KnowledgeError(
                    f'local/{path.name}: no prefecture "{path.stem}"; expected 福島県.csv and the like'
                )
            for rows in _rows_of(path).values():
                for row in rows:
                    self._check_row(f"local/{path.name}: {row['name']}", row, known)

    def _check_row(self, where: str, row: Mapping[str, str], institutions: "set[str]") -> None:
        if row["institution"] not in institutions:
            raise KnowledgeError(f'{where}: no institution "{row["institution"]}"; expected an id of institutions.yml')
        if row["confidence"] not in self.doubtful:
            raise KnowledgeError(f'{where}: no confidence "{row["confidence"]}"; expected one of local/about.yml')
        if row["dated"] and not _IS_A_DAY.fullmatch(row["dated"]):
            raise KnowledgeError(f"{where}: expected a day such as 2026-11-22 as `dated`, or nothing")
        if not row["name"] or not (row["source"] in self.sources or row["source"].startswith("http")):
            raise KnowledgeError(f"{where}: expected a name, and a source of local/about.yml or an address of a page")

    def _office(self, prefecture: str, row: Mapping[str, str]) -> Office:
        return Office(
            institution_id=row["institution"],
            prefecture=prefecture,
            name=row["name"],
            url=row["page"] or None,
            checked=row["dated"],
            source=self.sources.get(row["source"], row["source"]),
            municipalities=(row["municipality"],) if row["municipality"] else (),
            address=row["address"] or None,
            may_have_changed=self.doubtful[row["confidence"]],
        )


@lru_cache(maxsize=_KEPT)
def _read(path: Path) -> Mapping[str, Tuple[Mapping[str, str], ...]]:
    """The rows of a prefecture by institution; none where there is no table."""
    return _rows_of(path) if path.exists() else {}


def _rows_of(path: Path) -> Mapping[str, Tuple[Mapping[str, str], ...]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = list(csv.reader(file))
    except UnicodeDecodeError:
        raise KnowledgeError(f"local/{path.name}: not UTF-8; save the file as CSV UTF-8") from None
    if not table or tuple(table[0]) != COLUMNS:
        raise KnowledgeError(f"local/{path.name}: expected the columns {', '.join(COLUMNS)}")
    rows: Dict[str, Tuple[Mapping[str, str], ...]] = {}
    for number, cells in enumerate(table[1:], start=2):
        if len(cells) != len(COLUMNS):
            raise KnowledgeError(f"local/{path.name}, line {number}: expected {len(COLUMNS)} columns")
        rows[cells[0]] = (*rows.get(cells[0], ()), dict(zip(COLUMNS, cells, strict=True)))
    return rows

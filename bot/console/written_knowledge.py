"""What the bot knows as it is written now: the files, their entries, and what a change would make of them."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, List, Mapping, Optional, Tuple

from bot.console.examples import ReadOnlyError
from bot.console.kinds import SUBJECT, Listed, all_listed
from bot.console.pieces import PieceError, names_in, piece_of, values_of, with_piece
from bot.console.whole_files import text_of, write_whole
from bot.knowledge import Knowledge, OperatorsDesk, OperatorsOffices, load_knowledge, load_once
from bot.operator.offices import offices_file, place_of_offices
from bot.operator.window import desk_file

DESK, OFFICES = "desk.yml", "offices_local.yml"  # the operator's: whole files
_LOCAL = "local"


@dataclass(frozen=True)
class Piece:
    """A part of a file before and after a change: an entry, or (`entry` empty) the whole file.

    `file` is its path below data/knowledge, or DESK or OFFICES for what the operator has wherever it lies.
    """

    file: str
    entry: str
    before: str
    after: str

    @property
    def lines(self) -> Tuple[str, ...]:
        """The lines that differ, some that do not around them, each behind +, - or a space."""
        sides = (self.before.splitlines(), self.after.splitlines())
        return tuple(difflib.unified_diff(*sides, n=2, lineterm=""))[2:]


@dataclass(frozen=True)
class Found:
    """An entry and the lines that it stands in."""

    listed: Listed
    piece: str


class WrittenKnowledge:
    """The files in a folder (data/knowledge), and the operator's.

    Reading them all anew takes about a second after a change, and nothing else; checking a change takes as long.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: Optional[Tuple[Knowledge, Tuple[Listed, ...]]] = None
        self._lock = threading.Lock()

    def now(self) -> Knowledge:
        """What the files say. Raises KnowledgeError where they are wrong, SetUpError."""
        return load_knowledge(self._folder, self._offices(), self._desk())

    def listed(self) -> Tuple[Listed, ...]:
        """All entries. Raises as `now`."""
        known = load_knowledge(self._folder)
        with self._lock:
            if self._known is None or self._known[0] is not known:
                self._known = (known, all_listed(known, self._subjects()))
            return self._known[1]

    def found(self, kind: str, name: str) -> Optional[Found]:
        """An entry as it is written; None where there is none. Raises PieceError where it cannot be read."""
        listed = next((one for one in self.listed() if (one.kind, one.name) == (kind, name)), None)
        return Found(listed, piece_of(self.text(listed.file), name)) if listed is not None else None

    def text(self, file: str) -> str:
        """The text of a file, empty where the operator has none yet. Raises PieceError where it cannot be read."""
        path = self.path_of(file)
        if path is None or (file == OFFICES and not path.exists()):
            return ""
        try:
            return text_of(path)
        except (OSError, UnicodeDecodeError) as error:
            raise PieceError(file) from error

    def path_of(self, file: str) -> Optional[Path]:
        """Where a file lies; None for one of the operator's that is not used."""
        if file == DESK:
            desk = desk_file()
            return desk.path if desk is not None else None
        if file == OFFICES:
            return place_of_offices(self._folder / OFFICES)
        return self._folder / file

    def can_be_written(self, file: str) -> bool:
        """Whether its folder looks as if it could be written; what cannot after all is said when it is tried."""
        path = self.path_of(file)
        return path is not None and os.access(path.parent, os.W_OK)

    def checked(self, piece: Piece) -> Knowledge:
        """What the bot would know with a change, read as at its start.

        Raises KnowledgeError with the loader's own complaint, PieceError where the file is not as it was.
        """
        after = with_change(self.text(piece.file), piece)
        with self._copy() as (folder, of_the_operator):
            put_to = folder / piece.file if piece.file not in (DESK, OFFICES) else of_the_operator / piece.file
            put_to.write_text(after, encoding="utf-8", newline="")
            offices, desk = self._offices(), self._desk()
            if piece.file == OFFICES:
                offices = OperatorsOffices(put_to, OFFICES) if after else None
            if piece.file == DESK:
                desk = OperatorsDesk(put_to, DESK)
            return load_once(folder, offices, desk)

    def write(self, piece: Piece) -> None:
        """Put a change into its file. Raises PieceError where it is not as it was, ReadOnlyError."""
        self._put(piece.file, with_change(self.text(piece.file), piece))

    def take_out(self, piece: Piece) -> None:
        """Put back what was before a change. Raises as `write`; also where it was changed once more since."""
        self.write(Piece(piece.file, piece.entry, piece.after, piece.before))

    def has(self, piece: Piece) -> bool:
        """Whether a file is as the change left it."""
        try:
            with_change(self.text(piece.file), Piece(piece.file, piece.entry, piece.after, piece.before))
        except PieceError:
            return False
        return True

    def patch(self, piece: Piece) -> Tuple[str, ...]:
        """The lines of a patch for the repository. Raises PieceError where the file is not as before the change."""
        before = self.text(piece.file)
        sides = (before.splitlines(), with_change(before, piece).splitlines())
        name = f"data/knowledge/{piece.file}"
        return tuple(difflib.unified_diff(*sides, f"a/{name}", f"b/{name}", lineterm=""))

    def _put(self, file: str, text: str) -> None:
        path = self.path_of(file)
        if path is None:
            raise PieceError(file)
        try:
            if file == OFFICES and not text:
                path.unlink()  # before a change there was none
            else:
                write_whole(path, text)
        except OSError as error:
            raise ReadOnlyError(str(error)) from error

    def _subjects(self) -> Mapping[str, Tuple[str, ...]]:
        """What owners ask about by name, and how they call it."""
        text = self.text(str(SUBJECT.file))
        return {name: tuple(values_of(piece_of(text, name))["called"]) for name in names_in(text)}

    def _offices(self) -> Optional[OperatorsOffices]:
        found = offices_file(self._folder / OFFICES)
        return OperatorsOffices(found.path, found.called) if found is not None else None

    def _desk(self) -> Optional[OperatorsDesk]:
        found = desk_file()
        return OperatorsDesk(found.path, found.called) if found is not None else None

    @contextmanager
    def _copy(self) -> Iterator[Tuple[Path, Path]]:
        """A copy of the folder, with a link to the tables of offices, and an empty folder beside it."""
        with tempfile.TemporaryDirectory() as place:
            copy, beside = Path(place) / "knowledge", Path(place) / "operator"
            beside.mkdir()
            shutil.copytree(self._folder, copy, ignore=lambda folder, names: _left_out(Path(folder), names))
            (copy / _LOCAL).symlink_to((self._folder / _LOCAL).resolve())
            yield copy, beside


def with_change(text: str, piece: Piece) -> str:
    """The text of a file with a change in it. Raises PieceError where it is not as it was before the change."""
    if not piece.entry:
        if text != piece.before:
            raise PieceError(piece.file)
        return piece.after
    return with_piece(text, piece.before, piece.after)


def _left_out(folder: Path, names: List[str]) -> List[str]:
    return [name for name in names if not (folder / name).is_dir() and not name.endswith(".yml") or name == _LOCAL]

"""What the pages of 答えの見直し work with: the files, the changes that staff proposes, and what owners would see."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date
from typing import Dict, Mapping, Optional, Tuple

from bot.console.examples import ReadOnlyError
from bot.console.previews import Preview, of_desk, of_entry, of_offices
from bot.console.written_knowledge import DESK, OFFICES, Piece, WrittenKnowledge, with_change
from bot.knowledge import Answer, Knowledge, KnowledgeError
from bot.store import By, GoneError, KnowledgeChange, KnowledgeChanges, KnowledgeText, ProposalState, StoreError

_MOST_REMEMBERED = 40


@dataclass(frozen=True)
class Draft:
    """What comes of a change: what owners see then, or what the loader says against it."""

    previews: Tuple[Preview, ...] = ()
    complaint: Optional[str] = None


@dataclass(frozen=True)
class KnowledgeWork:
    """All of it. What came of a change is remembered while the files stay so: finding it out takes about a second."""

    files: WrittenKnowledge
    changes: KnowledgeChanges
    _drafts: "Dict[Tuple[Piece, date], Tuple[Mapping[str, Answer], Draft]]" = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def previews(self, file: str, kind: str, entry: str, today: date) -> Tuple[Preview, ...]:
        """What owners see of it now. Raises KnowledgeError, SetUpError."""
        return _previews(self.files.now(), None, file, kind, entry, today)

    def draft(self, piece: Piece, kind: str, today: date) -> Draft:
        """What comes of a change. Raises PieceError where the file is not as it was before it, SetUpError."""
        with_change(self.files.text(piece.file), piece)
        now = self._now()
        with self._lock:
            answers, made = self._drafts.get((piece, today), (None, None))
        if made is not None and now is not None and answers is now.answers:
            return made
        try:
            then = self.files.checked(piece)
            made = Draft(_previews(then, now, piece.file, kind, piece.entry, today))
        except KnowledgeError as error:
            made = Draft(complaint=str(error))
        if now is not None:
            with self._lock:
                if len(self._drafts) >= _MOST_REMEMBERED:
                    self._drafts.clear()
                self._drafts[piece, today] = (now.answers, made)
        return made

    def _now(self) -> Optional[Knowledge]:
        """What the files say; None where they are wrong, and a change may mend them."""
        try:
            return self.files.now()
        except KnowledgeError:
            return None

    def approve(self, name: str, by: By) -> ProposalState:
        """Approve a change, or write what was approved before. Returns where it stands then.

        It is checked as at the start of the bot first. Where its file cannot be written it stays approved, for a patch.
        Raises ReviewError, KnowledgeError, PieceError.
        """
        change = self._named(name)
        piece = as_piece(change.text)
        waits = change.state is ProposalState.APPROVED
        if waits or (change.is_open and not change.is_of(by.who)):
            self.files.checked(piece)
        try:
            act = self.changes.write_down if waits else self.changes.approve
            act(name, by, lambda: self.files.write(piece))
        except ReadOnlyError:
            if not waits:
                self.changes.approve(name, by, None)
            return ProposalState.APPROVED
        except StoreError:
            if self.files.has(piece):
                self.files.take_out(piece)
            raise
        return ProposalState.WRITTEN

    def undo(self, name: str, by: By) -> None:
        """Take back a decision; what was written is taken out, where what is left is right.

        Raises ReviewError, KnowledgeError, PieceError, ReadOnlyError.
        """
        change = self._named(name)
        piece = as_piece(change.text)
        if change.state is ProposalState.WRITTEN:
            self.files.checked(Piece(piece.file, piece.entry, piece.after, piece.before))
        try:
            self.changes.undo(name, by, lambda: self.files.take_out(piece))
        except StoreError:
            if change.state is ProposalState.WRITTEN and not self.files.has(piece):
                self.files.write(piece)
            raise

    def _named(self, name: str) -> KnowledgeChange:
        change = self.changes.of(name)
        if change is None:
            raise GoneError
        return change


def as_piece(text: KnowledgeText) -> Piece:
    """The part of a file that a change is of."""
    return Piece(text.file, text.entry, text.before, text.after)


def _previews(
    known: Knowledge, before: Optional[Knowledge], file: str, kind: str, entry: str, today: date
) -> Tuple[Preview, ...]:
    if file == DESK:
        return of_desk(known, today)
    if file == OFFICES:
        return of_offices(known, before)
    return of_entry(known, kind, entry)

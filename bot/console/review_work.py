"""What the pages of the review work with: the queue, the record, the training data, and the model that serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

from bot.console.examples import Change, Examples, ExamplesError, Planned, ReadOnlyError
from bot.console.reader import Reader, ReadNow
from bot.store import By, Like, Proposal, ProposalState, Ratings, Reviews, StoreError, TurnRecord, TurnRecords, Written

LOOKED_AT, LIKE_ENOUGH, MOST_LIKE = 400, 0.6, 5


@dataclass(frozen=True)
class InItsPlace:
    """A turn, and the one before it, which its owner answered; None at the beginning."""

    turn: TurnRecord
    before: Optional[TurnRecord]

    @property
    def bot(self) -> str:
        """The bot's last words before the message, empty where it said none."""
        said = self.before.said if self.before is not None else ()
        return next((spoken.message.words for spoken in reversed(said) if spoken.message.words), "")


@dataclass(frozen=True)
class ReviewWork:
    """All of it."""

    reviews: Reviews
    turns: TurnRecords
    ratings: Ratings
    examples: Examples
    reader: Reader

    def in_its_place(self, conversation: str, number: int) -> Optional[InItsPlace]:
        """A turn as it was; None where it is not kept, or was taken back. Raises StoreError."""
        found = self.turns.of(conversation, before=number + 1, most=2)
        if not found or found[0].number != number or found[0].taken_back:
            return None
        return InItsPlace(found[0], found[1] if len(found) > 1 else None)

    async def read_now(self, turn: TurnRecord, words: str) -> Optional[ReadNow]:
        """How the model reads these words now where the turn stood; None where that is not known."""
        if turn.heard is None or turn.heard.stood is None or not words:
            return None
        return await self.reader.read(words, turn.heard.stood)

    def candidates(self, turn: TurnRecord) -> Tuple[Like, ...]:
        """Messages of the record that stood where the turn did, each wording once, the latest first."""
        stood = turn.heard.stood if turn.heard is not None else None
        if stood is None or turn.pressed is not None:
            return ()
        there = (stood.waiting, stood.offered)
        latest = self.reviews.latest_messages(LOOKED_AT)
        here = [like for like in latest if (like.stood.waiting, like.stood.offered) == there]
        one_each = {like.words: like for like in reversed(here) if like.words != turn.words}
        return tuple(one_each.values())

    async def like(self, turn: TurnRecord, candidates: Tuple[Like, ...]) -> Tuple[Like, ...]:
        """Those that mean nearly the same, the likest first."""
        if not candidates:
            return ()
        likeness = await self.reader.likeness(turn.words, [like.words for like in candidates])
        likest = sorted(zip(likeness, candidates, strict=True), key=lambda pair: -pair[0])
        return tuple(like for cosine, like in likest[:MOST_LIKE] if cosine >= LIKE_ENOUGH)

    def approve(self, name: str, by: By) -> ProposalState:
        """Approve a proposal, or write what was approved before. Returns where it stands then.

        Where the files cannot be written, it stays approved, for a patch. Raises ReviewError, ExamplesError.
        """
        proposals = self.reviews.together(name)
        planned = self.examples.planned(proposals)
        waits = bool(proposals) and proposals[0].state is ProposalState.APPROVED
        try:
            act = self.reviews.write_down if waits else self.reviews.approve
            act(name, by, lambda found: self._write(proposals, found, planned))
        except ReadOnlyError:
            if not waits:
                self.reviews.approve(name, by, None)
            return ProposalState.APPROVED
        except StoreError:
            self._put_back(planned)
            raise
        return ProposalState.WRITTEN

    def undo(self, name: str, by: By) -> None:
        """Take back a decision; what was written is taken out. Raises ReviewError, ExamplesError, ReadOnlyError."""
        proposals = self.reviews.together(name)
        planned = self.examples.without(proposals)
        try:
            self.reviews.undo(name, by, lambda found: self._take_out(proposals, found, planned))
        except StoreError:
            self._put_back(planned)
            raise

    def patch(self) -> str:
        """What is approved and stands in no file, as a patch for the repository. Raises ExamplesError, StoreError."""
        approved = self.reviews.all_in(ProposalState.APPROVED)
        missing = [proposal for proposal in approved if not self.examples.has(proposal.example)]
        changes = self.examples.planned(missing).changes
        return "".join(f"{line}\n" for change in changes for line in change.lines)

    def _write(
        self, planned_for: Tuple[Proposal, ...], found: Tuple[Proposal, ...], planned: Planned
    ) -> Tuple[Written, ...]:
        _check_the_same(planned_for, found)
        self.examples.carry_out(planned)
        return planned.written

    def _take_out(self, planned_for: Tuple[Proposal, ...], found: Tuple[Proposal, ...], planned: Planned) -> None:
        _check_the_same(planned_for, found)
        self.examples.carry_out(planned)

    def _put_back(self, planned: Planned) -> None:
        """The store has not kept what was written: the files are as before, where they had been changed."""
        for change in planned.changes:
            if self.examples.is_as_after(change):
                self.examples.carry_out(Planned((), (Change(change.file, change.after, change.before),)))


def _check_the_same(planned_for: Tuple[Proposal, ...], found: Tuple[Proposal, ...]) -> None:
    """Raises ExamplesError where a message was forgotten since it was planned what to write."""
    if [proposal.id for proposal in planned_for] != [proposal.id for proposal in found]:
        raise ExamplesError("changed meanwhile")

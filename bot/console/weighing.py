"""Compares what two models were measured to do: what flipped, how far shares fell, whether that stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Dict, List, Optional, Tuple

from bot.store import Kind, Measured, Result

# Of a share: half a point.
MOST_FALL = 0.005


class Objection(str, Enum):
    """Why a model is not to answer without somebody saying why."""

    NOT_MEASURED = "not_measured"
    OTHER_NOT_MEASURED = "other_not_measured"
    DIALOGUE_FLIPS = "dialogue_flips"
    SHARE_FALLS = "share_falls"


@dataclass(frozen=True)
class Share:
    """How many of a kind each of the two did right, of those that both were asked."""

    kind: Kind
    before: int
    after: int
    of: int

    @property
    def change(self) -> float:
        """In points, of 100: below 0 where the later one is worse."""
        return 100 * (self.after - self.before) / self.of if self.of else 0.0

    @property
    def falls(self) -> bool:
        """Whether it falls by more than half a point. Saved dialogues are no share: each of them counts."""
        return self.kind is not Kind.DIALOGUES and self.before - self.after > MOST_FALL * self.of


@dataclass(frozen=True)
class Weighed:
    """`lost` was right before and is not, with what is done now; `won` is right now.

    `not_compared` is how many things only one of the two was asked.
    """

    shares: Tuple[Share, ...]
    lost: Tuple[Result, ...]
    won: Tuple[Result, ...]
    not_compared: int
    objections: Tuple[Objection, ...]


def weighed(before: Optional[Measured], after: Optional[Measured]) -> Weighed:
    """What comes of a change from one model to another, by what is known of both."""
    if before is None or after is None:
        missing = [(after, Objection.NOT_MEASURED), (before, Objection.OTHER_NOT_MEASURED)]
        return Weighed((), (), (), 0, tuple(objection for measured, objection in missing if measured is None))
    were = {_asked(result): result for result in before.results}
    pairs = [(were[_asked(result)], result) for result in after.results if _asked(result) in were]
    lost = tuple(now for then, now in pairs if then.is_right and not now.is_right)
    won = tuple(now for then, now in pairs if now.is_right and not then.is_right)
    shares = _shares(pairs)
    objections: List[Objection] = []
    if any(result.kind is Kind.DIALOGUES for result in lost):
        objections.append(Objection.DIALOGUE_FLIPS)
    if any(share.falls for share in shares):
        objections.append(Objection.SHARE_FALLS)
    only_one = len(before.results) + len(after.results) - 2 * len(pairs)
    return Weighed(shares, lost, won, only_one, tuple(objections))


def _asked(result: Result) -> Tuple[Kind, str, str]:
    return result.kind, result.name, result.content


def _shares(pairs: List[Tuple[Result, Result]]) -> Tuple[Share, ...]:
    of_kind: Dict[Kind, List[Tuple[Result, Result]]] = {}
    for pair in pairs:
        of_kind.setdefault(pair[1].kind, []).append(pair)
    return tuple(
        Share(kind, sum(then.is_right for then, _ in both), sum(now.is_right for _, now in both), len(both))
        for kind, both in sorted(of_kind.items(), key=lambda item: list(Kind).index(item[0]))
    )

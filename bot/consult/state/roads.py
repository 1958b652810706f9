"""Which matters the talk is about: the one in hand, those kept for later, and the roads shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

from bot.knowledge import Matter

MOST_WORDS, LONGEST_WORDS = 12, 300
MOST_TO_ASK = 2  # on a sheet that has room for four questions


@dataclass(frozen=True)
class RoadKey:
    """Names a road; two equal keys show the owner the same institutions and networks.

    `town` is the municipality where an office on it is known by name.
    """

    matter: Matter
    prefecture: Optional[str] = None
    networks: Tuple[str, ...] = ()
    town: Optional[str] = None

    def __str__(self) -> str:
        town = (self.town,) if self.town else ()
        return "/".join((self.matter.issue, self.matter.sub_issue or "", self.prefecture or "", *self.networks, *town))


@dataclass(frozen=True)
class OwnWords:
    """What the owner told in their own words, for the 相談シート.

    `about` are the issues that the message was about. One that left the issue `open` belongs to the road that followed
    it: `led_to` is that road's issue.
    """

    text: str
    about: Tuple[str, ...] = ()
    open: bool = False
    led_to: Optional[str] = None


@dataclass(frozen=True)
class Roads:
    """`later` are other matters that the owner brought up, to be offered in their turn.

    `shown` are the roads shown, in order; `sheets` those that the owner was given a consultation sheet for. `words`
    are the latest of what the owner told in their own words, `to_ask` of what they asked and we could not answer, in
    the words to ask it in. `brought` are the ids of matters of matters.yml that were told, and met. `denied` are the
    issues that the owner said it is not: none of them is held or offered again unless they bring it up. `turned_down`
    are the ids of institutions that were tried already, or are not wanted: no road names them until they are asked
    after again.
    """

    in_hand: Optional[Matter] = None
    later: Tuple[Matter, ...] = ()
    shown: Tuple[RoadKey, ...] = ()
    sheets: Tuple[RoadKey, ...] = ()
    words: Tuple[OwnWords, ...] = ()
    to_ask: Tuple[str, ...] = ()
    brought: Tuple[str, ...] = ()
    denied: Tuple[str, ...] = ()
    turned_down: Tuple[str, ...] = ()

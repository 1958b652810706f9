"""Finds what a text names by any of its names, the longest first: 商工会議所 is no 商工会."""

from __future__ import annotations

import re
from typing import Iterable, Mapping, Tuple

from bot.normalization import normalized


class Naming:
    """What has which names; each name belongs to one thing."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """`names` has the names of each thing by its id."""
        self._ids = {normalized(name).casefold(): one for one, known in names.items() for name in known}
        longest_first = sorted(self._ids, key=len, reverse=True)
        self._names = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def named_in(self, text: str) -> Tuple[str, ...]:
        """The ids of what a text names, in its order, each once."""
        found = self._names.finditer(normalized(text).casefold())
        return tuple(dict.fromkeys(self._ids[match.group()] for match in found))

    def hidden_in(self, text: str, behind: str) -> str:
        """The text with every name behind another word."""
        return self._names.sub(behind, normalized(text).casefold())

    def mostly_named_in(self, texts: Iterable[str], said: str = "") -> Tuple[str, ...]:
        """The ids of what a third of the texts name, or a sixth of them and what is `said` to them as well.

        Many ask of what was named before and do not name it again.
        """
        named = [self.named_in(text) for text in texts]
        also = self.named_in(said)
        each = dict.fromkeys(one for ids in named for one in ids)
        count = {one: sum(one in ids for ids in named) for one in each}
        return tuple(one for one in each if (6 if one in also else 3) * count[one] >= len(named))

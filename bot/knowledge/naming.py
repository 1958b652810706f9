"""Finds what a text names by any of its names, the longest first: 商工会議所 is no 商工会."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Iterable, Mapping, Tuple

from bot.normalization import normalized


@lru_cache(maxsize=65_536)
def _read_of_ours(text: str) -> str:
    """A text of the knowledge as it is read, made once: all are read again whenever a file was changed."""
    return normalized(text).casefold()


class Naming:
    """What has which names; each name belongs to one thing."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """`names` has the names of each thing by its id."""
        self._ids = {normalized(name).casefold(): one for one, known in names.items() for name in known}
        longest_first = sorted(self._ids, key=len, reverse=True)
        self._names = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def named_in(self, text: str) -> Tuple[str, ...]:
        """The ids of what a text names, in its order, each once."""
        return self._named_in(normalized(text).casefold())

    def _named_in(self, read: str) -> Tuple[str, ...]:
        return tuple(dict.fromkeys(self._ids[match.group()] for match in self._names.finditer(read)))

    def hidden_in(self, text: str, behind: str) -> str:
        """The text with every name behind another word."""
        return self._names.sub(behind, normalized(text).casefold())

    def mostly_named_in(self, texts: Iterable[str], said: str = "") -> Tuple[str, ...]:
        """The ids of what a third of the texts name, or a sixth of them and what is `said` to them as well.

        Many ask of what was named before and do not name it again.
        """
        named = [self._named_in(_read_of_ours(text)) for text in texts]
        also = self._named_in(_read_of_ours(said))
        each = dict.fromkeys(one for ids in named for one in ids)
        count = {one: sum(one in ids for ids in named) for one in each}
        return tuple(one for one in each if (6 if one in also else 3) * count[one] >= len(named))

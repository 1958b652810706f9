"""Finds every place that a message names, whoever's it is: prefectures, municipalities, districts, in any writing."""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple, Optional, Sequence

from rasa.nlu.tokenizers.tokenizer import Token

from bot.nlu.places import Municipality, Places
from bot.nlu.tokenizer import PLACE_NAME

_LONGEST_NAME = 10
_SHORTEST_IN_KANA = 3
_SURE_IN_KANA = 6  # characters of a municipality that nothing else is likely to be, also behind a は
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
# A name in kana begins where a clause does; elsewhere ばかりいた is no いた.
_ENDS_IN_KANA = re.compile(r"(の|で|に|は|が|を|も|や|と(?!か)|から|です|だ|じゃ|たい|ばい|っす)|[^ぁ-んァ-ヶー]|$")
_BEGINS_IN_KANA = re.compile(r"(?:^|(?<=[\s、。,.!?「(]))[ぁ-んァ-ヶー]{2,}")
# わたしのみせはおおいずみまちです: behind the word that the name says something of
_SAID_OF_IN_KANA = re.compile(r"(?<=[はも])[ぁ-ん]{6,}")


class NamedPlace(NamedTuple):
    """A place named from `start` to `end` (exclusive) of the text, by a name of this `kind`.

    `municipality` is None where a prefecture or an area of several municipalities is named, `prefecture` where several
    have one of this name.
    """

    start: int
    end: int
    kind: str
    prefecture: Optional[str]
    municipality: Optional[str]


def named_places(known: Places, text: str, tokens: Sequence[Token]) -> List[NamedPlace]:
    """The places named in a normalised text, cut into words, in its order; the longest name where several begin."""
    found: List[NamedPlace] = []
    in_kana = {place.start: place for place in _in_kana(known, text)}
    ends = {token.end for token in tokens}
    end = 0
    for token in tokens:
        if token.start < end:
            continue
        place = in_kana.get(token.start) or _longest_at(known, text, token, ends)
        while place is not None:  # 福島県会津若松市: one name right behind the other
            found.append(place)
            end = place.end
            place = _full_name_at(known, text, end)
    return found


def _longest_at(known: Places, text: str, token: Token, ends: "set[int]") -> Optional[NamedPlace]:
    if not known.may_begin_at(text, token.start):
        return None
    full = _full_name_at(known, text, token.start)
    if full is not None:
        return full
    for length in range(_LONGEST_NAME, 0, -1):
        name, end = text[token.start : token.start + length], token.start + length
        if len(name) < length or end not in ends or (length == 1 and not token.get("tag").startswith(PLACE_NAME)):
            continue
        place = _short_name(known, name, token.start, end)
        if place is not None:
            return place
    return None


def _full_name_at(known: Places, text: str, start: int) -> Optional[NamedPlace]:
    """The prefecture or municipality whose full name begins there."""
    for length in range(_LONGEST_NAME, 1, -1):
        name = text[start : start + length]
        if len(name) < length:
            continue
        if known.prefectures.get(name) == name:
            return NamedPlace(start, start + length, "prefecture", name, None)
        if name in known.cities:
            return _municipality(known.cities[name], start, start + length, "full name")
    return None


def _short_name(known: Places, name: str, start: int, end: int) -> Optional[NamedPlace]:
    prefecture = known.prefectures.get(name) or known.spoken.get(name)
    if prefecture is not None:
        return NamedPlace(start, end, "short prefecture", prefecture, None)
    # districts come first: 上野 and 東北 are villages and towns too, but seldom meant so
    for kind, names in (("district", known.districts), ("city", known.short_cities), ("town", known.short_towns)):
        if name in names:
            return _municipality(names[name], start, end, kind)
    return None


def _municipality(town: Municipality, start: int, end: int, kind: str) -> NamedPlace:
    return NamedPlace(start, end, kind, town.prefecture, town.name or None)


def _in_kana(known: Places, text: str) -> Iterator[NamedPlace]:
    """Names spelt out in kana at the beginning of a clause, the longest that is one; long ones behind は and も."""
    for begin, shortest in ((_BEGINS_IN_KANA, _SHORTEST_IN_KANA), (_SAID_OF_IN_KANA, _SURE_IN_KANA)):
        for run in begin.finditer(text):
            place = _spelt_out(known, text, run.start(), run.group(), shortest)
            if place is not None:
                yield place


def _spelt_out(known: Places, text: str, start: int, run: str, shortest: int) -> Optional[NamedPlace]:
    spelt = run.translate(_KATAKANA_TO_HIRAGANA)
    for length in range(len(spelt), shortest - 1, -1):
        name, end = spelt[:length], start + length
        if not _ENDS_IN_KANA.match(text, end):
            continue
        if name in known.readings:
            return NamedPlace(start, end, "kana", known.readings[name], None)
        if name in known.spelt_cities:
            return _municipality(known.spelt_cities[name], start, end, "kana")
    return None

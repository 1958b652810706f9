"""Finds where an owner is: 大阪の, 福島で, 横浜です. Shops and people named after a place are not places."""

from __future__ import annotations

import re
from typing import Iterator, List, Optional, Text, Tuple

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token

from bot.knowledge import load_knowledge
from bot.nlu.entities import Entity, Extractor
from bot.nlu.places import Municipality, places
from bot.nlu.tokenizer import PLACE_NAME
from bot.normalization import bare

_OF_A_PERSON = re.compile(r"(さん|様|さま|氏|君|くん|ちゃん|先生|社長|と申し|と言います|といいます|商店(?!街)|商会|屋)")
_DENIED = re.compile(r"(県|府|都|市)?(じゃ|では|や)(なく|ない|ありません|あらへん|のうて)")
_LONGEST_NAME = 10
_SPELT_OUT = re.compile(r"([ぁ-ん]{4,})(?=の|で|、|。)")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlaceExtractor(Extractor):
    """Tokens of the normalised text in; `prefecture` (full name) and `municipality` entities out.

    A municipality carries its `prefecture` where only one has it. GiNZA has cut the words already, so 大阪屋 and 奈良漬
    are no places. Costs some hundredths of a millisecond.
    """

    def __init__(self) -> None:
        self._known = places(load_knowledge().prefectures)

    def entities_in(self, text: Text, tokens: List[Token]) -> Iterator[Entity]:
        """Prefectures and municipalities, leaving out what is denied (福島じゃなくて)."""
        spelt = _SPELT_OUT.match(text)
        spelt_out = self._known.readings.get(spelt.group(1) if spelt else bare(text))
        if spelt_out:
            yield self.entity("prefecture", spelt_out, text, 0, len(spelt.group(1)) if spelt else len(text))
            return
        end = 0
        for token in tokens:
            if token.start < end or _OF_A_PERSON.match(text, token.end):
                continue
            city, city_length = self._city_at(text, token)
            prefecture, length = self._prefecture_at(token) if not city else (None, city_length)
            if _DENIED.match(text, token.start + length):
                continue
            if prefecture:
                end = token.start + length
                yield self.entity("prefecture", prefecture, text, token.start, end)
            elif city:
                end = token.start + length
                found = self.entity("municipality", city.name, text, token.start, end)
                yield {**found, "prefecture": city.prefecture}

    def _prefecture_at(self, token: Token) -> Tuple[Optional[str], int]:
        """The prefecture at the start of a token and the length of its name there."""
        for name, full in self._known.prefectures.items():
            if name == full and token.text.startswith(full):
                return full, len(full)
        if token.get("tag").startswith("副詞"):
            return None, 0
        return self._known.prefectures.get(token.text), len(token.text)

    def _city_at(self, text: str, token: Token) -> Tuple[Optional[Municipality], int]:
        """The municipality at the start of a token: by its full name, or a city by its name without 市."""
        for length in range(_LONGEST_NAME, 2, -1):
            city = self._known.cities.get(text[token.start : token.start + length])
            if city:
                return city, length
        if token.get("tag").startswith(PLACE_NAME) and token.text in self._known.short_cities:
            return self._known.short_cities[token.text], len(token.text)
        return None, 0

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
# Somebody else's place: 子どもは東京で, 取引先は大阪です. A shop where a child helps is the owner's all the same.
_ENDING = "(県|府|都|市|区|町)?"
_FAMILY = "子(ども|供)|こども|息子|せがれ|倅|娘|[長次三][男女]|孫|友(人|達)|知(人|り合い)|同級生|親(戚|類)"
_BUYERS = "取引先|得意先|お客|客先|元請け?|発注元|親会社|仕入れ?先|納品先|納め先"
_OF_THEIRS = "百貨店|デパート|展示会|見本市|物産展|催事|大学|(メーカー|問屋|商社|会社|業者)(さん)?(に|へ|から|と|が)"
_TELLS_OF_FAMILY = re.compile(rf"({_FAMILY})(さん|たち|達|ら|夫婦|一家)*(は|が|も)[^。!?]{{0,12}}$")
_TELLS_OF_BUYERS = re.compile(rf"({_BUYERS})(さん)?(は|が|も)[^。!?]{{0,6}}$")
_A_SHOP_THERE = re.compile(rf"{_ENDING}(の|で)(店|お店|本店|支店|うち|家業|会社|工場|旅館|商売)(?!(に|へ)(勤|就職|入))")
_SOMEBODY_THERE = re.compile(
    rf"{_ENDING}(の|に(いる|おる|住む|住んで(い)?る)|で働い?(く|ている|てる))({_FAMILY}|{_BUYERS}|{_OF_THEIRS})"
)
_LONGEST_NAME = 10
_FULL_NAMES = (3, 4)  # 山口県, 鹿児島県
_SPELT_OUT = re.compile(r"([ぁ-ん]{3}(?=です|、|。)|[ぁ-ん]{4,}?(?=の|で|、|。))")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlaceExtractor(Extractor):
    """Tokens of the normalised text in; `prefecture` (full name) and `municipality` entities out.

    A municipality carries its `prefecture` where only one has it. What is denied or somebody else's is left out. GiNZA
    has cut the words already, so 大阪屋 and 奈良漬 are no places. Costs some hundredths of a millisecond.
    """

    def __init__(self) -> None:
        knowledge = load_knowledge()
        self._known = places(knowledge.prefectures, knowledge.districts)

    def entities_in(self, text: Text, tokens: List[Token]) -> Iterator[Entity]:
        """Prefectures and municipalities, leaving out what is denied (福島じゃなくて)."""
        spelt = _SPELT_OUT.match(text)
        spelt_out = self._known.readings.get(spelt.group(1) if spelt else bare(text))
        if spelt_out:
            yield self.entity("prefecture", spelt_out, text, 0, len(spelt.group(1)) if spelt else len(text))
            return
        end = 0
        for token in tokens:
            if token.start < end or not self._known.may_begin_at(text, token.start):
                continue
            if _OF_A_PERSON.match(text, token.end):
                continue
            city, city_length = self._city_at(text, token)
            prefecture, length = self._prefecture_at(token) if not city else (None, city_length)
            if not city and not prefecture:
                continue
            if _DENIED.match(text, token.start + length) or _is_somebody_elses(text, token.start, token.start + length):
                continue
            end = token.start + length
            if prefecture:
                yield self.entity("prefecture", prefecture, text, token.start, end)
            elif city:
                found = self.entity("municipality", city.name, text, token.start, end)
                yield {**found, "prefecture": city.prefecture}

    def _prefecture_at(self, token: Token) -> Tuple[Optional[str], int]:
        """The prefecture at the start of a token and the length of its name there."""
        for length in _FULL_NAMES:
            full = token.text[:length]
            if self._known.prefectures.get(full) == full:
                return full, length
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


def _is_somebody_elses(text: str, start: int, end: int) -> bool:
    """Whether the place from `start` to `end` is that of the owner's children, friends or buyers."""
    if _SOMEBODY_THERE.match(text, end) or _TELLS_OF_BUYERS.search(text[:start]):
        return True
    return bool(_TELLS_OF_FAMILY.search(text[:start])) and not _A_SHOP_THERE.match(text, end)

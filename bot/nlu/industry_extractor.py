"""Finds the owner's trade: りんご農家, 温泉旅館, 眼鏡のフレーム; not the trades of customers and buyers."""

from __future__ import annotations

import re
from typing import Iterator, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token

from bot.knowledge import load_knowledge
from bot.nlu.entities import Entity, Extractor
from bot.nlu.tokenizer import PLACE_NAME

# What follows somebody else's trade: sold to, bought from, told by.
_OF_OTHERS = re.compile(
    r"(さん)?(に|へ|から|との?|側|向け|まで|が(返品|言|来|値)|さん(が|は|も)|を(借|もう一つ|もうひとつ|もう1つ|建て)|じゃなく|ではなく|やなく|やのうて|じゃない|じゃねくて)"
)
_PART_OF_A_TRADE = re.compile("名詞-普通名詞(?!-副詞可能)|接頭辞|形状詞|名詞-固有名詞-一般")
_BEFORE_OTHERS = re.compile(r"(隣|向かい|近所|得意先|取引先|客先|お客|知り合い|友達|親戚|仕入れ先|納品先)の$")
_NAMES_NO_TRADE_ALONE = ("工場", "商店", "工房", "職人", "教室", "漁", "園", "メーカー", "配送", "印刷")
_KATAKANA = re.compile("[ァ-ヶー]")
_MOST_WORDS_BEFORE = 2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class IndustryExtractor(Extractor):
    """Tokens of the normalised text in; `industry` entities out, with what the owner said as value.

    `division` is the 大分類 of the Japan Standard Industrial Classification, by data/knowledge/industries.yml. The noun
    before a known word belongs to it (納豆 + 屋 is known, 落花生 + 農家 is found).
    """

    def __init__(self) -> None:
        self._divisions = {word: industry.name for industry in load_knowledge().industries for word in industry.words}
        longest_first = sorted(self._divisions, key=len, reverse=True)
        self._words = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def entities_in(self, text: Text, tokens: List[Token]) -> Iterator[Entity]:
        """Trades, each with its `division`."""
        ends = {token.end for token in tokens}
        of_others = {match.group() for match in self._words.finditer(text) if _OF_OTHERS.match(text, match.end())}
        for match in self._words.finditer(text):
            if match.end() not in ends or match.group() in of_others:
                continue
            if _BEFORE_OTHERS.search(text[: match.start()]) or _inside_a_katakana_word(text, match.start()):
                continue
            start = self._with_words_before(match.start(), tokens)
            if text[start : match.end()] in _NAMES_NO_TRADE_ALONE:
                continue
            found = self.entity("industry", text[start : match.end()], text, start, match.end())
            yield {**found, "division": self._divisions[match.group()]}

    def _with_words_before(self, start: int, tokens: List[Token]) -> int:
        """Where the trade begins: at most two nouns before the known word, no place among them."""
        for token in reversed([token for token in tokens if token.start < start][-_MOST_WORDS_BEFORE - 1 :]):
            inside = token.start < start < token.end
            tag = token.get("tag") or ""
            belongs = _PART_OF_A_TRADE.match(tag) and not tag.startswith(PLACE_NAME)
            if not inside and (token.end != start or not belongs):
                break
            start = token.start
        return start


def _inside_a_katakana_word(text: str, start: int) -> bool:
    """バー is no trade in ドライバー."""
    return start > 0 and bool(_KATAKANA.match(text, start)) and bool(_KATAKANA.match(text, start - 1))

"""Finds where the owner's business stands: 創業前, 創業時 (preparing, procedures) or 創業後."""

from __future__ import annotations

import re
from typing import Iterator, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token

from bot.nlu.entities import Entity, Extractor

_NUMBER = r"[0-9一二三四五六七八九十百半数]+"
_START = r"(創業|開業|起業|開店|独立|オープン|店を開け|店を出し|始め|立ち上げ)"
_STAGES = (
    (
        "創業前",
        re.compile(
            rf"{_START}(前|する前|の前)|(まだ)?(計画|構想|準備前)(中|段階|だけ)?"
            r"|(独立|起業|開業|創業)(を考え(てる|ている|とる)?|したい|する予定|を目指し|希望|しようか)|(始め|開き|開こ|出そ)(る|よ)?(う)?(と考え|と思っ|つもり|んです)|これから始める|(いつか|将来)[^、。]{0,8}(店|会社)"
        ),
    ),
    (
        "創業時",
        re.compile(
            rf"{_START}(時|準備|の準備|手続き|資金)|準備中|(来週|来月|もうすぐ|今度)(の)?{_START}|物件(を|が)?(探|決)"
        ),
    ),
    (
        "創業後",
        re.compile(
            rf"{_START}(て|た|し|して|してから|から|たばかり|したて|して)*(、)?(もう|まだ|から)?{_NUMBER}(年|か月|ヶ月|ヵ月|カ月|週間)(目)?"
            rf"|{_START}(し)?(たて|たばかり)|創業{_NUMBER}年|老舗|(営業して|やって){_NUMBER}(年|か月|ヶ月)"
        ),
    ),
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class StageExtractor(Extractor):
    """Normalised text in; at most one `stage` entity out, its value 創業前, 創業時 or 創業後."""

    def entities_in(self, text: Text, tokens: List[Token]) -> Iterator[Entity]:
        """The stage that is told at greatest length."""
        told = [(match, stage) for stage, pattern in _STAGES for match in [pattern.search(text)] if match]
        if told:
            match, stage = max(told, key=lambda pair: len(pair[0].group()))
            yield self.entity("stage", stage, text, match.start(), match.end())

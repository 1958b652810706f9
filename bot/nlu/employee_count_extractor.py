"""Finds how many people work for the owner now: 夫婦とパート2人, 十二名, １５; no customers, no past, no plans."""

from __future__ import annotations

import re
from typing import Iterator, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token

from bot.nlu.entities import Entity, Extractor

_A_BREATH = 16
_NUMBER = r"[0-9]{1,4}|[〇一二三四五六七八九十百]+|ゼロ"
_COUNTED = re.compile(
    rf"(?P<people>(?P<number>{_NUMBER})(人|名))(?!前|気|目|様|件|分|間|称|物|親方|も|入れる|乗り|用|で(は|も)|ひとり)"
    r"|(?P<alone>(ひとり|独り))(?=で(や|し|営|始|はじ|切り盛り|回))"
    rf"|(従業員|社員|スタッフ|人数|従業員数)(数)?(は|が|、)?(?P<bare>{_NUMBER})(?![0-9〇一二三四五六七八九十百年月日万千歳才人名円%])"
)
_NOT_WORKERS_BEFORE = re.compile(
    r"(客|定員|息子|娘|兄弟|多いとき|年前|来店|利用者|会員|生徒|応募|面接|取引先|相手|同業|子ども|孫|参加|一日|1日|日に|毎日|月に"
    r"|去年|昨年|以前|昔|かつて|前は|当時|創業時は|最盛期|先月|来春|来年|来月|あと|もう)[^、。]{0,6}$"
)
_NOT_NOW_AFTER = re.compile(
    r"[^、。]{0,5}(増や|採り|採用|採っ|雇い|雇え|ほし|欲し|募集|必要|足り|辞め|やめ|抜け|定年|いた(けど|が|の|。|$)|いまし|おりまし|来(な|ま|ん|た)"
    r"|(じゃ|では|や)(なく|ない|のうて|ありません|あらへん|ねくて)|しか来|の客|の会社|規模|だけ、それ|に声|続けて)"
)
_DIGITS = {kanji: value for value, kanji in enumerate("〇一二三四五六七八九")}

# Who is named beside a count works there as well: 夫婦とパート2人, わしと家内とパートさん2人, 私のほかに3人.
_BESIDE = re.compile(
    r"(?P<couple>夫婦)と|(?:わし|私|わたし|俺|おれ|僕|ぼく|自分|家内|妻|夫|嫁|女房|主人|旦那|亭主|息子|せがれ|娘|母|父|弟|兄|姉|妹)(?:さん)?(?:と|の?ほか|以外)"
)
_BESIDE_AFTER = re.compile(
    "と(?:俺|わし|私|わたし|おれ|僕|ぼく|自分|家内|妻|夫|嫁|女房|主人|旦那)(?!が|は|の)"
)  # 職人2人と俺
# Who is counted in already: 俺と女房の2人, 主人と二人.
_COUNTED_IN = re.compile(r"(の|(?<!夫婦)と)$")
# Counts of everybody, which what follows only takes apart: 全部で6人。配達が4人, 6人。配達が4人, 7人。調理が3人.
_OF_EVERYBODY = re.compile(r"(^|[。、]|全部で|全員で|合わせて|あわせて|合計|(県|府|都|道|市|町|村)(で|の)?)$")
_TAKEN_APART = re.compile(r"。|うち|内訳")
_ON_A_CONDITION = re.compile("(なら|れば|入れると)$")  # 数えるなら6人
_NOW_ONLY = re.compile("(あ|いや|あれ|違|ちが)[^。]{0,3}(今|いま)は$")  # 3人、あ、今は2人


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EmployeeCountExtractor(Extractor):
    """Normalised text in; `employee_count` entities out, with the number in digits as value. Nothing is added up.

    `beside` is how many people are named in the same breath before the first count (夫婦とパート2人: 2).
    """

    def entities_in(self, text: Text, tokens: List[Token]) -> Iterator[Entity]:
        """Counts of workers, each on its own; of a whole and its parts the whole, of what is put right the last."""
        found = list(self._counts_in(text))
        if len(found) > 1:
            found = [count for count in found if not _ON_A_CONDITION.search(text[: count["start"]])] or found[:1]
        for place, count in enumerate(found):
            if place and _NOW_ONLY.search(text[: count["start"]]):
                found = [{**count, "beside": count["beside"] or found[0]["beside"]}, *found[place + 1 :]]
                break
        if _is_the_whole(text, found):
            found = found[:1]
        yield from found

    def _counts_in(self, text: Text) -> Iterator[Entity]:
        for match in _COUNTED.finditer(text):
            group = next(name for name in ("people", "alone", "bare") if match.group(name))
            start, end = match.span(group)
            if _NOT_WORKERS_BEFORE.search(text[max(0, start - 12) : start]) or _NOT_NOW_AFTER.match(text, end):
                continue
            number = match.group("number") or match.group("bare") or "1"
            found = self.entity("employee_count", str(as_number(number)), text, start, end)
            named_after = len(_BESIDE_AFTER.findall(text[end : end + _A_BREATH].split("。")[0]))
            yield {**found, "beside": _people_beside(text[max(0, start - _A_BREATH) : start]) + named_after}


def _people_beside(before: str) -> int:
    """How many people are named in the last clause of what stands before a count."""
    clause = re.split(r"[。、]|です", before)[-1]
    if _COUNTED_IN.search(clause):
        return 0
    return sum(2 if match.group("couple") else 1 for match in _BESIDE.finditer(clause))


def _is_the_whole(text: str, counts: List[Entity]) -> bool:
    """Whether the first of several counts is the sum that the others take apart."""
    if len(counts) < 2:
        return False
    whole, *parts = counts
    apart = _TAKEN_APART.search(text, whole["end"], parts[0]["start"])
    enough = int(whole["value"]) >= sum(int(part["value"]) for part in parts)
    return bool(apart and enough and _OF_EVERYBODY.search(text[: whole["start"]]))


def as_number(written: str) -> int:
    """15, 十二, 二〇 or ゼロ as a number below a thousand."""
    if written.isdigit():
        return int(written)
    if written == "ゼロ":
        return 0
    if not re.search("[十百]", written):
        return int("".join(str(_DIGITS[kanji]) for kanji in written))
    total, digit = 0, 0
    for kanji in written:
        if kanji in _DIGITS:
            digit = _DIGITS[kanji]
        else:
            total, digit = total + (digit or 1) * (10 if kanji == "十" else 100), 0
    return total + digit

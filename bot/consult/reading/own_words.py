"""What owners tell in their own words: which messages do, and which sentences say what was tried already."""

from __future__ import annotations

import re
from typing import Tuple

from bot.consult.choices import number_in
from bot.consult.reading.understood import Understood
from bot.knowledge import Knowledge
from bot.normalization import bare, normalized

_SENTENCE = re.compile(r"[^。！!？?\n]+[。！!？?]*")
_BUT = "(んです|のです|です|ん|の)?(が|けど|けれど|けども|ものの|のに|ところ)"
_IN_VAIN = (
    "だめ|ダメ|駄目|うまくい(か|き)|効果(が|は|も)?(な|あ(り|が)り?ませ|出|で)|反応(が|は|も)?(な|あ(り|が)り?ませ|薄|いまいち)"
    "|断られ|変わ(ら|りませ)|(来|こ|き)(な(い|か)|ませ|やせ|ん)|集ま(ら|りませ)|増え(な|ませ|ん|へん)|売れ(な|ませ|ん|へん)"
    "|応募(が|は|も)?(ゼロ|0|な|あ(り|が)り?ませ)|続か|続きませ|相手にされ|返事(が|は|も)?(な|来|こ|き|あ(り|が)り?ませ)"
    "|足り(な|ませ)|通(ら|りませ)|無理(だ|で|と)|門前払い|落ち(た|まし)|なしのつぶて|取り合って"
)
_TRIED = tuple(
    map(
        re.compile,
        (
            r"(に|へ|で|とも?)(は|も)?[^。]{0,8}相談(は|を|に)?"
            r"(して(み|き|い|おり)?(た|ました|ます)|し(た|ました)|(し)?に(行|い)(った|きました|ってきた|ってきました)|(済|ず)み)",
            rf"(て|で)み(た|まし)(た)?{_BUT}.*({_IN_VAIN})",
            rf"(試|ため)し(た|まし)(た)?{_BUT}.*({_IN_VAIN})",
            rf"(出|話|お願い|申請|相談|募集|応募|値上げ|交渉|申し込みを|導入)(を)?し(た|まし)(た)?{_BUT}.*({_IN_VAIN})",
            rf"(頼ん|申し込ん)(だ|でみた)({_BUT}).*({_IN_VAIN})|(頼み|申し込み|配り|載せ|行き|やり)まし(た){_BUT}.*({_IN_VAIN})",
            rf"(配っ|載せ|行っ|やっ|打っ|掛け合っ|回っ)(た)({_BUT}).*({_IN_VAIN})",
            r"(相談|お願い|交渉|申請|応募|頼ん|申し込ん|話)(し)?(た|だ)ら[^。]{0,12}(断られ|だめ|ダメ|駄目|無理と|できないと|門前払い)",
        ),
    )
)
# A wish, a plan, a question, a supposition, hearsay: none of them says that it was done.
_NOT_DONE = re.compile(
    r"[?？]|か[。.]*$|かな[。.]*$|かしら|でしょう|だろう|たい|(た|だ)(ほう|方)が|べき|つもり|予定|ようと|(よ|お)うか|ば(いい|よい|良い)"
    r"|(て|で)(は|も)?(い)?(ない|ません|ねえ|へん)[^。]{0,4}$|こと(が|は|も)(ない|ありませ|あらへん)|たら(いい|よい|良い|どう)"
    r"|そう(です|だ)|らしい|って(聞|言っ)|と聞|場合|もし"
)


def is_an_answer_offered(knowledge: Knowledge, understood: Understood) -> bool:
    """Whether a message is a choice pressed or typed, or a number: none of the owner's own words."""
    message = bare(understood.text)
    return understood.pressed is not None or number_in(message) is not None or message in knowledge.labels


def tried_in(text: str) -> Tuple[str, ...]:
    """The sentences that say plainly what was done about it already: whom it was put to, or what was tried in vain.

    Precision comes first: a sentence with a wish, a question, a supposition or hearsay in it says nothing of the kind.
    """
    sentences = (match.group().strip() for match in _SENTENCE.finditer(text))
    return tuple(sentence for sentence in sentences if _says_it_was_tried(normalized(sentence)))


def _says_it_was_tried(sentence: str) -> bool:
    return not _NOT_DONE.search(sentence) and any(pattern.search(sentence) for pattern in _TRIED)

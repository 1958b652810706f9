"""Whether a payment falls due so soon that a word on it cannot wait."""

from __future__ import annotations

import re

from bot.normalization import normalized

_SOON = (
    "今日|本日|きょう|明日|あした|明後日|あさって|しあさって|今週|来週|週末|週明け|月曜|火曜|水曜|木曜|金曜|今月|こんげつ|月末|末日|来月"
    "|(あと|もう)?[0-9一二三四五六七八九十]+日(後|以内|しか|で)|あと(数|何)日|期日|期限|もうすぐ"
)
_DUE = (
    "手形|小切手|不渡|支払|払(え|わ|い|う)|返(済|せ)|引き?落と|落ち(ん|な|へん|ません|そう)|給料|給与|賃金|家賃|買掛|税金|社会保険"
    "|差し?押|督促|(足|た)(り|ら)(な|ん|ませ|へん|ねえ)|ショート"
)
_CLOSE_TOGETHER = 30
_URGENT = re.compile(f"({_SOON}).{{0,{_CLOSE_TOGETHER}}}({_DUE})|({_DUE}).{{0,{_CLOSE_TOGETHER}}}({_SOON})")


def is_urgent(text: str) -> bool:
    """Whether a message speaks of a payment and of a date within weeks: 手形が落ちん。来週や."""
    return bool(_URGENT.search(normalized(text)))

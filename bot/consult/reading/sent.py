"""Whether an owner only says that somebody sent them, which tells nothing of the matter (別添2 コラム)."""

from __future__ import annotations

import re

from bot.normalization import bare

_WHY_NOT = "(?=と|って|どう|言)"
_TRY = f"(こい|来い|み(ろ|い|ぃ|れ|たら{_WHY_NOT}|なさい|て|な)?|もら(え|ったら{_WHY_NOT}|いなさい|っといで))"
_GO = (
    rf"行(け|って{_TRY}|きなさい|っといで|ったら{_WHY_NOT}|くように)"
    rf"|(相談|話)(に|だけでも|だけ|でも|を)?(せえ|せい|せよ|しろ|し(て{_TRY}|なさい|とけ|たら{_WHY_NOT}|といで))"
    rf"|(聞|きい)(いて|て){_TRY}|顔(だけ)?(でも)?出(せ|して{_TRY})"
)
_SAYS = "(と|って|て)?.{0,6}(言|いわ|いう|いっ|ゆう|ゆわ|ゆー|勧め|すすめ|うるさ|背中|せっつ|せかさ)"
_RECOMMENDED = r"(に|から|が)(強く)?(勧め|すすめ|紹介)(られ|さ|し|て).{0,12}(来|きた|きま|きて|伺|うかが|ここ|こちら)"
_SENT = re.compile(f"({_GO}){_SAYS}|{_RECOMMENDED}")
_LONGEST = 34  # who writes more tells of the matter as well


def is_only_sent(text: str) -> bool:
    """Whether a short message says that the owner was told to come, and no more: 税理士に相談してこいと言われた."""
    return len(bare(text)) <= _LONGEST and bool(_SENT.search(bare(text)))

"""Says an owner's own words back."""

from __future__ import annotations

import re

from bot.normalization import normalized

_LONGEST_QUOTE = 36


def quoted(text: str) -> str:
    """The words of a message to say back to its owner, in quotation marks; a long one is cut short."""
    words = normalized(text).strip("。、,. ")
    if len(words) > _LONGEST_QUOTE:
        whole = [part for part in re.split("(?<=[。!?！？])", words) if part]
        words = whole[0].strip("。") if len(whole[0]) <= _LONGEST_QUOTE else f"{words[:_LONGEST_QUOTE]}…"
    return f"「{words}」"

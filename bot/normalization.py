"""One spelling for what owners type: width, kana, marks and invisible characters made the same."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SPACE = re.compile(r"\s+")
_EDGES = re.compile(r"^[\s。、,.!?！？…・~〜ー\-]+|[\s。、,.!?！？…~〜ー]+$")
_POLITE_ENDINGS = re.compile(
    r"(のこと|について)?(です|でした|だ|かな|かなあ|ですね|ですかね|でお願いします|をお願いします|お願いします|で|ね|よ)?$"
)


def readable(text: str) -> str:
    """The text without lone surrogates, control and zero-width characters; line breaks and tabs become spaces."""
    kept = (
        character if unicodedata.category(character) not in _INVISIBLE else " " if character in "\n\r\t" else ""
        for character in text
    )
    return "".join(kept)


def normalized(text: str) -> str:
    """`readable` in Unicode form NFKC with single spaces: ｶﾌｪ → カフェ, １５ → 15, ㈱ → (株)."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", readable(text))).strip()


def bare(text: str) -> str:
    """The core of a short answer, for comparing with a label: no marks at its edges, no spaces, no です."""
    core = _EDGES.sub("", normalized(text)).replace(" ", "").casefold()
    return _POLITE_ENDINGS.sub("", core) or core

"""One spelling for what owners type: width, kana, marks and invisible characters made the same."""

from __future__ import annotations

import re
import unicodedata
from typing import Sequence

import neologdn

from bot.masking import without_hidden
from bot.phrases import pattern

# SudachiPy raises above 49,149 bytes; the longest message that is read at all has 1,000 characters.
LONGEST_TEXT_READ = 1000

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_REPEATS = {"repeat": 3, "max_repeat_substr_length": 1, "remove_space": False, "tilde": "normalize_zenkaku"}
_SPACE = re.compile(r"\s+")
# Words with a space after each, as learners of Japanese write them: みせ あります。でも お客さん すくない
_SPACE_IN_JAPANESE = re.compile("(?<=[ぁ-んァ-ヶー一-龥0-9]) (?=[ぁ-んァ-ヶ一-龥0-9])")
_SPACED, _LONGEST_WORD = 3, 6
# わたし は とよたし で みせを: the name of a place keeps its spaces, by which it is known to be one
_A_PLACE_IN_KANA = re.compile("[ぁ-ん]{2,8}(?:し|く|まち|むら|ちょう|けん|とう?きょうと|おおさかふ|ほっかいどう)")
_SAYS_WHERE = re.compile("で(?:す|した)?(?![ぁ-ん])|に(?![ぁ-ん])|の(?![ぁ-ん])|から(?![ぁ-ん])|です")
_BREAKS = re.compile("[ 。、,.!?]+")
_WRITTEN, _KANJI, _FEW_KANJI = re.compile("[ぁ-んァ-ヶー一-龥]"), re.compile("[一-龥]"), 0.15
_EDGES = re.compile(r"^[\s。、,.!?！？…・~〜ー\-]+|[\s。、,.!?！？…~〜ー]+$")
_POLITE_ENDINGS = re.compile(
    r"(のこと|について)?(です|でした|だ|かな|かなあ|ですね|ですかね|でお願いします|をお願いします|お願いします|で|ね|よ)?$"
)


def readable(text: str) -> str:
    """The text without lone surrogates, control and zero-width characters; line breaks and tabs become spaces."""
    if text.isprintable():
        return text
    kept = (
        character if unicodedata.category(character) not in _INVISIBLE else " " if character in "\n\r\t" else ""
        for character in text
    )
    return "".join(kept)


def normalized(text: str) -> str:
    """`readable` in Unicode form NFKC with single spaces: ｶﾌｪ → カフェ, １５ → 15, ㈱ → (株).

    Hyphens and drawn-out vowels become one (すごーーい → すごーい); no character stands more than three times in a row.
    Rules of mecab-ipadic-NEologd: https://github.com/neologd/mecab-ipadic-neologd/wiki/Regexp.ja
    """
    one_width = unicodedata.normalize("NFKC", readable(text))
    return _SPACE.sub(" ", neologdn.normalize(one_width, **_REPEATS)).strip()


def text_to_read(text: str) -> str:
    """The part of a message that is analysed, normalised: at most 1,000 characters of it, in one spelling.

    What stands in the place of a number that is not kept says nothing. Thanks, a greeting or an excuse before the
    matter is not the matter: ありがとうございます。電話では何と言えば is read from 電話 on.
    """
    kept = without_hidden(text[: 2 * LONGEST_TEXT_READ])
    return _without_courtesy(_without_spaced_words(normalized(kept))[:LONGEST_TEXT_READ])


def _without_courtesy(text: str) -> str:
    """The text without the courtesies that it opens with, where something of substance follows."""
    return pattern("opens_with_courtesy").sub("", text, count=1)


def _without_spaced_words(text: str) -> str:
    """The text with its words joined where there is a space after each; a space here and there may part two matters."""
    parts = _SPACE_IN_JAPANESE.split(text)
    words = [word for word in _BREAKS.split(text) if word]
    spaced = len(parts) > _SPACED and sum(map(len, words)) <= _LONGEST_WORD * len(words)
    return _joined(parts) if spaced else text


def _joined(parts: Sequence[str]) -> str:
    """The words without spaces, but for the name of a place in kana that the next word says to be one."""
    joined = parts[0]
    for word, behind in zip(parts[1:], (*parts[2:], ""), strict=True):
        a_place = _A_PLACE_IN_KANA.fullmatch(word) and _SAYS_WHERE.match(behind)
        joined += f" {word} " if a_place else word
    return joined.strip()


def is_spaced_kana(text: str) -> bool:
    """Whether it is written as learners of Japanese write: a space after each word, and hardly a kanji.

    Two spaces are enough where there is no kanji at all.
    """
    one_width = normalized(text[:LONGEST_TEXT_READ])
    written, kanji = _WRITTEN.findall(one_width), _KANJI.findall(one_width)
    if not kanji and len(_SPACE_IN_JAPANESE.findall(one_width)) >= _SPACED - 1:
        return True
    return _without_spaced_words(one_width) != one_width and len(kanji) <= len(written) * _FEW_KANJI


def bare(text: str) -> str:
    """The core of a short answer, for comparing with a label: no marks at its edges, no spaces, no です."""
    core = _EDGES.sub("", normalized(text)).replace(" ", "").casefold()
    return _POLITE_ENDINGS.sub("", core) or core

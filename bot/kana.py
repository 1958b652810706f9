"""Writes Japanese in kana, words apart, for who cannot read kanji: お店の資料 becomes おみせの しりょう."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Iterator, Mapping, Tuple

import sudachipy
import yaml

from bot.paths import ROOT

READINGS = ROOT / "data" / "kana.yml"
_KANJI = re.compile("[一-龥々〆ヶ]")
# Two words of a compound, each with its reading behind it: 商品（しょうひん） 名（めい）
_IN_PARTS = re.compile("([一-龥々〆ヶ]+)（([ぁ-んー]+)） ?([一-龥々〆ヶ]+)（([ぁ-んー]+)）")
_TO_HIRAGANA = {katakana: katakana - 0x60 for katakana in range(ord("ァ"), ord("ヶ") + 1)}
# Parts of speech that begin a word of their own; what follows them (particles, endings) is written on to them.
_BEGINS = ("名詞", "代名詞", "動詞", "形容詞", "形状詞", "副詞", "連体詞", "接続詞", "感動詞", "接頭辞")
_OPENS = "「『（(【・～〜 　\n"
_NOT_A_WORD = ("補助記号", "空白", "記号")


def in_kana(text: str) -> str:
    """The text with its reading in place of every word that has kanji, words apart as learners of Japanese write them.

    Readings are those of Sudachi's dictionary, but for data/kana.yml. What has no kanji keeps its letters.
    """
    return _line_by_line(text, "{reading}")


def with_readings(text: str) -> str:
    """The same with the reading behind the word: 書類（しょるい）を もって いきます. Compounds are read as one."""
    return _IN_PARTS.sub(r"\1\3（\2\4）", _line_by_line(text, "{word}（{reading}）"))


def _line_by_line(text: str, written: str) -> str:
    return "\n".join(_read(line, written) if _KANJI.search(line) else line for line in text.split("\n"))


def _read(line: str, written: str) -> str:
    return "".join(_words_apart(_with_known_readings(line), written))


def _words_apart(line: str, written: str) -> Iterator[str]:
    before, prefixed = "", False
    for word in _tokenizer().tokenize(line):
        surface, kind = word.surface(), word.part_of_speech()[0]
        begins = kind in _BEGINS and not prefixed and not _counts(before, surface)
        if begins and before and before[-1] not in _OPENS and surface not in _OPENS:
            yield " "
        has_kanji = bool(_KANJI.search(surface))
        yield written.format(word=surface, reading=_reading(surface, word.reading_form())) if has_kanji else surface
        prefixed = kind == "接頭辞"
        before = surface if kind not in _NOT_A_WORD or surface in _OPENS else before[:0]


def _counts(before: str, surface: str) -> bool:
    """Whether a word belongs to the number or letters right before it: 3か月, 11ページ."""
    return before[-1:].isascii() and before[-1:].isalnum()


def _reading(surface: str, katakana: str) -> str:
    return katakana.translate(_TO_HIRAGANA) if katakana else surface


def _with_known_readings(line: str) -> str:
    for words, reading in _known_readings():
        line = words.sub(reading, line)
    return line


@lru_cache(maxsize=1)
def _known_readings() -> Tuple[Tuple["re.Pattern[str]", str], ...]:
    known: Mapping[str, str] = yaml.safe_load(READINGS.read_text(encoding="utf-8"))
    return tuple((re.compile(words), reading) for words, reading in known.items())


@lru_cache(maxsize=1)
def _tokenizer() -> sudachipy.Tokenizer:
    return sudachipy.Dictionary(dict="core").create(mode=sudachipy.SplitMode.C)

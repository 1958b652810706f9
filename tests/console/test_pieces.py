"""An entry of a file is changed and every other character stays; what cannot be changed so is refused."""

from __future__ import annotations

from typing import Any, Dict

import pytest
import yaml

from bot.console.entry_form import fields_of, values_of_fields
from bot.console.kinds import KINDS
from bot.console.pieces import PieceError, names_in, new_piece, piece_of, values_of, with_piece, with_values
from tests.conftest import ROOT

FILE = """# of what
answers:
- id: a
  answer: 無料です。
  source: {page: 市の案内, url: 'https://a.example/', dated: '2025-01-02'}
  asked_as: [いくら, 'お金: いる？', タダ, 有料]

# 機関ごと
- id: ab
  unknown: わかりません。
  ask_there: いくらですか
  asked_as:
  - いくら
  - "お金"
  - タダ
  - 有料
"""
ORDER = ("id", "answer", "unknown", "ask_there", "source", "until", "checked", "asked_as")
FOLDER = ROOT / "data" / "knowledge"
FILES = [
    *sorted((FOLDER / "answers").glob("*.yml")),
    *(FOLDER / str(kind.file) for kind in KINDS.values() if kind.file),
]


def test_an_entry_is_the_lines_from_its_name_to_the_next_or_to_an_empty_line() -> None:
    assert names_in(FILE) == ("a", "ab")
    assert piece_of(FILE, "a").startswith("- id: a\n") and piece_of(FILE, "a").endswith("有料]\n")
    assert piece_of(FILE, "ab").endswith("  - 有料\n")


@pytest.mark.parametrize("name", ["b", "", "a\n"])
def test_an_entry_that_is_not_there_is_not_found(name: str) -> None:
    with pytest.raises(PieceError):
        piece_of(FILE, name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_entry_of_our_files_is_found_and_is_as_the_loader_reads_it(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    read = yaml.load(text, Loader=yaml.CSafeLoader)
    entries = read if isinstance(read, list) else next(iter(read.values()))
    assert names_in(text) == tuple(entry["id"] for entry in entries)
    for entry in entries[::10]:
        assert values_of(piece_of(text, entry["id"])).keys() == entry.keys()


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_form_of_an_entry_changes_nothing_by_itself(kind: Any) -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        if kind.file != path.name and (kind.file or path.parent.name != "answers"):
            continue
        for name in names_in(text)[::7]:
            piece = piece_of(text, name)
            values = values_of(piece)
            assert with_values(piece, values_of_fields(kind, fields_of(kind, values), values), kind.order) == piece


@pytest.mark.parametrize(
    ("name", "values", "lines"),
    [
        ("a", {"answer": "有料です。"}, {"-  answer: 無料です。", "+  answer: 有料です。"}),
        ("a", {"answer": "無料: です。"}, {"-  answer: 無料です。", "+  answer: '無料: です。'"}),
        ("a", {"answer": "it's 'so' # 1"}, {"-  answer: 無料です。", "+  answer: 'it''s ''so'' # 1'"}),
        ("a", {"checked": "2026-11-30"}, {"+  checked: '2026-11-30'"}),
        ("ab", {"ask_there": None}, {"-  ask_there: いくらですか"}),
        ("ab", {"asked_as": ["いくら", "お金", "無料", "有料"]}, {"-  - タダ", "+  - 無料"}),
        (
            "a",
            {"asked_as": ["いくら", "お金: いる？", "有料"]},
            {
                "-  asked_as: [いくら, 'お金: いる？', タダ, 有料]",
                "+  asked_as: [いくら, 'お金: いる？', 有料]",
            },
        ),
        (
            "a",
            {"source": {"page": "市の案内", "url": "https://b.example/", "dated": "2025-01-02"}},
            {
                "-  source: {page: 市の案内, url: 'https://a.example/', dated: '2025-01-02'}",
                "+  source: {page: 市の案内, url: 'https://b.example/', dated: '2025-01-02'}",
            },
        ),
        (
            "a",
            {"answer": None, "unknown": "わからない", "ask_there": "いくら"},
            {"-  answer: 無料です。", "+  unknown: わからない", "+  ask_there: いくら"},
        ),
    ],
)
def test_a_value_is_changed_where_it_stands_and_all_else_stays(name: str, values: Dict[str, Any], lines: Any) -> None:
    piece = piece_of(FILE, name)
    text = with_piece(FILE, piece, with_values(piece, values, ORDER))
    before, after = FILE.split("\n"), text.split("\n")
    assert {f"-{line}" for line in before if line not in after} | {
        f"+{line}" for line in after if line not in before
    } == lines
    wanted = {key: value for key, value in {**values_of(piece), **values}.items() if value is not None}
    assert values_of(piece_of(text, name)) == wanted


def test_a_new_key_stands_where_entries_have_it() -> None:
    changed = with_values(piece_of(FILE, "a"), {"checked": "2026-11-30", "until": "2027-03-31"}, ORDER)
    assert [line.split(":")[0].strip() for line in changed.split("\n")[1:-1]] == [
        *("answer", "source", "until", "checked", "asked_as"),
    ]


def test_an_entry_in_one_line_is_changed_in_its_line_and_gets_no_further_key() -> None:
    piece = "- {id: marukei, called: [マル経, まるけい]}\n"
    changed = with_values(piece, {"called": ["マル経", "新しい名"]}, ("id", "called"))
    assert changed == "- {id: marukei, called: [マル経, 新しい名]}\n"
    with pytest.raises(PieceError):
        with_values(piece, {"checked": "2026-11-30"}, ("id", "called", "checked"))


def test_a_comment_is_never_lost() -> None:
    piece = "- id: a\n  asked_as:\n  - いくら\n  # わけ\n  - タダ\n"
    with pytest.raises(PieceError):
        with_values(piece, {"asked_as": ["いくら", "無料"]}, ORDER)


def test_what_was_changed_meanwhile_is_not_changed_again() -> None:
    piece = piece_of(FILE, "a")
    other = FILE.replace("無料です。", "有料です。")
    with pytest.raises(PieceError):
        with_piece(other, piece, piece)
    with pytest.raises(PieceError):
        with_piece(FILE + piece, piece, piece)


def test_a_new_entry_stands_behind_the_last_one() -> None:
    piece = new_piece({"id": "b", "answer": "はい。", "asked_as": ["一", "二"], "until": None}, ORDER)
    assert piece == "- id: b\n  answer: はい。\n  asked_as: [一, 二]\n"
    assert with_piece(FILE, "", piece) == FILE + piece

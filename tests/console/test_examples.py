"""What the review writes into the training data: the right file, its format, nothing else changed, taken out again."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import List, Tuple

import pytest
import yaml

from bot.console.examples import Examples, ExamplesError, Planned, ReadOnlyError, voice_of
from bot.console.fit import in_one_line, rules, unfit
from bot.nlu.turn_rows import rows_of_folder
from bot.store import Example, Proposal, ProposalState, ProposedMove, Stood
from tests.conftest import ROOT
from tests.console.review_desk import OPEN, PREFECTURE, data, problem

__all__ = ["data"]
YES, NO = ProposedMove("yes"), ProposedMove("no")
SHEET = Stood("sheet", ("はい、作ります", "いいえ、作りません"), "資金繰り", "lending", ("取引のある金融機関",))


def an_example(words: str = "ひみつ、家賃が上がって", stood: Stood = PREFECTURE, *moves: ProposedMove) -> Example:
    return Example("web-1", 2, words, "どちらの都道府県ですか。", stood, moves or (problem("創業"), NO))


def proposal(example: Example, number: int = 1) -> Proposal:
    return Proposal(number, "0a1b2c3d4e5f", example, ProposalState.PROPOSED, "花子", 1_795_900_000.0)


def write(examples: Examples, *of_them: Example) -> Tuple[Planned, List[Proposal]]:
    """Write these, and give them as they are kept then."""
    proposals = [proposal(example, number) for number, example in enumerate(of_them, start=1)]
    planned = examples.planned(proposals)
    examples.carry_out(planned)
    return planned, [replace(one, written=text) for one, text in zip(proposals, planned.written, strict=True)]


def everything_in(folder: Path) -> "dict[str, str]":
    return {str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in folder.rglob("*.yml")}


def test_a_message_in_its_place_becomes_a_row_in_the_format_of_the_file(data: Path) -> None:
    planned, _ = write(Examples(data), an_example(stood=replace(PREFECTURE, road=("商工会議所", "よろず支援拠点"))))
    assert (
        (data / "turns" / "prefecture.yml")
        .read_text(encoding="utf-8")
        .endswith(
            """
- voice: 見直し 2026-11-29 0a1b2c
  bot: "どちらの都道府県ですか。"
  offered: [言わずに進む]
  issue: 資金繰り
  sub_issue: lending
  road: [商工会議所, よろず支援拠点]
  owner: "ひみつ、家賃が上がって"
  moves:
  - {move: problem, issue: 創業}
  - {move: "no"}
"""
        )
    )
    assert planned.written[0].file == "turns/prefecture.yml"


def test_the_row_is_read_by_the_training_as_it_was_meant(data: Path) -> None:
    write(Examples(data), an_example("1", SHEET, ProposedMove("pick", (("n", "2"),)), NO))
    [row] = [row for row in rows_of_folder(data / "turns") if row.voice.startswith("見直し")]
    assert (row.owner, row.place.waiting.value, row.place.offered) == ("1", "sheet", SHEET.offered)
    assert [(move.move, move.n) for move in row.moves] == [("pick", 2), ("no", None)]


@pytest.mark.parametrize(
    ("moves", "file", "before"),
    [
        ([problem("資金繰り", "lending")], "nlu/資金繰り.yml", "metadata: {sub_issue: lending}"),
        ([problem("課題不明確")], "nlu/課題不明確.yml", "intent: 課題不明確"),
        ([ProposedMove("distress")], "nlu/distress.yml", "intent: distress"),
        ([ProposedMove("wants_person")], "nlu/ask_human.yml", "intent: ask_human"),
    ],
)
def test_an_opening_that_does_one_plain_thing_becomes_an_example_of_its_intent(
    data: Path, moves: List[ProposedMove], file: str, before: str
) -> None:
    planned, _ = write(Examples(data), an_example("ひみつのことば", OPEN, *moves))
    text = (data / file).read_text(encoding="utf-8")
    section = next(part for part in text.split("- intent: ") if "    - ひみつのことば\n" in part)
    assert before.removeprefix("intent: ") in section
    assert section.rstrip("\n").endswith("    - ひみつのことば")
    assert planned.written[0].file == file


@pytest.mark.parametrize("moves", [[problem("資金繰り"), YES], [ProposedMove("asks", (("about", "cost"),))]])
def test_an_opening_that_does_more_stays_a_message_in_its_place(data: Path, moves: List[ProposedMove]) -> None:
    planned, _ = write(Examples(data), an_example("ひみつのことば", OPEN, *moves))
    assert planned.written[0].file == "turns/open.yml"


def test_the_change_is_as_small_as_the_example(data: Path) -> None:
    planned, _ = write(Examples(data), an_example(), an_example("ひみつのことば", OPEN, problem("資金繰り", "lending")))
    added = {
        change.file: [line for line in change.lines[2:] if line.startswith(("+", "-"))] for change in planned.changes
    }
    assert {file: len(lines) for file, lines in added.items()} == {"turns/prefecture.yml": 9, "nlu/資金繰り.yml": 1}
    assert all(line.startswith("+") for lines in added.values() for line in lines)


def test_several_in_one_file_are_one_change(data: Path) -> None:
    planned, _ = write(Examples(data), an_example(), an_example("ひみつふたつ"))
    [change] = planned.changes
    assert change.after.count("見直し 2026-11-29 0a1b2c") == 2


def test_what_was_written_is_taken_out_and_every_byte_is_as_before(data: Path) -> None:
    before = everything_in(data)
    examples = Examples(data)
    _, written = write(
        examples,
        an_example(),
        an_example("ひみつふたつ"),
        an_example("ひみつのことば", OPEN, problem("資金繰り", "lending")),
    )
    assert everything_in(data) != before
    examples.carry_out(examples.without(written))
    assert everything_in(data) == before


def test_what_somebody_else_added_meanwhile_stays_when_ours_is_taken_out(data: Path) -> None:
    examples = Examples(data)
    _, ours = write(examples, an_example())
    _, theirs = write(examples, replace(an_example("ひみつふたつ"), number=3))
    examples.carry_out(examples.without(ours))
    text = (data / "turns" / "prefecture.yml").read_text(encoding="utf-8")
    assert ("家賃が上がって" in text, "ひみつふたつ" in text) == (False, True)
    assert theirs[0].written is not None and theirs[0].written.text in text


def test_what_somebody_took_out_by_hand_is_out_already(data: Path) -> None:
    before = everything_in(data)
    examples = Examples(data)
    _, written = write(examples, an_example())
    for name, text in before.items():
        (data / name).write_text(text, encoding="utf-8")
    examples.carry_out(examples.without(written))
    assert everything_in(data) == before


def test_the_same_is_not_written_twice(data: Path) -> None:
    examples = Examples(data)
    write(examples, an_example())
    once = everything_in(data)
    write(examples, an_example())
    assert everything_in(data) == once
    assert examples.has(an_example())


def test_a_file_that_was_changed_meanwhile_is_not_written_over(data: Path) -> None:
    examples = Examples(data)
    planned = examples.planned([proposal(an_example())])
    with (data / "turns" / "prefecture.yml").open("a", encoding="utf-8") as file:
        file.write("# 手で直した\n")
    with pytest.raises(ExamplesError, match=re.escape("turns/prefecture.yml")):
        examples.carry_out(planned)


def test_where_one_file_cannot_be_written_none_is(data: Path) -> None:
    examples = Examples(data)
    before = everything_in(data)
    (data / "nlu" / ".資金繰り.yml.new").mkdir()  # where the new file would be made
    planned = examples.planned(
        [proposal(an_example()), proposal(an_example("ひみつ", OPEN, problem("資金繰り", "lending")), 2)]
    )
    with pytest.raises(ReadOnlyError):
        examples.carry_out(planned)
    assert everything_in(data) == before


@pytest.mark.parametrize("text", ["turns: []\nmore", "turns:\n- [", "nothing: here\n", "turns:\n- {voice: a}"])
def test_a_file_that_is_not_as_it_should_be_is_left_alone(data: Path, text: str) -> None:
    (data / "turns" / "prefecture.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ExamplesError, match=re.escape("turns/prefecture.yml")):
        Examples(data).planned([proposal(an_example())])


def test_every_row_that_we_have_would_be_written_as_it_stands(tmp_path: Path) -> None:
    """The format is that of the files: what is read from one and written anew is the same text."""
    for name in ("turns", "nlu"):
        shutil.copytree(ROOT / "data" / name, tmp_path / name)
    row = yaml.safe_load((tmp_path / "turns" / "sheet.yml").read_text(encoding="utf-8"))["turns"][-1]
    text = (tmp_path / "turns" / "sheet.yml").read_text(encoding="utf-8")
    stood = Stood("sheet", tuple(row["offered"]), row["issue"], row.get("sub_issue"), tuple(row.get("road", ())))
    moves = tuple(
        ProposedMove(str(move["move"]), tuple((k, str(v)) for k, v in move.items() if k != "move"))
        for move in row["moves"]
    )
    again = proposal(replace(an_example(row["owner"], stood, *moves), bot=row["bot"]))
    [written] = Examples(tmp_path).planned([again]).written
    assert written.text.replace(voice_of(again), row["voice"]) == text[text.rindex("- voice") :]


def test_a_contradiction_is_named_with_its_line(data: Path) -> None:
    [found] = Examples(data).contradictions(an_example("はい", SHEET, NO))
    lines = (data / found.file).read_text(encoding="utf-8").split("\n")
    assert (found.file, found.moves, lines[found.line - 1]) == ("turns/sheet.yml", (YES,), '  owner: "はい"')


def test_the_same_moves_or_another_place_contradict_nothing(data: Path) -> None:
    examples = Examples(data)
    assert examples.contradictions(an_example("はい", SHEET, YES)) == ()
    assert examples.contradictions(an_example("はい", replace(SHEET, waiting="finding"), YES)) == ()


def test_a_pick_contradicts_only_where_the_same_was_offered(data: Path) -> None:
    pick = ProposedMove("pick", (("n", "1"),))
    offered = ("言わずに進む",)
    rows = yaml.safe_load((data / "turns" / "prefecture.yml").read_text(encoding="utf-8"))["turns"]
    refused = next(row for row in rows if row["moves"] == [{"move": "refuses"}])
    for labels, contradicts in ((offered, True), (("あれ", "これ"), False)):
        found = Examples(data).contradictions(an_example(refused["owner"], replace(PREFECTURE, offered=labels), pick))
        assert bool(found) is contradicts, labels


def test_an_opening_contradicts_the_same_words_under_another_intent(data: Path) -> None:
    line = (data / "nlu" / "人材確保.yml").read_text(encoding="utf-8").split("    - ")[1].split("\n")[0]
    [found] = Examples(data).contradictions(an_example(line, OPEN, problem("創業", "before")))
    assert found.file == "nlu/人材確保.yml"
    assert dict(found.moves[0].about)["issue"] == "人材確保"


def test_words_that_the_bot_is_measured_by_are_known(tmp_path: Path) -> None:
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "evaluation" / "turns.jsonl").write_text(
        '{"owner": "家賃が払えないので困っています"}\n', encoding="utf-8"
    )
    examples = Examples(tmp_path)
    assert examples.is_held_out("家賃が払えないので困っています。")
    assert not examples.is_held_out("家賃が払えないので泣いています")


def test_each_pattern_of_what_may_be_no_example_matches_and_leaves_what_it_says() -> None:
    wrong = [
        (refused.kind, words) for refused in rules().refused for words in refused.matches if not refused.is_in(words)
    ]
    wrong += [(refused.kind, words) for refused in rules().refused for words in refused.leaves if unfit(words)]
    assert wrong == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "empty"),
        ("あ" * 1001, "too_long"),
        ("電話は〔電話番号〕です", "hidden"),
        ("電話は090-0000-0001です", "number"),
        ("メールは a@example.jp", "number"),
        ('/inform{"prefecture": "東京都"}', "payload"),
        ("／restart", "payload"),
        ("<script>alert(1)</script>", "markup"),
        ("[東京](prefecture)です", "markup"),
        ("{{ 7*7 }}", "markup"),
        ("株式会社みどりの下請けです", "company"),
        ("中央3丁目の店です", "address"),
        ("家賃が払えません", None),
    ],
)
def test_what_may_be_no_example_is_said_by_kind(words: str, why: str) -> None:
    assert unfit(words) == why


def test_words_are_one_line_without_what_cannot_be_seen() -> None:
    assert in_one_line(" 家賃が\n払えない\u2028\u200b\tです\0") == "家賃が 払えない です"

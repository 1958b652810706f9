"""Whole consultations in Slack with the real bot: by buttons, in a thread, and typed."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import List

import pytest

from bot.frame.recording import recorder
from bot.store import Ratings, database
from tests.channels.slack.conftest import Served
from tests.fakes.slack import labels, shown


def somebody() -> str:
    return f"U{uuid.uuid4().hex[:10].upper()}"


async def heard(desk: Served, user: str) -> str:
    """What the bot last said to a user, all that is shown of it."""
    await desk.quiet()
    assert desk.slack.violations == []
    return shown(desk.slack.said_to(user)[-1])


async def test_a_succession_is_talked_over_by_pressing_alone(real: Served) -> None:
    owner, slack = somebody(), real.slack
    await slack.write(owner, "こんにちは")
    await real.quiet()
    menu = slack.said_to(owner)[-1]
    assert len(labels(menu)) == 10
    issue = next(label for label in labels(menu) if "引き継" in label)
    await slack.press(owner, menu, issue)
    pressed: List[str] = [issue]
    for _ in range(6):
        await real.quiet()
        if "ご相談の道すじ" in "".join(shown(message) for message in slack.said_to(owner)):
            break
        question = slack.said_to(owner)[-1]
        pressed.append(labels(question)[0])
        await slack.press(owner, question, pressed[-1])
    everything = "\n".join(shown(message) for message in slack.said_to(owner))
    assert "*まず：" in everything
    assert "別添2" in everything
    assert all(f"選ばれたもの：{label}" in everything for label in pressed)
    assert slack.violations == []


async def test_money_is_talked_over_in_a_thread_that_began_with_a_mention(real: Served) -> None:
    owner, slack = somebody(), real.slack
    thread = await slack.mention(owner, "C0GENERAL", "資金繰りが苦しくて、借入の返済が心配です")
    await real.quiet()
    for answer in ("青森県です", "返済が心配です", "わからない"):
        if "ご相談の道すじ" in "".join(shown(message) for message in slack.said("C0GENERAL", thread)):
            break
        await slack.say(owner, "C0GENERAL", answer, thread)
        await real.quiet()
    answers = slack.said("C0GENERAL")
    assert all(message.get("thread_ts") == thread for message in answers)
    assert "ご相談の道すじ" in "".join(shown(message) for message in answers)
    assert slack.violations == []


async def test_a_trademark_is_talked_over_by_typing_with_numbers_of_either_width(real: Served) -> None:
    owner, slack = somebody(), real.slack
    await slack.write(owner, "こんにちは")
    await real.quiet()
    numbers = {label: n for n, label in enumerate(labels(slack.said_to(owner)[-1]), start=1)}
    number = next(n for label, n in numbers.items() if "商標" in label or "特許" in label or "アイデア" in label)
    await slack.write(owner, "０１２３４５６７８９"[number] if number < 10 else "１０")
    await real.quiet()
    await slack.write(owner, "1")
    await heard(real, owner)
    await slack.write(owner, "福井県")
    everything = await heard(real, owner) + "".join(shown(message) for message in slack.said_to(owner))
    assert "ご相談の道すじ" in everything
    assert "福井" in everything
    *earlier, last = slack.said_to(owner)
    assert not any(map(labels, earlier)) and labels(last)


async def test_distress_is_met_with_numbers_to_call(real: Served) -> None:
    owner = somebody()
    await real.slack.write(owner, "もう死にたいです")
    await real.quiet()
    everything = "".join(shown(message) for message in real.slack.said_to(owner))
    assert "<tel:0120-279-338|" in everything
    assert real.slack.violations == []


async def test_the_text_of_a_message_is_complete_without_its_blocks(real: Served) -> None:
    owner = somebody()
    await real.slack.write(owner, "こんにちは")
    await real.quiet()
    menu = real.slack.said_to(owner)[-1]
    assert [f"{n}. {label}" in menu["text"] for n, label in enumerate(labels(menu), start=1)] == [True] * 10


async def test_the_home_tab_shows_the_ten_issues_and_leads_into_a_consultation(real: Served) -> None:
    owner, slack = somebody(), real.slack
    await slack.open_home(owner)
    await real.quiet()
    *ten, about_records, person, distress = labels(slack.homes[owner])
    assert (len(ten), about_records) == (10, "記録を消したい")
    assert (person, distress) == ("人に相談する", "つらいとき")
    await slack.press_at_home(owner, ten[0])
    await real.quiet()
    said = slack.said_to(owner)
    assert f"選ばれたもの：{ten[0]}" in shown(said[0])
    assert labels(said[-1])
    assert slack.violations == []


async def test_an_issue_pressed_below_the_greeting_of_the_command_is_answered(real: Served) -> None:
    owner, slack = somebody(), real.slack
    await slack.command(owner)
    await real.quiet()
    menu = slack.said_to(owner)[-1]
    await slack.press(owner, menu, labels(menu)[0])
    await real.quiet()
    assert len(slack.said_to(owner)) == 2
    assert labels(slack.said_to(owner)[-1])


def kept_in(folder: Path, word: str) -> List[str]:
    """The files that hold a word, as it is or as JSON escapes it."""
    spellings = (word.encode(), json.dumps(word)[1:-1].encode())
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if any(spelling in path.read_bytes() for spelling in spellings)]


async def test_the_records_are_deleted_from_the_home_tab_after_a_yes(
    real: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    owner, slack, word = somebody(), real.slack, "ブンガモペ"
    await slack.write(owner, f"{word}の商標を取りたいです。電話は090-0000-0001です")
    await slack.open_home(owner)
    await real.quiet()
    await slack.press_at_home(owner, "記録を消したい")
    asked = await heard(real, owner)
    assert "元には戻せません" in asked
    assert labels(slack.said_to(owner)[-1]) == ["はい、消します", "いいえ、残します"]
    await slack.press(owner, slack.said_to(owner)[-1], "はい、消します")
    assert "すべて消しました" in await heard(real, owner)
    assert not real.inbox.knows(f"slack-T0CHAMBER-{owner}")
    assert kept_in(tmp_path, word) == []
    await slack.write(owner, "商標を取りたい")
    assert "都道府県" in await heard(real, owner)


async def test_numbers_of_a_person_are_not_kept_in_the_inbox(real: Served, tmp_path: Path) -> None:
    owner = somebody()
    await real.slack.write(owner, "商標を取りたい。<tel:09000000001|090-0000-0001>、<mailto:m@example.jp|m@example.jp>")
    assert "残さずに消しました" in "".join(shown(post) for post in real.slack.said_to(owner)) + await heard(real, owner)
    assert kept_in(tmp_path, "090-0000-0001") == []
    assert kept_in(tmp_path, "m@example.jp") == []


async def test_whether_it_was_of_use_is_said_by_one_press_below_the_farewell_and_kept(
    real: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    owner, slack = somebody(), real.slack
    await slack.write(owner, "銀行からお金を借りたい")
    await real.quiet()
    await slack.write(owner, "福島県です")
    await real.quiet()
    await slack.press(owner, slack.said_to(owner)[-1], "ここまでで大丈夫")
    await real.quiet()
    farewell = slack.said_to(owner)[-1]
    assert labels(farewell) == ["役に立った", "役に立たなかった"]
    recorder().finish()
    await slack.press(owner, farewell, "役に立たなかった")
    assert "よろしければ、足りなかったところを" in await heard(real, owner)
    kept = Ratings(database()).of(f"slack-T0CHAMBER-{owner}")
    assert kept is not None and not kept.useful

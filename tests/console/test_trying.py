"""Staff talks to the bot as an owner would, steps back, branches, begins with a conversation, and keeps it so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List, Optional, Tuple

import pytest
import yaml

from bot.console.engine import BusyEngineError, NoEngineError
from bot.store import Action, Role, Sent, Trials, TurnRecord, TurnRecords, Wanted
from bot.store.retention import forget_conversation
from tests.console.conftest import Answer, Browser, Desk, Member
from tests.console.review_desk import ScriptedModel
from tests.console.trial_desk import FILE, OFFERED, ScriptedBot, desk, folder, learner, names, scripted

__all__ = ["desk", "folder", "learner", "names", "scripted"]
WORDS, MORE = "返済が苦しい", "福島です"
ATTACK = "<script>document.title='run'</script>{{ 7*7 }}"


@pytest.fixture
async def staff(member: Member) -> Browser:
    return await member("花子", Role.REVIEWER)


async def begun(staff: Browser, *said: str) -> str:
    """The path of a trial in which this was said."""
    await staff.get("/try")
    path = (await staff.post("/try/begin")).path.removeprefix("/staff")
    for behind, words in enumerate(said):
        await staff.post(f"{path}/say", text=words, behind=str(behind))
    return path


def said_in(page: Answer) -> List[str]:
    """What was said as an owner, in its order."""
    return re.findall(r"「([^」]*)」ですね", page.words)


def sent_in(desk: Desk, path: str) -> Tuple[Sent, ...]:
    found = Trials(desk.store, "花子", desk.clock).get(path.rpartition("/")[2])
    assert found is not None
    return found.sent


@pytest.fixture
def talk(desk: Desk) -> str:
    """A conversation of two turns."""
    for number, (words, pressed) in enumerate(((WORDS, None), ("言わずに進む", "prefecture.skip")), start=1):
        TurnRecords(desk.store).keep(
            TurnRecord("web-1", "web", f"id-{number}", desk.clock.now + number, words, pressed)
        )
    return "web-1"


async def test_what_is_said_is_answered_with_why(staff: Browser) -> None:
    page = await staff.get(await begun(staff, WORDS))
    assert said_in(page) == [WORDS]
    assert "困りごとを話した" in page.words and "確かさ 87%" in page.words and "kakaritsuke-0" in page.words


async def test_a_choice_is_pressed_by_its_id(desk: Desk, staff: Browser) -> None:
    path = await begun(staff, WORDS)
    assert 'value="prefecture.skip"' in (await staff.get(path)).text
    await staff.post(f"{path}/say", text=OFFERED[0].label, pressed=OFFERED[0].id, behind="1")
    assert sent_in(desk, path) == (Sent(WORDS), Sent("言わずに進む", "prefecture.skip"))


async def test_the_way_back_is_there_only_while_a_person_was_called(staff: Browser, scripted: ScriptedBot) -> None:
    path = await begun(staff, WORDS)
    assert "ボットに戻る" not in (await staff.get(path)).words
    scripted.paused = True
    assert "ボットに戻る" in (await staff.get(path)).words


async def test_who_steps_back_says_something_else_from_there(staff: Browser) -> None:
    path = await begun(staff, "一", "二", "三")
    page = await staff.post(f"{path}/back", to="1")
    assert said_in(page) == ["一"]
    assert said_in(await staff.post(f"{path}/say", text="四", behind="1")) == ["一", "四"]


async def test_a_branch_is_another_trial_and_the_first_stays(staff: Browser) -> None:
    path = await begun(staff, "一", "二")
    page = await staff.post(f"{path}/branch", at="1")
    assert page.path != f"/staff{path}" and "別の試しにしました" in page.words
    other = page.path.removeprefix("/staff")
    await staff.post(f"{other}/say", text="三", behind="1")
    assert (said_in(await staff.get(path)), said_in(await staff.get(other))) == (["一", "二"], ["一", "三"])


async def test_what_is_said_follows_what_whoever_says_it_sees(desk: Desk, staff: Browser) -> None:
    """Two pages of one trial: the older one goes on from where it stands."""
    path = await begun(staff, "一", "二")
    await staff.post(f"{path}/say", text="三", behind="1")
    assert [sent.text for sent in sent_in(desk, path)] == ["一", "三"]


async def test_a_trial_begins_with_an_owners_words_up_to_a_turn_and_that_is_a_reading(
    desk: Desk, staff: Browser, talk: str
) -> None:
    page = await staff.post(f"/conversations/{talk}/try", number="1")
    assert said_in(page) == [WORDS]
    assert [entry.by.who for entry in desk.audit.entries(Wanted(action=Action.READ, about=talk), 10)] == ["花子"]
    assert [entry.about for entry in desk.audit.entries(Wanted(action=Action.TRIED), 10)] == [talk]


async def test_the_list_of_trials_is_a_reading_of_those_whose_words_it_shows(
    desk: Desk, staff: Browser, talk: str
) -> None:
    await staff.post(f"/conversations/{talk}/try", number="1")
    before = len(desk.audit.entries(Wanted(action=Action.READ, about=talk), 10))
    assert WORDS in (await staff.get("/try")).words
    assert len(desk.audit.entries(Wanted(action=Action.READ, about=talk), 10)) == before + 1


async def test_every_turn_of_a_conversation_can_be_tried_from(staff: Browser, talk: str) -> None:
    page = await staff.get(f"/conversations/{talk}")
    assert page.words.count("ここから試す") == 2
    assert f'action="/staff/conversations/{talk}/try"' in page.text


async def test_whoever_may_only_read_is_shown_no_way_to_try(member: Member, talk: str) -> None:
    viewer = await member("見る人")
    assert "ここから試す" not in (await viewer.get(f"/conversations/{talk}")).words


async def test_nothing_is_tried_from_a_turn_that_is_not_there(staff: Browser, talk: str) -> None:
    for number in ("3", "0", "", "x", "99999"):
        page = await staff.post(f"/conversations/{talk}/try", number=number)
        assert (page.status, "もうありません" in page.words) == (404, True)


async def test_a_trial_goes_with_the_conversation_that_it_begins_with(desk: Desk, staff: Browser, talk: str) -> None:
    path = (await staff.post(f"/conversations/{talk}/try", number="1")).path.removeprefix("/staff")
    forget_conversation(desk.store, talk)
    assert (await staff.get(path)).status == 404
    assert (await staff.post(f"{path}/say", text=MORE, behind="1")).status == 404
    assert WORDS not in (await staff.get("/try")).words


async def test_nobody_sees_the_trial_of_another(staff: Browser, member: Member) -> None:
    path = await begun(staff, WORDS)
    other = await member("次郎", Role.REVIEWER)
    assert (await other.get(path)).status == 404
    assert WORDS not in (await other.get("/try")).words
    for what in ("say", "back", "branch", "save"):
        assert (await other.post(f"{path}/{what}", text=MORE, to="0", at="1")).status == 404


async def test_where_owners_come_first_nothing_is_said_and_the_words_stay_in_the_field(
    desk: Desk, staff: Browser, scripted: ScriptedBot
) -> None:
    path = await begun(staff)
    scripted.raises = BusyEngineError()
    page = await staff.post(f"{path}/say", text=WORDS, behind="0")
    assert (page.status, "利用者の順番が先です" in page.words, WORDS in page.words) == (503, True, True)
    assert sent_in(desk, path) == ()


@pytest.mark.parametrize("path", ["", "/save"])
async def test_where_there_is_no_bot_the_page_says_so(staff: Browser, scripted: ScriptedBot, path: str) -> None:
    trial = await begun(staff, WORDS)
    scripted.raises = NoEngineError()
    page = await (staff.get(trial) if not path else staff.post(f"{trial}/save", title="題", file="名"))
    assert (page.status, "準備ができていません" in page.words) == (503, True)


async def test_too_long_a_message_is_not_said(desk: Desk, staff: Browser) -> None:
    path = await begun(staff)
    page = await staff.post(f"{path}/say", text="あ" * 1001, behind="0")
    assert (page.status, "長すぎます" in page.words, sent_in(desk, path)) == (422, True, ())


async def test_nothing_is_said_by_an_empty_field(desk: Desk, staff: Browser) -> None:
    path = await begun(staff)
    page = await staff.post(f"{path}/say", text="  ", behind="0")
    assert (page.status, sent_in(desk, path)) == (422, ())


async def test_what_is_done_in_a_trial_stands_in_the_log_without_a_word_of_it(desk: Desk, staff: Browser) -> None:
    path = await begun(staff, WORDS)
    await staff.post(f"{path}/branch", at="1")
    await staff.post(f"{path}/back", to="0")
    noted = [(entry.about, entry.detail) for entry in desk.audit.entries(Wanted(action=Action.TRIED), 10)]
    assert noted == [(None, f"trial_{done}") for done in ("back", "branched", "said", "began")]


async def test_markup_that_is_said_is_shown_as_text(staff: Browser) -> None:
    page = await staff.get(await begun(staff, ATTACK))
    assert "<script>document" not in page.text and "49" not in said_in(page)


async def test_to_htmx_a_message_is_answered_with_the_talk_alone(desk: Desk, staff: Browser) -> None:
    path = await begun(staff)
    headers = {"Origin": desk.address, "HX-Request": "true"}
    data = {"token": staff._token, "text": WORDS, "behind": "0"}
    page = await staff.send("POST", f"{path}/say", data=data, headers=headers)
    assert page.status == 200 and said_in(page) == [WORDS]
    assert "<html" not in page.text


# As a test


async def seal_of(staff: Browser, path: str, **form: str) -> Tuple[Answer, Optional[str]]:
    """The page that shows what would be written, and by what that is known."""
    page = await staff.post(f"{path}/save", **form)
    found = re.search(r'name="seal" value="([^"]+)"', page.text)
    return page, found[1] if found else None


async def test_a_trial_is_written_once_whoever_saves_it_has_seen_what(desk: Desk, staff: Browser, folder: Path) -> None:
    path = await begun(staff, WORDS, MORE)
    form = {"title": "返済に困った人", "file": "試した会話", "story": "yes"}
    page, seal = await seal_of(staff, path, **form)
    assert seal is not None and "+- title: 返済に困った人" in page.words
    assert not (folder / "tests" / "dialogues" / "試した会話.yml").exists()
    written = await staff.post(f"{path}/save", seal=seal, **form)
    assert "テストとして保存しました" in written.words
    [entry] = yaml.safe_load((folder / "tests" / "dialogues" / "試した会話.yml").read_text(encoding="utf-8"))
    assert [line["owner"] for line in entry["say"] if "owner" in line] == [WORDS, MORE]
    assert "返済に困った人" in (folder / "data" / "stories" / "試した会話.yml").read_text(encoding="utf-8")
    noted = [entry.about for entry in desk.audit.entries(Wanted(action=Action.TRIAL_SAVED), 10)]
    assert sorted(map(str, noted)) == ["data/stories/試した会話.yml", "tests/dialogues/試した会話.yml"]


async def test_a_file_that_is_there_is_gone_on_with(staff: Browser, folder: Path) -> None:
    path = await begun(staff, WORDS)
    form = {"title": "三つめ", "file": "会話"}
    _, seal = await seal_of(staff, path, **form)
    await staff.post(f"{path}/save", seal=str(seal), **form)
    text = (folder / "tests" / "dialogues" / "会話.yml").read_text(encoding="utf-8")
    assert text.startswith(FILE) and "- title: 三つめ" in text


async def test_what_changed_since_it_was_seen_is_shown_again_and_not_written(staff: Browser, folder: Path) -> None:
    path = await begun(staff, WORDS)
    form = {"title": "三つめ", "file": "会話"}
    _, seal = await seal_of(staff, path, **form)
    file = folder / "tests" / "dialogues" / "会話.yml"
    file.write_text(f"{FILE}\n# だれかの注\n", encoding="utf-8")
    page = await staff.post(f"{path}/save", seal=str(seal), **form)
    assert (page.status, "変わりました" in page.words) == (422, True)
    assert file.read_text(encoding="utf-8") == f"{FILE}\n# だれかの注\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("電話は090-1234-5678です", "番号を隠した印"),
        ("/restart", "命令の形"),
        ("<b>お金", "タグなどの記号"),
        ("株式会社あおぞらです", "会社の名前"),
    ],
)
async def test_personal_data_is_in_no_test(staff: Browser, folder: Path, words: str, said: str) -> None:
    page, seal = await seal_of(staff, await begun(staff, words), title="題", file="名")
    assert (page.status, said in page.words, seal) == (422, True, None)
    assert not (folder / "tests" / "dialogues" / "名.yml").exists()


async def test_a_name_is_in_a_test_only_where_somebody_says_that_it_is_none(
    staff: Browser, names: ScriptedModel
) -> None:
    names.names = ("川口",)
    path = await begun(staff, "川口です")
    page, seal = await seal_of(staff, path, title="題", file="名")
    assert (page.status, "川口" in page.words, seal) == (422, True, None)
    assert (await seal_of(staff, path, title="題", file="名", no_name="yes"))[1] is not None


@pytest.mark.parametrize("title", ["", "あ" * 61])
async def test_a_test_needs_a_title(staff: Browser, title: str) -> None:
    page, seal = await seal_of(staff, await begun(staff, WORDS), title=title, file="名")
    assert (page.status, seal) == (422, None)


@pytest.mark.parametrize("file", ["", "../x", "a/b", ".x", "あ" * 31])
async def test_a_file_is_called_by_a_word(staff: Browser, file: str) -> None:
    page, seal = await seal_of(staff, await begun(staff, WORDS), title="題", file=file)
    assert (page.status, seal) == (422, None)


async def test_what_can_be_no_story_is_written_as_a_conversation_alone(
    staff: Browser, scripted: ScriptedBot, folder: Path
) -> None:
    path = await begun(staff, WORDS)
    scripted.story = "expected: utter_x"
    form = {"title": "題", "file": "名", "story": "yes"}
    page, seal = await seal_of(staff, path, **form)
    assert "物語にはできません" in page.words
    await staff.post(f"{path}/save", seal=str(seal), **form)
    assert (folder / "tests" / "dialogues" / "名.yml").exists()
    assert not (folder / "data" / "stories" / "名.yml").exists()


async def test_where_the_tests_are_not_installed_nothing_can_be_saved_and_the_page_says_so(
    staff: Browser, folder: Path
) -> None:
    path = await begun(staff, WORDS)
    (folder / "tests" / "dialogues" / "会話.yml").unlink()
    (folder / "tests" / "dialogues").rmdir()
    assert "テストの入れ物" in (await staff.get(f"{path}/save")).words
    page, seal = await seal_of(staff, path, title="題", file="名")
    assert (page.status, seal) == (422, None)
    assert "テストの入れ物" in (await staff.get("/try/tests")).words

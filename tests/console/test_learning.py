"""Administrators train, compare and change models; what gets worse needs a reason, what does not load is not chosen."""

from __future__ import annotations

import re

import pytest

from bot.console.learner import WhyNot
from bot.console.pages import words_of
from bot.console.weighing import Objection
from bot.store import Action, By, Kind, Outcome, Role, Step, Task, Trainings, Wanted
from tests.console.conftest import Answer, Browser, Desk, Member
from tests.console.learning_desk import NEW, OLD, OTHER, ScriptedLearner, desk, learner, measured, models_of

__all__ = ["desk", "learner"]

HANAKO = By("花子", "192.0.2.7")


@pytest.fixture
async def administrator(desk: Desk, member: Member) -> Browser:
    return await member("花子", Role.ADMINISTRATOR)


def trainings(desk: Desk) -> Trainings:
    return Trainings(desk.store, desk.clock)


def rows(page: Answer) -> "dict[str, str]":
    """The table of models: of each what it says, without spaces."""
    table = page.text.partition('id="models"')[2].partition("</table>")[0]
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]:
        name = re.search(r'title="([^"]*)"', row)
        assert name is not None
        found[name[1]] = "".join(re.sub(r"<[^>]*>", " ", row).split())
    return found


def test_all_that_the_pages_can_say_has_words() -> None:
    words = words_of("_learning_words")
    assert set(words.kinds) == {kind.value for kind in Kind}
    assert set(words.tasks) == {task.value for task in Task}
    assert set(words.steps) == {step.value for step in Step}
    assert set(words.outcomes) == {outcome.value for outcome in Outcome}
    assert set(words.objections) == {objection.value for objection in Objection}
    assert {why.value for why in WhyNot} <= set(words.problems)
    assert set(words.problems) <= set(words_of("_words").details)


async def test_every_model_stands_with_its_figures_and_which_one_answers(desk: Desk, administrator: Browser) -> None:
    measured(desk, OLD, {"一": True, "二": False}, turns=900)
    found = rows(await administrator.get("/learning"))
    assert list(found) == [NEW, OTHER, OLD]
    assert "50.0%（1/2）90.0%（900/1000）" in found[OLD] and "いま答えている" in found[OLD]
    assert "評価していない" in found[NEW]
    assert "違うデータで作られている" in found[OTHER]


async def test_a_training_is_begun_once_and_shown_to_all(
    desk: Desk, administrator: Browser, learner: ScriptedLearner, member: Member
) -> None:
    page = await administrator.post("/learning/train")
    assert "学習をはじめました" in page.words
    again = await administrator.post("/learning/train")
    assert (again.status, "ほかの学習か評価が進んでいます" in again.words) == (409, True)
    assert len(learner.begun) == 1
    part = await (await member("次郎", Role.REVIEWER)).get("/learning-progress")
    assert "学習（花子" in part.words and "進んでいます" in part.words


async def test_how_far_it_is_and_what_it_said_last_are_in_the_part(desk: Desk, administrator: Browser) -> None:
    number = trainings(desk).begin(HANAKO, Task.TRAIN)
    trainings(desk).go_on(number, Step.MEASURES, 30, 900)
    for each in range(20):
        trainings(desk).say(number, f"line {each:02} <b>")
    part = await administrator.get("/learning-progress")
    assert 'max="900" value="30"' in part.text and "（30/900）" in part.words
    assert ("line 19 <b>" in part.words, "line 07" in part.words, "<b>" in part.text) == (True, False, False)
    assert "line 00" in (await administrator.get("/learning/log")).words


async def test_one_under_way_is_stopped(desk: Desk, administrator: Browser) -> None:
    number = trainings(desk).begin(HANAKO, Task.TRAIN)
    assert "止めるように伝えました" in (await administrator.post("/learning/stop")).words
    assert not trainings(desk).go_on(number)
    assert "止めているところです" in (await administrator.get("/learning-progress")).words


async def test_what_it_said_when_it_failed_is_shown(desk: Desk, administrator: Browser) -> None:
    number = trainings(desk).begin(HANAKO, Task.TRAIN)
    trainings(desk).end(number, Outcome.FAILED, None, "data/core.yml: line 2: not valid YAML <x>")
    page = await administrator.get("/learning")
    assert "data/core.yml: line 2: not valid YAML <x>" in page.words and "<x>" not in page.text


async def test_one_that_died_is_told_and_the_next_can_be_begun(
    desk: Desk, administrator: Browser, learner: ScriptedLearner
) -> None:
    trainings(desk).begin(HANAKO, Task.TRAIN)
    desk.clock.now += 61
    assert "途中で途切れました" in (await administrator.get("/learning")).words
    await administrator.post("/learning/train")
    assert len(learner.begun) == 1


async def test_a_process_that_cannot_be_begun_is_a_training_that_failed(
    desk: Desk, administrator: Browser, learner: ScriptedLearner
) -> None:
    learner.fails_to_begin = True
    assert "no memory for a process" in (await administrator.post("/learning/train")).words
    learner.fails_to_begin = False
    await administrator.post("/learning/train")
    assert len(learner.begun) == 1


async def test_where_no_model_can_be_written_nothing_is_begun(
    desk: Desk, administrator: Browser, learner: ScriptedLearner
) -> None:
    learner.can_train = False
    assert "学習をはじめる" not in (await administrator.get("/learning")).words
    assert (await administrator.post("/learning/train")).status == 409
    assert trainings(desk).latest() is None


async def test_a_model_that_fits_is_measured_and_no_other(
    desk: Desk, administrator: Browser, learner: ScriptedLearner
) -> None:
    assert (await administrator.post("/learning/measure", model=OTHER)).status == 409
    assert (await administrator.post("/learning/measure", model="kakaritsuke-x")).status == 409
    assert "評価をはじめました" in (await administrator.post("/learning/measure", model=NEW)).words
    latest = trainings(desk).latest()
    assert latest is not None and (latest.task, latest.model, len(learner.begun)) == (Task.MEASURE, NEW, 1)


async def test_what_flips_between_two_is_named_with_what_is_done_now(desk: Desk, administrator: Browser) -> None:
    measured(desk, OLD, {"資金繰り: 断られた": True, "創業: はじめる": False}, turns=900)
    measured(desk, NEW, {"資金繰り: 断られた": False, "創業: はじめる": True}, turns=890)
    page = await administrator.get(f"/learning/models/{NEW}")
    lost = page.text.partition('id="lost"')[2].partition('id="won"')[0]
    won = page.text.partition('id="won"')[2]
    assert "資金繰り: 断られた" in lost and "ちがう答え" in lost and "発言0890" in lost and "創業" not in lost
    assert "創業: はじめる" in won and "資金繰り" not in won
    assert "-1.0ポイント、大きく下がる" in page.words
    assert "うまくいかなくなるものがあります" in page.words


async def test_a_model_that_loses_nothing_answers_without_a_reason(
    desk: Desk, administrator: Browser, learner: ScriptedLearner
) -> None:
    measured(desk, OLD, {"一": True}, turns=900)
    measured(desk, NEW, {"一": True}, turns=896)
    page = await administrator.post(f"/learning/models/{NEW}/choose", latest="", reason="")
    assert "切り替えました" in page.words
    assert learner.answers == NEW
    [choice] = models_of(desk).activations(9)
    assert (choice.who, choice.model, choice.before, choice.reason, choice.back) == ("花子", NEW, OLD, "", False)


@pytest.mark.parametrize(
    ("right", "turns"), [({"一": False}, 900), ({"一": True}, 894)], ids=["a dialogue flips", "a share falls"]
)
async def test_a_model_that_loses_something_answers_with_a_reason_alone_and_that_is_noted(
    desk: Desk, administrator: Browser, learner: ScriptedLearner, right: "dict[str, bool]", turns: int
) -> None:
    measured(desk, OLD, {"一": True}, turns=900)
    measured(desk, NEW, right, turns)
    for reason in ("", "　 "):
        page = await administrator.post(f"/learning/models/{NEW}/choose", latest="", reason=reason)
        assert (page.status, "理由を書いてください" in page.words, learner.answers) == (409, True, OLD)
    await administrator.post(f"/learning/models/{NEW}/choose", latest="", reason="新しい窓口に急いで合わせるため")
    assert learner.answers == NEW
    noted = desk.audit.entries(Wanted(about=NEW), 9)
    assert [(each.action, each.detail) for each in noted] == [
        (Action.MODEL_CHOSEN, "新しい窓口に急いで合わせるため"),
        (Action.MODEL_NOT_CHOSEN, "reason"),
        (Action.MODEL_NOT_CHOSEN, "reason"),
    ]
    assert "新しい窓口に急いで合わせるため" in (await administrator.get("/learning")).words


async def test_a_model_that_was_not_measured_answers_with_a_reason_alone(
    desk: Desk, administrator: Browser, learner: ScriptedLearner
) -> None:
    measured(desk, OLD, {"一": True})
    assert (await administrator.post(f"/learning/models/{NEW}/choose", latest="")).status == 409
    assert learner.answers == OLD


@pytest.mark.parametrize("why", list(WhyNot))
async def test_a_model_that_cannot_answer_here_is_chosen_for_nobody(
    desk: Desk, administrator: Browser, learner: ScriptedLearner, why: WhyNot
) -> None:
    learner.cannot[NEW] = why
    page = await administrator.post(f"/learning/models/{NEW}/choose", latest="", reason="試しに")
    assert (page.status, learner.answers, models_of(desk).activations(9)) == (409, OLD, ())
    assert words_of("_learning_words").problems[why.value] in page.words


async def test_a_model_that_an_administrator_looks_at_is_made_ready_in_every_process(
    desk: Desk, administrator: Browser, learner: ScriptedLearner
) -> None:
    assert f'hx-post="/staff/learning/models/{NEW}/ready"' in (await administrator.get(f"/learning/models/{NEW}")).text
    assert "準備ができました" in (await administrator.post(f"/learning/models/{NEW}/ready")).words
    assert (learner.ready, models_of(desk).to_prepare()) == ([NEW], NEW)
    learner.cannot[NEW] = WhyNot.BROKEN
    assert "こわれていて" in (await administrator.post(f"/learning/models/{NEW}/ready")).words


async def test_of_two_who_choose_at_once_the_second_is_told(
    desk: Desk, administrator: Browser, learner: ScriptedLearner
) -> None:
    models_of(desk).choose(By("次郎", ""), OLD, NEW, "", False, None)
    page = await administrator.post(f"/learning/models/{NEW}/choose", latest="", reason="試しに")
    assert (page.status, "先にモデルを切り替えました" in page.words, learner.answers) == (409, True, OLD)


async def test_the_model_before_comes_back_with_one_press_and_without_a_reason(
    desk: Desk, administrator: Browser, learner: ScriptedLearner
) -> None:
    await administrator.post(f"/learning/models/{NEW}/choose", latest="", reason="試しに")
    page = await administrator.get("/learning")
    assert "前のモデル（0ld00000）に戻す" in page.words
    [choice] = models_of(desk).activations(9)
    page = await administrator.post("/learning/back", model=OLD, latest=str(choice.id))
    assert ("前のモデルに戻しました" in page.words, learner.answers) == (True, OLD)
    assert [each.action for each in desk.audit.entries(Wanted(about=OLD), 9)] == [Action.MODEL_BROUGHT_BACK]


async def test_nothing_comes_back_where_nothing_was_chosen(administrator: Browser, learner: ScriptedLearner) -> None:
    assert (await administrator.post("/learning/back", model=NEW)).status == 409
    assert learner.answers == OLD


async def test_a_model_that_is_not_there_is_no_page(administrator: Browser) -> None:
    assert (await administrator.get("/learning/models/kakaritsuke-x")).status == 404


async def test_a_reviewer_looks_and_changes_nothing(desk: Desk, member: Member, learner: ScriptedLearner) -> None:
    trainings(desk).begin(HANAKO, Task.TRAIN)
    jiro = await member("次郎", Role.REVIEWER)
    for path in ("/learning", f"/learning/models/{NEW}", "/learning-progress"):
        page = await jiro.get(path)
        assert page.status == 200 and 'action="/staff/learning' not in page.text, path
    for path in ("/learning/train", "/learning/stop", "/learning/back", f"/learning/models/{NEW}/choose"):
        assert (await jiro.post(path, reason="試しに")).status == 403
    assert (learner.answers, learner.begun) == (OLD, [])


async def test_a_process_that_did_not_follow_is_named_with_why(desk: Desk, administrator: Browser) -> None:
    models_of(desk).answers("tsukue:12", OLD)
    assert "tsukue:12" not in (await administrator.get("/learning")).words
    models_of(desk).answers("tsukue:34", NEW, "gone")
    page = await administrator.get("/learning")
    assert "tsukue:12" in page.words and "tsukue:34" in page.words

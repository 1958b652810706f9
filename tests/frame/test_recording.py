"""Every turn that is kept is recorded for staff, once; nothing that fails in the record costs an owner their answer."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import uuid
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Iterator

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.consult.choices import Option
from bot.consult.heard import Heard
from bot.consult.moves import About, Asks, Fact, NotProblem, Pick, Problem, Slot, Standing
from bot.consult.scene import Turn
from bot.consult.state import Consultation, Question
from bot.frame.recording import Decided, Recorder, Taken, record_of, recorder
from bot.frame.turns import RasaTurns, Said
from bot.messages import COMES_IN, Choices, Referral
from bot.review import ReviewReason
from bot.store import Database, HeardFact, HeardMove, TurnRecord, TurnRecords, database, turn_records
from bot.store.retention import forget_conversation
from bot.training import trained_model
from tests.store.patience import opened

NONSENSE = "zqxjvkw"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    """An empty store for these conversations."""
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    return database()


@pytest.fixture
def owner() -> str:
    return f"web-{uuid.uuid4().hex}"


def turns_of(owner: str) -> "tuple[TurnRecord, ...]":
    """The record of a conversation, once all that was taken is recorded."""
    recorder().finish()
    return turn_records().of(owner)


def only_turn(owner: str) -> TurnRecord:
    (turn,) = turns_of(owner)
    return turn


async def test_a_turn_is_recorded_with_what_was_heard_decided_and_said(bot: Agent, store: Database, owner: str) -> None:
    turns = RasaTurns(bot, "web")
    await turns.take(owner, Said("1", "客は東京、うちは川口です。商標を取りたい"))
    answer = await turns.take(owner, Said("2", "埼玉です"))
    newest, first = turns_of(owner)
    assert (first.number, first.channel, first.words) == (1, "web", "客は東京、うちは川口です。商標を取りたい")
    assert first.heard is not None
    assert ("problem", ("issue", "知的財産")) in [(m.move, m.about[0]) for m in first.heard.moves if m.about]
    assert HeardFact("prefecture", "東京都", False) in first.heard.facts
    assert HeardFact("municipality", "川口市", True) in first.heard.facts
    assert len(first.heard.ranking) == 5
    assert "take_in" in first.decided.by
    assert [spoken.message for spoken in newest.said] == list(answer)
    slot = (await bot.tracker_store.retrieve(owner)).get_slot
    state = newest.after
    assert (state.issue, state.sub_issue, state.prefecture, state.question, state.paused) == tuple(
        map(slot, ("issue", "sub_issue", "prefecture", "question", "paused"))
    )
    assert 0 < (newest.milliseconds or 0) < 60_000


async def test_a_road_is_recorded_with_whom_it_names_and_the_paper(bot: Agent, store: Database, owner: str) -> None:
    turns = RasaTurns(bot, "web")
    for number, words in enumerate(("息子に株を渡すときの贈与税が心配です", "鳥取です")):
        await turns.take(owner, Said(str(number), words))
    newest = turns_of(owner)[0]
    assert any(isinstance(spoken.message.part, Referral) for spoken in newest.said)
    assert newest.after.road_shown and not newest.after.stands_open
    assert "zeirishi" in newest.decided.institutions
    assert any(place.startswith("別添2 ト") for place in newest.decided.cited)


async def test_the_model_is_recorded_by_its_fingerprint(bot: Agent, store: Database, owner: str) -> None:
    model = trained_model()
    assert model is not None
    await RasaTurns(bot, "web").take(owner, Said("1", "こんにちは"))
    assert only_turn(owner).model == model.name.removesuffix(".tar.gz")


async def test_a_press_is_recorded_by_its_id(bot: Agent, store: Database, owner: str) -> None:
    turns = RasaTurns(bot, "web")
    await turns.greet(owner)
    assert only_turn(owner).pressed == COMES_IN
    await turns.take(owner, Said("1", "資金繰り・借り入れや返済", "issue.資金繰り"))
    newest = turns_of(owner)[0]
    assert (newest.pressed, newest.words) == ("issue.資金繰り", "資金繰り・借り入れや返済")
    assert any(isinstance(spoken.message.part, Choices) for spoken in newest.said)


async def test_numbers_of_a_person_are_in_no_record(bot: Agent, store: Database, owner: str, tmp_path: Path) -> None:
    await RasaTurns(bot, "web").take(owner, Said("1", "商標を取りたい。電話は090-0000-0001です"))
    assert only_turn(owner).words == "商標を取りたい。電話は〔電話番号〕です"
    assert not any(b"0000-0001" in path.read_bytes() for path in tmp_path.iterdir())


async def test_the_wish_for_call_back_is_recorded_without_its_number(
    bot: Agent, store: Database, owner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    monkeypatch.setenv("KAKARITSUKE_CALL_BACK", "on")
    turns = RasaTurns(bot, "web")
    await turns.take(owner, Said("1", "人と話したい"))
    await turns.take(owner, Said("2", "090-0000-0001に、夕方お願いします"))
    assert turns_of(owner)[0].words == "〔電話番号〕に、夕方お願いします"


async def test_a_turn_that_was_not_kept_is_not_recorded(
    bot: Agent, store: Database, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(tracker: Any) -> None:
        raise RuntimeError("the tracker store is lost")

    monkeypatch.setattr(bot.processor, "save_tracker", fails)
    with pytest.raises(RuntimeError):
        await RasaTurns(bot, "web").take(owner, Said("1", "商標を取りたい"))
    assert turns_of(owner) == ()


async def test_a_message_that_comes_again_is_recorded_once(bot: Agent, store: Database, owner: str) -> None:
    turns = RasaTurns(bot, "web")
    await turns.take(owner, Said("1", "商標を取りたい"))
    before = turns_of(owner)
    await turns.take(owner, Said("1", "商標を取りたい"), again=True)
    assert turns_of(owner) == before


async def test_a_turn_whose_process_died_before_it_was_recorded_is_recorded_when_its_message_comes_again(
    bot: Agent, store: Database, owner: str
) -> None:
    await bot.handle_message(UserMessage("商標を取りたい", None, owner, None, "web", "1"))
    said = await RasaTurns(bot, "web").take(owner, Said("1", "商標を取りたい"), again=True)
    turn = only_turn(owner)
    assert (turn.words, turn.heard, turn.after.issue) == ("商標を取りたい", None, "知的財産")
    assert [spoken.message for spoken in turn.said] == list(said)
    assert "take_in" in turn.decided.by


async def test_an_earlier_turn_that_comes_again_does_not_set_the_record_back(
    bot: Agent, store: Database, owner: str
) -> None:
    turns = RasaTurns(bot, "web")
    await bot.handle_message(UserMessage("商標を取りたい", None, owner, None, "web", "1"))
    await turns.take(owner, Said("2", "大阪です"))
    await turns.take(owner, Said("1", "商標を取りたい"), again=True)
    assert [turn.message_id for turn in turns_of(owner)] == ["2"]


@pytest.mark.parametrize("fault", [RuntimeError(NONSENSE), ValueError(NONSENSE)])
async def test_whatever_fails_in_the_record_the_owner_is_answered_and_the_log_has_a_line_without_words(
    bot: Agent,
    store: Database,
    owner: str,
    fault: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(self: TurnRecords, record: TurnRecord, since: float = 0.0) -> int:
        raise fault

    monkeypatch.setattr(TurnRecords, "keep", fails)
    caplog.set_level(logging.ERROR, "bot")
    assert await RasaTurns(bot, "web").take(owner, Said("1", f"{NONSENSE}の商標を取りたい"))
    recorder().finish()
    assert [record.message for record in caplog.records] == [
        f"a turn is not in the record for staff: {type(fault).__name__}"
    ]


async def test_a_record_that_the_store_does_not_take_is_told_by_the_stores_own_line(
    bot: Agent, store: Database, owner: str, caplog: pytest.LogCaptureFixture
) -> None:
    turns_of(owner)
    with store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE turn_records")
    caplog.set_level(logging.ERROR, "bot")
    assert await RasaTurns(bot, "web").take(owner, Said("1", f"{NONSENSE}の商標を取りたい"))
    recorder().finish()
    (line,) = caplog.records
    assert "store.sqlite: no such table: turn_records" in line.message
    assert NONSENSE not in line.message


async def test_a_conversation_that_was_forgotten_meanwhile_is_in_no_record(
    bot: Agent, store: Database, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = bot.handle_message

    async def forgotten_meanwhile(message: UserMessage) -> Any:
        replies = await handle(message)
        forget_conversation(store, owner)
        return replies

    monkeypatch.setattr(bot, "handle_message", forgotten_meanwhile)
    await RasaTurns(bot, "web").take(owner, Said("1", f"{NONSENSE}の商標を取りたい"))
    assert turns_of(owner) == ()
    assert await bot.tracker_store.retrieve_full_tracker(owner) is None


async def test_after_a_yes_to_be_forgotten_nothing_is_in_the_record_or_any_file(
    bot: Agent, store: Database, owner: str, tmp_path: Path
) -> None:
    turns = RasaTurns(bot, "web")
    await turns.take(owner, Said("1", f"{NONSENSE}の商標を取りたい"))
    recorder().finish()
    assert any(NONSENSE.encode() in path.read_bytes() for path in tmp_path.iterdir())
    await turns.take(owner, Said("2", "記録を消したい", "talk.forget"))
    await turns.take(owner, Said("3", "はい、消します", "forget.yes"))
    assert turns_of(owner) == ()
    assert not any(NONSENSE.encode() in path.read_bytes() for path in tmp_path.iterdir())


async def test_where_staff_could_not_be_called_the_record_says_what_the_owner_was_told_instead(
    bot: Agent, store: Database, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    turns_of(owner)
    with store.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON handoffs BEGIN SELECT RAISE(FAIL, 'no room'); END"
        )
    await RasaTurns(bot, "web").take(owner, Said("1", "人と話したい"))
    turn = only_turn(owner)
    assert (turn.decided.effects, turn.after.paused) == (("call_staff",), False)
    assert [spoken.response for spoken in turn.said][0] == "utter_call_human"


A_TURN = Taken("a", "web", "1", 1.0, "商標を取りたい", None, ())


class Slow(Database):
    """A store that writes nothing until it is let."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.may_write = threading.Event()

    @contextmanager
    def writing_alone(self, name: str) -> Iterator[Any]:
        assert self.may_write.wait(30)
        with super().writing_alone(name) as connection:
            yield connection


def taken(number: int) -> Taken:
    return replace(A_TURN, message_id=str(number))


def test_nobody_waits_for_the_record_and_turns_are_recorded_in_their_order(tmp_path: Path) -> None:
    store, recorder = Slow(str(tmp_path / "store.sqlite")), Recorder()
    for number in range(5):
        recorder.add(taken(number), 0.0, store)
    assert TurnRecords(store).of("a") == ()
    store.may_write.set()
    recorder.finish()
    assert [turn.message_id for turn in TurnRecords(store).of("a")] == ["4", "3", "2", "1", "0"]


def test_where_the_store_is_too_slow_turns_go_unrecorded_rather_than_fill_the_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store, recorder = Slow(str(tmp_path / "store.sqlite")), Recorder(most_waiting=2)
    for number in range(3):
        recorder.add(taken(number), 0.0, store)
    assert [record.message for record in caplog.records] == ["a turn is not in the record for staff: too many wait"]
    store.may_write.set()
    recorder.finish()
    recorder.add(taken(3), 0.0, store)
    recorder.finish()
    assert [turn.message_id for turn in TurnRecords(store).of("a")] == ["3", "1", "0"]


def test_an_end_does_not_wait_for_a_store_for_ever_and_records_again_afterwards(tmp_path: Path) -> None:
    store, recorder = Slow(str(tmp_path / "store.sqlite")), Recorder()
    for number in range(3):
        recorder.add(taken(number), 0.0, store)
    recorder.end(within_s=0.01)
    store.may_write.set()
    recorder.add(taken(3), 0.0, store)
    recorder.finish()
    written = {turn.message_id for turn in TurnRecords(store).of("a")}
    assert "3" in written and "2" not in written


def test_what_waits_to_be_recorded_is_not_once_its_conversation_is_forgotten(tmp_path: Path) -> None:
    address = str(tmp_path / "store.sqlite")
    store, recorder = Slow(address), Recorder()
    recorder.add(A_TURN, 0.0, store)
    forget_conversation(opened(address), "a")
    store.may_write.set()
    recorder.finish()
    assert TurnRecords(store).of("a") == ()


_ENDS_AT_ONCE = """
import sys
from bot.frame.recording import Taken, recorder
from bot.store import Database
store = Database(sys.argv[1])
for number in range(20):
    recorder().add(Taken("a", "web", str(number), 1.0, "言葉", None, ()), 0.0, store)
"""


def test_a_process_that_ends_in_order_has_recorded_its_turns(tmp_path: Path) -> None:
    address = str(tmp_path / "store.sqlite")
    subprocess.run([sys.executable, "-c", _ENDS_AT_ONCE, address], check=True, timeout=120)
    assert len(TurnRecords(opened(address)).of("a")) == 20


async def test_what_is_tried_out_is_in_no_record(bot: Agent, store: Database, owner: str) -> None:
    await RasaTurns(bot, "staff", for_staff=False).take(owner, Said("1", "商標を取りたい"))
    assert turns_of(owner) == ()


def recorded(heard: Heard, *named: "tuple[str, str]") -> TurnRecord:
    """The record of a message that was heard so, and names this, each an entity with its value."""
    entities = tuple({"entity": entity, "value": value} for entity, value in named)
    decided = Decided(Consultation(), heard, Turn(Consultation()).saying("utter_noted"), entities)
    return record_of(Taken("a", "web", "1", 1.0, heard.text, None, (), decided))


def test_moves_are_recorded_by_their_names_with_what_they_are_about() -> None:
    kind = Option(Question.SUB_ISSUE, "lending")
    moves = (
        Problem("資金繰り", "lending", Standing.BESIDE, confidence=0.75, words="融資"),
        NotProblem(),
        Pick(kind, left_to_us=True),
        Asks(About.COST, ("cost_cci", "cost_marukei")),
    )
    heard = recorded(Heard(moves=moves)).heard
    assert heard is not None
    assert heard.moves == (
        HeardMove("problem", 0.75, (("issue", "資金繰り"), ("sub_issue", "lending"), ("standing", "beside")), "融資"),
        HeardMove("not_problem", 1.0),
        HeardMove("pick", 1.0, (("option", "sub_issue.lending"), ("left_to_us", "yes"))),
        HeardMove("asks", 1.0, (("about", "cost"), ("answers", "cost_cci, cost_marukei"))),
    )


def test_of_what_was_named_the_owners_is_told_from_what_is_of_others() -> None:
    facts = (Fact(Slot.PREFECTURE, "埼玉県"), Fact(Slot.EMPLOYEE_COUNT, "7"))
    named = (
        ("prefecture", "埼玉県"),
        ("prefecture", "東京都"),
        ("prefecture", "東京都"),
        ("institution", "cci"),
        ("employee_count", "5"),
        ("employee_count", "2"),
    )
    heard = recorded(Heard(moves=facts), *named).heard
    assert heard is not None
    assert heard.facts == (
        HeardFact("prefecture", "埼玉県", True),
        HeardFact("employee_count", "7", True),
        HeardFact("prefecture", "東京都", False),
    )


def test_reasons_for_review_and_questions_are_recorded() -> None:
    record = recorded(Heard("これは", moves=(Asks(About.DURATION),), unsure=True))
    assert record.reasons == (ReviewReason.UNSURE, ReviewReason.UNANSWERED)
    assert [(one.about, one.answered) for one in record.asked] == [("duration", False)]

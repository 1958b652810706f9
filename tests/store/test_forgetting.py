"""A conversation that is forgotten is in no table and in no file, stays gone, and takes no other along."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest
import sqlalchemy

from bot.consult.sheet import sheet_from
from bot.consult.state import Consultation
from bot.knowledge import Knowledge
from bot.messages import Message
from bot.sheets.shape import today
from bot.store import Author, Database, ForgottenError, Heard, Sheets, StoreError, Transcripts
from bot.store.database import TABLES
from bot.store.retention import forget_conversation, forget_old, of_conversations, was_forgotten
from tests.store.patience import opened

NONSENSE = "zqxjvkwブンガモ"
# What holds nothing of a conversation: digests of names that are no more, what staff looks for, what is of staff
# (test_audit.py), and how models were made and what they do with written dialogues and messages.
HOLDS_NOTHING = {
    "forgotten",
    "knowledge_change_steps",
    "knowledge_changes",
    "model_activations",
    "model_measures",
    "model_preparations",
    "model_processes",
    "model_results",
    "saved_filters",
    "staff_accounts",
    "staff_audit",
    "staff_names",
    "staff_recovery_codes",
    "staff_searches",
    "staff_sessions",
    "training_log",
    "trainings",
}


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


def fill(store: Database, conversation: str) -> None:
    """A row in every table that has conversations, full of what its owner wrote."""
    with store.writing() as connection:
        for number, table in enumerate(of_conversations()):
            connection.execute(table.insert().values(_row(table, conversation, number)))


def _row(table: sqlalchemy.Table, conversation: str, number: int) -> Dict[str, Any]:
    row: Dict[str, Any] = {}
    for column in table.columns:
        if isinstance(column.type, sqlalchemy.Text):
            row[column.name] = f"{NONSENSE * 50} {conversation} {number}"
        elif not column.primary_key:
            row[column.name] = 1
    return {**row, "conversation": conversation}


def rows_of(store: Database, conversation: str) -> List[str]:
    with store.reading() as connection:
        tables = of_conversations()
        found = (connection.execute(sqlalchemy.select(t).where(t.c.conversation == conversation)).all() for t in tables)
        return [table.name for table, rows in zip(tables, list(found), strict=True) if rows]


def test_every_table_of_the_store_is_forgotten_or_holds_nothing() -> None:
    assert {table.name for table in of_conversations()} | HOLDS_NOTHING == set(TABLES.tables)
    known = {"transcripts", "inbox", "handoffs", "sheets", "chats", "questions", "unsent"}
    assert known | {"turn_records", "conversations"} <= {table.name for table in of_conversations()}


def test_all_of_a_conversation_goes_and_nothing_of_another(store: Database) -> None:
    fill(store, "a")
    fill(store, "b")
    gone = forget_conversation(store, "a")
    assert set(gone.values()) == {1}
    assert rows_of(store, "a") == []
    assert rows_of(store, "b") == [table.name for table in of_conversations()]


def test_no_byte_of_it_is_left_in_any_file(tmp_path: Path) -> None:
    store = Database(str(tmp_path / "store.sqlite"))
    fill(store, "b")
    fill(store, "a")
    with store.writing() as connection:  # what was rewritten once must not stay where it was
        for table in of_conversations():
            text = next(column for column in table.columns if isinstance(column.type, sqlalchemy.Text))
            if text.name != "conversation":
                connection.execute(table.update().where(table.c.conversation == "a").values({text.name: "短い"}))
    forget_conversation(store, "b")
    forget_conversation(store, "a")
    assert [file.name for file in files(tmp_path) if NONSENSE.encode() in file.read_bytes()] == []
    assert {file.name for file in files(tmp_path)} >= {"store.sqlite"}


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_forgetting_what_is_not_there_changes_nothing(store: Database) -> None:
    fill(store, "b")
    assert sum(forget_conversation(store, "a").values()) == 0
    assert forget_conversation(store, "a") == forget_conversation(store, "a")
    assert len(rows_of(store, "b")) == len(of_conversations())


def test_whoever_was_at_work_in_it_learns_of_it(store: Database) -> None:
    before = time.time()
    assert not was_forgotten(store, "a", before)
    forget_conversation(store, "a")
    assert was_forgotten(store, "a", before)
    assert not was_forgotten(store, "a", time.time() + 1)
    assert not was_forgotten(store, "b", before)


def test_its_name_is_not_kept(store: Database) -> None:
    forget_conversation(store, "slack-T1-U1")
    with store.reading() as connection:
        kept = connection.execute(sqlalchemy.select(TABLES.tables["forgotten"])).all()
    assert len(kept) == 1
    assert "U1" not in str(kept)


def test_an_answer_in_flight_does_not_bring_a_transcript_back(store: Database) -> None:
    transcripts = Transcripts(store)
    transcripts.append("a", Author.BOT, [Message("こんにちは")])
    transcripts.hear("a", Heard("id-00001", NONSENSE), "me")
    forget_conversation(store, "a")
    with pytest.raises(ForgottenError):
        transcripts.answer("a", "id-00001", [Message("はい")], "me")
    with pytest.raises(ForgottenError):
        transcripts.hear("a", Heard("id-00001", NONSENSE), "me")
    with pytest.raises(ForgottenError):
        transcripts.append("a", Author.STAFF, [Message("担当です")])
    with pytest.raises(ForgottenError):
        transcripts.after("a", 0)
    assert rows_of(store, "a") == []


def test_numbers_of_a_person_are_not_in_a_transcript(store: Database) -> None:
    transcripts = Transcripts(store)
    heard = Heard("id-00001", "電話は090-0000-0001です")
    transcripts.hear("a", heard, "me")
    assert transcripts.hear("a", heard, "me").exchange.owner.message.words == "電話は〔電話番号〕です"


def test_a_sheet_that_was_made_long_ago_is_removed_with_what_is_old(store: Database, knowledge: Knowledge) -> None:
    sheets, sheet = (
        Sheets(store),
        sheet_from(knowledge, Consultation().on("事業承継"), today()),
    )
    made, drafted = (sheets.draft("a", road, sheet) for road in ("one", "two"))
    sheets.make(made.id, 366)
    with store.writing() as connection:
        connection.exec_driver_sql(f"UPDATE sheets SET made_at = made_at - {31 * 86_400}")
    assert forget_old(store, 30) == 1
    assert sheets.get(made.id) is None
    assert sheets.get(drafted.id) is not None


def test_what_was_to_be_written_stands_in_no_error_of_the_store(store: Database) -> None:
    with pytest.raises(StoreError) as raised, store.writing() as connection:
        connection.execute(TABLES.tables["unsent"].insert().values(conversation=NONSENSE, message_id=None))
    assert "parameters hidden" in str(raised.value.__cause__)

"""What is erased is in no file of the store any more, the file grows smaller, and nobody else can read it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Iterator

import pytest

from bot.messages import Message
from bot.private import keep_folder_private, keep_new_files_private
from bot.store import Author, Database, StoreError, Transcripts
from bot.store.retention import forget_old

WORDS = "電話は0120-999-999です。" * 30
SECRET = b"0120-999-999"
LATER = -1  # forgetting what is older than minus one day forgets all


def files_with(secret: bytes, folder: Path) -> "list[str]":
    return [found.name for found in folder.iterdir() if secret in found.read_bytes()]


def pages(path: Path) -> "dict[str, int]":
    with sqlite3.connect(path) as file:
        names = ("page_count", "freelist_count", "auto_vacuum")
        return {name: file.execute(f"PRAGMA {name}").fetchone()[0] for name in names}


def filled(path: Path) -> Database:
    store = Database(str(path))
    Transcripts(store).append("stays", Author.BOT, [Message("残ります")])
    for _ in range(20):
        Transcripts(store).append("a", Author.BOT, [Message(WORDS)] * 20)
    return store


def test_what_is_erased_is_overwritten_however_sqlite_was_built(
    tmp_path: Path, built_without_overwriting: None
) -> None:
    """A few words in a page that stays: giving room back would not remove them."""
    store = Database(str(tmp_path / "store.sqlite"))
    transcripts = Transcripts(store)
    transcripts.append("a", Author.BOT, [Message("残ります"), Message("電話は0120-999-999です。"), Message("これも")])
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM transcripts WHERE seq = 2")
    store.give_room_back()
    assert [entry.message.words for entry in transcripts.after("a", 0)] == ["残ります", "これも"]
    assert files_with(SECRET, tmp_path) == []


def test_a_file_grows_smaller_when_much_is_forgotten(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, built_without_overwriting: None
) -> None:
    path, empty = tmp_path / "store.sqlite", tmp_path_factory.mktemp("empty") / "store.sqlite"
    bare = Database(str(empty))
    with bare.writing():
        pass
    bare.give_room_back()
    tables_alone = empty.stat().st_size
    store = filled(path)
    store.give_room_back()
    grown = path.stat().st_size - tables_alone
    assert files_with(SECRET, tmp_path) == ["store.sqlite"]
    assert forget_old(store, LATER) == 401
    assert path.stat().st_size - tables_alone < grown / 4
    assert pages(path)["freelist_count"] == 0
    assert files_with(SECRET, tmp_path) == []


def test_a_file_of_an_earlier_version_is_made_to_shrink_once_and_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    filled(path)
    with sqlite3.connect(path, isolation_level=None) as file:
        file.execute("PRAGMA auto_vacuum = NONE")
        file.execute("VACUUM")
    file.close()
    assert pages(path)["auto_vacuum"] == 0
    store = Database(str(path))
    assert len(Transcripts(store).after("a", 0)) == 400
    assert pages(path)["auto_vacuum"] == 2
    forget_old(store, LATER)
    assert pages(path)["freelist_count"] == 0


def test_a_file_that_others_are_at_work_in_is_used_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "store.sqlite"
    file = sqlite3.connect(path, isolation_level=None)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("CREATE TABLE other (id)")
    file.execute("BEGIN IMMEDIATE")
    file.execute("INSERT INTO other VALUES (1)")
    store = Database(str(path), answers_within_s=0.3)
    with pytest.raises(Exception, match="locked"):  # the tables cannot be made either
        Transcripts(store).after("a", 0)
    file.execute("COMMIT")
    assert Transcripts(store).after("a", 0) == ()
    assert "the next start tries again" in caplog.text
    file.close()


def test_a_file_that_is_damaged_somewhere_within_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    filled(path).give_room_back()
    content = path.read_bytes()
    path.write_bytes(content[: 20 * 4096] + os.urandom(4 * 4096) + content[24 * 4096 :])
    with pytest.raises(StoreError, match="store.sqlite: the file is damaged: "):
        Transcripts(Database(str(path))).after("stays", 0)


def test_a_log_that_a_reader_kept_from_being_emptied_is_emptied_after_it(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    store = Database(str(path), erased_within_s=0.0)
    transcripts = Transcripts(store)
    transcripts.append("a", Author.BOT, [Message("電話は0120-999-999です。")])
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM transcripts").fetchall()
    assert transcripts.forget(9e9) == 1
    assert files_with(SECRET, tmp_path) != []  # the reader still sees it
    reader.execute("COMMIT")
    reader.close()
    store.give_room_back()
    assert files_with(SECRET, tmp_path) == []


def test_what_was_written_counts_as_written_though_the_log_cannot_be_emptied(tmp_path: Path) -> None:
    store = Database(str(tmp_path / "store.sqlite"), answers_within_s=0.3, erased_within_s=0.0)
    transcripts = Transcripts(store)
    transcripts.append("a", Author.BOT, [Message("一")])
    reader = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM transcripts").fetchall()
    transcripts.append("a", Author.BOT, [Message("二")])
    assert [entry.message.words for entry in transcripts.after("a", 0)] == ["一", "二"]
    reader.close()


@pytest.fixture
def lax_umask() -> Iterator[None]:
    before = os.umask(0o000)
    yield
    os.umask(before)


def modes(folder: Path) -> "dict[str, str]":
    return {found.name: oct(found.stat().st_mode & 0o777) for found in folder.iterdir()}


def test_the_files_of_a_store_are_its_owners_alone_whatever_they_were(tmp_path: Path, lax_umask: None) -> None:
    path = tmp_path / "new" / "store.sqlite"
    Transcripts(Database(str(path))).after("a", 0)
    assert oct(path.parent.stat().st_mode & 0o777) == "0o700"
    assert set(modes(path.parent).values()) == {"0o600"}
    for found in path.parent.iterdir():
        found.chmod(0o666)
    Transcripts(Database(str(path))).append("a", Author.BOT, [Message("今")])
    assert set(modes(path.parent).values()) == {"0o600"} and len(modes(path.parent)) == 3


def test_a_private_folder_closes_what_lies_in_it_and_follows_no_link(tmp_path: Path, lax_umask: None) -> None:
    folder, elsewhere = tmp_path / "var", tmp_path / "elsewhere"
    (folder / "deeper").mkdir(parents=True)
    elsewhere.touch()
    (folder / "link").symlink_to(elsewhere)
    for name in ("bot.log", "deeper/conversations.db"):
        (folder / name).touch()
    keep_folder_private(folder)
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    assert modes(folder) == {"deeper": "0o700", "bot.log": "0o600", "link": "0o666"}
    assert modes(folder / "deeper") == {"conversations.db": "0o600"}


def test_what_a_process_makes_afterwards_is_private_too(tmp_path: Path, lax_umask: None) -> None:
    keep_new_files_private()
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    assert modes(tmp_path) == {"folder": "0o700", "file": "0o600"}

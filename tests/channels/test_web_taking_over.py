"""A person of the staff answers on the website, from another process than the bot's: the owner's page shows it."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Iterator, NamedTuple

import pytest

from bot.store import Accounts, By, Database, Role, Takeovers, Told
from tests.channels.web_owner import Owner
from tests.conftest import free_port, start_server, wait_until_ready

HANAKO = By("花子", "")
TOLD = Told("担当者の花子が、お話を読みました。", "担当者の花子のお返事は、ここまでです。")


class Desk(NamedTuple):
    """A real server with staff, and its store as another process has it."""

    address: str
    store: Database


@pytest.fixture(scope="module")
def desk(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    store = Database(str(folder / "store.sqlite"))
    Accounts(store).add("花子", Role.REVIEWER, "no hash", False, HANAKO)
    port = free_port()
    settings = {"KAKARITSUKE_VAR": str(folder), "KAKARITSUKE_STORE": str(folder / "store.sqlite")}
    process = start_server("--port", str(port), KAKARITSUKE_STAFF="on", **settings)
    try:
        wait_until_ready(process)
        yield Desk(f"http://127.0.0.1:{port}", store)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def waiting_in(desk: Desk) -> str:
    """The conversation that began to wait last."""
    return max(Takeovers(desk.store).waiting(), key=lambda waits: waits.since).conversation


def authors(messages: "list[dict[str, object]]") -> "list[object]":
    return [message["from"] for message in messages]


def test_a_person_takes_over_answers_and_gives_back(desk: Desk) -> None:
    owner, takeovers = Owner(desk.address), Takeovers(desk.store)
    owner.say("人と話したい")
    conversation = waiting_in(desk)
    page = owner.listen()
    takeovers.claim(conversation, HANAKO, "花子", TOLD)
    takeovers.say(conversation, HANAKO, "いつからですか。", "k1")
    page.until("いつからですか。")
    assert [message["part"] for message in page.messages()][0] == {"type": "person", "here": True, "name": "花子"}
    assert authors(owner.say("先月からです")) == ["owner"]
    assert authors(owner.say("補助金はありますか")) == ["owner"]
    takeovers.give_back(conversation, HANAKO, TOLD)
    assert "bot" in authors(owner.say("商標を取りたい"))
    page.close()
    said = authors(owner.messages())
    came, went = said.index("staff"), len(said) - 1 - said[::-1].index("staff")
    assert "bot" not in said[came:went]


def test_the_owner_has_the_bot_back_with_one_press(desk: Desk) -> None:
    owner, takeovers = Owner(desk.address), Takeovers(desk.store)
    owner.say("人と話したい")
    conversation = waiting_in(desk)
    takeovers.claim(conversation, HANAKO, "花子", TOLD)
    assert "bot" in authors(owner.press("talk.bot"))
    assert takeovers.holder(conversation) is None


def test_words_of_dying_get_the_help_lines_also_while_a_person_is_there(desk: Desk) -> None:
    owner, takeovers = Owner(desk.address), Takeovers(desk.store)
    owner.say("人と話したい")
    takeovers.claim(waiting_in(desk), HANAKO, "花子", TOLD)
    answer = owner.say("もう死にたいです")
    assert any((message["part"] or {}).get("type") == "notice" for message in answer)

"""A chat has one conversation, whose name says nothing of the owner, until it is forgotten; unsent stays unsent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.store import Chat, Chats, Unsent
from tests.store.patience import opened

HANAKO = Chat("Ubot", "Uhanako")


@pytest.fixture
def chats(address: str) -> Chats:
    return Chats(opened(address), "line")


def test_a_chat_keeps_its_conversation(chats: Chats) -> None:
    assert chats.conversation(HANAKO) == chats.conversation(HANAKO)


def test_the_name_of_a_conversation_does_not_tell_the_address(chats: Chats) -> None:
    name = chats.conversation(HANAKO)
    assert name.startswith("line-")
    assert "hanako" not in name


def test_the_chat_of_a_conversation_can_be_found_again(chats: Chats) -> None:
    assert chats.of(chats.conversation(HANAKO)) == HANAKO
    assert chats.of("line-of-nobody") is None


def test_chats_of_two_accounts_and_two_channels_are_different(chats: Chats, address: str) -> None:
    here = chats.conversation(HANAKO)
    assert chats.conversation(Chat("Uother", HANAKO.address)) != here
    assert Chats(opened(address), "slack").conversation(HANAKO) != here


def test_a_forgotten_chat_begins_anew(chats: Chats) -> None:
    before = chats.conversation(HANAKO)
    chats.forget(before)
    assert chats.of(before) is None
    assert chats.conversation(HANAKO) != before


def test_a_remembered_chat_goes_on_in_the_same_conversation(chats: Chats) -> None:
    before = chats.conversation(HANAKO)
    chats.forget(before)
    chats.remember(before, HANAKO)
    assert chats.conversation(HANAKO) == before


def test_remembering_does_not_move_a_chat_that_began_anew(chats: Chats) -> None:
    before = chats.conversation(HANAKO)
    chats.forget(before)
    after = chats.conversation(HANAKO)
    chats.remember(before, HANAKO)
    assert chats.conversation(HANAKO) == after


def test_two_processes_that_meet_a_chat_at_once_agree_on_its_conversation(address: str) -> None:
    processes = [Chats(opened(address), "line") for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(lambda chats: chats.conversation(HANAKO), processes))) == 1


def test_a_message_taken_back_is_known_in_its_conversation_only(address: str) -> None:
    unsent = Unsent(opened(address))
    unsent.add("a", "1")
    unsent.add("a", "1")
    assert unsent.of("a") == {"1"}
    assert unsent.of("b") == frozenset()

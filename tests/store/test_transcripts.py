"""A transcript numbers what is said, keeps an owner's message once, and has it answered once."""

from __future__ import annotations

import threading
import time
from typing import Any, List, Optional

import pytest

from bot.messages import Choice, Choices, Message
from bot.store import Author, Exchange, Heard, IdReusedError, LostHoldError, Transcripts
from tests.store.patience import opened

OFFER = Message("どれですか。", Choices((Choice("issue.創業", "新しく始めたい"),)))


@pytest.fixture
def transcripts(address: str) -> Transcripts:
    return Transcripts(opened(address))


def heard(client_id: str = "id-00001", words: str = "商標を取りたい") -> Heard:
    return Heard(client_id, words)


def hear(transcripts: Transcripts, message: Optional[Heard] = None, conversation: str = "a") -> Exchange:
    return transcripts.hear(conversation, message or heard(), "me").exchange


def attempt(transcripts: Transcripts, client_id: str = "id-00001", conversation: str = "a", by: str = "me") -> Any:
    return transcripts.hear(conversation, heard(client_id), by).attempt


def answer(transcripts: Transcripts, *words: str, by: str = "me") -> Exchange:
    return transcripts.answer("a", "id-00001", map(Message, words), by)


def test_what_is_said_is_numbered_from_one(transcripts: Transcripts) -> None:
    transcripts.append("a", Author.BOT, [Message("一"), Message("二")])
    hear(transcripts)
    assert [(entry.seq, entry.author.value) for entry in transcripts.after("a", 0)] == [
        (1, "bot"),
        (2, "bot"),
        (3, "owner"),
    ]


def test_each_conversation_has_numbers_of_its_own(transcripts: Transcripts) -> None:
    transcripts.append("a", Author.BOT, [Message("一")])
    assert transcripts.append("b", Author.BOT, [Message("一")])[0].seq == 1


def test_what_one_conversation_holds_is_not_in_another(transcripts: Transcripts) -> None:
    transcripts.append("a", Author.BOT, [Message("一")])
    assert transcripts.after("b", 0) == ()


def test_a_message_comes_back_with_its_part(transcripts: Transcripts) -> None:
    transcripts.append("a", Author.BOT, [OFFER])
    assert transcripts.after("a", 0)[0].message == OFFER


def test_only_what_came_later_is_read(transcripts: Transcripts) -> None:
    transcripts.append("a", Author.BOT, [Message("一"), Message("二"), Message("三")])
    assert [entry.message.words for entry in transcripts.after("a", 2)] == ["三"]


def test_an_owners_message_is_kept_once(transcripts: Transcripts) -> None:
    assert hear(transcripts) == hear(transcripts)
    assert len(transcripts.after("a", 0)) == 1


def test_two_owners_may_use_the_same_id(transcripts: Transcripts) -> None:
    hear(transcripts, heard(words="一"))
    assert hear(transcripts, heard(words="二"), "b").owner.message.words == "二"


def test_another_message_under_the_same_id_is_refused(transcripts: Transcripts) -> None:
    hear(transcripts, heard(words="一"))
    with pytest.raises(IdReusedError):
        hear(transcripts, heard(words="二"))


def test_a_press_under_the_id_of_its_own_words_is_another_message(transcripts: Transcripts) -> None:
    hear(transcripts, Heard("id-00001", "新しく始めたい"))
    with pytest.raises(IdReusedError):
        hear(transcripts, Heard("id-00001", "新しく始めたい", "issue.創業"))


def test_a_press_is_the_same_when_the_label_has_changed(transcripts: Transcripts) -> None:
    first = hear(transcripts, Heard("id-00001", "新しく始めたい", "issue.創業"))
    assert hear(transcripts, Heard("id-00001", "お店を始めたい", "issue.創業")) == first


def test_an_answer_comes_with_every_repetition(transcripts: Transcripts) -> None:
    hear(transcripts)
    answered = answer(transcripts, "一", "二")
    transcripts.append("a", Author.STAFF, [Message("担当です")])
    assert hear(transcripts) == answered
    assert [entry.message.words for entry in answered.replies or ()] == ["一", "二"]


def test_silence_is_an_answer(transcripts: Transcripts) -> None:
    hear(transcripts)
    assert answer(transcripts).replies == ()


def test_what_was_answered_is_not_answered_again(transcripts: Transcripts) -> None:
    hear(transcripts)
    first = answer(transcripts, "一")
    assert answer(transcripts, "二") == first
    assert len(transcripts.after("a", 0)) == 2


def test_a_conversation_has_one_worker_at_a_time(transcripts: Transcripts) -> None:
    assert attempt(transcripts, "id-00001") == 1
    assert attempt(transcripts, "id-00002", by="another") is None


def test_another_conversation_need_not_wait(transcripts: Transcripts) -> None:
    attempt(transcripts)
    assert attempt(transcripts, conversation="b", by="another") == 1


def test_an_answer_lets_the_conversation_go(transcripts: Transcripts) -> None:
    attempt(transcripts, "id-00001")
    answer(transcripts)
    assert attempt(transcripts, "id-00002", by="another") == 1


def test_what_was_answered_is_not_attempted_again(transcripts: Transcripts) -> None:
    attempt(transcripts)
    answer(transcripts)
    assert attempt(transcripts) is None


def test_what_was_let_go_is_a_second_attempt_for_the_next(transcripts: Transcripts) -> None:
    attempt(transcripts)
    transcripts.let_go("a", "me")
    assert attempt(transcripts, by="another") == 2


def test_what_a_dead_worker_held_can_be_taken_after_its_lease(address: str) -> None:
    transcripts = Transcripts(opened(address), lease_s=0.1)
    attempt(transcripts, by="dead")
    time.sleep(0.15)
    assert attempt(transcripts) == 2


def test_a_renewed_lease_keeps_the_conversation(address: str) -> None:
    transcripts = Transcripts(opened(address), lease_s=0.5)
    attempt(transcripts)
    time.sleep(0.3)
    transcripts.renew("a", "me")
    time.sleep(0.3)
    assert attempt(transcripts, by="another") is None


def test_a_choice_is_known_by_the_label_it_was_offered_under_last(transcripts: Transcripts) -> None:
    transcripts.append("a", Author.BOT, [OFFER, Message("?", Choices((Choice("issue.創業", "お店を始めたい"),)))])
    assert transcripts.offered("a", "issue.創業") == "お店を始めたい"


def test_a_choice_offered_to_another_is_not_offered_here(transcripts: Transcripts) -> None:
    transcripts.append("b", Author.BOT, [OFFER])
    assert transcripts.offered("a", "issue.創業") is None


def test_the_newest_of_many_conversations_is_found_at_once(transcripts: Transcripts) -> None:
    transcripts.append("a", Author.BOT, [Message("一"), Message("二")])
    transcripts.append("b", Author.BOT, [Message("一")])
    nobody = [f"nobody {number}" for number in range(1200)]
    assert transcripts.newest([*nobody, "a", "b"]) == {"a": 2, "b": 1}


def test_many_at_once_get_numbers_without_a_gap(address: str) -> None:
    Transcripts(opened(address)).append("a", Author.BOT, [Message("0")])

    def speak(name: int) -> None:
        for number in range(5):
            Transcripts(opened(address)).append("a", Author.BOT, [Message(f"{name} {number}")])

    _all_at_once([threading.Thread(target=speak, args=(name,)) for name in range(6)])
    entries = Transcripts(opened(address)).after("a", 0)
    assert [entry.seq for entry in entries] == list(range(1, 32))


def test_the_same_message_from_many_processes_at_once_is_kept_once(address: str) -> None:
    exchanges: List[Exchange] = []
    Transcripts(opened(address)).after("a", 0)
    _all_at_once(
        [threading.Thread(target=lambda: exchanges.append(hear(Transcripts(opened(address))))) for _ in range(8)]
    )
    assert [exchange.owner.seq for exchange in exchanges] == [1] * 8


def _all_at_once(threads: List[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_what_is_old_is_forgotten_and_the_rest_stays(transcripts: Transcripts) -> None:
    transcripts.append("a", Author.BOT, [Message("昔")])
    time.sleep(0.05)
    between = time.time()
    transcripts.append("a", Author.BOT, [Message("今")])
    assert transcripts.forget(between) == 1
    assert [entry.message.words for entry in transcripts.after("a", 0)] == ["今"]


def test_a_part_that_another_version_wrote_is_told_as_text(address: str) -> None:
    store = opened(address)
    Transcripts(store).append("a", Author.BOT, [OFFER])
    with store.writing() as connection:
        connection.exec_driver_sql("""UPDATE transcripts SET part = '{"type": "of tomorrow"}'""")
    assert Transcripts(store).after("a", 0)[0].message == Message("どれですか。\n1. 新しく始めたい")


def stood_still(address: str) -> Transcripts:
    """A store in which "me" heard a message and then stood still for longer than its lease."""
    transcripts = Transcripts(opened(address), lease_s=0.05)
    assert attempt(transcripts) == 1
    time.sleep(0.1)
    return transcripts


def test_who_stood_still_keeps_no_answer_while_another_works_on_the_message(address: str) -> None:
    transcripts = stood_still(address)
    Transcripts(opened(address)).hear("a", heard(), "another")
    with pytest.raises(LostHoldError):
        answer(transcripts, "一")
    with pytest.raises(LostHoldError):
        transcripts.renew("a", "me")
    assert answer(transcripts, "二", by="another").replies is not None
    assert [entry.message.words for entry in answer(transcripts, "一").replies or ()] == ["二"]
    assert len(transcripts.after("a", 0)) == 2


def test_who_stood_still_keeps_no_answer_while_another_works_on_a_later_message(address: str) -> None:
    transcripts, other = stood_still(address), Transcripts(opened(address))
    assert attempt(other, "id-00002", by="another") == 1
    with pytest.raises(LostHoldError):
        answer(transcripts, "一")
    other.answer("a", "id-00002", [], "another")
    assert answer(transcripts, "一").replies is not None


def test_who_stood_still_and_was_missed_by_nobody_keeps_the_answer(address: str) -> None:
    assert len(answer(stood_still(address), "一").replies or ()) == 1


def test_an_answer_to_what_was_forgotten_meanwhile_is_not_kept(transcripts: Transcripts) -> None:
    attempt(transcripts)
    transcripts.forget(time.time() + 1)
    with pytest.raises(LostHoldError):
        answer(transcripts, "一")
    assert transcripts.after("a", 0) == ()


def test_what_a_worker_held_before_the_clock_was_set_back_is_not_held_for_ever(address: str) -> None:
    transcripts = Transcripts(opened(address))
    attempt(transcripts, by="dead")
    with opened(address).writing() as store:
        store.exec_driver_sql("UPDATE transcripts SET taken_until = taken_until + 3600")
    assert attempt(transcripts) == 2

"""A person takes a conversation over: one wins, the bot keeps still, what they say is kept, and they give it back."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import List

import pytest

from bot.messages import Message, Person
from bot.store import (
    Action,
    Arrival,
    Audit,
    Author,
    BotIsSpeakingError,
    By,
    ChangedHandsError,
    ClaimedError,
    Database,
    Entry,
    Heard,
    Inbox,
    Line,
    NothingThereError,
    NotYoursError,
    Reason,
    Sending,
    StaffLines,
    State,
    StoredHandoffs,
    TakenOverError,
    Takeovers,
    Told,
    Transcripts,
    Turnstile,
    Wanted,
    With,
)
from bot.store.retention import forget_conversation, forget_old
from tests.store.patience import opened

HANAKO, TARO = By("花子", "192.0.2.1"), By("太郎", "192.0.2.2")
TOLD = Told("担当者の花子が読みます。", "担当者との話は終わりました。")
WEB, LINE, SLACK = "web-a", "line-a", "slack-T1-U1"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def takeovers(store: Database, clock: Clock) -> Takeovers:
    return Takeovers(store, clock)


@pytest.fixture
def handoffs(store: Database) -> StoredHandoffs:
    handoffs = StoredHandoffs(store)
    for conversation in (WEB, LINE, SLACK):
        handoffs.open(conversation, Reason.ASKED)
    return handoffs


@pytest.fixture
def transcripts(store: Database) -> Transcripts:
    return Transcripts(store)


@pytest.fixture
def lines(store: Database) -> StaffLines:
    return StaffLines(store)


def said(entries: "tuple[Entry, ...]") -> "list[tuple[str, str]]":
    return [(entry.author.value, entry.message.words) for entry in entries]


def test_whoever_claims_first_has_it(takeovers: Takeovers, handoffs: StoredHandoffs) -> None:
    claim = takeovers.claim(WEB, HANAKO, "花子")
    assert takeovers.holder(WEB) == claim
    with pytest.raises(ClaimedError) as refused:
        takeovers.claim(WEB, TARO, "太郎")
    assert refused.value.claim.who == "花子"


def test_whoever_has_it_may_claim_it_again(takeovers: Takeovers, handoffs: StoredHandoffs) -> None:
    first = takeovers.claim(WEB, HANAKO, "花子")
    again = takeovers.claim(WEB, HANAKO, "花子")
    assert (again.since, again.until >= first.until) == (first.since, True)


def test_nobody_claims_what_staff_was_not_called_to(takeovers: Takeovers) -> None:
    with pytest.raises(NothingThereError):
        takeovers.claim(WEB, HANAKO, "花子")


def test_of_many_who_claim_at_once_one_wins(address: str, handoffs: StoredHandoffs) -> None:
    stores = [opened(address) for _ in range(2)]
    start = threading.Barrier(8)
    won: List[str] = []

    def claim(number: int) -> None:
        start.wait()
        with suppress(ClaimedError):
            won.append(Takeovers(stores[number % 2]).claim(WEB, By(f"担当{number}", ""), "担当").who)

    threads = [threading.Thread(target=claim, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_after_the_lease_another_takes_over(takeovers: Takeovers, handoffs: StoredHandoffs, clock: Clock) -> None:
    takeovers.claim(WEB, HANAKO, "花子")
    clock.ahead += 181
    assert takeovers.claim(WEB, TARO, "太郎").who == "太郎"


def test_whoever_looks_at_it_goes_on_having_it(takeovers: Takeovers, handoffs: StoredHandoffs, clock: Clock) -> None:
    takeovers.claim(WEB, HANAKO, "花子")
    for _ in range(4):
        clock.ahead += 100
        takeovers.renew(WEB, "花子")
    with pytest.raises(ClaimedError):
        takeovers.claim(WEB, TARO, "太郎")


def test_looking_at_what_another_has_renews_nothing(
    takeovers: Takeovers, handoffs: StoredHandoffs, clock: Clock
) -> None:
    until = takeovers.claim(WEB, HANAKO, "花子").until
    clock.ahead += 10
    there = takeovers.renew(WEB, "太郎")
    assert there is not None
    assert (there.who, there.until) == ("花子", until)


def test_the_owner_on_the_website_reads_who_came_and_what_they_say(
    takeovers: Takeovers, handoffs: StoredHandoffs, transcripts: Transcripts
) -> None:
    takeovers.claim(WEB, HANAKO, "花子", TOLD)
    takeovers.say(WEB, HANAKO, "こんにちは。", "k1")
    takeovers.give_back(WEB, HANAKO, TOLD)
    entries = transcripts.after(WEB, 0)
    assert said(entries) == [("staff", TOLD.came), ("staff", "こんにちは。"), ("staff", TOLD.went)]
    assert [entry.message.part for entry in entries] == [Person(True, "花子"), None, Person(False, "花子")]


def test_what_is_sent_twice_under_one_key_is_said_once(
    takeovers: Takeovers, handoffs: StoredHandoffs, transcripts: Transcripts
) -> None:
    takeovers.claim(WEB, HANAKO, "花子")
    takeovers.say(WEB, HANAKO, "こんにちは。", "k1")
    takeovers.say(WEB, HANAKO, "こんにちは。", "k1")
    assert said(transcripts.after(WEB, 0)) == [("staff", "こんにちは。")]


def test_nobody_says_anything_in_a_conversation_that_is_not_theirs(
    takeovers: Takeovers, handoffs: StoredHandoffs, lines: StaffLines, clock: Clock
) -> None:
    takeovers.claim(WEB, HANAKO, "花子")
    for act in (
        lambda by: takeovers.say(WEB, by, "はい", "k"),
        lambda by: takeovers.give_back(WEB, by),
        lambda by: takeovers.end(WEB, by),
    ):
        with pytest.raises(NotYoursError):
            act(TARO)
    clock.ahead += 181
    with pytest.raises(NotYoursError):
        takeovers.say(WEB, HANAKO, "はい", "k")
    assert [line.kind for line in lines.of(WEB)] == [Line.CAME]


def test_giving_back_leaves_a_wish_for_call_back(takeovers: Takeovers, handoffs: StoredHandoffs) -> None:
    handoffs.wish_call_back(WEB, "024-000-0000")
    takeovers.claim(WEB, HANAKO, "花子")
    takeovers.give_back(WEB, HANAKO)
    [waits] = [each for each in takeovers.waiting() if each.conversation == WEB]
    assert (waits.back, waits.call_back, waits.claim) == (True, True, None)


def test_ending_it_leaves_nothing_to_wait_for(takeovers: Takeovers, handoffs: StoredHandoffs) -> None:
    handoffs.open(WEB, Reason.DISTRESS)
    handoffs.wish_call_back(WEB, "024-000-0000")
    takeovers.claim(WEB, HANAKO, "花子")
    takeovers.end(WEB, HANAKO)
    assert WEB not in {each.conversation for each in takeovers.waiting()}
    assert {handoff.call_back for handoff in handoffs.of(WEB)} == {None}


def test_the_owner_takes_it_back_from_whoever_has_it(
    takeovers: Takeovers, handoffs: StoredHandoffs, lines: StaffLines
) -> None:
    takeovers.claim(WEB, HANAKO, "花子")
    handoffs.resume(WEB)
    assert takeovers.holder(WEB) is None
    assert [(line.kind, line.state) for line in lines.of(WEB)][-1] == (Line.TAKEN_BACK, Sending.NOBODY)
    with pytest.raises(NotYoursError):
        takeovers.say(WEB, HANAKO, "はい", "k")


def test_whoever_left_without_a_word_is_told_of_and_it_waits_again(
    takeovers: Takeovers, handoffs: StoredHandoffs, transcripts: Transcripts, clock: Clock
) -> None:
    takeovers.claim(WEB, HANAKO, "花子", TOLD)
    assert takeovers.leave(lambda claim: TOLD) == ()
    clock.ahead += 181
    assert takeovers.leave(lambda claim: TOLD) == (WEB,)
    assert takeovers.leave(lambda claim: TOLD) == ()
    assert said(transcripts.after(WEB, 0))[-1] == ("staff", TOLD.went)
    assert {handoff.state for handoff in handoffs.of(WEB)} == {State.WAITING}


def test_who_waits_for_a_person_comes_first_and_distress_before_all(store: Database, takeovers: Takeovers) -> None:
    handoffs = StoredHandoffs(store)
    for conversation, reason in [("web-back", Reason.ASKED), ("web-had", Reason.ASKED), ("web-1", Reason.ASKED)]:
        handoffs.open(conversation, reason)
    handoffs.wish_call_back("web-back", "024-000-0000")
    handoffs.resume("web-back")
    handoffs.open("web-2", Reason.ASKED)
    handoffs.open("web-3", Reason.DISTRESS)
    takeovers.claim("web-had", HANAKO, "花子")
    assert [each.conversation for each in takeovers.waiting()] == ["web-3", "web-1", "web-2", "web-back", "web-had"]


def test_everything_that_is_done_is_noted_without_a_word_of_it(
    store: Database, takeovers: Takeovers, handoffs: StoredHandoffs
) -> None:
    takeovers.claim(WEB, HANAKO, "花子", TOLD)
    takeovers.say(WEB, HANAKO, "こんにちは。", "k1")
    takeovers.give_back(WEB, HANAKO, TOLD)
    takeovers.end(WEB, HANAKO, TOLD)
    noted = [(entry.action, entry.about, entry.detail) for entry in Audit(store).entries(Wanted(), 10)]
    expected = [Action.ENDED, Action.GAVE_BACK, Action.SAID, Action.CLAIMED]
    assert noted == [(action, WEB, None) for action in expected]


def test_the_name_that_owners_saw_last_is_remembered(takeovers: Takeovers, handoffs: StoredHandoffs) -> None:
    assert takeovers.shown_name("花子") is None
    takeovers.claim(WEB, HANAKO, "窓口の花子")
    takeovers.claim(LINE, HANAKO, "花子")
    assert takeovers.shown_name("花子") == "花子"


# The bot and a claim exclude each other


def test_a_claim_waits_for_what_the_bot_is_saying(
    store: Database, takeovers: Takeovers, handoffs: StoredHandoffs
) -> None:
    Turnstile(store).begin_to_speak(WEB, With.CALLED, False)
    with pytest.raises(BotIsSpeakingError):
        takeovers.claim(WEB, HANAKO, "花子")
    transcripts = Transcripts(store)
    transcripts.hear(WEB, Heard("message-1", "はい"), "w")
    transcripts.answer(WEB, "message-1", [Message("うかがいました。")], "w")
    assert takeovers.claim(WEB, HANAKO, "花子").who == "花子"


def test_a_turn_that_was_decided_before_a_person_came_is_decided_anew(
    store: Database, takeovers: Takeovers, handoffs: StoredHandoffs
) -> None:
    turnstile = Turnstile(store)
    decided = turnstile.who_has(WEB)
    takeovers.claim(WEB, HANAKO, "花子")
    with pytest.raises(ChangedHandsError):
        turnstile.begin_to_speak(WEB, decided, False)
    turnstile.begin_to_speak(WEB, turnstile.who_has(WEB), False)


def test_a_turn_that_was_decided_beside_a_person_who_went_is_decided_anew(
    store: Database, takeovers: Takeovers, handoffs: StoredHandoffs
) -> None:
    takeovers.claim(WEB, HANAKO, "花子")
    decided = Turnstile(store).who_has(WEB)
    takeovers.give_back(WEB, HANAKO)
    with pytest.raises(ChangedHandsError):
        Turnstile(store).begin_to_speak(WEB, decided, False)


def test_a_turn_that_calls_staff_itself_is_let_through(store: Database) -> None:
    decided = Turnstile(store).who_has(WEB)
    StoredHandoffs(store).open(WEB, Reason.ASKED)
    Turnstile(store).begin_to_speak(WEB, decided, changes_it=True)


def test_an_answer_on_the_website_that_comes_after_a_claim_is_withheld(
    store: Database, takeovers: Takeovers, handoffs: StoredHandoffs, transcripts: Transcripts
) -> None:
    transcripts.hear(WEB, Heard("message-1", "補助金はありますか"), "w")
    takeovers.claim(WEB, HANAKO, "花子", TOLD)
    exchange = transcripts.answer(WEB, "message-1", [Message("あります。")], "w")
    assert exchange.replies == ()
    assert said(transcripts.after(WEB, 0)) == [("owner", "補助金はありますか"), ("staff", TOLD.came)]
    assert takeovers.withheld(WEB) == {"message-1"}


def test_what_the_bot_says_outside_a_turn_is_withheld_while_a_person_has_it(
    takeovers: Takeovers, handoffs: StoredHandoffs, transcripts: Transcripts
) -> None:
    takeovers.claim(WEB, HANAKO, "花子")
    assert transcripts.append(WEB, Author.BOT, [Message("お元気ですか。")]) == ()


@pytest.mark.parametrize("conversation", [LINE, SLACK])
def test_an_answer_that_is_about_to_be_sent_after_a_claim_is_stopped(
    store: Database, takeovers: Takeovers, handoffs: StoredHandoffs, conversation: str
) -> None:
    inbox = Inbox(store, "service")
    inbox.accept([Arrival("event-1", conversation, "{}")])
    delivery = inbox.take(conversation, "w")
    assert delivery is not None
    takeovers.claim(conversation, HANAKO, "花子")
    for about_to_send in (lambda: inbox.note(delivery, "half"), lambda: inbox.renew_to_send(delivery)):
        with pytest.raises(TakenOverError):
            about_to_send()
    inbox.done(delivery)


@pytest.mark.parametrize("conversation", [LINE, SLACK])
def test_a_claim_waits_until_an_answer_is_sent(
    store: Database, takeovers: Takeovers, handoffs: StoredHandoffs, conversation: str
) -> None:
    inbox = Inbox(store, "service")
    inbox.accept([Arrival("event-1", conversation, "{}")])
    delivery = inbox.take(conversation, "w")
    assert delivery is not None
    inbox.note(delivery, "half")
    with pytest.raises(BotIsSpeakingError):
        takeovers.claim(conversation, HANAKO, "花子")
    inbox.done(delivery)
    assert takeovers.claim(conversation, HANAKO, "花子").who == "花子"


def test_what_was_decided_beside_a_person_may_be_sent(
    store: Database, takeovers: Takeovers, handoffs: StoredHandoffs
) -> None:
    """Help lines, for one."""
    takeovers.claim(LINE, HANAKO, "花子")
    inbox = Inbox(store, "line")
    inbox.accept([Arrival("event-1", LINE, "{}")])
    delivery = inbox.take(LINE, "w")
    assert delivery is not None
    Turnstile(store).begin_to_speak(LINE, With.PERSON, False)
    inbox.note(delivery, "half")
    inbox.done(delivery)


# Lines on their way


def test_a_line_for_a_service_is_taken_by_one_worker_with_all_that_goes_along(
    takeovers: Takeovers, handoffs: StoredHandoffs, lines: StaffLines
) -> None:
    takeovers.claim(SLACK, HANAKO, "花子", TOLD)
    takeovers.say(SLACK, HANAKO, "こんにちは。", "k1")
    taken = lines.take("slack")
    assert [line.words for line in taken] == [TOLD.came, "こんにちは。"]
    assert lines.take("slack") == ()
    lines.sent(taken)
    assert [line.state for line in lines.of(SLACK)] == [Sending.SENT, Sending.SENT]


def test_what_a_worker_did_not_finish_is_taken_again_as_it_was(
    takeovers: Takeovers, handoffs: StoredHandoffs, lines: StaffLines
) -> None:
    takeovers.claim(SLACK, HANAKO, "花子", TOLD)
    first = lines.take("slack")
    takeovers.say(SLACK, HANAKO, "こんにちは。", "k1")
    lines.let_go(first, until=0.0)
    again = lines.take("slack")
    assert ([line.key for line in again], [line.attempts for line in again]) == ([line.key for line in first], [2])
    lines.sent(again)
    assert [line.words for line in lines.take("slack")] == ["こんにちは。"]


def test_what_was_refused_stays_with_its_reason_and_can_be_sent_again(
    takeovers: Takeovers, handoffs: StoredHandoffs, lines: StaffLines
) -> None:
    takeovers.claim(SLACK, HANAKO, "花子")
    takeovers.say(SLACK, HANAKO, "こんにちは。", "k1")
    lines.refused(lines.take("slack"), "quota")
    line = lines.of(SLACK)[-1]
    assert (line.state, line.reason, line.words) == (Sending.REFUSED, "quota", "こんにちは。")
    takeovers.say_again(SLACK, HANAKO, line.key)
    assert [line.words for line in lines.take("slack")] == ["こんにちは。"]


def test_on_line_that_somebody_came_goes_along_with_what_they_say_first(
    takeovers: Takeovers, handoffs: StoredHandoffs, lines: StaffLines
) -> None:
    takeovers.claim(LINE, HANAKO, "花子", TOLD)
    assert lines.take("line") == ()
    takeovers.say(LINE, HANAKO, "こんにちは。", "k1")
    assert [line.words for line in lines.take("line")] == [TOLD.came, "こんにちは。"]


def test_on_line_that_somebody_came_is_said_as_soon_as_that_is_free(
    takeovers: Takeovers, handoffs: StoredHandoffs, lines: StaffLines, clock: Clock
) -> None:
    takeovers.claim(LINE, HANAKO, "花子", TOLD)
    lines.keep_token(LINE, "token", clock() + 50)
    assert [line.words for line in lines.take("line")] == [TOLD.came]
    assert lines.take_token(LINE, clock()) == "token"
    assert lines.take_token(LINE, clock()) is None


def test_who_came_and_went_without_a_word_on_line_costs_nothing(
    takeovers: Takeovers, handoffs: StoredHandoffs, lines: StaffLines
) -> None:
    takeovers.claim(LINE, HANAKO, "花子", TOLD)
    takeovers.give_back(LINE, HANAKO, TOLD)
    assert lines.take("line") == ()


def test_a_token_whose_time_is_over_is_of_no_use(lines: StaffLines, clock: Clock) -> None:
    lines.keep_token(LINE, "token", clock() + 50)
    clock.ahead += 51
    assert lines.take_token(LINE, clock()) is None


# Forgetting


def test_what_is_forgotten_takes_all_of_it_along(
    store: Database, takeovers: Takeovers, handoffs: StoredHandoffs, lines: StaffLines, transcripts: Transcripts
) -> None:
    transcripts.hear(WEB, Heard("message-1", "補助金はありますか"), "w")
    takeovers.claim(WEB, HANAKO, "花子", TOLD)
    takeovers.say(WEB, HANAKO, "こんにちは。", "k1")
    lines.keep_token(WEB, "token", 1.0)
    transcripts.answer(WEB, "message-1", [Message("あります。")], "w")
    gone = forget_conversation(store, WEB)
    assert {name: gone[name] for name in ("claims", "staff_lines", "withheld", "reply_tokens")} == {
        "claims": 1,
        "staff_lines": 2,
        "withheld": 1,
        "reply_tokens": 1,
    }
    with pytest.raises(NothingThereError):
        takeovers.claim(WEB, HANAKO, "花子")
    assert Audit(store).entries(Wanted(about=WEB), 10) == ()


def test_what_staff_said_is_kept_as_long_as_what_owners_said(
    store: Database, takeovers: Takeovers, handoffs: StoredHandoffs, lines: StaffLines
) -> None:
    takeovers.claim(WEB, HANAKO, "花子", TOLD)
    takeovers.end(WEB, HANAKO)
    forget_old(store, days=1)
    assert len(lines.of(WEB)) == 2
    forget_old(store, days=-1)
    assert lines.of(WEB) == ()


def test_a_store_of_before_gets_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    before = Database(str(path))
    StoredHandoffs(before).open(WEB, Reason.ASKED)
    with before.writing() as connection:
        for table in ("claims", "speaking", "withheld", "staff_lines", "reply_tokens", "staff_names", "tellings"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    assert Takeovers(Database(str(path))).claim(WEB, HANAKO, "花子").who == "花子"

"""What happens in Slack and what the bot makes of it: each kind of event, press and command."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, AsyncIterator, Dict

import pytest

from bot.channels.slack.words import slack_words
from bot.messages import IN_DISTRESS, PERSON, Message
from bot.store import Reason, StoredHandoffs
from tests.channels.slack.conftest import QUICK, Echo, Served, served
from tests.fakes.slack import APP, BOT, TEAM, labels, shown

OWNER, OTHER, CHANNEL = "U0OWNER", "U0OTHER", "C0GENERAL"
DM = f"slack-{TEAM}-{OWNER}"
WORDS = slack_words()


# Direct messages and threads


async def test_a_direct_message_is_answered_where_it_was_written(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "商標を取りたい")
    await desk.quiet()
    assert echo.texts == ["商標を取りたい"]
    assert echo.heard[0][0] == DM
    assert "「商標を取りたい」ですね。" in shown(desk.slack.said_to(OWNER)[-1])


async def test_a_message_in_a_thread_of_the_direct_message_is_answered_there(desk: Served, echo: Echo) -> None:
    first = await desk.slack.write(OWNER, "こんにちは")
    await desk.slack.write(OWNER, "続きです", thread=first)
    await desk.quiet()
    assert desk.slack.said_to(OWNER)[-1]["thread_ts"] == first
    assert {conversation for conversation, _ in echo.heard} == {DM}


async def test_a_mention_is_answered_once_in_a_thread_though_slack_sends_it_twice(desk: Served, echo: Echo) -> None:
    thread = await desk.slack.mention(OWNER, CHANNEL, "資金繰りが苦しい")
    await desk.quiet()
    assert echo.texts == ["資金繰りが苦しい"]
    assert [message["thread_ts"] for message in desk.slack.said(CHANNEL)] == [thread]


async def test_the_conversation_of_a_thread_names_team_channel_thread_and_person(desk: Served, echo: Echo) -> None:
    thread = await desk.slack.mention(OWNER, CHANNEL, "資金繰りが苦しい")
    await desk.quiet()
    assert echo.heard[0][0] == f"slack-{TEAM}-{CHANNEL}-{thread}-{OWNER}"


async def test_whoever_called_the_bot_is_answered_in_that_thread_without_calling_again(
    desk: Served, echo: Echo
) -> None:
    thread = await desk.slack.mention(OWNER, CHANNEL, "資金繰りが苦しい")
    await desk.slack.say(OWNER, CHANNEL, "青森です", thread)
    await desk.quiet()
    assert echo.texts == ["資金繰りが苦しい", "青森です"]


async def test_what_people_say_to_each_other_is_left_alone(desk: Served, echo: Echo) -> None:
    thread = await desk.slack.mention(OWNER, CHANNEL, "資金繰りが苦しい")
    await desk.slack.say(OTHER, CHANNEL, "大変ですね", thread)
    await desk.slack.say(OWNER, CHANNEL, f"<@{OTHER}> ありがとう", thread)
    await desk.slack.say(OWNER, CHANNEL, "今日は暑い")
    await desk.quiet()
    assert echo.texts == ["資金繰りが苦しい"]


async def test_two_people_in_one_thread_have_a_conversation_each(desk: Served, echo: Echo) -> None:
    thread = await desk.slack.mention(OWNER, CHANNEL, "資金繰りが苦しい")
    await desk.slack.mention(OTHER, CHANNEL, "私は人が足りません", thread)
    await desk.quiet()
    assert len({conversation for conversation, _ in echo.heard}) == 2


async def test_a_mention_without_a_word_is_greeted(desk: Served, echo: Echo) -> None:
    thread = await desk.slack.mention(OWNER, CHANNEL, "")
    await desk.quiet()
    assert echo.greeted == [f"slack-{TEAM}-{CHANNEL}-{thread}-{OWNER}"]


async def test_slacks_format_is_read_as_a_person_reads_it(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "A&amp;Bの&lt;商標&gt;を<https://example.jp|ここ>で<#C1|soudan>へ<!here>")
    await desk.quiet()
    assert echo.texts == ["A&Bの<商標>をここで#soudanへ"]


async def test_a_desk_that_calls_back_hears_the_number_it_waits_for_and_no_other(
    desk: Served, echo: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", "on")
    monkeypatch.setenv("KAKARITSUKE_CALL_BACK", "on")
    await desk.slack.write(OWNER, "電話は090-0000-0001です")
    await desk.quiet()
    StoredHandoffs(desk.store).open(echo.heard[0][0], Reason.ASKED)
    await desk.slack.write(OWNER, "電話は090-0000-0002です")
    await desk.quiet()
    assert echo.texts == ["電話は〔電話番号〕です", "電話は090-0000-0002です"]


async def test_what_an_owner_writes_mentions_nobody_when_it_is_repeated(desk: Served) -> None:
    await desk.slack.write(OWNER, "&lt;!channel&gt; &lt;@U1&gt; *太字* @here")
    await desk.quiet()
    answer = desk.slack.said_to(OWNER)[-1]
    assert answer["blocks"][0]["text"]["type"] == "plain_text"
    assert "<!" not in answer["text"] and "<@" not in answer["text"]
    assert desk.slack.violations == []


# Files and other kinds of messages


async def test_a_file_alone_is_met_with_a_request_for_words(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "", files=["決算書.pdf"])
    await desk.quiet()
    assert "文字でお願いします" in shown(desk.slack.said_to(OWNER)[-1])
    assert echo.heard == []


async def test_words_that_come_with_a_file_are_answered_too(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "赤字が続いています", files=["決算書.pdf"])
    await desk.quiet()
    answer = shown(desk.slack.said_to(OWNER)[-1])
    assert "文字でお願いします" in answer and "「赤字が続いています」ですね。" in answer


@pytest.mark.parametrize(
    "event",
    [
        {"subtype": "message_changed", "hidden": True, "message": {"text": "x", "user": OWNER, "ts": "1.2"}},
        {"subtype": "message_deleted", "hidden": True, "previous_message": {"text": "x", "user": OWNER}},
        {"subtype": "bot_message", "bot_id": "B9", "text": "x"},
        {"bot_id": "B9", "user": "U9BOT", "text": "x"},
        {"subtype": "channel_join", "user": OWNER, "text": "<@U1> has joined"},
        {"subtype": "channel_topic", "user": OWNER, "text": "x"},
        {"user": "USLACKBOT", "text": "x"},
        {"subtype": "tombstone", "user": OWNER, "text": "x"},
        {"text": "nobody"},
    ],
    ids=lambda event: str(event.get("subtype") or "".join(event)),
)
async def test_what_is_no_message_of_a_person_is_acknowledged_and_left(
    desk: Served, echo: Echo, event: Dict[str, Any]
) -> None:
    await desk.slack.send_event(
        {"type": "message", "channel": "D0OWNER", "channel_type": "im", "ts": "1700000000.000100", **event}
    )
    await desk.quiet()
    assert [ack.status for ack in desk.slack.acks] == [200]
    assert echo.heard == [] and desk.slack.calls == []


async def test_the_bot_does_not_hear_itself(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "こんにちは")
    await desk.quiet()
    await desk.quiet()
    assert echo.texts == ["こんにちは"]
    assert len(desk.slack.said_to(OWNER)) == 1


@pytest.mark.parametrize(
    "event",
    [
        {"type": "reaction_added", "user": OWNER, "item": {"type": "message", "channel": "D1", "ts": "1.2"}},
        {"type": "team_join", "user": {"id": OWNER}},
        {"type": "channel_created", "channel": {"id": "C1", "name": "x"}},
        {"type": "file_shared", "file_id": "F1", "user_id": OWNER, "file": {"id": "F1"}, "channel_id": "D1"},
        {"type": "member_joined_channel", "user": OTHER, "channel": CHANNEL},
        {"type": "assistant_thread_started", "assistant_thread": {"user_id": OWNER, "channel_id": "D1"}},
        {"type": "message_metadata_posted", "app_id": "A1"},
        {"type": "something_new"},
    ],
    ids=lambda event: str(event["type"]),
)
async def test_events_that_ask_nothing_are_acknowledged(desk: Served, echo: Echo, event: Dict[str, Any]) -> None:
    await desk.slack.send_event(event)
    await desk.quiet()
    assert [ack.status for ack in desk.slack.acks] == [200]
    assert desk.slack.calls == []


async def test_the_bot_introduces_itself_in_a_channel_it_was_taken_into(desk: Served) -> None:
    await desk.slack.send_event({"type": "member_joined_channel", "user": BOT, "channel": CHANNEL, "team": TEAM})
    await desk.quiet()
    assert "皆さんに見えます" in shown(desk.slack.said(CHANNEL)[-1])


async def test_what_is_kept_of_a_workspace_is_forgotten_when_it_takes_the_bot_out(desk: Served) -> None:
    await desk.slack.write(OWNER, "こんにちは")
    await desk.quiet()
    assert desk.inbox.knows(DM)
    await desk.slack.send_event({"type": "app_uninstalled"})
    await desk.quiet()
    assert not desk.inbox.knows(DM)


async def test_a_revoked_user_token_forgets_nothing_and_a_revoked_bot_token_all(desk: Served) -> None:
    await desk.slack.write(OWNER, "こんにちは")
    await desk.slack.send_event({"type": "tokens_revoked", "tokens": {"oauth": [OWNER], "bot": []}})
    await desk.quiet()
    assert desk.inbox.knows(DM)
    await desk.slack.send_event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT]}})
    await desk.quiet()
    assert not desk.inbox.knows(DM)


async def test_the_address_is_proved_to_slack(desk: Served) -> None:
    ack = await desk.slack.post(json.dumps({"type": "url_verification", "challenge": "3eZbr", "token": "x"}))
    assert (ack.status, json.loads(ack.body)) == (200, {"challenge": "3eZbr"})


async def test_a_charset_behind_the_content_type_changes_nothing(desk: Served, echo: Echo) -> None:
    event = {"type": "message", "channel": "D0OWNER", "channel_type": "im", "ts": "1.2", "user": OWNER, "text": "あ"}
    ack = await desk.slack.post(json.dumps(desk.slack.envelope(event)), "application/json; charset=utf-8")
    await desk.quiet()
    assert ack.status == 200
    assert echo.texts == ["あ"]


async def test_an_organisation_wide_app_knows_the_organisation(desk: Served, echo: Echo) -> None:
    event = {"type": "message", "channel": "D0OWNER", "channel_type": "im", "ts": "1.2", "user": OWNER, "text": "あ"}
    envelope = desk.slack.envelope(event)
    authorization = {"enterprise_id": "E0ORG", "team_id": None, "user_id": BOT, "is_bot": True}
    envelope.update(team_id=None, enterprise_id="E0ORG", authorizations=[authorization])
    await desk.slack.post(json.dumps(envelope))
    await desk.quiet()
    assert echo.heard[0][0] == f"slack-E0ORG-{OWNER}"


async def test_in_a_shared_channel_the_workspace_of_the_app_counts(desk: Served, echo: Echo) -> None:
    thread = "1700000000.000100"
    event = {"type": "app_mention", "channel": CHANNEL, "ts": thread, "user": OWNER, "text": f"<@{BOT}> あ"}
    envelope = {**desk.slack.envelope(event), "team_id": "T0OTHERSIDE", "is_ext_shared_channel": True}
    await desk.slack.post(json.dumps(envelope))
    await desk.quiet()
    assert echo.heard[0][0] == f"slack-{TEAM}-{CHANNEL}-{thread}-{OWNER}"


# Choices


async def test_a_pressed_button_is_a_turn_with_its_id_and_label(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "こんにちは")
    await desk.quiet()
    await desk.slack.press(OWNER, desk.slack.said_to(OWNER)[-1], "いいえ")
    await desk.quiet()
    conversation, said = echo.heard[-1]
    assert (conversation, said.text, said.pressed) == (DM, "いいえ", "a.2")


async def test_a_used_question_shows_what_was_chosen_and_can_no_longer_be_pressed(desk: Served) -> None:
    await desk.slack.write(OWNER, "こんにちは")
    await desk.quiet()
    question = desk.slack.said_to(OWNER)[-1]
    await desk.slack.press(OWNER, question, "いいえ")
    await desk.quiet()
    assert labels(question) == []
    assert "✓ 選ばれたもの：いいえ" in shown(question)
    assert "よろしいですか。" in shown(question)


async def test_a_question_answered_by_typing_can_no_longer_be_pressed(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "こんにちは")
    await desk.quiet()
    first = desk.slack.said_to(OWNER)[-1]
    await desk.slack.write(OWNER, "はい")
    await desk.quiet()
    assert labels(first) == []
    assert WORDS.answered_otherwise in shown(first) and "よろしいですか。" in shown(first)
    assert labels(desk.slack.said_to(OWNER)[-1]) == ["はい", "いいえ"]


async def test_a_question_that_nothing_follows_is_closed_and_one_that_still_waits_is_not(
    desk: Served, echo: Echo
) -> None:
    await desk.slack.write(OWNER, "こんにちは")
    await desk.quiet()
    question = desk.slack.said_to(OWNER)[-1]
    echo.answer, echo.waits = (Message("どういたしまして。"),), True
    await desk.slack.write(OWNER, "ありがとう")
    await desk.quiet()
    assert labels(question) == ["はい", "いいえ"]
    echo.waits = False
    await desk.slack.write(OWNER, "人に相談したい")
    await desk.quiet()
    assert labels(question) == []


async def test_a_question_that_was_pressed_keeps_what_was_chosen_though_more_is_typed(desk: Served) -> None:
    await desk.slack.write(OWNER, "こんにちは")
    await desk.quiet()
    question = desk.slack.said_to(OWNER)[-1]
    await desk.slack.press(OWNER, question, "いいえ")
    await desk.slack.write(OWNER, "続きです")
    await desk.quiet()
    assert "✓ 選ばれたもの：いいえ" in shown(question)
    assert WORDS.answered_otherwise not in shown(question)


async def test_the_questions_of_one_thread_stay_open_while_another_is_answered(desk: Served) -> None:
    await desk.slack.mention(OWNER, CHANNEL, "資金繰り")
    await desk.quiet()
    question = desk.slack.said(CHANNEL)[-1]
    await desk.slack.mention(OWNER, CHANNEL, "人手")
    await desk.slack.write(OWNER, "こんにちは")
    await desk.quiet()
    assert labels(question) == ["はい", "いいえ"]


async def test_a_double_click_is_one_turn(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "こんにちは")
    await desk.quiet()
    await desk.slack.press(OWNER, desk.slack.said_to(OWNER)[-1], "はい", times=2)
    await desk.quiet()
    assert echo.texts == ["こんにちは", "はい"]


async def test_more_than_five_choices_are_a_numbered_list_and_a_select(desk: Served, echo: Echo) -> None:
    await desk.slack.command(OWNER)
    await desk.quiet()
    menu = desk.slack.said_to(OWNER)[-1]
    assert "10. 困りごと10" in shown(menu)
    assert menu["blocks"][-1]["elements"][0]["type"] == "static_select"
    await desk.slack.press(OWNER, menu, "困りごと3")
    await desk.quiet()
    assert echo.heard[-1][1].pressed == "issue.3"
    assert labels(menu) == []


async def test_a_choice_in_a_thread_is_answered_in_the_thread(desk: Served, echo: Echo) -> None:
    thread = await desk.slack.mention(OWNER, CHANNEL, "資金繰り")
    await desk.quiet()
    await desk.slack.press(OWNER, desk.slack.said(CHANNEL)[-1], "はい")
    await desk.quiet()
    assert echo.heard[0][0] == echo.heard[1][0]
    assert desk.slack.said(CHANNEL)[-1]["thread_ts"] == thread


async def test_nobody_answers_for_another_person(desk: Served, echo: Echo) -> None:
    await desk.slack.mention(OWNER, CHANNEL, "資金繰り")
    await desk.quiet()
    question = desk.slack.said(CHANNEL)[-1]
    await desk.slack.press(OTHER, question, "はい")
    await desk.quiet()
    assert echo.texts == ["資金繰り"]
    assert labels(question) == ["はい", "いいえ"]
    assert [(told["user"], "ほか" in told["text"] or "相談" in told["text"]) for told in desk.slack.whispers] == [
        (OTHER, True)
    ]


async def test_an_answer_does_not_wait_for_a_question_that_cannot_be_changed(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "こんにちは")
    await desk.quiet()
    question = desk.slack.said_to(OWNER)[-1]
    await desk.slack.press(OWNER, question, "はい", meanwhile_deleted=True)
    await desk.quiet()
    assert echo.texts == ["こんにちは", "はい"]


async def test_a_press_of_something_that_is_not_ours_is_acknowledged(desk: Served, echo: Echo) -> None:
    actions = [{"type": "button", "action_id": "link", "block_id": "x", "action_ts": "1.2", "value": "v"}]
    ack = await desk.slack.interact({"type": "block_actions", "actions": actions}, OWNER)
    await desk.quiet()
    assert ack.status == 200
    assert echo.heard == []


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "view_submission", "view": {"callback_id": "x", "type": "modal"}},
        {"type": "view_closed", "view": {"callback_id": "x", "type": "modal"}},
        {"type": "shortcut", "callback_id": "x", "action_ts": "1.2"},
        {"type": "message_action", "callback_id": "x", "message": {"text": "x", "ts": "1.2"}},
        {"type": "interactive_message", "callback_id": "x", "actions": [{"name": "x", "value": "y"}]},
        {"type": "dialog_submission", "callback_id": "x", "submission": {}},
        {"type": "workflow_step_edit", "callback_id": "x"},
        {"type": "something_new"},
    ],
    ids=lambda payload: str(payload["type"]),
)
async def test_other_interactions_are_acknowledged(desk: Served, echo: Echo, payload: Dict[str, Any]) -> None:
    ack = await desk.slack.interact(payload, OWNER)
    await desk.quiet()
    assert ack.status == 200
    assert echo.heard == [] and desk.slack.calls == []


async def test_a_question_for_options_is_answered_with_none(desk: Served) -> None:
    payload = {"type": "block_suggestion", "action_id": "x", "block_id": "y", "value": "商"}
    ack = await desk.slack.interact(payload, OWNER)
    assert (ack.status, json.loads(ack.body)) == (200, {"options": []})


# The command


async def test_the_command_answers_in_the_direct_message_and_says_so_to_its_user_alone(
    desk: Served, echo: Echo
) -> None:
    ack = await desk.slack.command(OWNER, "商標を取りたい", CHANNEL)
    await desk.quiet()
    told = json.loads(ack.body)
    assert told["response_type"] == "ephemeral"
    assert WORDS.command_received in told["text"]
    assert f"<https://slack.com/app_redirect?app={APP}&amp;team={TEAM}|" in told["text"]
    assert desk.slack.said(CHANNEL) == []
    said = [shown(message) for message in desk.slack.said_to(OWNER)]
    assert said[0] == "/soudan で書かれたこと：商標を取りたい"
    assert "「商標を取りたい」ですね。" in said[1]
    assert echo.heard[0][0] == DM


async def test_the_command_without_words_greets(desk: Served, echo: Echo) -> None:
    await desk.slack.command(OWNER, "  ")
    await desk.quiet()
    assert echo.greeted == [DM]
    assert "こんにちは。" in shown(desk.slack.said_to(OWNER)[-1])


@pytest.fixture
async def impatient(echo: Echo, tmp_path: Path) -> AsyncIterator[Served]:
    """The channel, which does not wait long for its store."""
    times = replace(QUICK, acknowledge_within_s=0.1)
    async with served(lambda app: echo, tmp_path / "store.sqlite", times=times) as desk:
        yield desk


async def test_a_command_that_cannot_be_kept_says_so(desk: Served) -> None:
    with desk.store.failing():
        ack = await desk.slack.command(OWNER, "商標を取りたい")
    assert (ack.status, json.loads(ack.body)["text"]) == (200, WORDS.command_failed)


async def test_a_command_that_is_not_kept_in_time_says_so(impatient: Served) -> None:
    with impatient.store.hanging():
        ack = await impatient.slack.command(OWNER, "商標を取りたい")
    assert (ack.status, json.loads(ack.body)["text"]) == (200, WORDS.command_failed)


# The home and messages tabs


async def test_the_home_tab_shows_the_greeting_with_every_choice_as_a_button(desk: Served) -> None:
    await desk.slack.open_home(OWNER)
    await desk.quiet()
    home = desk.slack.homes[OWNER]
    assert "こんにちは。" in shown(home)
    assert labels(home) == [
        *(f"困りごと{number}" for number in range(1, 11)),
        "記録を消したい",
        "人に相談する",
        "つらいとき",
    ]
    assert desk.slack.violations == []


@pytest.mark.parametrize(("label", "choice"), [("人に相談する", PERSON), ("つらいとき", IN_DISTRESS)])
async def test_what_can_be_pressed_at_any_time_is_pressed_at_home(
    desk: Served, echo: Echo, label: str, choice: str
) -> None:
    await desk.slack.open_home(OWNER)
    await desk.quiet()
    await desk.slack.press_at_home(OWNER, label)
    await desk.quiet()
    conversation, said = echo.heard[-1]
    assert (conversation, said.text, said.pressed) == (DM, label, choice)
    assert desk.slack.violations == []


async def test_opening_the_home_tab_begins_no_conversation(desk: Served, echo: Echo) -> None:
    await desk.slack.open_home(OWNER)
    await desk.slack.open_home(OTHER)
    await desk.quiet()
    assert [name.startswith("slack-home-") for name in echo.greeted] == [True]
    assert not desk.inbox.knows(DM)


async def test_pressing_at_home_begins_the_consultation_in_the_direct_message(desk: Served, echo: Echo) -> None:
    await desk.slack.open_home(OWNER)
    await desk.quiet()
    await desk.slack.press_at_home(OWNER, "困りごと7")
    await desk.quiet()
    conversation, said = echo.heard[-1]
    assert (conversation, said.pressed) == (DM, "issue.7")
    assert "選ばれたもの：困りごと7" in shown(desk.slack.said_to(OWNER)[0])
    assert WORDS.home_pressed in shown(desk.slack.homes[OWNER])
    assert len(labels(desk.slack.homes[OWNER])) == 13


async def test_the_same_choice_may_be_pressed_at_home_on_another_day(desk: Served, echo: Echo) -> None:
    await desk.slack.open_home(OWNER)
    await desk.quiet()
    for _ in range(2):
        await desk.slack.press_at_home(OWNER, "困りごと7")
        await desk.quiet()
    assert echo.texts == ["困りごと7", "困りごと7"]


async def test_whoever_opens_the_messages_tab_for_the_first_time_is_greeted_once(desk: Served, echo: Echo) -> None:
    for _ in range(3):
        await desk.slack.open_home(OWNER, "messages")
        await desk.quiet()
    assert echo.greeted == [DM]
    assert len(desk.slack.said_to(OWNER)) == 1


async def test_whoever_has_written_before_is_not_greeted_in_the_messages_tab(desk: Served, echo: Echo) -> None:
    await desk.slack.write(OWNER, "こんにちは")
    await desk.slack.open_home(OWNER, "messages")
    await desk.quiet()
    assert echo.greeted == []


# Order, duplicates, acknowledgement


async def test_messages_of_one_person_are_answered_in_the_order_they_came(desk: Served, echo: Echo) -> None:
    for number in range(20):
        await desk.slack.write(OWNER, str(number))
    await desk.quiet()
    assert echo.texts == [str(number) for number in range(20)]
    answers = [shown(message) for message in desk.slack.said_to(OWNER)]
    assert [f"「{number}」" in answer for number, answer in enumerate(answers)] == [True] * 20


@pytest.mark.parametrize("reason", ["http_timeout", "http_error", "connection_failed", "ssl_error", "unknown_error"])
async def test_an_event_that_slack_sends_again_counts_once_whatever_the_reason(
    desk: Served, echo: Echo, reason: str
) -> None:
    event = {"type": "message", "channel": "D0OWNER", "channel_type": "im", "ts": "1.2", "user": OWNER, "text": "あ"}
    body = json.dumps(desk.slack.envelope(event, "Ev0SAME"))
    await desk.slack.post(body)
    for attempt in ("1", "2", "3"):
        ack = await desk.slack.post(body, headers={"x-slack-retry-num": attempt, "x-slack-retry-reason": reason})
        assert ack.status == 200
    await desk.quiet()
    assert echo.texts == ["あ"]


async def test_a_retry_of_an_event_that_never_arrived_is_answered(desk: Served, echo: Echo) -> None:
    event = {"type": "message", "channel": "D0OWNER", "channel_type": "im", "ts": "1.2", "user": OWNER, "text": "あ"}
    headers = {"x-slack-retry-num": "1", "x-slack-retry-reason": "connection_failed"}
    await desk.slack.post(json.dumps(desk.slack.envelope(event)), headers=headers)
    await desk.quiet()
    assert echo.texts == ["あ"]


async def test_slack_is_told_at_once_though_the_answer_takes_long(
    desk: Served, echo: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = echo.take

    async def slowly(*arguments: Any, **named: Any) -> Any:
        await asyncio.sleep(4)
        return await take(*arguments, **named)

    monkeypatch.setattr(echo, "take", slowly)
    await desk.slack.write(OWNER, "こんにちは")
    assert desk.slack.acks[0].seconds < 1
    await desk.quiet()
    assert len(desk.slack.said_to(OWNER)) == 1


async def test_an_event_that_cannot_be_kept_is_not_acknowledged(desk: Served) -> None:
    event = {"type": "message", "channel": "D0OWNER", "channel_type": "im", "ts": "1.2", "user": OWNER, "text": "あ"}
    with desk.store.failing():
        ack = await desk.slack.post(json.dumps(desk.slack.envelope(event)))
    assert (ack.status, ack.body) == (503, "")


async def test_an_event_that_is_not_kept_in_time_is_not_acknowledged(impatient: Served) -> None:
    event = {"type": "message", "channel": "D0OWNER", "channel_type": "im", "ts": "1.2", "user": OWNER, "text": "あ"}
    with impatient.store.hanging():
        ack = await impatient.slack.post(json.dumps(impatient.slack.envelope(event)))
    assert (ack.status, ack.body) == (503, "")


async def test_a_turn_that_fails_is_taken_again(desk: Served, echo: Echo) -> None:
    echo.fails = 2
    await desk.slack.write(OWNER, "こんにちは")
    await desk.worked_off()
    assert echo.texts == ["こんにちは"]
    assert len(desk.slack.said_to(OWNER)) == 1

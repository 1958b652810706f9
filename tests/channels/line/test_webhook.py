"""The webhook takes what LINE signed, at once and once each; everything else is turned away without a word."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Dict

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.channels.deliveries import DeliveryPolicy
from bot.channels.line.channel import LineTimes
from bot.channels.line.signature import is_from_line, signature_of
from bot.frame.turns import Said
from tests.channels.line.conftest import LineDesk, SaidTurns, served
from tests.fakes.line import BOT, SECRET, FakeLine, group, signature, text, user

_ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_KEYS = ["type", "source", "message", "webhookEventId", "timestamp", "mode", "replyToken", "postback", "unsend"]
_VALUES = (
    st.sampled_from(["message", "postback", "follow", "unsend", "active", "text", "user", "group", 0, None]) | _ANY_JSON
)
_ALMOST_EVENTS = st.dictionaries(st.sampled_from(_KEYS), _VALUES)


def signed(body: bytes) -> Dict[str, str]:
    return {"x-line-signature": signature(body)}


def test_the_official_example_has_the_official_signature() -> None:
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    assert signature_of(body, SECRET) == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


@pytest.mark.parametrize("claimed", [None, "", "x", "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDL", "あ" * 44, "\udcff"])
def test_another_signature_is_not_lines(claimed: str) -> None:
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    assert not is_from_line(body, claimed, SECRET)


async def test_the_verify_button_sends_no_events_and_is_answered(desk: LineDesk) -> None:
    assert await desk.line.deliver() == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-line-signature": ""},
        {"x-line-signature": "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="},
        {"x-line-signature": "A" * 4_000},
        {"x-line-signature": signature(b"{}", "0" * 32)},
    ],
    ids=["none", "empty", "of another body", "long", "of another secret"],
)
async def test_what_line_did_not_sign_is_turned_away_without_a_word(desk: LineDesk, headers: Dict[str, str]) -> None:
    assert await desk.line.post(b"{}", headers) == (401, b"")


async def test_the_signatures_header_may_be_spelt_in_capitals(desk: LineDesk) -> None:
    body = json.dumps({"destination": BOT, "events": []}).encode()
    assert await desk.line.post(body, {"X-LINE-SIGNATURE": signature(body)}) == (200, b"")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"{}",
        b'{"destination": 3, "events": []}',
        b'{"destination": "U1", "events": {}}',
        b'{"destination": "U1", "events": [3]}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"destination": "U1", "events": ' + b"[" * 100_000,
    ],
    ids=lambda body: ascii(body)[:40],
)
async def test_signed_nonsense_is_turned_away_without_a_word(desk: LineDesk, body: bytes) -> None:
    assert await desk.line.post(body, signed(body)) == (400, b"")


async def test_an_event_that_is_only_just_too_deep_breaks_nothing(desk: LineDesk) -> None:
    event = json.dumps(desk.line.event("follow", user("hanako"), follow={"isUnblocked": False}))
    statuses = set()
    for depth in range(900, 1000, 3):
        deep = event.replace('"isUnblocked": false', f'"x": {"[" * depth}{"]" * depth}')
        body = f'{{"destination": "{BOT}", "events": [{deep}]}}'.encode()
        statuses.add(await desk.line.post(body, signed(body)))
    assert statuses == {(200, b""), (400, b"")}
    await desk.settled()


async def test_more_than_a_megabyte_is_turned_away(desk: LineDesk) -> None:
    body = b" " * 1_000_001
    assert await desk.line.post(body, signed(body)) == (413, b"")


async def test_only_post_is_served(desk: LineDesk) -> None:
    assert desk.line._session is not None
    async with desk.line._session.get(desk.line.webhook) as response:
        assert response.status == 405


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200) | _ANY_JSON.map(lambda value: json.dumps(value).encode()), right=st.booleans())
@example(body=b"[[1, 2]]", right=True)  # pairs, which pydantic takes for an object
async def test_no_body_breaks_the_webhook(desk: LineDesk, body: bytes, right: bool) -> None:
    status, answer = await desk.line.post(body, signed(body) if right else {})
    assert (status, answer) == ((400 if right else 401), b"")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=_ALMOST_EVENTS)
async def test_no_event_breaks_the_webhook_or_what_follows(desk: LineDesk, event: Dict[str, Any]) -> None:
    body = json.dumps({"destination": BOT, "events": [event]}).encode()
    assert await desk.line.post(body, signed(body)) == (200, b"")


async def test_an_event_that_cannot_be_read_does_not_keep_others_back(desk: LineDesk, turns: SaidTurns) -> None:
    good = desk.line.event("message", user("hanako"), message=text("商標を取りたい"))
    body = json.dumps({"destination": BOT, "events": [{"type": "message", "source": {}}, {}, good]}).encode()
    assert await desk.line.post(body, signed(body)) == (200, b"")
    await desk.line.wait_for(lambda: turns.texts == ["商標を取りたい"])
    await desk.settled()


async def test_a_webhook_is_acknowledged_while_the_answer_is_thought_of(desk: LineDesk, turns: SaidTurns) -> None:
    go_on = asyncio.Event()

    async def wait(said: Said) -> None:
        await go_on.wait()

    turns.before = wait
    event = desk.line.event("message", user("hanako"), message=text("商標を取りたい"))
    assert await asyncio.wait_for(desk.line.deliver(event), 1.0) == 200
    assert desk.line.to(user("hanako")["userId"]) == []
    go_on.set()
    await desk.settled()


async def test_an_event_delivered_again_is_answered_once(desk: LineDesk, turns: SaidTurns) -> None:
    event = desk.line.event("message", user("hanako"), message=text("商標を取りたい"))
    await desk.deliver(event)
    await desk.line.deliver(event, event, again=True)
    await desk.settled()
    assert turns.texts == ["商標を取りたい"]
    assert len(desk.line.to(user("hanako")["userId"])) == 1


async def test_the_same_event_many_times_at_once_is_answered_once(desk: LineDesk, turns: SaidTurns) -> None:
    event = desk.line.event("message", user("hanako"), message=text("商標を取りたい"))
    assert set(await asyncio.gather(*(desk.line.deliver(event) for _ in range(8)))) == {200}
    await desk.settled()
    assert len(turns.heard) == 1


async def test_messages_of_one_owner_are_answered_in_order(desk: LineDesk, turns: SaidTurns) -> None:
    events = [desk.line.event("message", user("hanako"), message=text(str(number))) for number in range(8)]
    for number, event in enumerate(events):
        event["timestamp"] = 1_000 + number
    await desk.line.deliver_until_taken(*reversed(events[:4]))
    for event in events[4:]:
        await desk.line.deliver_until_taken(event)
    await desk.settled()
    assert turns.texts == [str(number) for number in range(8)]
    assert [sent.token for sent in desk.line.to(user("hanako")["userId"])] == [event["replyToken"] for event in events]


async def test_a_conversation_is_not_named_after_the_owner(desk: LineDesk, turns: SaidTurns) -> None:
    await desk.say("商標を取りたい")
    conversation = turns.heard[0][0]
    assert conversation.startswith("line-")
    assert user("hanako")["userId"] not in conversation


async def test_two_owners_have_two_conversations(desk: LineDesk, turns: SaidTurns) -> None:
    await desk.say("商標を取りたい", user("hanako"))
    await desk.say("商標を取りたい", user("taro"))
    assert turns.heard[0][0] != turns.heard[1][0]


async def test_a_group_has_one_conversation(desk: LineDesk, turns: SaidTurns) -> None:
    mention = {"mentionees": [{"index": 0, "length": 3, "type": "user", "isSelf": True}]}
    for member in ("hanako", "taro"):
        await desk.send("message", group("shotengai", member), message=text("@相談 空き店舗", mention=mention))
    assert turns.heard[0][0] == turns.heard[1][0]


async def test_line_hears_200_in_time_though_the_store_fails_and_nothing_is_lost(
    desk: LineDesk, turns: SaidTurns
) -> None:
    events = [desk.line.event("message", user("hanako"), message=text(str(number))) for number in range(3)]
    with desk.store.failing():
        for event in events:
            assert await asyncio.wait_for(desk.line.deliver(event), 2.0) == 200
        assert turns.heard == []
    await desk.line.wait_for(lambda: turns.texts == ["0", "1", "2"])
    await desk.settled()
    assert [sent.by for sent in desk.line.to(user("hanako")["userId"])] == ["reply"] * 3


async def test_a_store_that_hangs_does_not_make_line_wait(desk: LineDesk) -> None:
    event = desk.line.event("message", user("hanako"), message=text("商標を取りたい"))
    with desk.store.hanging():
        assert await asyncio.wait_for(desk.line.deliver(event), 2.0) == 200
    await desk.line.wait_for(lambda: len(desk.line.to(user("hanako")["userId"])) == 1)


async def test_a_message_that_came_again_while_the_store_failed_is_answered_once(
    desk: LineDesk, turns: SaidTurns
) -> None:
    event = desk.line.event("message", user("hanako"), message=text("商標を取りたい"))
    with desk.store.failing():
        assert set(await asyncio.gather(*(desk.line.deliver(event) for _ in range(3)))) == {200}
    await desk.line.wait_for(lambda: bool(desk.line.to(user("hanako")["userId"])))
    await desk.settled()
    assert turns.texts == ["商標を取りたい"]


async def test_where_there_is_no_room_left_line_is_asked_to_send_again(
    line: FakeLine, tmp_path: Path, turns: SaidTurns
) -> None:
    first, second = (line.event("message", user(name), message=text("商標を取りたい")) for name in ("hanako", "taro"))
    times = LineTimes(acknowledge_within_s=0.1, delivery=DeliveryPolicy(most_waiting=1))
    async with served(line, tmp_path / "store", turns, times=times) as desk:
        with desk.store.hanging():
            assert await line.deliver(first) == 200
            assert await line.deliver(second) == 503
        assert (await desk.deliver(second)).by == "reply"
        await line.wait_for(lambda: len(line.to(user("hanako")["userId"])) == 1)

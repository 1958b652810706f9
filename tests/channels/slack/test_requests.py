"""Only Slack is listened to, and nothing that is sent, by whomever, makes the channel fail."""

from __future__ import annotations

import json
import time
from typing import Any, Dict, Mapping
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.channels.slack.conftest import Echo, Served
from tests.fakes.slack import BOT, SECRET, Ack, signature

FORM = "application/x-www-form-urlencoded"
EVENT = {"type": "message", "channel": "D0OWNER", "channel_type": "im", "ts": "1.2", "user": "U0OWNER", "text": "あ"}


async def send(desk: Served, body: bytes, headers: Mapping[str, str], content_type: str = "application/json") -> Ack:
    """A request with these headers and no others that prove anything."""
    began = time.monotonic()
    async with (
        aiohttp.ClientSession() as session,
        session.post(desk.slack.events_url, data=body, headers={"Content-Type": content_type, **headers}) as answer,
    ):
        return Ack(answer.status, await answer.text(), time.monotonic() - began)


def good(desk: Served) -> str:
    return json.dumps(desk.slack.envelope(EVENT))


def signed(body: str, **changes: str) -> Dict[str, str]:
    return {**signature(body), **changes}


@pytest.mark.parametrize(
    "change",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0=" + "0" * 63},
        {"X-Slack-Signature": "v0=" + "0" * 65},
        {"X-Slack-Signature": "v0="},
        {"X-Slack-Signature": "v1=" + "0" * 64},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "ü" * 67},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "yesterday"},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": "9" * 400},
        {"X-Slack-Request-Timestamp": "１７"},
        {"X-Slack-Request-Timestamp": "1e9"},
    ],
    ids=lambda change: ascii(change)[:60],
)
async def test_what_is_not_signed_by_slack_is_refused_without_a_word(
    desk: Served, echo: Echo, change: Dict[str, str]
) -> None:
    body = good(desk)
    headers = {name: value.encode().decode("latin-1") for name, value in signed(body, **change).items()}
    ack = await send(desk, body.encode(), headers)
    await desk.quiet()
    assert (ack.status, ack.body) == (401, "")
    assert echo.heard == []


async def test_a_request_without_a_signature_is_refused(desk: Served) -> None:
    assert (await send(desk, good(desk).encode(), {})).status == 401


async def test_another_secret_is_refused(desk: Served) -> None:
    body = good(desk)
    assert (await send(desk, body.encode(), signature(body, "f" * 32))).status == 401


async def test_a_body_that_was_changed_on_the_way_is_refused(desk: Served) -> None:
    body = good(desk)
    assert (await send(desk, body.replace("U0OWNER", "U0OTHER").encode(), signature(body))).status == 401


@pytest.mark.parametrize("seconds", [-301, -3600, -86_400 * 365, 301, 3600])
async def test_an_old_request_replayed_and_one_from_the_future_are_refused(desk: Served, seconds: int) -> None:
    body = good(desk)
    ack = await send(desk, body.encode(), signature(body, SECRET, time.time() + seconds))
    assert (ack.status, ack.body) == (401, "")


async def test_a_request_of_four_minutes_ago_is_taken(desk: Served) -> None:
    body = good(desk)
    assert (await send(desk, body.encode(), signature(body, SECRET, time.time() - 240))).status == 200


async def test_a_request_replayed_within_five_minutes_changes_nothing(desk: Served, echo: Echo) -> None:
    body = good(desk)
    headers = signature(body)
    for _ in range(3):
        await send(desk, body.encode(), headers)
    await desk.quiet()
    assert echo.texts == ["あ"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        "3",
        "{}",
        "not json",
        "[" * 200_000,
        '{"a":' * 200_000,
        '{"type": 3}',
        '{"type": "event_callback"}',
        '{"type": "event_callback", "event": "x"}',
        '{"type": "event_callback", "event": {}}',
        '{"type": "event_callback", "event": {"type": 3}}',
        '{"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": {"type": "message"}}',
        '{"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_uninstalled"}}',
        '{"type": "event_callback", "team_id": "T1", "event": {"type": "app_uninstalled"}}',
        '{"type": "event_callback", "team_id": {}, "event": {"type": "app_uninstalled"}}',
        '{"type": "event_callback", "authorizations": {"a": 1}, "event": {"type": "app_uninstalled"}}',
        '{"type": "event_callback", "authorizations": [1], "event": {"type": "app_uninstalled"}}',
        '{"type": "block_actions"}',
        '{"type": "block_actions", "actions": []}',
        '{"type": "block_actions", "actions": [{}]}',
        '{"type": "view_submission", "view": 3}',
        '{"type": "view_submission", "view": {}}',
    ],
    ids=lambda body: ascii(body)[:70],
)
async def test_signed_nonsense_is_refused_quickly_and_without_a_word(desk: Served, body: str) -> None:
    ack = await send(desk, body.encode(), signature(body))
    assert (ack.status, ack.body) == (400, "")
    assert ack.seconds < 1


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"payload": ""},
        {"payload": "x"},
        {"payload": "[]"},
        {"payload": "null"},
        {"payload": "[" * 100_000},
        {"command": "/soudan"},
        {"command": "/soudan", "team_id": "T1", "user_id": "U 1", "trigger_id": "1"},
        {"command": "/soudan", "team_id": "../T1", "user_id": "U1", "trigger_id": "1"},
        {"payload": json.dumps({"type": "block_actions", "actions": [{"action_id": "choice-1"}]})},
        {"payload": json.dumps({"type": "block_actions", "user": 3, "actions": [{"action_id": "choice-1"}]})},
    ],
    ids=lambda form: ascii(form)[:70],
)
async def test_signed_forms_of_nonsense_are_refused(desk: Served, form: Dict[str, str]) -> None:
    body = urlencode(form)
    ack = await send(desk, body.encode(), signature(body), FORM)
    assert (ack.status, ack.body) == (400, "")


async def test_a_payload_that_is_only_just_too_deep_breaks_nothing(desk: Served) -> None:
    statuses = set()
    for depth in range(900, 1000):
        body = json.dumps({**desk.slack.envelope(EVENT), "x": "deep"}).replace('"deep"', "[" * depth + "]" * depth)
        statuses.add((await send(desk, body.encode(), signature(body))).status)
    assert statuses == {200, 400}


async def test_bytes_that_are_no_text_are_refused(desk: Served) -> None:
    assert (await send(desk, b"\xff\xfe{}", signature("x"))).status == 400


async def test_more_than_a_megabyte_is_refused_unread(desk: Served) -> None:
    body = json.dumps({**desk.slack.envelope(EVENT), "more": "x" * 1_000_000})
    ack = await send(desk, body.encode(), signature(body))
    assert (ack.status, ack.body) == (413, "")
    assert ack.seconds < 1


@pytest.mark.parametrize("method", ["get", "put", "delete"])
async def test_other_methods_are_not_served(desk: Served, method: str) -> None:
    async with aiohttp.ClientSession() as session, session.request(method, desk.slack.events_url) as answer:
        assert answer.status == 405


async def test_half_a_character_in_a_message_loses_nothing(desk: Served, echo: Echo) -> None:
    await desk.slack.write("U0OWNER", "a\ud800b\x00c")
    await desk.quiet()
    assert len(echo.texts) == 1
    assert len(desk.slack.said_to("U0OWNER")) == 1


async def test_a_message_of_forty_thousand_characters_is_answered(desk: Served, echo: Echo) -> None:
    await desk.slack.write("U0OWNER", "あ" * 40_000)
    await desk.quiet()
    assert [len(text) for text in echo.texts] == [4000]
    assert desk.slack.violations == []


# Anything at all, signed

_leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(["T1", "U1", "D1", "C1", "1.2", BOT, "message", "app_mention", "im", "choice-1", "home"]),
    st.sampled_from(
        ["T1", "U1", "D1", "C1", "1.2", BOT, "message", "app_mention", "im", "choice-1", "home", "/soudan"]
    ),
)
_names = st.sampled_from(
    [
        "type", "subtype", "event", "event_id", "team", "team_id", "enterprise", "enterprise_id", "user", "user_id",
        "authorizations", "is_bot", "channel", "channel_id", "channel_type", "ts", "thread_ts", "text", "files",
        "actions", "action_id", "action_ts", "block_id", "selected_option", "value", "view", "callback_id", "message",
        "blocks", "container", "trigger_id", "command", "tab", "tokens", "bot", "id", "item", "previous_message",
        "is_ext_shared_channel", "response_url", "response_urls", "user_team", "bot_id", "hidden", "challenge", "state",
    ]
)  # fmt: skip
_things = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=6), max_leaves=20
)
_kinds = st.sampled_from(
    ["event_callback", "block_actions", "block_suggestion", "view_submission", "view_closed", "shortcut",
     "message_action", "url_verification", "interactive_message", "ssl_check"]
)  # fmt: skip
_events = st.sampled_from(
    ["message", "app_mention", "app_home_opened", "member_joined_channel", "app_uninstalled", "tokens_revoked", "x"]
)


@st.composite
def payloads(draw: st.DrawFn) -> Dict[str, Any]:
    """A payload of a kind that Slack sends, with anything in its places."""
    body: Dict[str, Any] = draw(st.dictionaries(_names, _things, max_size=8))
    body["type"] = draw(_kinds)
    if body["type"] == "event_callback" and draw(st.booleans()):
        event: Dict[str, Any] = draw(st.dictionaries(_names, _things, max_size=8))
        body["event"] = {**event, "type": draw(_events)}
        body.update(event_id="Ev1", team_id="T1")
    if body["type"] == "block_actions" and draw(st.booleans()):
        action: Dict[str, Any] = draw(st.dictionaries(_names, _things, max_size=5))
        body["actions"] = [{**action, "action_id": "choice-1"}]
    return body


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(payload=payloads(), as_form=st.booleans())
async def test_no_signed_payload_makes_the_channel_fail(desk: Served, payload: Dict[str, Any], as_form: bool) -> None:
    body = urlencode({"payload": json.dumps(payload)}) if as_form else json.dumps(payload)
    ack = await send(desk, body.encode(), signature(body), FORM if as_form else "application/json")
    assert ack.status in (200, 400)
    assert ack.seconds < 2


# aiohttp itself refuses to send a control character.
_IN_A_HEADER = st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=st.binary(max_size=200),
    timestamp=st.text(_IN_A_HEADER, max_size=20),
    mark=st.text(_IN_A_HEADER, max_size=80),
)
async def test_nothing_unsigned_is_answered_with_more_than_a_refusal(
    desk: Served, body: bytes, timestamp: str, mark: str
) -> None:
    headers = {"X-Slack-Request-Timestamp": timestamp.strip(), "X-Slack-Signature": mark.strip()}
    ack = await send(desk, body, headers)
    assert 400 <= ack.status < 500
    assert ack.body == ""

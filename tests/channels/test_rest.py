"""The REST webhook gives text and part together, refuses nonsense quickly, and answers this machine only."""

from __future__ import annotations

import uuid
from typing import Any, Dict, List

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messages import part_from_json

TIMEOUT_S = 10


def post(address: str, **request: Any) -> requests.Response:
    return requests.post(f"{address}/webhooks/rest/webhook", timeout=TIMEOUT_S, **request)


def say(address: str, message: str, sender: str = "") -> List[Dict[str, Any]]:
    response = post(address, json={"sender": sender or uuid.uuid4().hex, "message": message})
    assert response.status_code == 200
    replies: List[Dict[str, Any]] = response.json()
    return replies


def test_a_reply_carries_plain_text_and_the_message_part(rest_address: str) -> None:
    replies = say(rest_address, "こんにちは")
    choices = next(reply for reply in replies if "custom" in reply)
    assert "1. 新しく商売を始めたい" in choices["text"]
    assert part_from_json(choices["custom"]).kind == "choices"


def test_a_consultation_over_rest_ends_in_a_referral(rest_address: str) -> None:
    sender = uuid.uuid4().hex
    say(rest_address, "息子に株を渡すときの贈与税が心配です", sender)
    parts = [reply["custom"] for reply in say(rest_address, "鳥取です", sender) if "custom" in reply]
    referral = next(part for part in parts if part["type"] == "referral")
    assert referral["steps"][0]["institution_id"] == "zeirishi"
    assert referral["steps"][0]["citation"] == "別添2 ト、14ページ"


def test_two_senders_do_not_hear_each_other(rest_address: str) -> None:
    first, second = uuid.uuid4().hex, uuid.uuid4().hex
    say(rest_address, "商標を取りたい。場所は福井県", first)
    assert "福井" not in "".join(reply["text"] for reply in say(rest_address, "商標を取りたい", second))


@pytest.mark.parametrize(
    "message",
    ["", "   ", "\u200b", "🙂", "a\ud800b", "\x00", "あ" * 1001, "あ" * 100_000, '/restart{"a":1}'],
    ids=lambda value: ascii(value)[:30],
)
def test_any_text_gets_an_answer(rest_address: str, message: str) -> None:
    assert say(rest_address, message)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"{}",
        b'{"message": 3}',
        b'{"message": "x", "sender": 5}',
        b'{"message": "x", "sender": ""}',
        b"\xff\xfe",
        b"[" * 20_000,
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_nonsense_is_refused_with_a_reason(rest_address: str, body: bytes) -> None:
    response = post(rest_address, data=body)
    assert response.status_code == 400
    assert "expected" in response.json()["error"]


def test_a_request_over_a_megabyte_is_refused(rest_address: str) -> None:
    assert post(rest_address, data=b" " * 1_000_001).status_code == 400


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "Origin"])
def test_what_a_proxy_or_a_web_page_passes_on_is_refused(rest_address: str, header: str) -> None:
    response = post(rest_address, json={"message": "x"}, headers={header: "203.0.113.7"})
    assert response.status_code == 403


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(message=st.text(max_size=300))
def test_no_text_breaks_a_turn(rest_address: str, message: str) -> None:
    assert all(reply["text"] or reply.get("custom") for reply in say(rest_address, message))


def test_rasas_own_api_is_not_served(rest_address: str) -> None:
    for path in ("/conversations/x/tracker", "/model/parse", "/domain", "/status", "/webhooks/rest/webhook"):
        assert requests.get(rest_address + path, timeout=TIMEOUT_S).status_code in (404, 405)

"""The website's protocol, line by line, against a real server."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import socket
import time
from datetime import datetime, timedelta, timezone
from typing import Any, Dict, Iterator, List
from urllib.parse import urlsplit

import aiohttp
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messages import part_from_json
from tests.channels.web_owner import TIMEOUT_S, Listener, Owner, new_id

MESSAGE_KEYS = {"seq", "from", "id", "text", "plain", "part", "at"}
_ADDRESSES = itertools.count(1)


@pytest.fixture
def owner(web_address: str) -> Owner:
    return Owner(web_address)


def error(response: requests.Response) -> "tuple[int, str]":
    body = response.json()
    assert set(body) == {"error"}
    return response.status_code, body["error"]


# Sessions


def test_a_session_opens_with_a_token_its_end_and_the_greeting(web_address: str) -> None:
    opened = requests.post(f"{web_address}/web/session", json={}, timeout=TIMEOUT_S)
    body = opened.json()
    assert opened.status_code == 201
    assert set(body) == {"token", "expires_at", "messages"}
    assert [message["seq"] for message in body["messages"]] == list(range(1, len(body["messages"]) + 1))
    assert body["messages"][-1]["part"]["type"] == "choices"


def test_a_session_lasts_a_week(web_address: str) -> None:
    opened = requests.post(f"{web_address}/web/session", json={}, timeout=TIMEOUT_S)
    left = datetime.fromisoformat(opened.json()["expires_at"]) - datetime.now(timezone.utc)
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)


def test_every_session_is_another(web_address: str) -> None:
    assert len({Owner(web_address).token for _ in range(5)}) == 5


# Messages


def test_a_message_comes_back_with_what_the_bot_says(owner: Owner) -> None:
    client_id = new_id()
    said = owner.say("商標を取りたい", client_id)
    assert all(set(message) == MESSAGE_KEYS for message in said)
    assert (said[0]["from"], said[0]["id"], said[0]["text"], said[0]["part"]) == (
        "owner",
        client_id,
        "商標を取りたい",
        None,
    )
    assert len(said) > 1
    assert all((message["from"], message["id"]) == ("bot", None) for message in said[1:])


def test_the_numbers_go_on_from_the_greeting(owner: Owner) -> None:
    said = owner.say("商標を取りたい")
    assert [message["seq"] for message in said] == [len(owner.greeting) + 1 + number for number in range(len(said))]


def test_a_time_is_in_utc(owner: Owner) -> None:
    at = datetime.fromisoformat(owner.say("こんにちは")[0]["at"])
    assert at.utcoffset() == timedelta(0)
    assert abs(datetime.now(timezone.utc) - at) < timedelta(minutes=1)


def test_plain_is_complete_and_text_leaves_the_part_out(owner: Owner) -> None:
    asked = owner.greeting[-1]
    labels = part_from_json(asked["part"]).plain()
    assert asked["plain"] == f"{asked['text']}\n{labels}"
    assert labels not in asked["text"]


def test_a_choice_is_said_with_its_label(owner: Owner) -> None:
    choice = owner.greeting[-1]["part"]["choices"][0]
    said = owner.press(choice["id"])
    assert (said[0]["from"], said[0]["text"]) == ("owner", choice["label"])
    assert len(said) > 1


def test_a_consultation_ends_in_a_referral(owner: Owner) -> None:
    owner.say("息子に株を渡すときの贈与税が心配です")
    parts = [message["part"] for message in owner.say("鳥取です") if message["part"]]
    assert parts[0]["type"] == "referral"
    assert parts[0]["steps"][0]["institution_id"] == "zeirishi"


def test_the_same_id_gives_the_same_again(owner: Owner) -> None:
    client_id = new_id()
    first = owner.say("商標を取りたい", client_id)
    assert owner.say("商標を取りたい", client_id) == first
    assert len(owner.messages()) == len(owner.greeting) + len(first)


def test_the_same_id_gives_the_same_when_the_conversation_has_gone_on(owner: Owner) -> None:
    client_id = new_id()
    first = owner.say("商標を取りたい", client_id)
    owner.say("福島です")
    assert owner.say("商標を取りたい", client_id) == first


def test_the_same_id_many_times_at_once_is_one_message(owner: Owner) -> None:
    async def send_all() -> List[Any]:
        async with aiohttp.ClientSession(headers=owner.headers) as pages:

            async def send() -> Any:
                body = {"id": "at-once-1", "text": "商標を取りたい"}
                async with pages.post(f"{owner.address}/web/messages", json=body) as answer:
                    return answer.status, await answer.json()

            return await asyncio.gather(*(send() for _ in range(10)))

    answers = asyncio.run(send_all())
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 200
    assert len(owner.messages()) == len(owner.greeting) + len(answers[0][1]["messages"])


def test_two_messages_at_once_are_answered_one_after_the_other(owner: Owner) -> None:
    async def send_both() -> List[Any]:
        async with aiohttp.ClientSession(headers=owner.headers) as pages:

            async def send(text: str) -> Any:
                async with pages.post(f"{owner.address}/web/messages", json={"id": new_id(), "text": text}) as answer:
                    return [message["seq"] for message in (await answer.json())["messages"][1:]]

            return await asyncio.gather(send("商標を取りたい"), send("福島です"))

    first, second = sorted(asyncio.run(send_both()))
    assert max(first) < min(second)


def test_the_same_id_with_other_words_is_refused(owner: Owner) -> None:
    client_id = new_id()
    owner.say("商標を取りたい", client_id)
    assert error(owner.post({"id": client_id, "text": "特許を取りたい"})) == (409, "id_reused")


@pytest.mark.parametrize("text", ["", "   ", "\n", "\u3000", "\x00\x07", "あ" * 1001], ids=ascii)
def test_a_text_of_no_or_too_many_characters_is_refused(owner: Owner, text: str) -> None:
    assert error(owner.post({"id": new_id(), "text": text})) == (422, "text_length")


def test_a_thousand_characters_are_taken_whatever_is_around_them(owner: Owner) -> None:
    assert owner.say("  " + "あ" * 1000 + "\n\n")[0]["text"] == "あ" * 1000


def test_words_stay_as_they_are(owner: Owner) -> None:
    words = "神﨑です。①ｶﾞ\n二行目 👨‍👩‍👧 <b>&amp;</b>"
    assert owner.say(words)[0]["text"] == words


def test_what_no_keyboard_types_is_left_out(owner: Owner) -> None:
    assert owner.say("商\x00標\x1b[31m\tを\r\n取り\x7fたい\u0085")[0]["text"] == "商標[31m を\n取りたい"


@pytest.mark.parametrize("text", ["/restart", '/greet{"issue": "創業"}', "/session_start", "EXTERNAL: x"])
def test_a_command_is_text(owner: Owner, text: str) -> None:
    said = owner.say(text)
    assert said[0]["text"] == text
    assert len(said) > 1


@pytest.mark.parametrize(
    "choice", ["issue.nothing", "prefecture.__import__", "yes", "", "x" * 300, "a\nb", "issue.創業 "], ids=ascii
)
def test_a_choice_that_was_not_offered_is_refused(owner: Owner, choice: str) -> None:
    assert error(owner.post({"id": new_id(), "choice": choice})) == (422, "choice")


@pytest.mark.parametrize(
    ("choice", "label", "title"),
    [
        ("talk.person", "人に相談する", "人がお話をうかがう窓口"),
        ("talk.distress", "つらいとき", "人が話を聞いてくれる電話"),
    ],
)
def test_what_can_be_pressed_at_any_time_needs_no_offer(owner: Owner, choice: str, label: str, title: str) -> None:
    said = owner.press(choice)
    assert said[0]["text"] == label
    assert title in [message["part"]["title"] for message in said if (message["part"] or {}).get("type") == "notice"]


def test_a_choice_that_was_offered_to_another_is_refused(web_address: str) -> None:
    first, second = Owner(web_address), Owner(web_address)
    offered = [message["part"] for message in first.say("商標を取りたい") if message["part"]]
    choice = offered[-1]["choices"][0]["id"]
    assert first.press(choice)
    assert error(second.post({"id": new_id(), "choice": choice})) == (422, "choice")


@pytest.mark.parametrize(
    "client_id",
    ["", "short", "x" * 65, "spaces in it", "日本語日本語日本", "a/b/c/d/e", "a;b;c;d;e", 12345678, None, ["a" * 8]],
    ids=ascii,
)
def test_an_id_of_another_shape_is_refused(owner: Owner, client_id: Any) -> None:
    assert error(owner.post({"id": client_id, "text": "x"})) == (400, "body")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"3",
        b"{}",
        b'{"id": "aaaaaaaa"}',
        b'{"id": "aaaaaaaa", "text": 3}',
        b'{"id": "aaaaaaaa", "text": null}',
        b'{"id": "aaaaaaaa", "text": ["x"]}',
        b'{"id": "aaaaaaaa", "text": "x", "choice": "x"}',
        b'{"id": "aaaaaaaa", "text": "x", "conversation": "web-x"}',
        b'{"id": "aaaaaaaa", "text": "\\ud800"}',
        b'{"id": "aaaaaaaa", "choice": "\\udfff"}',
        b'{"id": "aaaaaaaa", "text": "\xff\xfe"}',
        b'{"id": "aaaaaaaa", "text": NaN}',
        '{"id": "aaaaaaaa", "text": "x"}'.encode("utf-16"),
        b"[" * 8000,
        b'{"a":' * 1500,
        b"9" * 8000,
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_body_that_is_no_message_is_refused(owner: Owner, body: bytes) -> None:
    began = time.monotonic()
    answer = owner.post(None, data=body, headers={"Content-Type": "application/json"})
    assert error(answer) == (400, "body")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"token": "x"}', b'{"conversation": "web-x"}'], ids=ascii)
def test_a_session_is_opened_with_an_empty_object_only(web_address: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = requests.post(f"{web_address}/web/session", data=body, headers=headers, timeout=TIMEOUT_S)
    assert error(answer) == (400, "body")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"])
def test_what_a_plain_form_could_send_is_refused(owner: Owner, content_type: str) -> None:
    body = json.dumps({"id": new_id(), "text": "x"}).encode()
    answer = owner.post(None, data=body, headers={"Content-Type": content_type})
    assert error(answer) == (415, "content_type")


def test_json_may_name_its_charset(owner: Owner) -> None:
    body = json.dumps({"id": new_id(), "text": "こんにちは"}).encode()
    assert owner.post(None, data=body, headers={"Content-Type": "application/json; charset=utf-8"}).status_code == 200


@pytest.mark.parametrize("size", [8 * 1024 + 1, 100_000, 1_000_000])
def test_a_body_over_eight_kilobytes_is_refused(owner: Owner, size: int) -> None:
    answer = owner.post(None, data=b" " * size, headers={"Content-Type": "application/json"})
    assert error(answer) == (413, "too_large")


def test_a_body_in_pieces_of_which_nobody_knows_how_many_come_is_refused(owner: Owner) -> None:
    pieces: Iterator[bytes] = iter([b"{", b"}"])
    answer = owner.post(None, data=pieces, headers={"Content-Type": "application/json"})
    assert error(answer) == (400, "body")


def test_a_body_that_is_announced_too_large_is_refused_before_it_comes(owner: Owner) -> None:
    answer = raw(
        owner.address,
        f"POST /web/messages HTTP/1.1\r\nHost: {host(owner)}\r\nAuthorization: Bearer {owner.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n{",
    )
    assert answer.startswith("HTTP/1.1 413 ")


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=any_json | st.fixed_dictionaries({"id": any_json, "text": any_json}))
def test_no_json_breaks_the_server(owner: Owner, body: Any) -> None:
    answer = owner.post(None, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300))
def test_no_bytes_break_the_server(owner: Owner, body: bytes) -> None:
    answer = owner.post(None, data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=100))
def test_no_text_breaks_a_turn(owner: Owner, text: str) -> None:
    answer = owner.post({"id": new_id(), "text": text})
    assert answer.status_code in (200, 422)


# Reading again


def test_a_page_that_is_loaded_again_gets_everything(owner: Owner) -> None:
    said = owner.say("商標を取りたい")
    assert owner.messages() == [*owner.greeting, *said]


def test_only_what_came_after_is_sent(owner: Owner) -> None:
    said = owner.say("商標を取りたい")
    assert owner.messages(after=len(owner.greeting)) == said
    assert owner.messages(after=10_000) == []


@pytest.mark.parametrize("after", ["-1", "x", "", "1.5", "9" * 10, "１", "1;2", "\x00"], ids=ascii)
def test_an_after_that_is_no_number_is_refused(owner: Owner, after: str) -> None:
    assert error(owner.get("/web/messages", params={"after": after})) == (400, "body")


# The stream


def test_a_stream_tells_what_owner_and_bot_say(owner: Owner) -> None:
    page = owner.listen()
    page.until(": open")
    said = owner.say("商標を取りたい")
    page.until(f"id: {said[-1]['seq']}")
    assert page.messages() == said
    assert page.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    page.close()


def test_typing_is_told_without_a_number(owner: Owner) -> None:
    page = owner.listen()
    page.until(": open")
    said = owner.say("商標を取りたい")
    page.until(f"id: {said[-1]['seq']}")
    time.sleep(0.5)
    typing = [number for number, line in enumerate(page.lines) if line == "event: typing"]
    told = [page.lines[number + 1] for number in typing]
    assert told in (['data: {"typing": true}', 'data: {"typing": false}'], [])  # none where the turn was over at once
    assert all(page.lines[number - 1] == "" for number in typing)
    page.close()


def test_a_stream_begins_with_what_is_new(owner: Owner) -> None:
    owner.say("商標を取りたい")
    page = owner.listen()
    page.until(": open")
    said = owner.say("福島です")
    page.until(f"id: {said[-1]['seq']}")
    assert page.messages() == said
    page.close()


def test_a_stream_goes_on_where_the_last_one_ended(owner: Owner) -> None:
    said = owner.say("商標を取りたい")
    page = owner.listen(last_seen=said[0]["seq"])
    page.until(f"id: {said[-1]['seq']}")
    assert page.messages() == said[1:]
    page.close()


def test_two_tabs_see_the_same(owner: Owner) -> None:
    tabs = [owner.listen(last_seen=0) for _ in range(2)]
    said = owner.say("商標を取りたい")
    for tab in tabs:
        tab.until(f"id: {said[-1]['seq']}")
    assert tabs[0].messages() == tabs[1].messages() == [*owner.greeting, *said]
    for tab in tabs:
        tab.close()


@pytest.mark.parametrize("last_seen", ["x", "-1", "", "1.5", "9" * 12, "1,2"])
def test_a_last_event_id_that_is_no_number_is_refused(owner: Owner, last_seen: str) -> None:
    assert error(owner.get("/web/events", headers={"Last-Event-ID": last_seen})) == (400, "body")


def test_a_fifth_stream_is_refused_until_another_ends(owner: Owner) -> None:
    pages = [owner.listen() for _ in range(4)]
    for page in pages:
        page.until(": open")
    refused = owner.get("/web/events")
    assert error(refused) == (429, "too_many")
    assert int(refused.headers["Retry-After"]) > 0
    pages[0].close()
    end = time.monotonic() + 5
    while (again := owner.listen()).status != 200:
        assert time.monotonic() < end
        time.sleep(0.1)
    for page in (again, *pages):
        page.close()


# Methods, paths, errors


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "GET", "HEAD", "TRACE"])
def test_a_session_is_only_posted(web_address: str, method: str) -> None:
    answer = requests.request(method, f"{web_address}/web/session", timeout=TIMEOUT_S)
    assert answer.status_code == 405


@pytest.mark.parametrize("path", ["/web", "/web/", "/web/x", "/web/messages/1", "/web/%2e%2e/x", "/web/settings"])
def test_no_other_address_is_there(owner: Owner, path: str) -> None:
    assert error(owner.get(path)) == (404, "not_found")


@pytest.mark.parametrize(
    "request_head",
    [
        "POST /web/messages HTTP/1.1\r\nContent-Length: abc",
        "POST /web/messages HTTP/1.1\r\nContent-Length: -5",
        "POST /web/messages HTTP/1.1\r\nTransfer-Encoding: gzip",
        "POST /web/messages HTTP/1.1\r\nTransfer-Encoding: gzip, chunked",
        "GET /web/messages HTTP/9.9",
        "GET /web/messages",
        "GET  HTTP/1.1",
        "\x00\x01\x02",
        "GET /web/messages HTTP/1.1\r\nno colon here",
        "GET /%ff%fe HTTP/1.1",
        "GET /web/messages?after=%ff HTTP/1.1",
    ],
    ids=ascii,
)
def test_a_broken_request_is_the_clients_fault(owner: Owner, request_head: str) -> None:
    answer = raw(owner.address, f"{request_head}\r\nHost: {host(owner)}\r\nAuthorization: Bearer {owner.token}\r\n\r\n")
    assert re.match(r"HTTP/1\.1 4\d\d ", answer), answer
    assert "Traceback" not in answer


def test_a_request_whose_address_cannot_be_read_is_refused_and_does_no_harm(owner: Owner) -> None:
    answer = raw(owner.address, f"GET http://[::1 HTTP/1.1\r\nHost: {host(owner)}\r\n\r\n")
    assert answer.startswith("HTTP/1.1 400 ")
    assert owner.messages() == owner.greeting


def test_a_request_that_says_two_lengths_is_refused(owner: Owner) -> None:
    answer = raw(
        owner.address,
        f"POST /web/messages HTTP/1.1\r\nHost: {host(owner)}\r\nAuthorization: Bearer {owner.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
    )
    assert answer.startswith("HTTP/1.1 400 ")


SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


@pytest.mark.parametrize("path", ["/web/messages", "/web/events", "/web/nothing", "/nothing"])
def test_every_answer_has_the_headers_that_keep_browsers_from_harm(web_address: str, path: str) -> None:
    answer = requests.get(web_address + path, timeout=TIMEOUT_S)
    assert {name: answer.headers.get(name) for name in SAFE} == SAFE
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cache-Control"].startswith("no-store")
    assert "Strict-Transport-Security" not in answer.headers
    assert "Set-Cookie" not in answer.headers


# What the operator sets


def from_address(number: int, **more: str) -> Dict[str, str]:
    """The headers of a request that came through the operator's proxy from an address of its own."""
    return {"Host": "soudan.example.jp", "X-Forwarded-For": f"198.51.100.{number}", **more}


def open_session(address: str, number: int, **more: str) -> requests.Response:
    return requests.post(f"{address}/web/session", json={}, headers=from_address(number, **more), timeout=TIMEOUT_S)


def test_a_session_sends_so_many_messages_a_minute_and_no_more(strict_address: str) -> None:
    number = next(_ADDRESSES)
    token = open_session(strict_address, number).json()["token"]
    headers = from_address(number, Authorization=f"Bearer {token}")
    statuses = []
    for _ in range(5):
        answer = requests.post(
            f"{strict_address}/web/messages",
            json={"id": new_id(), "text": "こんにちは"},
            headers=headers,
            timeout=TIMEOUT_S,
        )
        statuses.append(answer.status_code)
    assert statuses == [200, 200, 200, 429, 429]
    assert error(answer) == (429, "too_many")
    assert 1 <= int(answer.headers["Retry-After"]) <= 61


def test_an_address_opens_so_many_sessions_a_minute_and_no_more(strict_address: str) -> None:
    number = next(_ADDRESSES)
    assert [open_session(strict_address, number).status_code for _ in range(5)] == [201] * 4 + [429]
    assert open_session(strict_address, next(_ADDRESSES)).status_code == 201


def test_an_address_sends_so_many_requests_a_minute_and_no_more(strict_address: str) -> None:
    headers = from_address(next(_ADDRESSES), Authorization="Bearer guess")
    statuses = [
        requests.get(f"{strict_address}/web/messages", headers=headers, timeout=TIMEOUT_S).status_code
        for _ in range(32)
    ]
    assert statuses == [401] * 30 + [429] * 2


def test_an_address_that_the_client_claims_itself_does_not_count(strict_address: str) -> None:
    number = next(_ADDRESSES)
    statuses = []
    for claimed in range(5):
        headers = {"Host": "soudan.example.jp", "X-Forwarded-For": f"203.0.113.{claimed}, 198.51.100.{number}"}
        answer = requests.post(f"{strict_address}/web/session", json={}, headers=headers, timeout=TIMEOUT_S)
        statuses.append(answer.status_code)
    assert statuses == [201] * 4 + [429]


@pytest.mark.parametrize(
    "origin", ["https://www.example.jp", "https://shop.example.jp:8443", "https://soudan.example.jp"]
)
def test_a_page_of_the_operators_list_may_ask(strict_address: str, origin: str) -> None:
    answer = open_session(strict_address, next(_ADDRESSES), Origin=origin)
    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        "https://www.example.jp.evil.example",
        "https://evilwww.example.jp",
        "http://www.example.jp",
        "https://www.example.jp:8443",
        "https://shop.example.jp",
        "https://www.example.jp/",
        "https://www.example.jp@evil.example",
        "HTTPS://WWW.EXAMPLE.JP",
        "file://",
        "*",
        "",
    ],
)
def test_any_other_page_is_refused_by_the_server(strict_address: str, origin: str) -> None:
    answer = open_session(strict_address, next(_ADDRESSES), Origin=origin)
    assert error(answer) == (403, "origin")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_browser_that_asks_first_is_told_what_it_may_send(strict_address: str) -> None:
    headers = from_address(next(_ADDRESSES), Origin="https://www.example.jp")
    headers |= {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    answer = requests.options(f"{strict_address}/web/messages", headers=headers, timeout=TIMEOUT_S)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "https://www.example.jp"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-type, last-event-id"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_browser_that_asks_first_for_another_page_is_refused(strict_address: str) -> None:
    headers = from_address(next(_ADDRESSES), Origin="https://evil.example")
    answer = requests.options(f"{strict_address}/web/messages", headers=headers, timeout=TIMEOUT_S)
    assert answer.status_code == 403


def test_a_page_can_read_when_to_come_again(strict_address: str) -> None:
    number = next(_ADDRESSES)
    answers = [open_session(strict_address, number, Origin="https://www.example.jp") for _ in range(5)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Access-Control-Expose-Headers"] == "Retry-After"
    assert answers[-1].headers["Access-Control-Allow-Origin"] == "https://www.example.jp"


@pytest.mark.parametrize("name", ["evil.example", "soudan.example.jp.evil.example", "169.254.169.254", "a b", "[::1"])
def test_a_name_that_is_not_the_bots_is_refused(strict_address: str, name: str) -> None:
    answer = open_session(strict_address, next(_ADDRESSES), Host=name)
    assert answer.status_code in (400, 403)


@pytest.mark.parametrize("name", ["soudan.example.jp", "SOUDAN.example.jp:443", "soudan.example.jp.", "localhost:80"])
def test_a_name_of_the_bots_is_taken(strict_address: str, name: str) -> None:
    assert open_session(strict_address, next(_ADDRESSES), Host=name).status_code == 201


def test_a_bot_behind_https_says_that_it_is_never_reached_otherwise(strict_address: str) -> None:
    answer = requests.get(f"{strict_address}/", headers=from_address(next(_ADDRESSES)), timeout=TIMEOUT_S)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


# On this machine


def test_a_name_that_was_led_to_this_machine_is_refused(web_address: str) -> None:
    headers = {"Host": f"rebound.example:{urlsplit(web_address).port}", "Origin": "http://rebound.example"}
    answer = requests.post(f"{web_address}/web/session", json={}, headers=headers, timeout=TIMEOUT_S)
    assert error(answer) == (403, "origin")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_the_names_of_this_machine_are_the_bots_own(web_address: str, name: str) -> None:
    own = f"{name}:{urlsplit(web_address).port}"
    headers = {"Host": own, "Origin": f"http://{own}"}
    answer = requests.post(f"{web_address}/web/session", json={}, headers=headers, timeout=TIMEOUT_S)
    assert answer.status_code == 201


def test_a_page_of_another_server_on_this_machine_is_refused(web_address: str) -> None:
    headers = {"Origin": "http://127.0.0.1:1"}
    answer = requests.post(f"{web_address}/web/session", json={}, headers=headers, timeout=TIMEOUT_S)
    assert error(answer) == (403, "origin")


def host(owner: Owner) -> str:
    return urlsplit(owner.address).netloc


def raw(address: str, request: str) -> str:
    """What the server answers to these bytes."""
    server = urlsplit(address)
    with socket.create_connection((server.hostname or "", server.port or 0), timeout=10) as connection:
        connection.sendall(request.encode("latin-1"))
        answer = b""
        while b"\r\n\r\n" not in answer and (piece := connection.recv(65536)):
            answer += piece
    return answer.decode(errors="replace")


def test_streams_that_are_left_behind_end(owner: Owner) -> None:
    for _ in range(20):
        page = Listener(owner.address, owner.headers)
        assert page.status == 200
        page.until(": open")
        page.close()
        time.sleep(0.05)

"""One owner's token opens only that owner's conversation: every other way in is tried here, against a real server."""

from __future__ import annotations

import base64
import json
import socket
import time
import uuid
from typing import Any, Dict, List
from urllib.parse import urlsplit

import pytest
import requests
from itsdangerous import URLSafeTimedSerializer

from bot.channels.web.sessions import open_session, session_of
from bot.operator.signing import signer
from tests.channels.web_owner import TIMEOUT_S, Owner, new_id

SECRET_WORDS = "福井県で株を譲りたい"
READS = ("/web/messages", "/web/events")


@pytest.fixture(scope="module")
def victim(web_address: str) -> Owner:
    """An owner whose conversation somebody wants to get into."""
    owner = Owner(web_address)
    owner.say(SECRET_WORDS)
    return owner


@pytest.fixture(scope="module")
def stranger(web_address: str) -> Owner:
    """Another owner, with a session of their own and nothing said."""
    return Owner(web_address)


def conversation_of(owner: Owner) -> str:
    """The conversation's id, which nobody but the server can know; the development secret makes it known here."""
    return session_of(owner.token, 7).conversation


def answer_to(owner: Owner, request_line: str, *headers: "str | bytes") -> bytes:
    """How the server's answer to a request of exactly these headers begins."""
    server = urlsplit(owner.address)
    lines = [f"{request_line} HTTP/1.1", f"Host: {server.netloc}", *headers, "", ""]
    with socket.create_connection((server.hostname or "", server.port or 0), timeout=10) as connection:
        connection.sendall(b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
        return connection.recv(65536)


def get(address: str, path: str, authorization: str) -> requests.Response:
    headers = {"Authorization": authorization}
    return requests.get(address + path, headers=headers, timeout=TIMEOUT_S, stream=True)


def refused(response: requests.Response) -> bool:
    return response.status_code == 401 and response.json() == {"error": "session"}


def altered(token: str, position: int) -> str:
    other = "A" if token[position] != "A" else "B"
    return token[:position] + other + token[position + 1 :]


def bad_tokens(victim: Owner) -> Dict[str, str]:
    """Everything that is nearly the victim's token, or could be taken for one."""
    payload, stamp, signature = victim.token.split(".")
    nonce = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    conversation = conversation_of(victim)
    return {
        "nothing": "",
        "spaces": "   ",
        "the payload alone": payload,
        "without its signature": f"{payload}.{stamp}",
        "with an empty signature": f"{payload}.{stamp}.",
        "cut at the end": victim.token[:-1],
        "cut at the beginning": victim.token[1:],
        "longer": victim.token + "A",
        "twice": f"{victim.token}.{victim.token}",
        "another payload": altered(victim.token, 5),
        "another time": f"{payload}.{altered(stamp, 1)}.{signature}",
        "another signature": f"{payload}.{stamp}.{altered(signature, 3)}",
        "signature of nothing": f"{payload}.{stamp}.{'A' * 43}",
        "signed with another secret": str(URLSafeTimedSerializer("x" * 64, salt="web session").dumps(nonce)),
        "signed for another purpose": signer("sheet").dumps(nonce),
        "signed for a staff session": signer("console session").dumps(nonce),
        "the conversation, signed": signer("web conversation").dumps(nonce),
        "the conversation's id": conversation,
        "the conversation's id, signed as a sheet": signer("sheet").dumps(conversation),
        "the nonce": nonce,
        "a web token of no algorithm": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
        "null": "null",
        "a star": "*",
        "a pattern": "%",
        "SQL": "' OR 1=1 --",
        "a path": "../../var/store.sqlite",
        "too long": "A" * 5000,
    }


def test_the_owner_gets_in(victim: Owner) -> None:
    assert SECRET_WORDS in [message["text"] for message in victim.messages()]


def test_no_token_but_the_owners_gets_in(victim: Owner) -> None:
    got_in: List[str] = []
    for name, token in bad_tokens(victim).items():
        for path in READS:
            if not refused(get(victim.address, path, f"Bearer {token}")):
                got_in.append(f"{name} at {path}")
        posted = requests.post(
            f"{victim.address}/web/messages",
            json={"id": new_id(), "text": "x"},
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_S,
        )
        if not refused(posted):
            got_in.append(f"{name} by POST")
    assert got_in == []


def test_no_token_of_bytes_that_are_no_text_gets_in(victim: Owner) -> None:
    for token in (b"\xff\xfe", "日本語".encode(), b"\x00", b"a\tb"):
        assert answer_to(victim, "GET /web/messages", b"Authorization: Bearer " + token).startswith(b"HTTP/1.1 4")


def test_an_expired_token_does_not_get_in(victim: Owner) -> None:
    week_s = 7 * 86_400
    expired, _ = open_session(7, lambda: time.time() - week_s - 5)
    assert refused(get(victim.address, "/web/messages", f"Bearer {expired}"))


@pytest.mark.parametrize("scheme", ["", "Basic ", "Token ", "Bearer", "Bearer\u00a0", "JWT ", "Digest "])
def test_a_token_of_another_scheme_does_not_get_in(victim: Owner, scheme: str) -> None:
    answer = get(victim.address, "/web/messages", f"{scheme}{victim.token}")
    assert refused(answer)


def test_a_token_anywhere_but_in_its_header_does_not_get_in(victim: Owner) -> None:
    token = victim.token
    for path in READS:
        answers = [
            requests.get(victim.address + path, params={"token": token, "access_token": token}, timeout=TIMEOUT_S),
            requests.get(victim.address + path, cookies={"token": token, "session": token}, timeout=TIMEOUT_S),
            requests.get(victim.address + path, auth=(token, token), timeout=TIMEOUT_S),
            requests.get(victim.address + path, headers={"X-Session": token, "Token": token}, timeout=TIMEOUT_S),
            requests.get(victim.address + path, headers={"Proxy-Authorization": f"Bearer {token}"}, timeout=TIMEOUT_S),
            requests.get(victim.address + path, json={"token": token}, timeout=TIMEOUT_S),
        ]
        assert all(map(refused, answers))


def test_two_tokens_at_once_do_not_get_in(victim: Owner, stranger: Owner) -> None:
    tokens = (f"Authorization: Bearer {owner.token}" for owner in (stranger, victim))
    assert answer_to(victim, "GET /web/messages", *tokens).startswith(b"HTTP/1.1 401 ")


def test_a_stranger_who_names_the_conversation_gets_their_own(victim: Owner, stranger: Owner) -> None:
    name = conversation_of(victim)
    named = {
        "params": dict.fromkeys(("id", "conversation", "conversation_id", "sender", "session", "session_id"), name),
        "headers": {"X-Conversation": name, "X-Session-Id": name, "Sender": name, "Cookie": f"session={name}"},
    }
    answer = stranger.get("/web/messages", **named)
    assert answer.json()["messages"] == stranger.greeting


def test_a_stranger_who_names_the_conversation_in_a_body_is_refused(victim: Owner, stranger: Owner) -> None:
    for key in ("conversation", "sender", "session_id", "token"):
        answer = stranger.post({"id": new_id(), "text": "x", key: conversation_of(victim)})
        assert (answer.status_code, answer.json()) == (400, {"error": "body"})


def test_a_session_cannot_be_opened_for_a_conversation_of_ones_choice(victim: Owner) -> None:
    for body in ({"conversation": conversation_of(victim)}, {"token": victim.token}, {"nonce": "x"}):
        answer = requests.post(f"{victim.address}/web/session", json=body, timeout=TIMEOUT_S)
        assert answer.status_code == 400


def test_opening_a_session_with_anothers_token_opens_a_new_conversation(victim: Owner) -> None:
    answer = requests.post(f"{victim.address}/web/session", json={}, headers=victim.headers, timeout=TIMEOUT_S)
    assert answer.json()["token"] != victim.token
    assert [message["seq"] for message in answer.json()["messages"]] == [1, 2]


def test_a_place_in_anothers_transcript_shows_nothing_of_it(victim: Owner, stranger: Owner) -> None:
    last = victim.messages()[-1]["seq"]
    assert stranger.get("/web/messages", params={"after": 0}).json()["messages"] == stranger.greeting
    page = stranger.listen(last_seen=0)
    page.until(f"id: {len(stranger.greeting)}")
    beyond = stranger.listen(last_seen=last)
    beyond.until(": open")
    victim.say("ほかにも相談です")
    assert page.messages() == stranger.greeting
    assert beyond.messages() == []
    page.close()
    beyond.close()


def test_a_stranger_who_repeats_anothers_message_id_says_it_themselves(victim: Owner, stranger: Owner) -> None:
    client_id = new_id()
    victim.say("商標を取りたい", client_id)
    said = stranger.say("全く別の話です", client_id)
    assert said[0]["text"] == "全く別の話です"
    assert all("商標" not in message["text"] for message in said)


def test_what_a_stranger_says_reaches_nobody_else(victim: Owner, stranger: Owner) -> None:
    page = victim.listen()
    page.until(": open")
    before = victim.messages()
    stranger.say("なりすましです")
    assert victim.messages() == before
    assert page.messages() == []
    page.close()


def test_the_conversations_id_stands_in_no_token_and_in_no_answer(victim: Owner) -> None:
    name = conversation_of(victim)
    decoded = b"".join(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in victim.token.split("."))
    digest = name.removeprefix("web-")
    assert digest.encode() not in decoded
    assert digest not in victim.token
    assert digest not in victim.get("/web/messages").text


@pytest.mark.parametrize(
    "path", ["/webhooks/rest/webhook", "/webhooks/web/messages", "/webhooks/socketio/", "/socket.io/"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_rasas_own_channels_are_not_there(strict_address: str, path: str, method: str) -> None:
    headers = {"Host": "soudan.example.jp"}
    body = {"sender": "web-x", "message": "x"}
    answer = requests.request(method, strict_address + path, json=body, headers=headers, timeout=TIMEOUT_S)
    assert answer.status_code in (404, 405)


def test_the_rest_webhook_is_closed_to_pages_even_where_it_is_served(victim: Owner) -> None:
    body = {"sender": conversation_of(victim), "message": "何を相談しましたか"}
    headers = {"Origin": victim.address}
    answer = requests.post(f"{victim.address}/webhooks/rest/webhook", json=body, headers=headers, timeout=TIMEOUT_S)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path", ["/conversations/{}/tracker", "/conversations/{}/messages", "/conversations/{}/execute", "/model/parse"]
)
def test_rasas_own_api_is_not_there(victim: Owner, path: str) -> None:
    answer = victim.get(path.format(conversation_of(victim)))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL"]
)
def test_a_header_does_not_turn_one_request_into_another(victim: Owner, header: str) -> None:
    value = "/web/messages" if "URL" in header else "GET"
    answer = requests.post(
        f"{victim.address}/web/session", json={}, headers={header: value}, params={"_method": "GET"}, timeout=TIMEOUT_S
    )
    assert answer.status_code == 201
    assert SECRET_WORDS not in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "GETX"])
@pytest.mark.parametrize("path", READS)
def test_no_other_method_reads_a_conversation(victim: Owner, method: str, path: str) -> None:
    answer = answer_to(victim, f"{method} {path}", f"Authorization: Bearer {victim.token}")
    assert b" 40" in answer[:14]


def test_an_options_request_tells_nothing(victim: Owner) -> None:
    answer = requests.options(f"{victim.address}/web/messages", headers=victim.headers, timeout=TIMEOUT_S)
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("injected", ["x\r\nX-Evil: 1", "x%0d%0aX-Evil: 1", "x\nSet-Cookie: a=b"])
def test_nothing_that_is_sent_becomes_a_header_of_the_answer(victim: Owner, injected: str) -> None:
    for header in ("Origin", "Last-Event-ID", "X-Request-ID", "Authorization"):
        head = answer_to(victim, "GET /web/messages", f"{header}: {injected}").split(b"\r\n\r\n")[0].lower()
        assert head.startswith(b"http/1.1 4")
        assert b"x-evil" not in head
        assert b"set-cookie" not in head


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "file://", "http://127.0.0.1.evil.example"])
def test_a_page_of_another_site_does_not_get_in_even_with_the_token(victim: Owner, origin: str) -> None:
    for path in READS:
        answer = victim.get(path, headers={"Origin": origin})
        assert (answer.status_code, answer.json()) == (403, {"error": "origin"})


def test_two_origins_at_once_do_not_get_in(victim: Owner) -> None:
    origins = (f"Origin: {victim.address}", "Origin: https://evil.example")
    answer = answer_to(victim, "GET /web/messages", *origins, f"Authorization: Bearer {victim.token}")
    assert answer.startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize(
    "path", ["/widget/../channel.py", "/widget/%2e%2e/up.html", "/example/..%2f..%2fdesk.py", "/var/store.sqlite"]
)
def test_no_file_of_the_server_can_be_loaded(victim: Owner, path: str) -> None:
    assert answer_to(victim, f"GET {path}").startswith(b"HTTP/1.1 404 ")


def test_a_refusal_tells_nothing_of_why(victim: Owner) -> None:
    answers: List[Any] = [
        get(victim.address, "/web/messages", f"Bearer {token}")
        for token in (altered(victim.token, 5), "x", signer("sheet").dumps(uuid.uuid4().hex))
    ]
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1

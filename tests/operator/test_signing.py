"""What is signed is recognised again, for its purpose alone; a bot that others can reach needs a secret."""

from __future__ import annotations

import pytest
from itsdangerous import BadSignature, SignatureExpired

from bot.operator.signing import SECRET, SecretError, check_secret, check_secret_behind_proxies, signer

DAY_S = 86_400
NOON = 1_800_000_000.0


def test_what_was_signed_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET, "s" * 32)
    assert signer("sheet").loads(signer("sheet").dumps("x")) == "x"


def test_what_was_signed_for_another_purpose_is_not_recognised() -> None:
    with pytest.raises(BadSignature):
        signer("session").loads(signer("sheet").dumps("x"))


def test_what_was_signed_with_another_secret_is_not_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    signed = signer("sheet").dumps("x")
    monkeypatch.setenv(SECRET, "s" * 32)
    with pytest.raises(BadSignature):
        signer("sheet").loads(signed)


def test_a_short_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET, "secret")
    with pytest.raises(SecretError, match="at least 32"):
        check_secret("127.0.0.1")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "bot.example.jp"])
def test_a_bot_that_others_can_reach_needs_a_secret(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET, raising=False)
    with pytest.raises(SecretError, match="openssl rand"):
        check_secret(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_bot_on_this_machine_needs_none(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET, raising=False)
    check_secret(host)


def at(seconds: float) -> str:
    """What was signed so many seconds after noon."""
    return str(signer("sheet", lambda: NOON + seconds).dumps("x"))


@pytest.mark.parametrize("jump_s", [1, 3600, DAY_S])
def test_what_was_signed_before_the_clock_jumped_back_is_recognised(jump_s: int) -> None:
    assert signer("sheet", lambda: NOON).loads(at(jump_s), max_age=600) == "x"


def test_a_clock_that_jumps_further_back_is_not_believed() -> None:
    with pytest.raises(SignatureExpired):
        signer("sheet", lambda: NOON).loads(at(DAY_S + 1), max_age=600)


def test_nothing_is_recognised_for_longer_than_its_time() -> None:
    assert signer("sheet", lambda: NOON).loads(at(-600), max_age=600) == "x"
    with pytest.raises(SignatureExpired):
        signer("sheet", lambda: NOON).loads(at(-601), max_age=600)


def test_when_it_was_signed_is_told_as_the_clock_had_it() -> None:
    _, signed_at = signer("sheet", lambda: NOON).loads(at(60), max_age=600, return_timestamp=True)
    assert signed_at.timestamp() == NOON + 60


PUBLIC = [
    ("KAKARITSUKE_PUBLIC_URL", "https://soudan.example.jp", "KAKARITSUKE_PUBLIC_URL=https://soudan.example.jp says"),
    ("KAKARITSUKE_PUBLIC_URL", "http://192.168.0.7:5005", "KAKARITSUKE_PUBLIC_URL=http://192.168.0.7:5005 says"),
    ("KAKARITSUKE_WEB_HOSTS", "localhost, soudan.example.jp", "KAKARITSUKE_WEB_HOSTS=soudan.example.jp says"),
    ("KAKARITSUKE_WEB_ORIGINS", "https://www.example.jp", "KAKARITSUKE_WEB_ORIGINS=https://www.example.jp says"),
    ("KAKARITSUKE_PROXIES", "1", "KAKARITSUKE_PROXIES=1 says"),
    ("KAKARITSUKE_LINE_TOKEN", "a token", "owners come through LINE;"),
    ("KAKARITSUKE_SLACK_SIGNING_SECRET", "a secret", "owners come through Slack;"),
]


@pytest.fixture
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (SECRET, *(name for name, _, _ in PUBLIC)):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(("name", "value", "said"), PUBLIC)
def test_whoever_lets_others_in_needs_a_secret_wherever_the_bot_listens(
    nothing_set: None, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SecretError, match="openssl rand -hex 32") as raised:
        check_secret_behind_proxies()
    assert str(raised.value).startswith(f"{SECRET} is not set, and {said}")
    monkeypatch.setenv(SECRET, "s" * 32)
    check_secret_behind_proxies()


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"KAKARITSUKE_PUBLIC_URL": "http://127.0.0.1:5005"},
        {"KAKARITSUKE_WEB_HOSTS": "localhost,[::1]", "KAKARITSUKE_WEB_ORIGINS": "http://localhost:8000"},
        {"KAKARITSUKE_PROXIES": "0"},
        {"KAKARITSUKE_LINE_TOKEN": "a token", "KAKARITSUKE_LINE_API": "http://127.0.0.1:8080"},
        {"KAKARITSUKE_SLACK_BOT_TOKEN": "a token", "KAKARITSUKE_SLACK_API": "http://localhost:8080/api/"},
    ],
    ids=str,
)
def test_a_bot_for_this_machine_alone_needs_none_whatever_is_set(
    nothing_set: None, monkeypatch: pytest.MonkeyPatch, environment: "dict[str, str]"
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    check_secret_behind_proxies()

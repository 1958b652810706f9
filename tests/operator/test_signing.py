"""What is signed is recognised again, for its purpose alone; a bot that others can reach needs a secret."""

from __future__ import annotations

import pytest
from itsdangerous import BadSignature

from bot.operator.signing import SECRET, SecretError, check_secret, signer


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

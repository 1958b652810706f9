"""The operator's settings of the website's channel are read once, and one that makes no sense is one clear line."""

from __future__ import annotations

import pytest

from bot.channels.web import WebSettingsError, web_settings

PUBLIC = "KAKARITSUKE_PUBLIC_URL"


@pytest.fixture(autouse=True)
def public_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PUBLIC, "https://soudan.example.jp")


def test_a_bot_on_this_machine_has_its_names_and_the_public_one() -> None:
    assert web_settings("127.0.0.1").hosts == {"localhost", "127.0.0.1", "::1", "soudan.example.jp"}


def test_a_bot_that_others_can_reach_has_the_public_name_alone() -> None:
    assert web_settings("0.0.0.0").hosts == {"soudan.example.jp"}


def test_the_operator_may_name_further_hosts_and_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_WEB_HOSTS", "Internal.example.jp, 192.0.2.7,[2001:db8::1]")
    monkeypatch.setenv("KAKARITSUKE_WEB_ORIGINS", "https://WWW.example.jp:443/, http://shop.example.jp:8080")
    settings = web_settings("0.0.0.0")
    assert settings.hosts == {"soudan.example.jp", "internal.example.jp", "192.0.2.7", "2001:db8::1"}
    assert settings.origins == {
        "https://soudan.example.jp",
        "https://www.example.jp",
        "http://shop.example.jp:8080",
    }


def test_only_an_https_address_is_https(monkeypatch: pytest.MonkeyPatch) -> None:
    assert web_settings("127.0.0.1").https
    monkeypatch.setenv(PUBLIC, "http://127.0.0.1:5005")
    assert not web_settings("127.0.0.1").https


def test_a_path_of_the_public_address_is_no_part_of_its_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PUBLIC, "https://www.example.jp/soudan")
    assert web_settings("127.0.0.1").origins == {"https://www.example.jp"}


@pytest.mark.parametrize(
    "name, value, expected",
    [
        (PUBLIC, "soudan.example.jp", "expected an address"),
        (PUBLIC, "http://0.0.0.0:5005", "a name under which browsers reach the bot"),
        (PUBLIC, "http://[::]:5005", "a name under which browsers reach the bot"),
        ("KAKARITSUKE_WEB_ORIGINS", "www.example.jp", "expected addresses without a path"),
        ("KAKARITSUKE_WEB_ORIGINS", "https://www.example.jp/page", "expected addresses without a path"),
        ("KAKARITSUKE_WEB_ORIGINS", "*", "expected addresses without a path"),
        ("KAKARITSUKE_WEB_ORIGINS", "https://*.example.jp", "expected addresses without a path"),
        ("KAKARITSUKE_WEB_ORIGINS", "null", "expected addresses without a path"),
        ("KAKARITSUKE_WEB_ORIGINS", "https://www.example.jp:port", "expected addresses without a path"),
        ("KAKARITSUKE_WEB_ORIGINS", "https://me@www.example.jp", "expected addresses without a path"),
        ("KAKARITSUKE_WEB_HOSTS", "https://www.example.jp", "a name under which browsers reach the bot"),
        ("KAKARITSUKE_WEB_HOSTS", "*", "a name under which browsers reach the bot"),
        ("KAKARITSUKE_PROXIES", "-1", "a whole number from 0 to 10"),
        ("KAKARITSUKE_PROXIES", "yes", "a whole number from 0 to 10"),
        ("KAKARITSUKE_WEB_SESSION_DAYS", "0", "a whole number from 1"),
        ("KAKARITSUKE_WEB_SESSION_DAYS", "７", "a whole number from 1"),
        ("KAKARITSUKE_WEB_SESSION_DAYS", "31", "at most KAKARITSUKE_KEEP_DAYS"),
        ("KAKARITSUKE_KEEP_DAYS", "x", "whole days"),
        ("KAKARITSUKE_WEB_RATE_MESSAGES", "many", "expected rates such as"),
        ("KAKARITSUKE_WEB_RATE_SESSIONS", "10", "expected rates such as"),
        ("KAKARITSUKE_REDIS", "localhost:6379", "redis://"),
        ("KAKARITSUKE_REDIS", "redis://[", "redis://"),
        ("KAKARITSUKE_REDIS", "redis://localhost:port", "redis://"),
        (PUBLIC, "https://[", "a name under which browsers reach the bot"),
    ],
)
def test_a_setting_that_makes_no_sense_is_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WebSettingsError, match=name) as raised:
        web_settings("127.0.0.1")
    assert expected in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_password_for_redis_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_REDIS", "http://:geheim@localhost")
    with pytest.raises(WebSettingsError) as raised:
        web_settings("127.0.0.1")
    assert "geheim" not in str(raised.value)

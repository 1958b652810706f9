"""Only what can be nobody else is taken for this machine."""

from __future__ import annotations

import pytest

from bot.operator.this_machine import is_this_machine, leads_here, may_be_told_secrets


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "localhost", "LocalHost."])
def test_loopback_is_this_machine(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host", [None, "", "0.0.0.0", "::", "192.168.0.1", "127.0.0.1.example.jp", "localhost.example.jp", "127.1", "[::1]"]
)
def test_nothing_else_is(host: "str | None") -> None:
    assert not is_this_machine(host)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:5005/x", "http://[::1]:5005", "//localhost:5005", "http://localhost"]
)
def test_a_url_leads_to_its_host(address: str) -> None:
    assert leads_here(address)


@pytest.mark.parametrize("address", ["", "localhost:5005", "http://[::1", "http://127.0.0.1@example.jp/", "https://x"])
def test_a_url_of_another_host_or_none_leads_elsewhere(address: str) -> None:
    assert not leads_here(address)


def test_secrets_are_told_by_https_or_here() -> None:
    assert may_be_told_secrets("https://api.line.me") and may_be_told_secrets("http://127.0.0.1:8080")
    for address in ("http://api.line.me", "ftp://127.0.0.1", "https://", "https://[", "127.0.0.1", ""):
        assert not may_be_told_secrets(address), address

"""The operator's settings: both secrets or neither, each of the right form, each mistake said in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels.slack.settings import API, BOT_TOKEN, SIGNING_SECRET, SlackSettingsError, slack_settings
from bot.channels.slack.words import WordsError, slack_words, words_from
from bot.serving.application import StartError, application
from tests.fakes.slack import SECRET, TOKEN


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (SIGNING_SECRET, BOT_TOKEN, API):
        monkeypatch.delenv(name, raising=False)


def set_up(monkeypatch: pytest.MonkeyPatch, secret: str = SECRET, token: str = TOKEN, api: str = "") -> None:
    for name, value in ((SIGNING_SECRET, secret), (BOT_TOKEN, token), (API, api)):
        monkeypatch.setenv(name, value)


def test_without_secrets_there_is_no_slack() -> None:
    assert slack_settings() is None


def test_both_secrets_open_the_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(monkeypatch, f" {SECRET}\n", TOKEN)
    settings = slack_settings()
    assert settings is not None
    assert (settings.signing_secret, settings.token, settings.api) == (SECRET, TOKEN, "https://slack.com/api/")


@pytest.mark.parametrize(
    ("secret", "token", "named"),
    [
        ("", TOKEN, SIGNING_SECRET),
        (SECRET, "", BOT_TOKEN),
        ("short", TOKEN, SIGNING_SECRET),
        (TOKEN, TOKEN, SIGNING_SECRET),
        (SECRET, SECRET, BOT_TOKEN),
        (SECRET, "xoxp-1-2", BOT_TOKEN),
        (SECRET, "xapp-1-2", BOT_TOKEN),
    ],
)
def test_half_a_set_up_or_a_mistaken_value_is_named_in_one_line_without_the_value(
    monkeypatch: pytest.MonkeyPatch, secret: str, token: str, named: str
) -> None:
    set_up(monkeypatch, secret, token)
    with pytest.raises(SlackSettingsError) as error:
        slack_settings()
    assert str(error.value).startswith(named)
    assert "\n" not in str(error.value)
    assert not any(value and value in str(error.value) for value in (secret, token))


@pytest.mark.parametrize(
    "address", ["http://slack.example", "slack.com/api", "ftp://slack.com", "https://", "https://["]
)
def test_the_api_is_reached_by_https_or_on_this_machine(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    set_up(monkeypatch, api=address)
    with pytest.raises(SlackSettingsError, match=API):
        slack_settings()


def test_secrets_are_not_shown_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(monkeypatch)
    assert SECRET not in repr(slack_settings()) and TOKEN not in repr(slack_settings())


def test_the_bot_does_not_start_with_half_a_set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_up(monkeypatch, token="")
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "http://127.0.0.1:5005")
    with pytest.raises(StartError, match=BOT_TOKEN):
        application(tmp_path, "127.0.0.1", False, None, lambda: None, lambda reason: None)


def test_the_channels_own_words_are_short_and_polite() -> None:
    for key, text in slack_words().dict().items():
        for sentence in text.replace("\n", "").split("。"):
            assert len(sentence) <= 50, (key, sentence)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("chosen: 選ばれました", "label"),
        ("command_text: /soudan", "text"),
        ("choose: ''", "choose"),
        ("nobody_reads: this", "nobody_reads"),
        ("choose: [", "slack.yml"),
    ],
)
def test_a_wrong_file_of_words_names_the_place(tmp_path: Path, line: str, reason: str) -> None:
    right = (Path(__file__).parents[3] / "data" / "channels" / "slack.yml").read_text(encoding="utf-8")
    key = line.partition(":")[0]
    lines = [found for found in right.splitlines() if not found.startswith(f"{key}:")]
    (tmp_path / "slack.yml").write_text("\n".join([*lines, line]), encoding="utf-8")
    with pytest.raises(WordsError, match=reason):
        words_from(tmp_path / "slack.yml")

"""What the channel itself says in Slack, read from data/channels/slack.yml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConstrainedStr, ValidationError, validator

from bot.operator.set_up import SetUpError
from bot.paths import ROOT

_FILE = ROOT / "data" / "channels" / "slack.yml"


class WordsError(SetUpError):
    """The file of the channel's words is wrong; the message names the place."""


class _Text(ConstrainedStr):
    strip_whitespace = True
    min_length = 1
    max_length = 2000


class _ShortText(_Text):
    max_length = 150


class SlackWords(BaseModel):
    """The file: one text a key; {label} and {text} stand for what is filled in."""

    choose: _ShortText
    chosen: _Text
    answered_otherwise: _Text
    no_files: _Text
    not_yours: _Text
    command_received: _Text
    command_failed: _Text
    command_text: _Text
    open_messages: _Text
    home_pressed: _Text
    home_records: _Text
    welcome_to_channel: _Text

    class Config:
        """Read once, and no key that nobody reads."""

        extra = "forbid"
        allow_mutation = False

    @validator("chosen")
    def _has_a_label(cls, text: str) -> str:  # noqa: N805
        if "{label}" not in text:
            raise ValueError("expected {label}, where the chosen answer stands")
        return text

    @validator("command_text")
    def _has_a_text(cls, text: str) -> str:  # noqa: N805
        if "{text}" not in text:
            raise ValueError("expected {text}, where the owner's words stand")
        return text


@lru_cache(maxsize=1)
def slack_words() -> SlackWords:
    """The words of the channel. Raises WordsError where the file is wrong."""
    return words_from(_FILE)


def words_from(path: Path) -> SlackWords:
    """The words in a file. Raises WordsError where it is wrong."""
    try:
        return SlackWords.parse_obj(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError, OSError) as error:
        raise WordsError(f"{path.name}: {' '.join(str(error).split())}") from error

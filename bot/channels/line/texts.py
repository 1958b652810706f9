"""What the bot says on LINE itself, read from data/channels/line.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Mapping, Optional, Tuple

import yaml
from pydantic import BaseModel, Extra, ValidationError, root_validator

from bot.channels.at_any_time import choice_at_any_time
from bot.operator.set_up import SetUpError
from bot.paths import ROOT

FILE = ROOT / "data" / "channels" / "line.yml"


class LineTextsError(SetUpError):
    """The file cannot be read; the message says where it is wrong."""


class _Part(BaseModel):
    class Config:
        extra = Extra.forbid
        frozen = True


class Stickers(_Part):
    """What stickers say: words of an owner for keywords of LINE's, and answers to those that say nothing."""

    says: Mapping[str, Tuple[str, ...]]
    sad: Tuple[str, ...]
    to_sadness: str
    otherwise: str


class Cards(_Part):
    """Words on buttons and cards; `{}` stands for a telephone number or the name of a page."""

    call: str
    open: str
    others: str
    closing: str
    more: str


class MenuItem(_Part):
    """A field of the rich menu: what stands on it, what the owner is shown to say, and what the bot makes of it.

    A field that `presses` a choice of at_any_time.yml bears its label, and the owner is shown to say that.
    """

    id: str
    label: str
    shown: str
    says: Optional[str] = None
    greets: bool = False
    presses: Optional[str] = None

    @root_validator(pre=True)
    def _bears_the_label_of_its_choice(cls, values: "dict[str, object]") -> "dict[str, object]":  # noqa: N805
        if "presses" not in values:
            return values
        choice = choice_at_any_time(str(values["presses"]))
        if choice is None:
            raise ValueError("presses: expected an id of at_any_time.yml")
        return {"label": choice.label, "shown": choice.label, **values}

    @root_validator
    def _does_one_thing(cls, values: "dict[str, object]") -> "dict[str, object]":  # noqa: N805
        if sum(bool(values.get(what)) for what in ("says", "greets", "presses")) != 1:
            raise ValueError("expected one of says, greets and presses")
        return values


class Menu(_Part):
    """The rich menu: the words on the bar below it, and its four fields, row by row."""

    bar: str
    items: Tuple[MenuItem, ...]

    def item(self, item_id: str) -> Optional[MenuItem]:
        """The field of this id, or None."""
        return next((item for item in self.items if item.id == item_id), None)


class LineTexts(_Part):
    """All of the file, key by key."""

    privacy: str
    apology: str
    group: str
    sent_instead: Mapping[str, str]
    location_without_address: str
    stickers: Stickers
    cards: Cards
    menu: Menu


def line_texts(file: Path = FILE) -> LineTexts:
    """The texts in the file. Raises LineTextsError."""
    try:
        return LineTexts.parse_obj(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise LineTextsError(f"{file.name}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise LineTextsError(f"{file.name}: {' > '.join(map(str, first['loc']))}: {first['msg']}") from error

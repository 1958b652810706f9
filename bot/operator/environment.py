"""Reads what the operator sets in the environment: typed, and each mistake is one line that names the setting."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, ClassVar, Dict, Iterator, Tuple, Type, TypeVar

from pydantic import BaseSettings, ValidationError, validator
from pydantic.env_settings import SettingsSourceCallable
from pydantic.fields import ModelField

from bot.operator.set_up import SetUpError

_PREFIX = "KAKARITSUKE_"
_SWITCH = {"off": False, "on": True}

_Topic = TypeVar("_Topic", bound="Settings")


class Settings(BaseSettings):
    """The settings of one topic: the field `keep_days` is the variable KAKARITSUKE_KEEP_DAYS.

    A blank variable counts as not set. Lists have commas between their items. A field's validator raises ValueError
    with what is expected and what was found; `complaint` is the error that comes of it.
    """

    complaint: ClassVar[Type[SetUpError]] = SetUpError
    blank_is_unset: ClassVar[bool] = True

    @classmethod
    def now(cls: Type[_Topic]) -> _Topic:
        """The settings as the environment has them now. Raises `complaint`.

        They are read again only where a variable has changed (57 µs for five of them, 4 µs otherwise): a turn asks
        several times.
        """
        found: _Topic = _read(cls, tuple(os.environ.get(variable(name)) for name in cls.__fields__))
        return found

    class Config:
        """How pydantic reads them."""

        env_prefix = _PREFIX
        case_sensitive = True
        validate_all = False  # defaults are right as they stand
        allow_mutation = False

        @classmethod
        def prepare_field(cls, field: ModelField) -> None:
            """Variables have capital letters, and no other spelling."""
            field.field_info.extra["env_names"] = {variable(field.name)}

        @classmethod
        def parse_env_var(cls, field_name: str, raw_val: str) -> Any:
            """A list as operators write it, not as JSON."""
            return raw_val

        @classmethod
        def customise_sources(
            cls,
            init_settings: SettingsSourceCallable,
            env_settings: SettingsSourceCallable,
            file_secret_settings: SettingsSourceCallable,
        ) -> Tuple[SettingsSourceCallable, ...]:
            """The environment alone."""

            def stripped(settings: Any) -> Dict[str, Any]:
                found = {name: value.strip() for name, value in env_settings(settings).items()}
                return {name: value for name, value in found.items() if value or not settings.blank_is_unset}

            return (stripped,)


@contextmanager
def for_a_while(**settings: str) -> Iterator[None]:
    """In here these variables are set, in place of what the operator has set."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextmanager
def alone(**settings: str) -> Iterator[None]:
    """In here these are all of our variables that are set, whatever the operator has set."""
    others = {name: "" for name in os.environ if name.startswith(_PREFIX) and name not in settings}
    with for_a_while(**settings):
        before = {name: os.environ.pop(name) for name in others}
        try:
            yield
        finally:
            os.environ.update(before)


def variable(name: str) -> str:
    """The variable of a field."""
    return _PREFIX + name.upper()


@lru_cache(maxsize=64)
def _read(topic: Type[_Topic], values: Tuple[Any, ...]) -> _Topic:
    """The settings for these values of their variables."""
    for name, value in zip(topic.__fields__, values, strict=True):
        if value is not None and not _is_utf_8(value):
            raise topic.complaint(f"{variable(name)}: expected text in UTF-8, found bytes that are none")
    try:
        return topic()
    except ValidationError as error:
        first = error.errors()[0]
        raise topic.complaint(f"{variable(str(first['loc'][0]))}: {first['msg']}") from None


def _is_utf_8(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def whole(*fields: str, least: int, most: int, called: str = "a whole number") -> "classmethod[Any, Any, Any]":
    """A validator for numbers that are written in digits and lie between two."""

    def check(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
            raise ValueError(f"expected {called} from {least} to {most}, found {text!r}")
        return int(text)

    return validator(*fields, pre=True, allow_reuse=True)(check)


def switch(*fields: str) -> "classmethod[Any, Any, Any]":
    """A validator for what is on or off."""

    def check(text: str) -> bool:
        if text.lower() not in _SWITCH:
            raise ValueError(f"expected on or off, found {text.lower()!r}")
        return _SWITCH[text.lower()]

    return validator(*fields, pre=True, allow_reuse=True)(check)


def listed(*fields: str) -> "classmethod[Any, Any, Any]":
    """A validator for several items with commas between."""

    def split(text: str) -> Tuple[str, ...]:
        return tuple(item.strip() for item in text.split(",") if item.strip())

    return validator(*fields, pre=True, allow_reuse=True)(split)

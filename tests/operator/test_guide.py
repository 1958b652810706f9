"""The guide for operators has every setting there is, and no other."""

from __future__ import annotations

import importlib
import pkgutil
import re

import bot.operator
from bot.operator.environment import Settings, variable
from tests.conftest import ROOT


def settings_there_are() -> "set[str]":
    for module in pkgutil.iter_modules(bot.operator.__path__):
        importlib.import_module(f"bot.operator.{module.name}")
    return {variable(name) for topic in Settings.__subclasses__() for name in topic.__fields__}


def test_every_setting_stands_in_the_table_of_the_guide() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = guide.split("## 設定の一覧")[1].split("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`(KAKARITSUKE_[A-Z_]+)`", row.split("|")[1])}
    assert told == settings_there_are()

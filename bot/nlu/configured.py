"""Numbers that a component takes from config.yml, where alone they stand, each with its reason."""

from __future__ import annotations

import math
from typing import Any, Mapping

from rasa.shared.exceptions import InvalidConfigException


def check_number(
    config: Mapping[str, Any], component: str, name: str, least: float = 0.0, most: float = math.inf
) -> None:
    """Raises InvalidConfigException, which names component and number, where it is missing or out of its range.

    Rasa merges defaults into what config.yml says and checks no configuration itself: a component has no defaults for
    what it is to be told, and checks that where it is made.
    """
    value = config.get(name)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= most:
        return
    expected = f"at least {least:g}" if most == math.inf else f"from {least:g} to {most:g}"
    found = "none" if value is None else repr(value)
    raise InvalidConfigException(f"config.yml: {component}.{name}: expected a number {expected}, found {found}")

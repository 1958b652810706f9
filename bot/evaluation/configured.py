"""From which confidence a turn takes what was heard at its word, as config.yml says."""

from __future__ import annotations

import yaml

from bot.consult.reading import thresholds_in
from bot.consult.reading.thresholds import Thresholds
from bot.paths import ROOT

_POLICY = "bot.frame.policy.TurnPolicy"


def thresholds() -> Thresholds:
    """The thresholds of the policy. Raises ValueError for one that is missing or too high."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    return thresholds_in(next(policy for policy in config["policies"] if policy["name"] == _POLICY))

"""A store that waits as long as a test may: other tests keep the same server and disk busy."""

from __future__ import annotations

from bot.store import Database

PATIENT_S = 30.0


def opened(address: str) -> Database:
    """The store at an address, for tests that do not look at how soon it gives up; those are in test_silence.py."""
    return Database(address, answers_within_s=PATIENT_S)

"""What the operator sets about the staff console."""

from __future__ import annotations

from bot.operator.desk import DeskError
from bot.operator.environment import Settings, whole

LOG_DAYS = "KAKARITSUKE_STAFF_LOG_DAYS"


class StaffSettings(Settings):
    """`staff_log_days` is how long it is kept who of staff did and read what."""

    complaint = DeskError

    staff_log_days: int = 365

    _days = whole("staff_log_days", least=30, most=3650, called="whole days")


def staff_settings() -> StaffSettings:
    """The settings as the environment has them now. Raises DeskError for a number of days that makes no sense."""
    return StaffSettings.now()

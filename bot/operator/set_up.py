"""What every complaint about the operator's set-up has in common."""


class SetUpError(Exception):
    """A setting, or a file that the operator may change, makes no sense; the message names it and says what to do."""

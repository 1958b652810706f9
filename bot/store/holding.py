"""What a worker hears that has lost its hold on something: it stood still for too long, and another has taken over."""


class LostHoldError(Exception):
    """Another worker holds or has finished it, or it was forgotten meanwhile: nothing more is to be done about it."""

"""Where this bot keeps what owners said, and which file says how Rasa's parts are set up."""

from __future__ import annotations

import stat
from pathlib import Path

from pydantic import validator

from bot.operator.environment import Settings
from bot.operator.set_up import SetUpError
from bot.paths import ROOT

VAR = "KAKARITSUKE_VAR"
ENDPOINTS = "KAKARITSUKE_ENDPOINTS"
_FOR_ITS_OWNER = 0o700
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Places(Settings):
    """The folder of the conversations and of the store, and the file in the place of endpoints.yml.

    Both are absolute: a bot started from another folder would else begin with nothing, and nobody would know.
    """

    var: Path = ROOT / "var"
    endpoints: Path = ROOT / "endpoints.yml"

    @validator("var", "endpoints")
    def _is_absolute(cls, path: Path) -> Path:  # noqa: N805  (pydantic hands the class in)
        if not path.is_absolute():
            raise ValueError(f"expected a path that begins with /, found {str(path)!r}")
        return path


def places() -> Places:
    """The places as the environment has them now. Raises SetUpError for a path that makes no sense."""
    return Places.now()


def var_folder() -> Path:
    """The folder of the conversations and of the store, made where it is missing and closed to everybody else.

    Raises SetUpError where that cannot be done.
    """
    folder = places().var
    try:
        folder.mkdir(mode=_FOR_ITS_OWNER, parents=True, exist_ok=True)
        if stat.S_IMODE(folder.stat().st_mode) & _OF_OTHERS:
            folder.chmod(_FOR_ITS_OWNER)
    except OSError as error:
        raise SetUpError(
            f"{VAR}: {folder} cannot be used ({error.strerror}); it must be a folder of the user who runs the bot"
        ) from error
    return folder

"""How the operator lets the bot send mail to staff (docs/operations.md): the server, and in whose name."""

from __future__ import annotations

from typing import Optional

from pydantic import Field, validator

from bot.operator.environment import Settings, whole

SERVER = "KAKARITSUKE_SMTP_SERVER"
SENDER = "KAKARITSUKE_SMTP_SENDER"


class MailSettings(Settings):
    """The server and its port, the sender's address, and what to sign in with, where that is needed.

    `smtp_tls`: `start` asks for encryption on a plain connection, `whole` begins with it, `off` is for a server on
    this machine.
    """

    smtp_server: Optional[str] = None
    smtp_port: int = 587
    smtp_sender: Optional[str] = None
    smtp_user: Optional[str] = None
    smtp_password: str = Field("", repr=False)
    smtp_tls: str = "start"

    _port = whole("smtp_port", least=1, most=65535)

    @validator("smtp_tls")
    def _is_known(cls, text: str) -> str:  # noqa: N805  (pydantic hands the class in)
        if text not in ("start", "whole", "off"):
            raise ValueError(f"expected start, whole or off, found {text!r}")
        return text

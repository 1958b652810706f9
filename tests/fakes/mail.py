"""A mail server on this machine that takes one mail after another, or refuses them."""

from __future__ import annotations

import socket
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import List, Optional, Type


class MailServer:
    """Speaks as much of SMTP as smtplib needs. Use it as a context; `received` is what came."""

    def __init__(self) -> None:
        self.received: List[EmailMessage] = []
        self.refuses = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> "MailServer":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as talk:
                self._talk(talk)

    def _talk(self, talk: "socket.SocketIO") -> None:  # type: ignore[name-defined]
        def say(line: str) -> None:
            talk.write(f"{line}\r\n".encode())
            talk.flush()

        say("220 here")
        while line := talk.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"RCPT" and self.refuses:
                say("550 no such box")
            elif word == b"DATA":
                say("354 go on")
                mail = b"".join(iter(talk.readline, b".\r\n"))
                self.received.append(message_from_bytes(mail, policy=policy.default))  # type: ignore[arg-type]
                say("250 taken")
            elif word == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 well")

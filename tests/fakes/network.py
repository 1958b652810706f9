"""A network between the bot and a server: it passes everything on, or swallows it without a word."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import List, Optional, Type


class Network:
    """A port of this machine behind which a server seems to stand. Use it as a context.

    While it swallows, connections are taken and what is sent on them is read, as a proxy or a firewall does whose other
    side is gone; nothing ever comes back.
    """

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._passes_on = threading.Event()
        self._passes_on.set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: List[socket.socket] = [self._listening]
        self.port: int = self._listening.getsockname()[1]

    def __enter__(self) -> "Network":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def swallow(self) -> None:
        """From now on, nothing that is sent arrives."""
        self._passes_on.clear()

    def pass_on(self) -> None:
        """From now on, what is sent on new connections arrives; the old ones break."""
        self._passes_on.set()
        for one in self._open[1:]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                there = socket.create_connection(self._server) if self._passes_on.is_set() else None
                self._open += [here] if there is None else [here, there]
                for source, target in ((here, there), (there, here)):
                    if source is not None:
                        threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: Optional[socket.socket]) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if target is not None and self._passes_on.is_set():
                    target.sendall(data)
        if target is not None and self._passes_on.is_set():
            with suppress(OSError):
                target.shutdown(socket.SHUT_WR)

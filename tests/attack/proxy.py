"""A TCP proxy of the test's own: what stands behind it can be cut off, or fall silent, and nobody else notices."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import List


class Proxy:
    """Passes connections on to a port of this machine, until they are cut."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._flows = threading.Event()
        self._flows.set()
        self._reachable = True
        self._open: List[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._let_in, daemon=True).start()

    def cut(self) -> None:
        """As a server that was stopped: what is open breaks off, and nothing new is let in."""
        self._reachable = False
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._reachable = True

    def fall_silent(self) -> None:
        """As a network that drops all packets: connections stay, and nothing comes."""
        self._flows.clear()

    def speak(self) -> None:
        self._flows.set()

    def close(self) -> None:
        self.cut()
        self.speak()
        self._door.close()

    def _let_in(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._door.accept()
                if not self._reachable:
                    here.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self._to))
                self._open += [here, there]
                for source, target in ((here, there), (there, here)):
                    threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

"""Speaks HTTP byte by byte, as no client would."""

from __future__ import annotations

import select
import socket
import threading
import time
from types import TracebackType
from typing import Dict, List, Optional, Sequence, Type

import requests

from tests.attack.conftest import Server

_TIMEOUT_S = 10.0


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), _TIMEOUT_S)


def answer_to(server: Server, request: bytes, within_s: float = _TIMEOUT_S) -> bytes:
    """All that the server says until it hangs up. Fails where it does not hang up in time."""
    with connect(server) as connection:
        connection.sendall(request)
        return rest_of(connection, within_s)


def rest_of(connection: socket.socket, within_s: float = _TIMEOUT_S) -> bytes:
    """All that is said until the other end hangs up."""
    until, said = time.monotonic() + within_s, b""
    while True:
        connection.settimeout(max(0.01, until - time.monotonic()))
        try:
            more = connection.recv(65536)
        except ConnectionResetError:
            return said
        if not more:
            return said
        said += more


def first_of(connection: socket.socket, within_s: float) -> bytes:
    """The beginning of what is said; nothing where nothing is said in time."""
    if not select.select([connection], [], [], within_s)[0]:
        return b""
    try:
        return connection.recv(65536)
    except ConnectionResetError:
        return b""


def firsts_of(connections: Sequence[socket.socket], within_s: float) -> List[bytes]:
    """The beginnings of what is said on each; nothing where nothing is said before the time for all is over."""
    until = time.monotonic() + within_s
    silent = list(connections)
    said: Dict[socket.socket, bytes] = {}
    while silent and (left_s := until - time.monotonic()) > 0:
        for connection in select.select(silent, [], [], left_s)[0]:
            said[connection] = first_of(connection, within_s=0)
            silent.remove(connection)
    return [said.get(connection, b"") for connection in connections]


class Owner:
    """Somebody who looks at the page of the chamber again and again, meanwhile: `with Owner(server) as owner`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.seen: List[float] = []
        self.troubles: List[str] = []

    def __enter__(self) -> "Owner":
        self._thread.start()
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            began = time.monotonic()
            try:
                answer = requests.get(f"{self._server.address}/widget/kakaritsuke.js", timeout=5)
                if answer.status_code != 200:
                    self.troubles.append(str(answer.status_code))
            except requests.RequestException as error:
                self.troubles.append(type(error).__name__)
            self.seen.append(time.monotonic() - began)

"""An owner's page, as far as the server can tell: it opens a session, sends messages, listens to the stream."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
import uuid
from typing import Any, Dict, List, Optional
from urllib.parse import urlsplit

import requests

TIMEOUT_S = 30


class Owner:
    """One owner with a session of their own."""

    def __init__(self, address: str, token: Optional[str] = None) -> None:
        self.address = address
        self.greeting: List[Dict[str, Any]] = []
        if token is None:
            opened = requests.post(f"{address}/web/session", json={}, timeout=TIMEOUT_S)
            assert opened.status_code == 201, opened.text
            token, self.greeting = opened.json()["token"], opened.json()["messages"]
        self.token = token

    @property
    def headers(self) -> Dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, body: Any, **more: Any) -> requests.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        return requests.post(f"{self.address}/web/messages", json=body, headers=headers, timeout=TIMEOUT_S, **more)

    def say(self, text: str, client_id: Optional[str] = None) -> List[Dict[str, Any]]:
        return _messages(self.post({"id": client_id or new_id(), "text": text}))

    def press(self, choice: str) -> List[Dict[str, Any]]:
        return _messages(self.post({"id": new_id(), "choice": choice}))

    def messages(self, after: Optional[int] = None) -> List[Dict[str, Any]]:
        return _messages(self.get("/web/messages", params={} if after is None else {"after": after}))

    def get(self, path: str, **more: Any) -> requests.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        return requests.get(self.address + path, headers=headers, timeout=TIMEOUT_S, **more)

    def listen(self, last_seen: Optional[int] = None, address: Optional[str] = None) -> "Listener":
        return Listener(address or self.address, self.headers, last_seen)


class Listener:
    """An open stream. It reads whatever comes, until the server or `close` ends it."""

    def __init__(self, address: str, headers: Dict[str, str], last_seen: Optional[int] = None) -> None:
        more = {} if last_seen is None else {"Last-Event-ID": str(last_seen)}
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=TIMEOUT_S)
        connection.connect()
        self._socket = connection.sock
        connection.request("GET", "/web/events", headers={**headers, **more})
        self._answer = connection.getresponse()
        self.status = self._answer.status
        self.headers = self._answer.headers
        self.lines: List[str] = []
        self.ended = threading.Event()
        if self.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while line := self._answer.readline():
                self.lines.append(line.decode().rstrip("\n"))
        except (OSError, http.client.HTTPException):
            pass  # the server died, or the test has seen enough
        self.ended.set()

    def messages(self) -> List[Dict[str, Any]]:
        found = [json.loads(line[6:]) for line in list(self.lines) if line.startswith("data: ")]
        return [message for message in found if "seq" in message]

    def until(self, expected: str, seconds: float = 10) -> float:
        """Wait for a line that has `expected` in it. Returns how long that took."""
        began = time.monotonic()
        while not any(expected in line for line in list(self.lines)):
            assert time.monotonic() - began < seconds, self.lines
            time.sleep(0.01)
        return time.monotonic() - began

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


def new_id() -> str:
    return uuid.uuid4().hex


def _messages(response: requests.Response) -> List[Dict[str, Any]]:
    assert response.status_code == 200, (response.status_code, response.text)
    messages: List[Dict[str, Any]] = response.json()["messages"]
    return messages

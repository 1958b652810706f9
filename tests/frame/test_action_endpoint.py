"""An action server that does not answer costs its turn some seconds, and Rasa's five minutes to nobody."""

from __future__ import annotations

import socket
import time
from typing import Iterator

import pytest
from rasa.shared.exceptions import RasaException

from bot.frame.action_endpoint import ActionServer

WITHIN_S = 0.3
A_LITTLE_MORE_S = 1.5  # for a machine that has much else to do


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections, and what is sent, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield f"http://127.0.0.1:{door.getsockname()[1]}/webhook"


@pytest.mark.parametrize("asked_for_s", [300, 0.01])
async def test_an_action_server_that_is_silent_is_given_up_in_our_time_whatever_rasa_asks_for(
    silent: str, asked_for_s: float
) -> None:
    began = time.monotonic()
    with pytest.raises(RasaException, match="does not answer within 0 s"):
        await ActionServer(silent, WITHIN_S).request(json={}, timeout=asked_for_s)
    assert WITHIN_S - 0.1 < time.monotonic() - began < WITHIN_S + A_LITTLE_MORE_S

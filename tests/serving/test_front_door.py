"""Connections are counted for the address at their other end, where no proxy of the operator's stands between."""

from __future__ import annotations

import asyncio
import uuid
from typing import AsyncIterator, Callable, List

import pytest
from sanic import Sanic

from bot.operator.limits import Limits
from bot.operator.set_up import SetUpError
from bot.serving.front_door import Entrance, FrontDoor, files_for
from tests.conftest import free_port

Connect = Callable[[str], "Wire"]


class Wire(asyncio.Transport):
    """A connection from an address that no machine here has; it remembers what was said, and whether it was closed."""

    def __init__(self, address: str, door: FrontDoor) -> None:
        super().__init__({"peername": (address, 50000), "sockname": ("192.0.2.80", 80)})
        self.said: List[bytes] = []
        self.closed = False
        self._door = door
        door.connection_made(self)

    def write(self, data: bytes) -> None:
        self.said.append(data)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._door.connection_lost(None)

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def set_write_buffer_limits(self, high: "int | None" = None, low: "int | None" = None) -> None:
        """It is never full."""

    def resume_reading(self) -> None:
        """It has nothing to read but what it is given."""

    async def ask(self) -> bytes:
        """The answer to a request for a page that is not there."""
        self._door.data_received(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
        while not self.said:
            await asyncio.sleep(0.01)
        return self.said[-1]


def door_of(app: Sanic) -> FrontDoor:
    return FrontDoor(loop=asyncio.get_running_loop(), app=app, connections=set())


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """A door for four connections, two from one address."""
    app = Sanic(f"door_{uuid.uuid4().hex}", configure_logging=False)
    limits = Limits.construct(most_connections=4, most_connections_per_address=2)
    app.ctx.entrance = Entrance(limits, proxies=0, address_of=lambda request: request.ip)
    app.add_route(lambda request: None, "/")
    server = await app.create_server("127.0.0.1", free_port(), return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    wires: List[Wire] = []

    def made(address: str) -> Wire:
        wires.append(Wire(address, door_of(app)))
        return wires[-1]

    yield made
    for wire in wires:
        wire.close()
    server.close()
    await server.wait_closed()


async def test_an_address_has_so_many_connections_and_no_more(connect: Connect) -> None:
    for _ in range(2):
        assert b" 404 " in await connect("192.0.2.1").ask()
    third = connect("192.0.2.1")
    assert b" 503 " in await third.ask()
    assert b" 404 " in await connect("192.0.2.2").ask()
    while not third.closed:
        await asyncio.sleep(0.01)


async def test_a_connection_that_ends_makes_room(connect: Connect) -> None:
    first, _ = connect("192.0.2.1"), connect("192.0.2.1")
    first.close()
    assert b" 404 " in await connect("192.0.2.1").ask()


async def test_addresses_of_one_ipv6_customer_are_one(connect: Connect) -> None:
    for number in range(2):
        assert b" 404 " in await connect(f"2001:db8::{number + 1}").ask()
    assert b" 503 " in await connect("2001:db8::ffff").ask()
    assert b" 404 " in await connect("2001:db8:0:1::1").ask()


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
async def test_this_machine_has_no_limit_but_that_for_all(connect: Connect, address: str) -> None:
    for _ in range(4):
        assert b" 404 " in await connect(address).ask()
    assert b" 503 " in await connect(address).ask()


def test_more_connections_than_files_that_may_be_opened_stop_the_start() -> None:
    with pytest.raises(SetUpError, match="KAKARITSUKE_MOST_CONNECTIONS: 900 connections need 1200 open files"):
        files_for(Limits.construct(most_connections=900), most=1024)
    assert files_for(Limits.construct(most_connections=900), most=4096) == 1200

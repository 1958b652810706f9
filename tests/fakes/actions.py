"""An action server that holds an action until it is told to go on: so that a turn can be stopped in its middle."""

from __future__ import annotations

import asyncio
from typing import Dict, Set

from aiohttp import web

from bot.frame.action_endpoint import ActionsInProcess


class HeldActions:
    """The bot's own actions at `url`. Those of held conversations wait; it says which of them have come."""

    def __init__(self) -> None:
        self.url = ""
        self.waiting: Set[str] = set()
        self._actions = ActionsInProcess()
        self._held: Dict[str, asyncio.Event] = {}
        self._holding = False
        self._runner = web.AppRunner(self._app())

    async def start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/webhook"

    async def stop(self) -> None:
        self.go_on()
        await self._runner.cleanup()

    def hold(self) -> None:
        """The next action of each conversation waits, once."""
        self._holding = True

    def stop_holding(self) -> None:
        """Actions that come from now on are done at once; what waits goes on waiting."""
        self._holding = False

    def go_on(self) -> None:
        """What waits is done."""
        self.stop_holding()
        for held in self._held.values():
            held.set()

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=10_000_000)
        app.router.add_post("/webhook", self._webhook)
        return app

    async def _webhook(self, request: web.Request) -> web.Response:
        call = await request.json()
        conversation = call["sender_id"]
        if self._holding:
            self.waiting.add(conversation)
            await self._held.setdefault(conversation, asyncio.Event()).wait()
        return web.json_response(await self._actions.request(json=call))

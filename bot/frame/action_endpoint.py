"""Where actions run: inside the bot's own process, or in an action server that is not waited for long."""

from __future__ import annotations

import asyncio
from typing import Any, Dict, Optional, Text

import aiohttp
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

ANSWERS_WITHIN_S = 3.0


class ActionsInProcess(EndpointConfig):
    """An action endpoint whose `request` runs the action here.

    It saves a loopback call, a process and its memory: 6 ms of a 35 ms turn (shared notes, 2 cores).
    """

    def __init__(self, package: str = "actions") -> None:
        super().__init__(url=f"in-process:{package}")
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(
        self,
        method: Text = "post",
        subpath: Optional[Text] = None,
        content_type: Optional[Text] = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Optional[Dict[Text, Any]]:
        """The result of the action called for by `json`: its events and responses."""
        result: Optional[Dict[Text, Any]] = await self._executor.run(kwargs["json"])
        return result


class ActionServer(EndpointConfig):
    """An action server at a URL, which has so many seconds to do an action; then the turn has failed.

    Rasa would wait for five minutes, and the owner with it.
    """

    def __init__(self, url: str, within_s: float = ANSWERS_WITHIN_S) -> None:
        super().__init__(url)
        self._within_s = within_s

    async def request(
        self,
        method: Text = "post",
        subpath: Optional[Text] = None,
        content_type: Optional[Text] = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Optional[Any]:
        """What the server says. Raises RasaException where it says nothing in time."""
        kwargs["timeout"] = aiohttp.ClientTimeout(total=self._within_s)
        try:
            return await super().request(method, subpath, content_type, compress, **kwargs)
        except asyncio.TimeoutError:
            raise RasaException(f"the action server does not answer within {self._within_s:.0f} s") from None

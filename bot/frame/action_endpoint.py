"""Runs the actions inside the bot's own process, where Rasa would call an action server over HTTP."""

from __future__ import annotations

from typing import Any, Dict, Optional, Text

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


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

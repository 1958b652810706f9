"""Serves the bot with Rasa's own REST channel beside the website, to compare: python -m bench.rasa_rest PORT.

The bot's own REST webhook refuses whatever comes from a web page, so it cannot be compared from within one.
"""

from __future__ import annotations

import sys
from typing import Text

from bot.frame.lean import import_rasa_leanly
from bot.quiet import keep_libraries_quiet, show_errors_only

keep_libraries_quiet()
import_rasa_leanly()

from rasa.core.channels.channel import register  # noqa: E402
from rasa.core.channels.rest import RestInput  # noqa: E402

from bot.operator.address import stand_at  # noqa: E402
from bot.serving.application import application  # noqa: E402
from bot.serving.front_door import FrontDoor  # noqa: E402
from bot.training import trained_model  # noqa: E402

HOST = "127.0.0.1"


class RasaRest(RestInput):
    """Rasa's channel as it is, under a name of its own."""

    @classmethod
    def name(cls) -> Text:
        """Its place below /webhooks/."""
        return "rasa_rest"


def main() -> None:
    """Serves until it is stopped."""
    port = int(sys.argv[1])
    show_errors_only()
    model = trained_model()
    if model is None:
        raise SystemExit("run `make train` first")
    stand_at(f"http://{HOST}:{port}")
    app = application(model, HOST, False, None, lambda: print("ready:", flush=True), print)
    register([RasaRest()], app, route="/webhooks/")
    app.run(HOST, port, protocol=FrontDoor, motd=False, access_log=False)


if __name__ == "__main__":
    main()

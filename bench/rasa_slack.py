"""Serves the same bot through Rasa's own Slack connector, to compare: python -m bench.rasa_slack PORT API."""

from __future__ import annotations

import sys
from typing import Any

from bot.frame.lean import import_rasa_leanly
from bot.quiet import keep_libraries_quiet, show_errors_only

keep_libraries_quiet()
import_rasa_leanly()

from rasa.core.channels.channel import register  # noqa: E402
from rasa.core.channels.slack import SlackInput  # noqa: E402
from sanic import Sanic  # noqa: E402
from slack_sdk.web.async_client import AsyncWebClient  # noqa: E402

from bench.webhooks import SECRET, TOKEN  # noqa: E402
from bot.serving.application import ready_agent  # noqa: E402
from bot.training import trained_model  # noqa: E402


def main() -> None:
    """Serves until it is stopped. Rasa's connector has no setting for the address of Slack's API."""
    port, api = int(sys.argv[1]), sys.argv[2]
    show_errors_only()
    AsyncWebClient.BASE_URL = api
    AsyncWebClient.__init__.__defaults__ = tuple(
        api if default == "https://slack.com/api/" else default for default in AsyncWebClient.__init__.__defaults__
    )
    app = Sanic("rasa_slack", configure_logging=False)
    connector = SlackInput(
        TOKEN,
        slack_retry_reason_header="x-slack-retry-reason",
        slack_retry_number_header="x-slack-retry-num",
        slack_signing_secret=SECRET,
    )
    register([connector], app, route="/webhooks/")

    @app.before_server_start
    async def load(running: Sanic, loop: Any) -> None:
        model = trained_model()
        if model is None:
            raise SystemExit("run `make train` first")
        running.ctx.agent = await ready_agent(model, None, loop)

    @app.after_server_start
    async def tell(running: Sanic, loop: Any) -> None:
        print("ready:", flush=True)

    app.run("127.0.0.1", port, motd=False, access_log=False)


if __name__ == "__main__":
    main()

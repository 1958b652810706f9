"""The website's channel: sessions that only their owner can open, messages taken once, replies as they come."""

from bot.channels.web.channel import WebChannel
from bot.channels.web.settings import WebSettings, WebSettingsError, web_settings

__all__ = ["WebChannel", "WebSettings", "WebSettingsError", "web_settings"]

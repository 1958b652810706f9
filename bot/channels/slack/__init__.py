"""Slack as a channel: events, buttons and commands in, Block Kit out, each message once."""

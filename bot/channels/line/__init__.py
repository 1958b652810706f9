"""LINE: the webhook, what is made of each event, and what goes back (docs/line.md)."""

"""Pages that the bot serves: each from a template, under a strict policy, with nothing from elsewhere."""

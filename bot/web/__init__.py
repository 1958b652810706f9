"""Pages and files that browsers load from the bot."""

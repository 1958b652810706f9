"""What a turn does outside the conversation: one effect a file. bot.consult decides which."""

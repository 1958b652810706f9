"""What the bot does in a conversation: one file a task. Each reads the tracker, asks bot.consult, and speaks."""

"""How well the bot understands: held-out evaluation of intents, entities, distress and sub-issues."""

"""Rasa graph components: what turns an owner's Japanese into an intent, entities and a reading in context."""

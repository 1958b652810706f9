"""Rasa's frame around the consultation: what is changed in Rasa, the actions in this process, turns, forgetting."""

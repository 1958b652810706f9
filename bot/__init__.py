"""Kakaritsuke: a reception desk for owners of small businesses."""

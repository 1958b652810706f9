"""How moves are made of the classifier and the extractors, by rules on what was asked; learned moves replace it."""

from bot.consult.reading.hearing import hear
from bot.consult.reading.thresholds import Thresholds, thresholds_in
from bot.consult.reading.understood import Understood, understood_from

__all__ = ["Thresholds", "thresholds_in", "Understood", "hear", "understood_from"]

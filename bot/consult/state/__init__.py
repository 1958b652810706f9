"""What is kept of a consultation from one message to the next: typed, frozen, bounded."""

from bot.consult.state.consultation import UNCLEAR, Consultation
from bot.consult.state.owner import Owner
from bot.consult.state.questions import BELOW_A_ROAD, ON_THE_WAY, Question
from bot.consult.state.roads import OwnWords, RoadKey, Roads
from bot.consult.state.search import Quote, Search
from bot.consult.state.talk import Talk

__all__ = [
    "BELOW_A_ROAD",
    "ON_THE_WAY",
    "UNCLEAR",
    "Consultation",
    "OwnWords",
    "Owner",
    "Question",
    "Quote",
    "RoadKey",
    "Roads",
    "Search",
    "Talk",
]

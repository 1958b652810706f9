"""What the bot knows: the paper, the institutions of today, and the roads between them. Typed and read-only."""

from bot.knowledge.load import KNOWLEDGE_FOLDER, KnowledgeError, load_knowledge
from bot.knowledge.model import (
    Citation,
    HelpLine,
    HelpLines,
    Institution,
    Issue,
    Knowledge,
    Office,
    Order,
    Paper,
    Phone,
    Referral,
    Role,
    StandardAnswer,
    StandardQuestion,
    SubIssue,
    Words,
)

__all__ = [
    "KNOWLEDGE_FOLDER",
    "Citation",
    "HelpLine",
    "HelpLines",
    "Institution",
    "Issue",
    "Knowledge",
    "KnowledgeError",
    "Office",
    "Order",
    "Paper",
    "Phone",
    "Referral",
    "Role",
    "StandardAnswer",
    "StandardQuestion",
    "SubIssue",
    "Words",
    "load_knowledge",
]

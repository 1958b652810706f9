"""The consultation itself: what was heard, what to ask next, whom to see. Pure Python on knowledge."""

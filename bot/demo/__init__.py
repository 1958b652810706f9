"""The demonstration: made-up owners who have talked to the real bot, in a store of their own, to show the console with.

It stands beside the operator's bot and knows nothing of its store: `python -m bot demo`.
"""

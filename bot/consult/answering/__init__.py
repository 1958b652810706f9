"""How each kind of move is answered: one file a kind, each a few functions of a scene and the turn so far."""

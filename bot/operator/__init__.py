"""What the operator of this desk sets, and what is signed in their name. No Rasa, no Sanic."""

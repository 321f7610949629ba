"""The staff's inbox: what people wrote, what was understood, and what staff do about it."""

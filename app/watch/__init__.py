"""Watching it: what waits and for how long, whether somebody has to be told, and what does not fit together."""

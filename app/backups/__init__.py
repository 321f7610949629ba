"""Back-ups: one file with everything, and a station made from it again."""

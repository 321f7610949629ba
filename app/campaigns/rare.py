"""Characters beyond the basic plane, which count as two for the carrier: whether some stand in a text, as SQL."""

from app.dialects import spelled

rare = spelled("rare", sqlite="{0} GLOB '*[\U00010000-\U0010ffff]*'", postgresql="{0} ~ '[\U00010000-\U0010ffff]'")

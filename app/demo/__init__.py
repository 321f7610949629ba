"""The demo community: an invented place with invented people, the same for the same seed."""

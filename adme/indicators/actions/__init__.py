"""Verbs of this room: `register` for topics and indicators, `search` for what can be found by words."""

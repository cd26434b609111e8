"""Verbs of this room: `register` for topics and indicators, `search` for what can be found by words, `metadata` for
structures of metadata and the gate, `reports` and `breaks` for what is said of indicators."""

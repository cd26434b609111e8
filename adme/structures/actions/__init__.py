"""Verbs of this room: `code_lists`, `data_structures`, `dataflows`, `mappings`. Each is audited in its transaction."""

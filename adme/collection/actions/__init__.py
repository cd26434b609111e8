"""Verbs of this room: `receiving`, `checking`, `mappings`, `review`, `publishing`, `corrections`, `housekeeping`."""

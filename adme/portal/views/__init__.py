"""Views by subject: each reads the address, asks a few questions, renders."""

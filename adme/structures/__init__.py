"""The words: concepts, code lists, data structures, dataflows, data providers, and mappings from files to them.

Maintainable things carry agency, id and a version in three parts. Nothing here holds a number, and nothing here
knows who measured what: that is `indicators` and `observations`.
"""

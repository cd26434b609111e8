"""The secretariat's desk of structures: what there is, who uses it, new versions, and what a change would touch.

It stands above every room that uses codes, so that it can count in each; it keeps no table. Artefacts, drafts and the
verbs that change them are those of `structures`; what is public of them is said by `sdmx`.
"""

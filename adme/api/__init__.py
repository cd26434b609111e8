"""The small JSON interface for people who do not speak SDMX, and its description (OpenAPI).

It tells in plain JSON what the pages of `portal` tell, by the same functions, and decides nothing: what is public,
which breakdown is shown first and how a number is written are decided below. It takes nothing in.
"""

"""SDMX REST over what is published: path grammar, content negotiation, formats. Reads `releases` only."""

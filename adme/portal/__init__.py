"""The public site: home, indicators, countries, table builder, release calendar, about. Reads `releases` only."""

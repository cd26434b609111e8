"""SDMX messages as plain writers over frames of text columns: no models, no queries, memory bounded by a chunk."""

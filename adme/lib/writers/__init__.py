"""Tables going out: CSV, XLSX and Parquet from an iterator of Polars frames, as chunks of bytes in bounded memory.

What the columns mean is the caller's business; that text stays text is this folder's. No model, no request, no rule.
"""

"""Publishing: compile, publish, embargo, reschedule, withdraw, freeze; query what is published, chart it.

`queries.select` is the only door to published data. A release is one instant on the public clock; making it public
is one row. Each public release is frozen as Parquet. Nothing here reads drafts.
"""

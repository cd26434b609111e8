"""Small named tools without tables: tabular files, periods, numbers, writers, the clock, page components.

The floor of the house: nothing here imports another room, and nothing here knows a model.
"""

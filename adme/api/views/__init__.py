"""The operations, by what they tell of."""

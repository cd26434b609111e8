"""What writes to the store."""

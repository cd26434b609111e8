"""Pages of the workspace of metadata: who writes, who approves, what is required."""

"""Pages of the workspace: my work, bringing in a file, its mapping, a submission, corrections, releases."""

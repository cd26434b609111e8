"""Changing validation rules, trying them, accepting warnings: each by a person, with a reason, audited."""

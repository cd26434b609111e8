"""Validation rules with their versions, trials of them, and warnings that were accepted."""

from adme.quality.models.acceptance import Acceptance
from adme.quality.models.rule import RuleVersion, ValidationRule
from adme.quality.models.trial import Trial

__all__ = ["Acceptance", "RuleVersion", "Trial", "ValidationRule"]

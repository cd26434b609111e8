"""Received files, submissions, findings."""

from adme.collection.models.finding import Finding
from adme.collection.models.sourcefile import SourceFile
from adme.collection.models.submission import Submission

__all__ = ["Finding", "SourceFile", "Submission"]

"""The tables of this room, one concept a file."""

from adme.frameworks.models.edition import Edition, Framework, Node
from adme.frameworks.models.judgement import Consent, CrosswalkLink, Override

__all__ = ["Consent", "CrosswalkLink", "Edition", "Framework", "Node", "Override"]

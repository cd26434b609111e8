"""ADME: a statistical database and monitoring and evaluation system for a community of states."""

__version__ = "0.1.0"

"""Releases and their parts."""

from adme.releases.models.release import Release, ReleasePart

__all__ = ["Release", "ReleasePart"]

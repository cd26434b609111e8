"""Releases, their parts, their frozen files."""

from adme.releases.models.frozen import FrozenFile
from adme.releases.models.release import Release, ReleasePart

__all__ = ["FrozenFile", "Release", "ReleasePart"]

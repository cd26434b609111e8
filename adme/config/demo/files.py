"""The files of the demonstration, and the little reading they need. Nothing here touches the database."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from adme.structures.mapping import MappingDeclaration
from adme.structures.mapping_yaml import from_yaml

FOLDER = Path(__file__).resolve().parent
DATA = FOLDER / "data"


@dataclass(frozen=True)
class Source:
    """One data file: its dataflow, where its mapping is, and how many observations it holds."""

    name: str
    dataflow: str
    file: str
    rows: int

    @property
    def path(self) -> Path:
        """The data file."""
        return DATA / self.file

    @property
    def digest(self) -> str:
        """SHA-256 of the data file."""
        with self.path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()

    @property
    def mapping_text(self) -> str:
        """The mapping as people read it."""
        return (FOLDER / f"{self.name}.mapping.yaml").read_text(encoding="utf-8")

    @property
    def mapping(self) -> MappingDeclaration:
        """The mapping as declared."""
        return from_yaml(self.mapping_text)

    @property
    def header(self) -> list[str]:
        """The headings of the data file."""
        with self.path.open(encoding="utf-8", newline="") as lines:
            return next(csv.reader(lines))


UN_SDG = Source("un_sdg", "ASEAN:DF_UN_SDG(1.0.0)", "un_sdg_2020-10_asean.csv", 60_138)
WORLD_BANK = Source("world_bank", "ASEAN:DF_WB_WDI(1.0.0)", "world_bank_wdi_2026-07_asean.csv", 18_380)
GAPMINDER = Source("gapminder", "ASEAN:DF_GAPMINDER(1.0.0)", "gapminder_sg_2026-03_asean.csv", 5_052)
SOURCES = (UN_SDG, WORLD_BANK, GAPMINDER)


@cache
def rows(name: str, folder: Path = DATA) -> tuple[dict[str, str], ...]:
    """The rows of a small CSV file."""
    with (folder / name).open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def digest_of_words() -> str:
    """What stands for everything here but the three data files: changes when any word of the demonstration does."""
    digest = hashlib.sha256()
    large = {source.path for source in SOURCES}
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and path not in large and path.suffix in (".py", ".csv", ".yaml"):
            digest.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()

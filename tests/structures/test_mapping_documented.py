"""The manual knows every word of a mapping, and its example is one."""

from __future__ import annotations

import dataclasses
import re

import pytest

from adme.lib.tabular.dialect import Dialect
from adme.structures import mapping_yaml
from adme.structures.mapping import Kind
from adme.structures.mapping_yaml import from_yaml


@pytest.fixture(scope="module")
def manual(root):
    return (root / "docs/manual/officer/mapping.md").read_text(encoding="utf-8")


def test_the_example_of_the_manual_is_a_mapping(manual):
    (example,) = re.findall(r"```yaml\n(.*?)```", manual, re.DOTALL)

    assert len(from_yaml(example).columns) == 7


def test_every_word_is_in_the_manual(manual):
    sections = [word for word in mapping_yaml._SECTIONS if word != "mapping"]
    fields = [field.name for field in dataclasses.fields(Dialect)]
    words = [*sections, *fields, *mapping_yaml._OWN_WORDS, *(kind.value for kind in Kind)]
    marks = [word for named in mapping_yaml._WORDS.values() for word in named if word != "no"]

    assert [word for word in [*words, *marks] if not re.search(rf"[`{{]{word}\b", manual)] == []

"""Nothing in the repository tells on which machine it was made, or from whose package index."""

from __future__ import annotations

import re

# Written in pieces, so that this file does not find itself.
MACHINE = [
    r"/(?:root|home|Users)" + r"/[\w.-]+",
    r"/(?:work|opt|srv)" + r"/(?:main|shared|brief|pypi|npm)",
    r"(?:files\.python" + r"hosted|test\.py" + r"pi)\.org",
    r"registry\.(?:npm" + r"js|yarn" + r"pkg)\.",
    r"--(?:extra-)?index" + r"-url\s+\S*:",
]
FOUND = re.compile("|".join(MACHINE))
BINARY = {".png", ".woff", ".woff2", ".ttf", ".otf", ".ico", ".xlsx", ".parquet", ".gz", ".zip", ".mo", ".jpg"}


def test_no_machine_and_no_package_index_is_named(files, root):
    told = []
    for path in files:
        if path.suffix in BINARY:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            hit = FOUND.search(line)
            if hit:
                told.append(f"{path.relative_to(root)}:{number}: {hit.group()}")

    assert told == []


def test_no_file_is_huge(files, root):
    """A repository is cloned by people on slow lines: the demo's data are the largest thing in it."""
    assert [str(path.relative_to(root)) for path in files if path.stat().st_size > 6_000_000] == []

"""Links between the documents lead somewhere, pictures included."""

from __future__ import annotations

import re

LINK = re.compile(r"\]\(([^)\s]+)\)")


def test_links_between_documents_lead_somewhere(files, root):
    dead = []
    for path in files:
        if path.suffix != ".md" or "vendor" in path.parts:
            continue
        for target in LINK.findall(path.read_text(encoding="utf-8")):
            if target.startswith(("http:", "https:", "mailto:", "#", "/")):
                continue
            if not (path.parent / target.partition("#")[0]).exists():
                dead.append(f"{path.relative_to(root)}: {target}")

    assert dead == []

"""Copy the front-end files we ship out of node_modules (developers only; users never need node).

    npm ci && .venv/bin/python tools/vendor_assets.py

Writes adme/lib/page/static/vendor/NAME-VERSION/ with each package's licence, vendor.json beside them (name,
version, licence, how it was made, sha256 of every file) and static/page/fonts.css. The result is committed; a
test hashes it again. Versions come from package.json, where they are exact.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
STATIC = ROOT / "adme" / "lib" / "page" / "static"
VENDOR = STATIC / "vendor"

LATIN = ("latin", "latin-ext", "vietnamese")
FONTS: dict[str, tuple[str, tuple[str, ...], tuple[int, ...]]] = {
    "@fontsource/source-sans-3": ("Source Sans 3", LATIN, (400, 600)),
    "@fontsource/source-serif-4": ("Source Serif 4", LATIN, (600,)),
    "@fontsource/noto-sans-thai": ("Noto Sans Thai", ("thai",), (400, 600)),
    "@fontsource/noto-sans-khmer": ("Noto Sans Khmer", ("khmer",), (400, 600)),
    "@fontsource/noto-sans-lao": ("Noto Sans Lao", ("lao",), (400, 600)),
    "@fontsource/noto-sans-myanmar": ("Noto Sans Myanmar", ("myanmar",), (400, 600)),
}
SOURCE_MAP = re.compile(r"\n?(?://[#@]|/\*[#@]) sourceMappingURL=[^\n]*")


def manifest(package: str) -> dict[str, Any]:
    """The package.json of an installed package."""
    data: dict[str, Any] = json.loads((MODULES / package / "package.json").read_text(encoding="utf-8"))
    return data


def folder_for(package: str) -> Path:
    """A new, empty static/vendor/NAME-VERSION/."""
    folder = VENDOR / f"{package.split('/')[-1]}-{manifest(package)['version']}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("LICENSE", "NOTICE"):
        if (MODULES / package / name).exists():
            shutil.copyfile(MODULES / package / name, folder / name)
    return folder


def entry(package: str, folder: Path, how: str) -> dict[str, Any]:
    """One package in vendor.json."""
    about = manifest(package)
    return {
        "name": package,
        "version": about["version"],
        "licence": about["license"],
        "how": how,
        "files": {
            path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.iterdir())
        },
    }


def copy_font(package: str) -> tuple[dict[str, Any], list[str]]:
    """Copy one family's woff2 files; also its @font-face rules, with the package's own unicode ranges."""
    family, subsets, weights = FONTS[package]
    folder = folder_for(package)
    rules: list[str] = []
    for weight in weights:
        sheet = (MODULES / package / f"{weight}.css").read_text(encoding="utf-8")
        for subset in subsets:
            name = f"{package.split('/')[-1]}-{subset}-{weight}-normal.woff2"
            shutil.copyfile(MODULES / package / "files" / name, folder / name)
            block = sheet[sheet.index(f"./files/{name}") :]
            characters = re.search(r"unicode-range: ([^;]+);", block)
            if characters is None:
                raise SystemExit(f"{package} {weight}.css has no unicode-range for {subset}")
            rules.append(
                f'@font-face {{ font-family: "{family}"; font-style: normal; font-weight: {weight}; '
                f'font-display: swap; src: url("../vendor/{folder.name}/{name}") format("woff2"); '
                f"unicode-range: {characters[1]}; }}"
            )
    return entry(package, folder, "copied"), rules


def bundle_echarts() -> dict[str, Any]:
    """ECharts with only the parts named in tools/assets/echarts_parts.mjs, as one ES module."""
    folder = folder_for("echarts")
    target = folder / "echarts.min.js"
    subprocess.run(
        [
            *(str(MODULES / ".bin" / "esbuild"), str(ROOT / "tools" / "assets" / "echarts_parts.mjs")),
            *("--bundle", "--minify", "--format=esm", "--target=es2020", "--legal-comments=none", "--log-level=error"),
            *("--define:process.env.NODE_ENV='production'", f"--outfile={target}"),
        ],
        cwd=ROOT,
        check=True,
    )
    target.write_text(SOURCE_MAP.sub("", target.read_text(encoding="utf-8")), encoding="utf-8")
    return entry("echarts", folder, "bundled by esbuild from tools/assets/echarts_parts.mjs")


def draw_shapes() -> dict[str, Any]:
    """Outlines of the eleven states, pre-projected: coarse for the page, fine for looking closer."""
    folder = folder_for("world-atlas")
    subprocess.run(
        ["node", "tools/assets/shapes.mjs", str(folder / "asean-coarse.json"), str(folder / "asean-fine.json")],
        cwd=ROOT,
        check=True,
    )
    return entry("world-atlas", folder, "filtered, simplified and projected by tools/assets/shapes.mjs")


def tidy_lock() -> None:
    """Take the sponsors' addresses out of package-lock.json: no lock of ours names a host."""
    path = ROOT / "package-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
    path.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Make the vendor folder anew."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    entries = [bundle_echarts(), draw_shapes()]
    rules: list[str] = []
    for package in FONTS:
        font, faces = copy_font(package)
        entries.append(font)
        rules += faces
    entries.sort(key=lambda package: package["name"])
    (VENDOR / "vendor.json").write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    note = "/* Written by tools/vendor_assets.py. Only the files whose characters stand on a page are loaded. */\n"
    (STATIC / "page" / "fonts.css").write_text(note + "\n".join(rules) + "\n", encoding="utf-8")
    tidy_lock()


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# Writes both lock files anew from pyproject.toml: versions and hashes, and no address of any package index.
# Needs uv (python -m pip install uv). UV_EXCLUDE_NEWER=<a date a week ago> gives new versions time to be found bad.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=$(command -v uv || echo .venv/bin/uv)
options=(-q --generate-hashes --no-header --no-annotate --no-emit-index-url --no-strip-extras --universal --python-version 3.11 "$@")
"$uv" pip compile "${options[@]}" --all-extras pyproject.toml -o requirements-test.lock
# The smaller set takes the versions of the larger one, so that both commands run the same code.
"$uv" pip compile "${options[@]}" --extra build -c <(sed -n '/==/s/ *\\$//p' requirements-test.lock) pyproject.toml -o requirements.lock

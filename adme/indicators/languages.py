"""The languages that texts are written in here, by their own names. Others can be imported; these are offered."""

from __future__ import annotations

LANGUAGES = {
    "en": "English",
    "id": "Bahasa Indonesia",
    "km": "ភាសាខ្មែរ",
    "lo": "ພາສາລາວ",
    "ms": "Bahasa Melayu",
    "my": "မြန်မာဘာသာ",
    "fil": "Filipino",
    "pt": "Português",
    "ta": "தமிழ்",
    "tet": "Tetun",
    "th": "ภาษาไทย",
    "vi": "Tiếng Việt",
    "zh": "中文",
}
"""English and the official languages of the member states."""


def name_of_language(code: str) -> str:
    """Its own name, or its code."""
    return LANGUAGES.get(code, code)

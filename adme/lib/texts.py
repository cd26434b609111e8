"""Multilingual texts: one JSON object ``{language: text}`` with a fallback that never invents a translation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language, gettext

Text = dict[str, str]

FALLBACK = "en"


def text_in(text: Text | None, language: str | None = None) -> str:
    """`text` in `language` (default: the active one), else its base language, else English, else any, else ""."""
    if not text:
        return ""
    wanted = language or get_language() or FALLBACK
    for candidate in (wanted, wanted.split("-")[0], FALLBACK):
        if text.get(candidate):
            return text[candidate]
    return next(iter(text.values()))


def language_of(text: Text | None, language: str | None = None) -> str:
    """The language that `text_in` answers in, for the ``lang`` attribute."""
    if not text:
        return ""
    wanted = language or get_language() or FALLBACK
    for candidate in (wanted, wanted.split("-")[0], FALLBACK):
        if text.get(candidate):
            return candidate
    return next(iter(text))


def validate_text(value: Any) -> None:
    """Refuse anything but an object of language → text."""
    if not isinstance(value, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        raise ValidationError(gettext('A text is an object of language and words, as in {"en": "Literacy rate"}.'))


class TextField(models.JSONField):
    """A multilingual text column."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("validators", [validate_text])
        super().__init__(*args, **kwargs)

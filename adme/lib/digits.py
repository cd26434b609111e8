"""The digits of the region's scripts, and the blanks that surround numbers. Nothing is converted unless declared."""

from __future__ import annotations

ASCII_DIGITS = "0123456789"

SCRIPTS: dict[str, str] = {
    "thai": "๐๑๒๓๔๕๖๗๘๙",
    "khmer": "០១២៣៤៥៦៧៨៩",
    "lao": "໐໑໒໓໔໕໖໗໘໙",
    "burmese": "၀၁၂၃၄၅၆၇၈၉",
    "fullwidth": "".join(chr(0xFF10 + number) for number in range(10)),
}
"""The ten digits, zero first, of each script that a dialect may declare."""

FULLWIDTH_MARKS = {chr(0xFF0E): ".", chr(0xFF0C): ",", chr(0xFF0D): "-"}
"""The full-width full stop, comma and minus, which come with full-width digits."""

_MARKS = {"fullwidth": FULLWIDTH_MARKS}
_TABLES = {
    script: str.maketrans(dict(zip(digits, ASCII_DIGITS, strict=True)) | _MARKS.get(script, {}))
    for script, digits in SCRIPTS.items()
}


class ScriptUnknown(ValueError):
    """A dialect declares digits of a script that is not in ``SCRIPTS``."""


def replacements(script: str) -> dict[str, str]:
    """What stands for what in a script: each of its digits (and marks) with its ASCII character."""
    if script not in SCRIPTS:
        raise ScriptUnknown(f"Digits may be declared as one of {', '.join(SCRIPTS)}; not as {script!r}.")
    return {chr(code): text for code, text in _TABLES[script].items()}


def to_ascii(text: str, script: str) -> str:
    """The text with the digits of a declared script as 0-9; the empty script changes nothing."""
    if not script:
        return text
    replacements(script)
    return text.translate(_TABLES[script])


def script_of(text: str) -> str:
    """The script of the first digit that is not ASCII: a name in ``SCRIPTS`` or "other"; "" where all are ASCII."""
    for character in text:
        if character.isdecimal() and not character.isascii():
            return next((script for script, digits in SCRIPTS.items() if character in digits), "other")
    return ""


def mixes_scripts(text: str, script: str) -> bool:
    """Whether one text holds ASCII digits and digits of the script: more often a slip or a trick than a number."""
    return any(digit in text for digit in ASCII_DIGITS) and any(digit in text for digit in SCRIPTS[script])

"""Cutting text into words for search, the same way for what is kept and for what is asked.

ICU finds words where no blanks stand between them (Thai, Khmer, Lao, Burmese). Letters are lower-cased and lose their
diacritics where the script is Latin, Greek or Cyrillic, so that "biet chu" finds "biết chữ"; vowel signs of the other
scripts are letters of their own and stay.
"""

from __future__ import annotations

import re
import unicodedata

from icu4py.breakers import WordBreaker

__all__ = ["LONGEST_WORD", "folded", "words_of"]

LONGEST_WORD = 64
_LOCALE = "en"  # ICU's dictionaries go by script, not by locale
_NUMBERED = re.compile(r"(?<![\w.])[0-9]{1,3}(?:\.[0-9A-Za-z]{1,3})+(?![\w.]*\w)")
_POINT = "\ue000"
"""Stands for a point inside a word: a letter of private use, which the index takes for a letter."""
_SMALL_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789" * 2)
"""CO₂ is asked for as CO2."""
_COMBINING = range(0x0300, 0x0370)
_WITHOUT_DECOMPOSITION = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe"})


def folded(text: str) -> str:
    """Lower-case, without diacritics on Latin, Greek and Cyrillic letters."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in apart if ord(letter) not in _COMBINING)
    return unicodedata.normalize("NFC", bare.translate(_WITHOUT_DECOMPOSITION))


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in order; marks and blanks are no words, a number such as 16.b.1 is one."""
    plain = unicodedata.normalize("NFC", text).translate(_SMALL_DIGITS)
    words: list[str] = []
    start = 0
    for number in _NUMBERED.finditer(plain):
        words += [*_cut(plain[start : number.start()]), number[0].casefold().replace(".", _POINT)[:LONGEST_WORD]]
        start = number.end()
    return words + _cut(plain[start:])


def _cut(text: str) -> list[str]:
    # Cut before folding: ICU's dictionaries hold words as they are written.
    return [word[:LONGEST_WORD] for piece in WordBreaker(text, _LOCALE) for word in _split(folded(piece))]


def _split(piece: str) -> list[str]:
    """ICU keeps can't and SI_COV in one piece; here every mark ends a word."""
    return "".join(letter if _of_a_word(letter) else " " for letter in piece).split()


def _of_a_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc")

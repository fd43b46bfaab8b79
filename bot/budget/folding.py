"""Words without what hides them: case, accents, characters nobody sees, and digits for letters.

Prompts are searched for whole words, one after another as they were written; nothing a moderator
types is a pattern, so no word can take long to look for. Letters of another script that merely
look alike are not told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from storage.words import ForbiddenWord

UNSEEN = frozenset({"Mn", "Me", "Cf"})
"""Unicode's categories of marks on letters, and of characters without any look."""
BLANKS = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0"))
"""Letters, as Unicode has them, that show nothing."""
INSTEAD_OF_LETTERS = str.maketrans("0134578@$!", "oieastbasi")
TOKEN = re.compile(r"[^\W_]+")
DISGUISED_TOKEN = re.compile(r"[^\W_]+(?:[@$!][^\W_@$!]*)*|[@$][^\W_]+")


def fold(text: str) -> str:
    """The words of a text, without what hides them, a space between each two."""
    return " ".join(TOKEN.findall(_bare(text)))


def forbidden_in(text: str, words: Iterable[ForbiddenWord]) -> ForbiddenWord | None:
    """The first forbidden word that a text contains, in plain letters or with digits for some."""
    bare = _bare(text)
    plain = TOKEN.findall(bare)
    disguised = [_undisguised(token) for token in DISGUISED_TOKEN.findall(bare)]
    searched = [f" {' '.join(tokens)} " for tokens in (plain, disguised)]
    for word in words:
        if any(f" {word.folded} " in words_there for words_there in searched):
            return word
    return None


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).translate(BLANKS)
    seen = "".join(char for char in decomposed if unicodedata.category(char) not in UNSEEN)
    return seen.casefold()


def _undisguised(token: str) -> str:
    """A number stays one."""
    has_letters = any(char.isalpha() for char in token)
    return token.rstrip("!").translate(INSTEAD_OF_LETTERS) if has_letters else token

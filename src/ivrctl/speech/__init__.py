"""How an utterance is said in each language: from words and values to pieces that can be synthesised once and joined.

Pure. Knows nothing of files, voices or calls: an utterance goes in, a run of pieces and pauses comes out::

    piece       what comes out: a Piece (one sound), a Pause (silence)
    tongue      what a language must be able to say; ``zh`` and ``en`` are the two there are, listed in ``languages``
    digits      any text character by character: phone numbers, order numbers
    phone       phone numbers in the groups of their country
    own_numbers the numbers of a site's own country, quickly
    phrases     pieces(): an utterance, split; vocabulary(): every piece that values of a language can need
    reading     reading(): how an author's words are handed to a voice, the numbers in them written out

Adding a language is one file with a class that satisfies ``Tongue`` and one entry in ``languages.TONGUES``; adding a
format is one method of ``Tongue`` and one entry in ``phrases.FORMATS``.
"""

from ivrctl.speech.languages import TONGUES, find_tongue
from ivrctl.speech.phrases import FORMATS, MAX_FREE_TEXT, fixed_words, pieces, vocabulary
from ivrctl.speech.piece import Item, Pause, Piece
from ivrctl.speech.reading import reading

__all__ = [
    "FORMATS",
    "MAX_FREE_TEXT",
    "TONGUES",
    "Item",
    "Pause",
    "Piece",
    "find_tongue",
    "fixed_words",
    "pieces",
    "reading",
    "vocabulary",
]

"""How the text of a piece is handed to a voice."""

from __future__ import annotations

from ivrctl.speech.languages import find_tongue
from ivrctl.speech.piece import Piece


def reading(piece: Piece) -> str:
    """The text that a voice is given: the author's, with the numbers that voices misread written out.

    It goes into the name of the cached sound, so a better reading is heard as soon as it is there.
    """
    tongue = find_tongue(piece.language)
    return piece.text if tongue is None else tongue.reading(piece.text)

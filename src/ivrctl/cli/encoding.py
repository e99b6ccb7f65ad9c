"""What stands for a character that standard output cannot hold: names are written in every language."""

from __future__ import annotations

import codecs
import io
import json
import sys

_ESCAPED = "ivrctl-escaped"


def take_every_name() -> None:
    r"""Have standard output take all characters: a terminal shows ``?`` for one that it has not, a file ``\u738b``.

    The latter is JSON's own way, so what programs read stays whole.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        codecs.register_error(_ESCAPED, _escaped)
        sys.stdout.reconfigure(errors="replace" if sys.stdout.isatty() else _ESCAPED)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end

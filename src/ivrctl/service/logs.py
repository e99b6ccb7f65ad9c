"""How log lines look: for people on a terminal, JSON elsewhere. One line per call; nothing secret gets here.

Where the log goes can be full, or gone: that costs lines, and nothing else. No call, no reload and no controller ends
because nobody can be told of it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping

import structlog

STANDARD_ERROR = 2


class ErrorStream:
    """Standard error, on which a line that cannot be written is lost. Nothing is kept back, to be tried again later."""

    def __init__(self, descriptor: int = STANDARD_ERROR) -> None:
        """Write to a descriptor, which stays its owner's."""
        self._descriptor = descriptor

    def write(self, text: str) -> int:
        """Write as much of it as is taken; its length."""
        with contextlib.suppress(OSError):
            os.write(self._descriptor, text.encode("utf-8", "backslashreplace"))
        return len(text)

    def flush(self) -> None:
        """There is nothing that was kept back."""


def configure_logs(*, is_terminal: bool) -> None:
    """Set structlog up for this process."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if is_terminal else structlog.processors.JSONRenderer(_json)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=_factory,
        cache_logger_on_first_use=True,
    )


def _json(event: Mapping[str, object], **_: object) -> str:
    return _ENCODER.encode(event)


def _factory(*_args: object) -> structlog.WriteLogger:
    return structlog.WriteLogger(_STREAM)  # type: ignore[arg-type]  # it takes what has write and flush


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=repr)
"""One for all lines: to make it takes longer than a line."""
_STREAM = ErrorStream()

"""A packet as it came: bytes, of which only the first header was looked at; the rest is read on demand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


class RawPacket:
    """One response or event. Headers have the names that Asterisk gives them; the first value of a name wins."""

    __slots__ = ("_block", "_text", "name")

    def __init__(self, name: str, block: bytes) -> None:
        self.name = name
        """The first header's value: of an event its kind, such as ``QueueCallerJoin``; of a response ``Success``."""
        self._block = block
        self._text: str | None = None

    def get(self, name: str) -> str | None:
        """The first value of a header; None when it is missing."""
        return self.values((f"\r\n{name}:",))[0]

    def values(self, needles: Sequence[str]) -> list[str | None]:
        r"""The first values of several headers, which are named as they are found: ``\r\nQueue:``."""
        text = self._text or self.text
        find = text.find
        values: list[str | None] = []
        for needle in needles:
            start = find(needle)
            if start < 0:
                values.append(None)
                continue
            start += len(needle)
            if text[start] == " ":
                start += 1
            values.append(text[start : find("\r\n", start)])
        return values

    @property
    def text(self) -> str:
        r"""All of it, as lines that begin and end with ``\r\n``.

        It is decoded as a whole: a segment's end may lie within a character. What is no UTF-8 becomes U+FFFD.
        """
        if self._text is None:
            self._text = f"\r\n{self._block.decode('utf-8', 'replace')}\r\n"
        return self._text

    def headers(self) -> Iterator[tuple[str, str]]:
        """All headers as they came. A line that is none is the rest of a value with a line end in it, and is left."""
        for line in self.text.split("\r\n"):
            name, colon, value = line.partition(":")
            if colon:
                yield name, value.removeprefix(" ")

    def __len__(self) -> int:
        """Bytes."""
        return len(self._block)

    def __repr__(self) -> str:
        """Its kind only: what is in it may be personal."""
        return f"RawPacket({self.name!r})"

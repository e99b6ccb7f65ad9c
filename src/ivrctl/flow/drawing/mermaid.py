"""A picture as a Mermaid flowchart (mermaid.js.org), which GitHub and GitLab show in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ivrctl.flow.drawing.picture import Arrow, Box, Picture, Shape, Share

_FRAMES: Mapping[Shape, tuple[str, str]] = {
    Shape.LINE: ("([", "])"),
    Shape.STEP: ("(", ")"),
    Shape.INPUT: ("{{", "}}"),
    Shape.GOSUB: ("[[", "]]"),
    Shape.QUEUE: ("[(", ")]"),
    Shape.DIAL: ("[/", "/]"),
    Shape.VOICEMAIL: (">", "]"),
    Shape.HANGUP: ("[/", "\\]"),
    Shape.RETURN: ("[\\", "/]"),
}
"""The brackets that make the shape of a box."""

_FILLS = {Share.ALL: "#d5f0d5", Share.SOME: "#fff0c2", Share.NONE: "#f8d0d0"}
_STROKES = {Share.ALL: "#2e7d32", Share.SOME: "#b8860b", Share.NONE: "#c62828"}

_SPECIAL = re.compile(r"[^\w \-.,:{}=()/]")
"""What Mermaid could take for its own: written as the number of its character."""


def to_mermaid(picture: Picture) -> str:
    """The picture's text."""
    return "\n".join(["flowchart TD", *_groups(picture), *map(_arrow, picture.arrows), *_colours(picture)]) + "\n"


def _groups(picture: Picture) -> Iterator[str]:
    for name, boxes in picture.flows.items():
        yield f"  subgraph flow_{boxes[0].name if boxes else name}[{_quoted(name)}]"
        yield from (f"    {_box(box)}" for box in boxes)
        yield "  end"


def _box(box: Box) -> str:
    begin, end = _FRAMES[box.shape]
    colour = f":::{box.share}" if box.share else ""
    return f"{box.name}{begin}{_quoted(*box.says)}{end}{colour}"


def _arrow(arrow: Arrow) -> str:
    link = "-.->" if arrow.is_entry else "-->"
    label = f"|{_quoted(arrow.label)}|" if arrow.label else ""
    return f"  {arrow.origin.name} {link}{label} {arrow.target.name}"


def _colours(picture: Picture) -> Iterator[str]:
    if not picture.is_counted:
        return
    for share, fill in _FILLS.items():
        yield f"  classDef {share} fill:{fill},stroke:{_STROKES[share]},color:#000"
    for share in Share:
        numbers = [str(number) for number, arrow in enumerate(picture.arrows) if arrow.share is share]
        if numbers:
            dashes = ",stroke-dasharray:4" if share is Share.NONE else ""
            yield f"  linkStyle {','.join(numbers)} stroke:{_STROKES[share]}{dashes}"


def _quoted(*lines: str) -> str:
    return '"' + "<br>".join(_SPECIAL.sub(lambda match: f"#{ord(match[0])};", line) for line in lines) + '"'

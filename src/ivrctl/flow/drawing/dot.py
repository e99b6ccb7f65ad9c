"""A picture in DOT, the language of Graphviz (graphviz.org/doc/info/lang.html)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivrctl.flow.drawing.picture import Arrow, Box, Picture, Shape, Share

_SHAPES: Mapping[Shape, str] = {
    Shape.LINE: 'shape="oval"',
    Shape.STEP: 'shape="box" style="rounded,filled"',
    Shape.INPUT: 'shape="hexagon"',
    Shape.GOSUB: 'shape="box" peripheries="2"',
    Shape.QUEUE: 'shape="cylinder"',
    Shape.DIAL: 'shape="parallelogram"',
    Shape.VOICEMAIL: 'shape="note"',
    Shape.HANGUP: 'shape="invtrapezium"',
    Shape.RETURN: 'shape="trapezium"',
}
"""What makes the shape of a box."""

_FILLS = {Share.ALL: "#d5f0d5", Share.SOME: "#fff0c2", Share.NONE: "#f8d0d0", None: "#ffffff"}
_STROKES = {Share.ALL: "#2e7d32", Share.SOME: "#b8860b", Share.NONE: "#c62828"}


def to_dot(picture: Picture) -> str:
    """The picture's text."""
    head = [
        "digraph ivrctl {",
        '  graph [compound="true" fontname="sans-serif"]',
        '  node [style="filled" fontname="sans-serif" fontsize="11"]',
        '  edge [fontname="sans-serif" fontsize="10"]',
    ]
    return "\n".join([*head, *_groups(picture), *map(_arrow, picture.arrows), "}"]) + "\n"


def _groups(picture: Picture) -> Iterator[str]:
    for number, (name, boxes) in enumerate(picture.flows.items()):
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={_quoted(name)}"
        yield from (f"    {_box(box)}" for box in boxes)
        yield "  }"


def _box(box: Box) -> str:
    label = _quoted(*box.says)
    return f'{box.name} [label={label} {_SHAPES[box.shape]} fillcolor="{_FILLS[box.share]}"]'


def _arrow(arrow: Arrow) -> str:
    style = {
        "label": arrow.label,
        "color": _STROKES[arrow.share] if arrow.share else "",
        "style": "dotted" if arrow.is_entry else "dashed" if arrow.share is Share.NONE else "",
    }
    written = " ".join(f"{name}={_quoted(value)}" for name, value in style.items() if value)
    return f"  {arrow.origin.name} -> {arrow.target.name}" + (f" [{written}]" if written else "")


def _quoted(*lines: str) -> str:
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(escaped) + '"'

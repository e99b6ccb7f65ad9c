"""A trial as a picture: callers and the service level of each variant over the day, and below it the tiers in.

Written by hand: a few hundred lines of SVG that need no font, no script and nothing from elsewhere. Its colours are
read on white and on black paper, and follow what the reader prefers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from ivrctl.cli.trial_view.shown import QUARTER, ShownTrial, few_or_many
from ivrctl.simulation.compared import Slice

WIDE, LEFT, RIGHT = 960, 150, 20
TOP, PLOT, ROW, GAP = 64, 240, 16, 28
"""Pixels: above the plot, of the plot, of a tier, between two variants."""
LINE = 2 * QUARTER
"""A point of the lines: of a quarter of an hour too few callers come to say much."""
LEVELS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

LIGHT = ("#767676", "#0b62b8", "#c2480c", "#177a3c", "#7b3fb5")
DARK = ("#9a9a9a", "#5fb0ff", "#ff9a5c", "#5fd08a", "#c79bff")
"""Of the variants, in their order."""


STROKES = (
    "stroke-width: 5; stroke-opacity: 0.6",
    "stroke-width: 3",
    "stroke-dasharray: 8 5",
    "stroke-dasharray: 2 4",
    "stroke-dasharray: 12 4 2 4",
)
"""Of their lines, in the order in which they are drawn: where some are on one way, each is seen beside or between."""


def _paper(paper: str, ink: str, faint: str, bar: str, own: Sequence[str]) -> str:
    """The rules of one kind of paper; without variables, which not every viewer of pictures knows."""
    lines = f".paper {{ fill: {paper} }} text {{ fill: {ink} }} .grid {{ stroke: {faint} }} .bar {{ fill: {bar} }}"
    return lines + "".join(
        f" .line{place} {{ stroke: {colour} }} .own{place} {{ fill: {colour} }}" for place, colour in enumerate(own)
    )


STYLE = f"""
text {{ font: 12px sans-serif }} .title {{ font-size: 15px }}
.end {{ text-anchor: end }} .middle {{ text-anchor: middle }}
.line {{ fill: none; stroke-width: 2 }}
{" ".join(f".line{place} {{ {stroke} }}" for place, stroke in enumerate(STROKES))}
{_paper("#ffffff", "#333333", "#dddddd", "#e8ecf2", LIGHT)}
@media (prefers-color-scheme: dark) {{ {_paper("#15181c", "#d6d9dd", "#3a4048", "#252b33", DARK)} }}
""".strip()


def as_svg(trial: ShownTrial) -> str:
    """The picture, whole."""
    return _Picture(trial).drawn()


@dataclass(slots=True)
class _Picture:
    """In the making."""

    trial: ShownTrial
    parts: list[str] = field(default_factory=list)
    began: float = 0.0
    ended: float = 1.0

    def drawn(self) -> str:
        """All of it."""
        quarters, lines = self.trial.slices(), self.trial.slices(LINE)
        both = [each for found in (quarters, lines) for slices in found.values() for each in slices]
        if both:
            self.began, self.ended = min(each.began for each in both), max(each.ended for each in both)
        self._text(LEFT, 24, self.trial.compared.day, "title")
        self._bars(next(iter(lines.values())))
        self._axes()
        for number, (name, slices) in enumerate(lines.items()):
            self._line(number, slices)
            self._name(number, name)
        height = round(self._tiers(quarters)) + 12
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {height}" width="{WIDE}" height="{height}"'
        title = escape(f"Service level and tiers in on {self.trial.compared.day}")
        above = (f'{head} role="img">', f"<title>{title}</title>", f"<style>{STYLE}</style>")
        paper = f'<rect width="{WIDE}" height="{height}" class="paper"/>'
        return "\n".join([*above, paper, *self.parts, "</svg>\n"])

    def _x(self, seconds: float) -> float:
        return LEFT + (WIDE - LEFT - RIGHT) * (seconds - self.began) / (self.ended - self.began)

    def _text(self, x: float, y: float, text: str, classes: str = "") -> None:
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{classes}">{escape(text)}</text>')

    def _rectangle(self, x: tuple[float, float], y: tuple[float, float], classes: str, opacity: float = 1.0) -> None:
        faint = "" if opacity >= 1 else f' fill-opacity="{opacity:.2f}"'
        self.parts.append(
            f'<rect x="{x[0]:.1f}" y="{y[0]:.1f}" width="{x[1] - x[0]:.1f}" height="{y[1] - y[0]:.1f}" '
            f'class="{classes}"{faint}/>'
        )

    def _bars(self, slices: Sequence[Slice]) -> None:
        """Callers, behind everything: the tallest is as high as the plot."""
        most = max((each.offered for each in slices), default=0.0)
        for each in slices:
            if each.offered:
                top = TOP + PLOT * (1 - each.offered / most)
                self._rectangle((self._x(each.began) + 1, self._x(each.ended) - 1), (top, TOP + PLOT), "bar")
        if most:
            self._text(
                WIDE - RIGHT,
                24,
                f"lines: service level; bars: callers, at most {few_or_many(most)} in {LINE / 60:.0f} min",
                "end",
            )

    def _axes(self) -> None:
        for level in LEVELS:
            y = TOP + PLOT * (1 - level)
            self.parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDE - RIGHT}"/>')
            self._text(LEFT - 8, y + 4, f"{level:.0%}", "end")
        for at in self._hours():
            clock = self.trial.clock(at)
            self._text(self._x(at), TOP + PLOT + 16, f"{clock:%H:%M}", "middle")

    def _hours(self) -> Iterator[float]:
        """The full hours of the clock, every second one where there are many."""
        step = 2 if self.ended - self.began > 12 * 3600 else 1
        number = int(-(-self.began // QUARTER))
        while number * QUARTER <= self.ended:
            clock = self.trial.clock(number * QUARTER)
            if clock.minute == 0 and clock.hour % step == 0:
                yield number * QUARTER
            number += 1

    def _line(self, number: int, slices: Sequence[Slice]) -> None:
        """The service level of a variant; broken where nobody called."""
        path, is_drawn = [], False
        for each in slices:
            if each.service_level is None:
                is_drawn = False
                continue
            x, y = self._x((each.began + each.ended) / 2), TOP + PLOT * (1 - each.service_level)
            path.append(f"{'L' if is_drawn else 'M'}{x:.1f} {y:.1f}")
            is_drawn = True
        self.parts.append(f'<path class="line line{number % len(LIGHT)}" d="{"".join(path)}"/>')

    def _name(self, number: int, name: str) -> None:
        x = LEFT + 180 * (number % 4)
        self.parts.append(f'<path class="line line{number % len(LIGHT)}" d="M{x:.1f} 40.0h30"/>')
        self._text(x + 36, 44, name)

    def _tiers(self, found: Mapping[str, Sequence[Slice]]) -> float:
        """The tiers of each variant, a row each; how far down they reach."""
        y = TOP + PLOT + 26.0
        for number, runs in enumerate(self.trial.compared.runs):
            if not runs.tiers:
                continue
            y += GAP
            self._text(8, y - 6, f"tiers in: {runs.name}")
            for key in runs.tiers:
                self._text(LEFT - 8, y + ROW - 4, key[1], "end")
                for each in found[runs.name]:
                    if share := each.tiers[key]:
                        across = (self._x(each.began), self._x(each.ended))
                        self._rectangle(across, (y + 2, y + ROW - 2), f"own{number % len(LIGHT)}", share)
                y += ROW
        return y

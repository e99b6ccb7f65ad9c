"""What the written policy file says of itself: at its head where the numbers come from, beside each what it does."""

from __future__ import annotations

from collections.abc import Iterator

from ivrctl.cli.columns import table
from ivrctl.cli.recommend_view.shown import ShownRecommendation, effect
from ivrctl.cli.recommend_view.text import figures, promised
from ivrctl.staffing.policy_files.rewritten import Comments


def comments(shown: ShownRecommendation) -> Comments:
    """The comments of a recommended policy."""
    beside = {change.place: f"{shown.changed(change)}. {shown.does(change)}" for change in shown.found.changes}
    return Comments(list(_head(shown)), beside)


def _head(shown: ShownRecommendation) -> Iterator[str]:
    found = shown.found
    yield "Recommended by ivrctl staffing recommend; it is in force only where somebody puts it."
    yield f"Days: {', '.join(shown.days)}, {shown.searched}; {found.tried} policies in {found.runs} runs of a day."
    yield f"Kept: {promised(shown)}."
    yield ""
    yield from (line.rstrip("\n") for line in table([*figures(shown)], right=range(1, 5 + len(shown.tiers))))
    yield ""
    if found.checked is not None:
        yield f"On other days: {effect(found.checked.difference, found.checked.given)}."
    yield "Weighted: minutes of people of a day, those of the first tier once, of the second twice, and so on."
    yield "Beside each number stands what it does: this policy, less this policy with that number as it was."
    yield from (f"! {sentence}" for sentence in shown.assumed)

"""A trial that is made by hand: two variants, two seeds, an hour of callers.

``python -m tests.unit.trial_view.trials`` writes what is shown of it anew; read the difference before you commit it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ivrctl.cli.trial_view.shown import ShownTrial
from ivrctl.cli.trial_view.svg import as_svg
from ivrctl.cli.trial_view.text import told
from ivrctl.simulation.compared import Compared, Runs
from ivrctl.simulation.outcome import Outcome, QueueFigures, TierFigures, TierMove

GOLDEN = Path(__file__).parents[2] / "golden" / "trial_view"
NINE = 9 * 3600.0
TIERS = ("leaders", "quality")


def _figures(in_time: int, offered: int = 100) -> QueueFigures:
    return QueueFigures(
        offered=offered,
        answered=offered - 8,
        in_time=in_time,
        abandoned=8,
        short_abandons=2,
        waited=20.0 * (offered - in_time),
        longest_wait=300.0 - in_time,
        talked=180.0 * offered,
    )


def _outcome(in_time: int, policy: str = "", minutes: float = 0.0, came_at: float = 0.0) -> Outcome:
    quarters = tuple((NINE + 900 * number, _figures(in_time // 4 - number, 25)) for number in range(4))
    tiers = {
        (policy, tier): TierFigures(1, minutes, minutes / (place + 1), minutes / 3, 2, {"8103": 2 - place})
        for place, tier in enumerate(TIERS if policy else ())
    }
    moves = tuple(
        move
        for place, tier in enumerate(TIERS if policy else ())
        for move in (
            TierMove(came_at + 300 * place, policy, tier, True, f"{tier} came in: it was 64 s"),
            TierMove(NINE + 3600, policy, tier, False, f"{tier} went home"),
        )
    )
    queues = {"sales": _figures(in_time), "support": _figures(40, 50), "night": QueueFigures()}
    return Outcome(queues, _figures(in_time), quarters, tiers, moves, (), 9, 0.71, timedelta(hours=24))


NO_POLICY = Runs("no policy", (), (_outcome(60), _outcome(70)))
SERVED = Runs("as served", ("rush",), (_outcome(76, "rush", 40, NINE), _outcome(84, "rush", 30, NINE + 900)))
TRIED = Runs("new.staffing.yaml", ("new",), (_outcome(80, "new", 50, NINE), _outcome(86, "new", 45, NINE + 600)))
ASSUMED = ("how queues.conf sets sales is in no books: ringall and 15 s, as Asterisk has it",)


def trial(*runs: Runs, was: bool = False) -> ShownTrial:
    """What is shown of some variants."""
    compared = Compared(
        "2026-11-20",
        (1, 2),
        runs or (NO_POLICY, SERVED, TRIED),
        ASSUMED,
        {"sales": _figures(75), "support": _figures(41, 50)} if was else None,
    )
    begins = datetime(2026, 11, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
    return ShownTrial(compared, begins, timedelta(hours=24), timedelta(seconds=20), has_served=True)


SHOWN = {
    "recorded.txt": lambda: "".join(told(trial(was=True))),
    "synthetic.txt": lambda: "".join(told(trial(NO_POLICY, SERVED))),
    "trial.svg": lambda: as_svg(trial()),
}
"""By the golden file, what is to stand in it."""

if __name__ == "__main__":
    for name, shown in SHOWN.items():
        (GOLDEN / name).write_text(shown(), encoding="utf-8")

"""How true a simulated day is to the formulas of the field, what it costs, and that it is the same for a seed.

::

    python benchmarks/simulator.py [--short] [--runs 40] [--calls 40000] [--only NAME]

**Truth.** Six published queues, in which callers come by chance (Poisson) and talks and patience are exponential; all
agents answer at once, and callers are rung for at the moment in which somebody is free. Each is simulated in
independent runs, with the seeds 0, 1, 2 … The published figures stand beside those of Erlang C or A in full, which
``ivrctl.forecast.erlang`` reckons, and the simulated ones beside their difference from the formula: it is to be less
than 2 %. Waits of one caller and the next are much alike, so a mean of 20,000 of them is still uncertain by a tenth.
Therefore each run also says how many would have been on the phone if there were no end of agents, at every arrival:
the truth of that is known (a Poisson number), and by how much the run has missed it is taken out by regression over
the runs (control variates; Lavenberg and Welch, Management Science 27, 1981). What uncertainty is left is one standard
error.

**Cost.** Seconds of the processor for a day with three queues and a policy of four tiers, against calls with as many
agents as they need, and against agents with the same calls: the best of the rounds. The growth exponent is the slope of
time against size, both as logarithms: 1 where time grows as size does.

**Sameness.** A digest of all that is known of a run, from two processes that order their sets differently.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import exp, inf, sqrt
from pathlib import Path

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from rounds import growth

from ivrctl.forecast.erlang import Load, served
from ivrctl.simulation.day import Arrival, Day, Pause, QueueModel, Shift, SimulatedAgent, Strategy
from ivrctl.simulation.engine import simulate
from ivrctl.simulation.outcome import Outcome
from ivrctl.staffing.policy import Bring, Measure, Person, Policy, Tier, Timing, Trigger

Numbers = NDArray[np.float64]

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, MINUTE = 3600.0, timedelta(minutes=1)
AROUND = (-4, 0, 4)
"""Of the number of agents: how many more callers than these there would be is what the controls count."""


@dataclass(frozen=True)
class Case:
    """A published queue."""

    name: str
    source: str
    load: Load
    agents: int
    patience: float = inf
    """Seconds in the mean."""
    published: Mapping[str, str] = field(default_factory=dict)


CASES = (
    Case(
        "C, 2 agents",
        "the emergency room of Hillier and Lieberman, Introduction to Operations Research, 17.6: 2 an hour, 20 minutes",
        Load(2 / HOUR, 1200),
        2,
        published={"asa": "1/24 h", "occupancy": "1/3"},
    ),
    Case(
        "C, 3 agents",
        "the eye clinic of Gross and Harris, Fundamentals of Queueing Theory, 2.3: 6 an hour, 20 minutes",
        Load(6 / HOUR, 1200),
        3,
        published={"asa": "0.148 h", "occupancy": "2/3"},
    ),
    Case(
        "C, 14 agents",
        "the example of the R package ErlangC 0.1.0: 100 in half an hour, 180 s",
        Load(100 / 1800, 180),
        14,
        published={"asa": "7.836 s", "in time": "88.835 %", "occupancy": "71.4 %"},
    ),
    Case(
        "A, 1 agent",
        "Ancker and Gafarian, Queueing with impatient customers who leave at random, 1962: all three rates alike",
        Load(1 / 180, 180),
        1,
        180,
        published={"abandoned": "1/e", "occupancy": "1 - 1/e"},
    ),
    Case(
        "A, 10 agents",
        "Palm, 1957: where patience is as long as a talk, as many are there as a Poisson number says; its tables",
        Load(10 / 180, 180),
        10,
        180,
        published={"abandoned": "12.5 %"},
    ),
    Case(
        "A, 50 agents",
        "Garnett, Mandelbaum and Reiman, Designing a call center with impatient customers, 2002, table 1",
        Load(48 / 60, 60),
        50,
        120,
        published={"abandoned": "3.1 %", "occupancy": "93 %"},
    ),
)
FIGURES = ("asa", "in time", "abandoned", "occupancy")


# ---- truth


def markov_day(case: Case, calls: int, chance: Generator) -> Day:
    """A day of a case, as long as it takes for so many to call."""
    at = np.cumsum(chance.exponential(1 / case.load.rate, calls)).tolist()
    talk = chance.exponential(case.load.handling, calls).tolist()
    patience = [inf] * calls if case.patience == inf else chance.exponential(case.patience, calls).tolist()
    arrivals = map(Arrival, at, ["queue"] * calls, patience, talk)
    agents = (
        SimulatedAgent(str(n), f"PJSIP/{n}", {"queue": 0}, (Shift(0, inf),), answers_after=0.0)
        for n in range(case.agents)
    )
    queue = QueueModel("queue", Strategy.LEASTRECENT, looks_every=0.0)
    return Day(case.name, MONDAY, timedelta(seconds=at[-1]), (queue,), tuple(agents), tuple(arrivals))


def found(day: Day, seed: int) -> dict[str, float]:
    """The figures of a run."""
    outcome = simulate(day, {}, default_rng(seed))
    total = outcome.total
    return {
        "asa": total.speed_of_answer or 0.0,
        "in time": total.in_time / total.offered,
        "abandoned": total.abandoned / total.offered,
        "occupancy": outcome.busy_share or 0.0,
    }


def controls(case: Case, day: Day) -> list[float]:
    """By how much a run misses the truth of a centre with no end of agents: in the mean over arrivals."""
    at = np.array([arrival.at for arrival in day.arrivals])
    over = np.sort(at + np.array([arrival.talk for arrival in day.arrivals]))
    there = np.arange(len(at)) - np.searchsorted(over, at, side="right")
    return [float(np.maximum(there - case.agents - by, 0).mean()) - _more_than(case, case.agents + by) for by in AROUND]


def _more_than(case: Case, count: int) -> float:
    """How many more than these a Poisson number is, in the mean."""
    share, more = exp(-case.load.erlangs), 0.0
    for there in range(1, case.agents * 10 + 100):
        share *= case.load.erlangs / there
        more += max(there - count, 0) * share
    return more + max(-count, 0) * exp(-case.load.erlangs)


def corrected(values: Sequence[float], missed: Sequence[Sequence[float]]) -> tuple[float, float]:
    """The mean of the runs, less what they owe to what they have missed; and its standard error."""
    with_ones = np.column_stack([np.ones(len(values)), np.array(missed)])
    if len(values) <= 2 * with_ones.shape[1]:
        return float(np.mean(values)), float(np.std(values, ddof=1)) / sqrt(len(values))
    fitted, *_ = np.linalg.lstsq(with_ones, np.array(values), rcond=None)
    rest = np.array(values) - with_ones @ fitted
    freedom = len(values) - with_ones.shape[1]
    variance = float(rest @ rest) / freedom * float(np.linalg.pinv(with_ones.T @ with_ones)[0, 0])
    return float(fitted[0]), sqrt(max(variance, 0.0))


@dataclass(frozen=True)
class Compared:
    """One figure of a case."""

    figure: str
    published: str
    formula: float
    simulated: float
    error: float
    """One standard error of it."""

    @property
    def difference(self) -> float:
        """From the formula, as a share of it."""
        return self.simulated / self.formula - 1


def compared(case: Case, runs: int, calls: int) -> Iterator[Compared]:
    """The figures of a case, simulated so many times."""
    made, missed = [], []
    for seed in range(runs):
        day = markov_day(case, calls, default_rng(seed))
        made.append(found(day, seed))
        missed.append(controls(case, day))
    true = served(case.load, case.agents, case.patience)
    formulas = dict(zip(FIGURES, (true.asa, true.in_time, true.abandoned, true.occupancy), strict=True))
    for figure, formula in formulas.items():
        if formula > 0:
            yield Compared(
                figure, case.published.get(figure, ""), formula, *corrected([one[figure] for one in made], missed)
            )


def show_truth(cases: Sequence[Case], runs: int, calls: int) -> float:
    """Print the table of all cases; the largest difference."""
    print(f"{'case':<14}{'figure':<11}{'published':>10}{'formula':>10}{'simulated':>11}{'difference':>12}{'error':>8}")
    worst = 0.0
    for case in cases:
        for one in compared(case, runs, calls):
            worst = max(worst, abs(one.difference))
            print(
                f"{case.name:<14}{one.figure:<11}{one.published:>10}{one.formula:>10.4f}{one.simulated:>11.4f}"
                f"{one.difference:>+12.2%}{one.error / one.formula:>8.2%}",
                flush=True,
            )
    print(f"{runs} runs of {calls:,} calls each, seeds 0 to {runs - 1}; the largest difference is {worst:.2%}")
    for case in cases:
        print(f"{case.name}: {case.source}")
    return worst


# ---- cost


QUEUES = ("mobile-data", "broadband", "full-service")


def _group(first: int, count: int) -> tuple[Person, ...]:
    return tuple(Person(str(n), f"Agent {n}", f"PJSIP/{n}", "") for n in range(first, first + count))


def policy(people: int) -> Policy:
    """Four tiers, of so many people together."""
    third = max(1, people // 4)
    tiers = (
        Tier("break", Bring.ASK, paused_for=frozenset({"break", "lunch"}), queues=QUEUES, patience=2 * MINUTE),
        Tier("leaders", Bring.ADD, _group(90_000, third), queues=QUEUES, penalty=5),
        Tier("quality", Bring.ADD, _group(91_000, third), queues=QUEUES, penalty=5),
        Tier("retention", Bring.ADD, _group(92_000, 2 * third), queues=QUEUES, penalty=10),
    )
    triggers = (
        Trigger(Measure.LONGEST_WAIT, (30, 60, 90, 120), 15),
        Trigger(Measure.WAITING_PER_AVAILABLE, (1.0, 2.0, 3.0, 4.0), 0.5),
        Trigger(Measure.SERVICE_LEVEL, (0.85, 0.75, 0.65, 0.55), 0.92),
    )
    return Policy(
        "hotline", QUEUES, 5 * MINUTE, tiers, triggers, Timing(MINUTE, 10 * MINUTE, 15 * MINUTE, 10 * MINUTE, 40)
    )


def busy_day(calls: int, agents: int, seed: int = 1) -> Day:
    """Two peaks, at half past ten and half past three; agents come in five shifts, and two of three have two queues."""
    chance = default_rng(seed)
    minutes = np.linspace(0, 24, 24 * 60 + 1)
    rate = np.exp(-(((minutes - 10.5) / 2) ** 2)) + 0.8 * np.exp(-(((minutes - 15.5) / 2.2) ** 2)) + 0.03
    share = np.concatenate([[0.0], np.cumsum(rate[1:] + rate[:-1])])
    at = np.sort(np.interp(chance.random(calls), share / share[-1], minutes * HOUR))
    queues = chance.choice(len(QUEUES), calls, p=[0.5, 0.3, 0.2])
    talks, patience = chance.exponential(150, calls), chance.exponential(180, calls)
    arrivals = tuple(
        Arrival(float(when), QUEUES[queue], float(waits), float(talk))
        for when, queue, waits, talk in zip(at, queues, patience, talks, strict=True)
    )
    models = tuple(QueueModel(name, Strategy.RRMEMORY, retry=1.0, wrap_up=10.0) for name in QUEUES)
    people = [_agent(number) for number in range(agents)]
    lasting = (Shift(7 * HOUR, 21 * HOUR),)
    backup = [
        SimulatedAgent(person.number, person.interface, on_call=lasting)
        for tier in policy(agents // 4).tiers
        for person in tier.people
    ]
    return Day("a busy day", MONDAY, timedelta(days=1), models, (*people, *backup), arrivals)


def _agent(number: int) -> SimulatedAgent:
    first, second = QUEUES[number % 3], QUEUES[(number + 1) % 3]
    penalties = {first: 0, second: 1} if number % 3 else {first: 0}
    begins = 0.0 if number % 12 == 0 else (7 + number % 5) * HOUR
    ends = 24 * HOUR if number % 12 == 0 else begins + 9 * HOUR
    pauses = (
        Pause(begins + 2 * HOUR, begins + 2.25 * HOUR, "break"),
        Pause(begins + 4 * HOUR, begins + 4.5 * HOUR, "lunch"),
    )
    interface = f"PJSIP/{10_000 + number}"
    return SimulatedAgent(
        str(10_000 + number), interface, penalties, (Shift(begins, ends, pauses),), answers=0.95, comes_when_asked=0.5
    )


def spent(day: Day, policies: Mapping[str, Policy], rounds: int) -> tuple[float, Outcome]:
    """Seconds of the processor, the best of some rounds; and the outcome, which is the same in each."""
    best = inf
    for _ in range(rounds):
        began = time.process_time()
        outcome = simulate(day, policies, default_rng(1))
        best = min(best, time.process_time() - began)
    return best, outcome


def show_cost(sizes: Sequence[tuple[int, int]], of: int, rounds: int) -> None:
    """Print times against one of the two: calls, 0, or agents, 1."""
    times = []
    print(
        f"{'calls':>8}{'agents':>8}{'without':>10}{'with':>8}{'rounds':>8}{'answered in time':>18}{'reserve, min':>14}"
    )
    for calls, agents in sizes:
        day, plan = busy_day(calls, agents), {"hotline": policy(agents // 4)}
        (bare, _), (took, outcome) = spent(day, {}, rounds), spent(day, plan, rounds)
        times.append(took)
        reserve = sum(tier.reserve_minutes for tier in outcome.tiers.values())
        level = outcome.total.service_level or 0.0
        print(
            f"{calls:>8,}{agents:>8}{bare:>9.2f}s{took:>7.2f}s{outcome.rounds:>8,}{level:>18.1%}{reserve:>14,.0f}",
            flush=True,
        )
    exponent = growth([size[of] for size in sizes], times)
    print(f"growth exponent against {('calls', 'agents')[of]}: {exponent:.2f}\n")


# ---- sameness


def digest(seed: int) -> str:
    """Of all that is known of a run."""
    outcome = simulate(busy_day(3000, 24, seed), {"hotline": policy(12)}, default_rng(seed))
    return hashlib.sha256(repr(outcome).encode()).hexdigest()


def show_sameness() -> None:
    """Print the digests of two processes."""
    for hash_seed in ("1", "2"):
        command = [sys.executable, __file__, "--digest"]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()
        print(f"PYTHONHASHSEED={hash_seed}: {said}")


def main() -> None:
    """Measure and print."""
    options_of = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options_of.add_argument("--runs", type=int, default=40)
    options_of.add_argument("--calls", type=int, default=40_000)
    options_of.add_argument("--rounds", type=int, default=3)
    options_of.add_argument("--only", default="", help="a case, or none of them: cost")
    options_of.add_argument("--short", action="store_true")
    options_of.add_argument("--digest", action="store_true", help=argparse.SUPPRESS)
    options = options_of.parse_args()
    if options.digest:
        print(digest(7))
        return
    runs, calls, rounds = (10, 2000, 1) if options.short else (options.runs, options.calls, options.rounds)
    show_truth([case for case in CASES if options.only in case.name], runs, calls)
    print()
    part = 20 if options.short else 1
    show_cost([(5000 * times // part, 38 * times) for times in (1, 2, 4, 8)], 0, rounds)
    show_cost([(20_000 // part, agents) for agents in (150, 300, 600)], 1, rounds)
    show_sameness()


if __name__ == "__main__":
    main()

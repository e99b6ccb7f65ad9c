"""Fuzz what takes bytes from outside, guided by coverage; ends with 1 when something was found.

``python -m tests.fuzz [TARGET…] [--seconds N] [--jobs N] [--seed N]``, of which ``make fuzz SECONDS=N`` is the usual
way. ``--short`` is what ``make test`` does: a fixed number of inputs, always the same. ``--keep`` takes the inputs that
reach something new into the repository. ``--input FILE`` tries one input again.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from . import guided
from .keeping import CORPUS, kept, write
from .target import Target
from .targets import every_target

MADE = Path(__file__).parents[2] / ".fuzz"
"""Inputs that were made, faults, and what libFuzzer says."""


def main() -> int:
    """Read the command line, and do it."""
    asked = _arguments()
    if asked.input is not None:
        _chosen(every_target(), asked.targets)[0].one(asked.input.read_bytes())
        return 0
    code = 0
    if asked.seconds or asked.short:
        if not guided.IS_THERE:
            print("Atheris is not installed here; try: make fuzz", file=sys.stderr)
            return 2
        code = _fuzz(asked)
    if asked.keep:
        _keep(_chosen(every_target(), asked.targets), asked.folder)
    return code


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("targets", nargs="*", help="what is fuzzed; everything when nothing is named")
    parser.add_argument("--seconds", type=int, default=0, help="in all, shared by the targets")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="processes at a time")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31), help="of libFuzzer's chances")
    parser.add_argument("--short", action="store_true", help="instead: a fixed number of inputs")
    parser.add_argument("--folder", type=Path, default=MADE, help="where new inputs and faults are left")
    parser.add_argument("--keep", action="store_true", help="take new inputs into tests/fuzz/corpus")
    parser.add_argument("--input", type=Path, help="a file to try with one target")
    return parser.parse_args()


def _chosen(targets: dict[str, Target], names: Sequence[str]) -> list[Target]:
    unknown = set(names) - set(targets)
    if unknown:
        raise SystemExit(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(targets)}")
    return [target for target in targets.values() if target.name in names or not names]


def _fuzz(asked: argparse.Namespace) -> int:
    targets = _chosen(guided.instrumented(guided.DECODERS if asked.short else guided.EVERYTHING), asked.targets)
    each = 0 if asked.short else max(1, asked.seconds * min(asked.jobs, len(targets)) // len(targets))
    campaign = guided.Campaign(asked.folder, each, 1 if asked.short else asked.seed)
    asked.folder.mkdir(exist_ok=True)
    print(f"{f'{each} s for each target' if each else 'the short form'}, seed {campaign.seed}")
    print(f"{'target':<14}{'runs':>9}{'counters':>10}{'new inputs':>12}  fault", flush=True)
    faults = 0
    for ran in guided.fuzz(targets, campaign, asked.jobs):
        faults += bool(ran.fault)
        print(f"{ran.target:<14}{ran.runs:>9}{ran.coverage:>10}{ran.inputs:>12}  {ran.fault or '-'}", flush=True)
        if ran.fault:
            print(f"    see {asked.folder / ran.target}.txt")
            print(f"    again: python -m tests.fuzz {ran.target} --input {ran.found}", flush=True)
    return int(faults > 0)


def _keep(targets: Sequence[Target], made: Path) -> None:
    for target in targets:
        folders = [folder for folder in (CORPUS / target.name, made / target.name) if folder.is_dir()]
        inputs = [file.read_bytes() for folder in folders for file in folder.iterdir()]
        chosen = kept(target, inputs)
        write(CORPUS / target.name, chosen)
        print(
            f"{target.name:<14}{len(chosen):>5} of {len(inputs)} inputs, {sum(map(len, chosen)):>7} bytes", flush=True
        )


if __name__ == "__main__":
    raise SystemExit(main())

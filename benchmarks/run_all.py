"""Run every benchmark, and write ``docs/benchmarks.md`` from what they found: ``make bench``.

::

    python benchmarks/run_all.py [--only NAME] [--short] [--list]

The figures of each program are kept in ``benchmarks/results``, so that one of them can be taken again alone. With
``--short`` all of them run in their short forms, nothing is kept, and the page stays as it is. A program that needs
what this machine has not keeps the figures that it had; which, and why, is told.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from page import write
from programs import HERE, PROGRAMS, RESULTS, Program
from rounds import Result, described, keep, machine


def run(program: Program, file: Path, *, is_short: bool) -> None:
    """Run one and keep what it found.

    Raises:
        CalledProcessError: it failed; what it said went to standard error.
    """
    arguments = program.short if is_short else program.full
    command = [sys.executable, str(HERE / program.file), *arguments]
    begun = time.monotonic()
    if program.has_rounds:
        subprocess.run([*command, "--json", str(file)], check=True, stdout=subprocess.DEVNULL)
        return
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    doc = ast.get_docstring(ast.parse((HERE / program.file).read_text(encoding="utf-8")))
    result = Result(program.file, described(doc), [], printed=printed, arguments=" ".join(arguments))
    result.is_short, result.seconds, result.machine = is_short, round(time.monotonic() - begun, 1), machine()
    keep(result, file)


def main() -> int:
    """Run them; the exit code."""
    options_of = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options_of.add_argument("--only", action="append", help="the file of a program, with or without its ending")
    options_of.add_argument("--short", action="store_true")
    options_of.add_argument("--list", action="store_true", help="say which there are, as JSON, and run none")
    options = options_of.parse_args()
    if options.list:
        print(json.dumps([{**asdict(program), "missing": program.missing()} for program in PROGRAMS]))
        return 0
    only = {Path(name).stem for name in options.only or ()}
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for program in PROGRAMS:
            if only and Path(program.file).stem not in only:
                continue
            if missing := program.missing():
                print(f"{program.file}: left out, {missing}", flush=True)
                continue
            begun = time.monotonic()
            try:
                run(program, Path(folder, program.result.name), is_short=options.short)
            except subprocess.CalledProcessError as error:
                failed.append(program.file)
                print(f"{program.file}: failed, exit code {error.returncode}", flush=True)
                continue
            print(f"{program.file}: {time.monotonic() - begun:.0f} s", flush=True)
            if not options.short:
                RESULTS.mkdir(exist_ok=True)
                Path(folder, program.result.name).replace(program.result)
    if not options.short:
        write()
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())

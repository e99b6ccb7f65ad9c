"""The files of a site: each kind of file is an input by itself, beside files that are right.

What must hold is said in ``tests/unit/mutations/trial``: refused with a finding at a place, or checked, compiled, and
run on simulated calls. The short form leaves them out: there some hundred mutants of files are tried, without a guide.
"""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Iterator, Mapping

from ...unit.mutations import file_bytes, trees  # noqa: TID252 - test folders are no packages to import from
from ...unit.mutations.corpus import PLAIN_FLOW, SCENARIO, SHARED, corpus  # noqa: TID252 - the same
from ...unit.mutations.trial import run  # noqa: TID252 - the same
from ...unit.simulation.day_examples import shown_day  # noqa: TID252 - the same
from ...unit.staffing.examples import shown_files  # noqa: TID252 - the same
from ..target import Target  # noqa: TID252 - the same

LONGEST = 2.0
"""Seconds of processor time for one input, while its coverage is counted."""
FLOW = {**SHARED, "main.ivr.yaml": PLAIN_FLOW.encode(), "one.scenario.yaml": SCENARIO}


def _target(name: str, ending: str, around: Mapping[str, bytes]) -> Target:
    """A kind of file, and the files of a site around it."""
    place = next(file for file in around if file.endswith(ending))

    def one(data: bytes) -> None:
        began = time.process_time()
        run({**around, place: data}, random.Random(zlib.crc32(data)))
        took = time.process_time() - began
        assert took < LONGEST, f"took {took:.2f} s"

    def seeds() -> Iterator[bytes]:
        for case in corpus():
            yield from (content for file, content in case.files.items() if file.endswith(ending))

    return Target(name, one, seeds, _mutate, longest=3000)


def _mutate(data: bytes, chance: random.Random) -> bytes:
    """What the file says, or its bytes."""
    if chance.random() < 0.3:
        return file_bytes.mutated(data, chance)
    donor = chance.choice(corpus())
    return trees.mutated(data, donor.files[chance.choice(sorted(donor.files))], chance)


TARGETS = (
    _target("flows", "main.ivr.yaml", FLOW),
    _target("sites", "ivrctl.yaml", FLOW),
    _target("scenarios", ".scenario.yaml", FLOW),
    _target("staffing", ".staffing.yaml", shown_files("")),
    _target("days", ".day.yaml", shown_day("")),
)

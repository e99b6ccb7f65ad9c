"""The short form of ``python -m tests.unit.mutations``: some hundred files, always the same."""

from __future__ import annotations

import random

import pytest

from . import expressions, file_bytes, trees
from .corpus import corpus
from .trial import Outcome, kind_of, mutant, reduced, tried

SEED = 1
CHUNKS = [range(first, first + 60) for first in range(0, 600, 60)]


# SAFETY: whatever stands in a file, it is refused with a place, or it runs.
@pytest.mark.thorough
@pytest.mark.parametrize("numbers", CHUNKS, ids=lambda numbers: f"{numbers[0]}-{numbers[-1]}")
def test_mutated_file_is_refused_with_a_place_or_runs(numbers: range) -> None:
    """No exception, no finding without a place, and no file that takes a second, among files of all kinds."""
    assert [(outcome.number, outcome.fault) for outcome in map(_tried, numbers) if outcome.fault] == []


def _tried(number: int) -> Outcome:
    return tried(SEED, number)


def test_mutants_are_the_same_each_time() -> None:
    """The number of a file is all that is needed to see it again."""
    assert [mutant(SEED, number) for number in range(20)] == [mutant(SEED, number) for number in range(20)]


@pytest.mark.thorough
def test_some_mutants_are_accepted_and_others_are_not() -> None:
    """Mutations that break everything would try nothing but the first lines of the checks."""
    outcomes = [tried(2, number) for number in range(100)]
    accepted = sum(outcome.is_accepted for outcome in outcomes)
    assert 10 < accepted < 90
    assert sum(outcome.calls + outcome.scenarios for outcome in outcomes) > accepted


@pytest.mark.parametrize("mutate", [*file_bytes.MUTATIONS[::3], *file_bytes.MUTATIONS[-5:]])
def test_mutation_of_bytes_changes_a_file(mutate: file_bytes.Mutation) -> None:
    """Each of them, sooner or later."""
    source = corpus()[0].files["ivrctl.yaml"]
    assert any(mutate(source, random.Random(seed)) != source for seed in range(20))


def test_mutation_of_what_a_file_says_leaves_it_readable() -> None:
    """It is YAML before and after, so that more than the reading of YAML is tried."""
    source = corpus()[0].files["ivrctl.yaml"]
    mutants = [trees.mutated(source, source, random.Random(seed)) for seed in range(20)]
    assert sum(bool(trees.parsed(mutant)) for mutant in mutants) == len(mutants)


def test_expressions_are_of_many_forms() -> None:
    """As many as are asked for, nearly."""
    made = {expressions.expression(random.Random(seed)) for seed in range(200)}
    assert len(made) > 150


def test_file_is_reduced_to_what_its_fault_needs() -> None:
    """Lines that the fault does not need are gone."""
    files = {"a": b"one\ntwo\nthree\nfour\nfive\n", "b": b""}
    assert reduced(files, "a", lambda less: b"two" in less["a"] and b"five" in less["a"]) == b"two\nfive\n"


def test_faults_of_one_cause_are_told_as_one() -> None:
    """The words of an exception may differ; its kind and place do not."""
    assert kind_of("KeyError at flow/x.py:3: 'a'") == kind_of("KeyError at flow/x.py:3: 'b'")

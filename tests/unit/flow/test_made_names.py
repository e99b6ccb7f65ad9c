"""Queues whose names are made of words: each that can come about exists, whatever a call brings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivrctl.flow.commands import HandedBack, KeyPressed
from ivrctl.flow.program import compile_site

from .playbook import SITE, asks, call, ends, queues

PICK = """
    start:
      - menu:
          choices:
            "1": {say: East., value: east}
            "2": {say: West., value: west}
            "3": {say: Abroad., value: abroad}
        save: where
        then: {otherwise: {hangup: unserved}}
"""
GO = """
      - queue: {name: "desk-{where}", wait: 1m}
        then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
"""
QUEUE_NAMES = ("desk-east", "desk-west", "desk-abroad")


def _site(queue_names: tuple[str, ...]) -> str:
    listed = "".join(f"  {name}: {{}}\n" for name in queue_names)
    return SITE.replace("queues:\n", f"queues:\n{listed}", 1)


def _told(steps: str, queue_names: tuple[str, ...]) -> list[tuple[str, str]]:
    main = 'lines: {"100": start}\nsteps:' + steps
    _, findings = compile_site({"ivrctl.yaml": _site(queue_names).encode(), "main.ivr.yaml": main.encode()})
    return [(item.rule, item.message) for item in findings.sorted()]


def test_call_goes_to_the_queue_that_its_words_make() -> None:
    """The name is computed when the call comes there."""
    script = call(PICK + GO, site=_site(QUEUE_NAMES))
    assert (
        script
        << asks("East. West. Abroad.")
        >> KeyPressed("2")
        << queues("desk-west", wait=60)
        >> HandedBack("answered")
        << ends("served")
    )


def test_one_name_that_can_come_about_and_does_not_exist_is_told() -> None:
    """Before a caller from there finds it out."""
    message = 'of the 3 queues that this can be, "desk-abroad" does not exist'
    assert _told(PICK + GO, QUEUE_NAMES[:2]) == [("IVR105", message)]


def test_what_a_guard_before_has_ruled_out_needs_no_queue() -> None:
    """Who calls from abroad is elsewhere by then."""
    leaves = '\n      - hangup: unserved\n        when: where == "abroad"'
    assert _told(PICK + leaves + GO, QUEUE_NAMES[:2]) == []


def test_word_that_is_set_before_is_the_only_one() -> None:
    """What a flow writes down itself, no call can change."""
    start = "\n    start:\n      - set: {call.subject: orders}"
    go = GO.replace("{where}", "{call.subject}")
    assert _told(start + go, ("desk-orders",)) == []
    assert _told(start.replace("orders", "faults") + go, ("desk-orders",)) == [
        ("IVR105", 'the queue "desk-faults" does not exist')
    ]


def test_guard_of_the_action_itself_counts() -> None:
    """It is passed over for the others."""
    guarded = GO.replace("then:", 'when: where == "east" or where == "west"\n        then:')
    rest = "      - hangup: unserved\n"
    assert _told(PICK + guarded + rest, QUEUE_NAMES[:2]) == []


@given(st.sets(st.sampled_from(QUEUE_NAMES)))
def test_flow_is_taken_exactly_when_every_name_exists(there: set[str]) -> None:
    """SAFETY: a program that compiles has no call whose words make a queue that the site does not declare."""
    told = _told(PICK + GO, tuple(sorted(there)))
    assert (told == []) == (there == set(QUEUE_NAMES))


def test_more_names_than_anybody_goes_through_are_refused() -> None:
    """A check takes no minutes."""
    words = ", ".join(f"w{number}" for number in range(30))
    fields = "".join(f"  {name}: [{words}]\n" for name in "abc")
    site = SITE.replace("call_fields:\n", f"call_fields:\n{fields}", 1)
    flow = """lines: {"100": start}
steps:
  start:
    - set: {call.a: w1, call.b: w1, call.c: w1}
      when: visits > 1
    - queue: {name: "{call.a}-{call.b}-{call.c}", wait: 1m}
      when: call.a != none and call.b != none and call.c != none
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
    - hangup: unserved
"""
    _, findings = compile_site({"ivrctl.yaml": site.encode(), "main.ivr.yaml": flow.encode()})
    assert [item.message for item in findings.items if item.rule == "IVR122"] == [
        "this can be more than 10000 names, which is too many"
    ]


def test_word_that_stands_twice_is_the_same_word() -> None:
    """Names are those that a call can make, not every combination of the text's parts."""
    twice = GO.replace("desk-{where}", "{where}-{where}")
    names = tuple(f"{word}-{word}" for word in ("east", "west", "abroad"))
    assert _told(PICK + twice, names) == []

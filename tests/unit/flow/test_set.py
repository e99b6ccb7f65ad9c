from __future__ import annotations

from datetime import date
from decimal import Decimal

from ivrctl.flow.commands import PromptEnded

from .playbook import HangUp, Lost, call, ends, says

STEPS = """
    start:
      - set: {call.subject: orders, call.order: "0042", call.count: "3", call.due: "2026-03-01", name: Ann}
      - play: Hello {name}.
      - play: Not late.
        when: call.due != none and call.due > today
      - hangup: served
"""


def test_flow_name_has_its_value_in_what_follows() -> None:
    """A name that was set can be said."""
    assert call(STEPS) << says("Hello Ann.")


def test_call_fields_have_the_declared_types() -> None:
    """A value that is written out becomes what the site declares: a number, a date, digits with their zeros."""
    playbook = call(STEPS)
    assert playbook << says("Hello Ann.")
    fields = {"subject": "orders", "order": "0042", "count": Decimal(3), "due": date(2026, 3, 1)}
    assert playbook.position.fields == fields


def test_written_date_compares_with_dates() -> None:
    """A date that was written out is compared as a date."""
    assert call(STEPS) << says("Hello Ann.") >> PromptEnded() << says("Not late.")


def test_values_are_computed_from_the_names_as_they_were() -> None:
    """All values of one set are computed before any name changes, so two names can be swapped."""
    steps = """
        start:
          - set: {first: a, second: b}
          - set: {first: "{second}", second: "{first}"}
          - play: "{first}{second}"
          - hangup: served
    """
    assert call(steps) << says("ba")


def test_number_keeps_its_type() -> None:
    """A value that is exactly one name keeps the type of that name."""
    steps = """
        start:
          - set: {count: "{visits}"}
          - hangup: served
            when: count == 1
          - hangup: unserved
    """
    assert call(steps) << ends("served")


def test_guard_keeps_the_name_as_it_was() -> None:
    """A set whose guard is false changes nothing."""
    steps = """
        start:
          - set: {call.subject: orders}
            when: call.line == "100"
          - set: {call.subject: faults}
            when: call.subject == none
          - hangup: served
    """
    playbook = call(steps)
    assert playbook << ends("served")
    assert playbook.position.fields["subject"] == "orders"


def test_fields_of_a_caller_who_hangs_up_are_kept() -> None:
    """What was set stands in the call's record also when the caller hangs up right after."""
    playbook = call(STEPS)
    assert playbook << says("Hello Ann.") >> HangUp() << ends("abandoned", "the caller hung up")
    assert playbook.position.fields["subject"] == "orders"


def test_values_survive_the_controller_with_their_types() -> None:
    """Names and call fields come back from the journal as they were."""
    playbook = call(STEPS)
    assert playbook << says("Hello Ann.") >> Lost() << says("Hello Ann.") >> PromptEnded() << says("Not late.")
    assert playbook.position.fields["count"] == Decimal(3)

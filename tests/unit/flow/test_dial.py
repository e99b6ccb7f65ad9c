from __future__ import annotations

import pytest

from ivrctl.flow.commands import HandedBack, KeyPressed

from .playbook import BackElsewhere, HangUp, Lost, asks, awaits_key, call, dials, ends

STEPS = """
    start:
      - dial: {to: "8101", ring: 30s}
        then: {answered: {hangup: served}, busy: {hangup: {as: unserved, reason: busy}},
               no_answer: {hangup: {as: unserved, reason: no answer}},
               unavailable: {hangup: {as: unserved, reason: unavailable}},
               refused: {hangup: {as: unserved, reason: refused}}, unknown: {hangup: {as: unserved, reason: unknown}}}
"""
DIALLED = dials("8101", "PJSIP/8101", ring=30)
KEYED = """
    start:
      - collect: {prompt: Extension., digits: 4}
        save: extension
        then: {otherwise: {hangup: unserved}}
      - dial: {to: "{extension}"}
        then: {answered: {hangup: served}, unknown: {hangup: {as: unserved, reason: unknown}},
               otherwise: {hangup: unserved}}
"""


def test_answered_leads_on() -> None:
    """After the talk the caller goes on where answered leads."""
    assert call(STEPS) << DIALLED >> HandedBack("answered") << ends("served")


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [("busy", "busy"), ("no_answer", "no answer"), ("unavailable", "unavailable"), ("refused", "refused")],
)
def test_every_other_outcome_leads_to_its_target(outcome: str, reason: str) -> None:
    """What app_dial says leads where the flow says."""
    assert call(STEPS) << DIALLED >> HandedBack(outcome) << ends("unserved", reason)


def _keyed(keys: str) -> object:
    playbook = call(KEYED) << asks("Extension.")
    for key in keys[:-1]:
        playbook = playbook >> KeyPressed(key) << awaits_key()
    return playbook >> KeyPressed(keys[-1])


def test_extension_can_be_keyed_in() -> None:
    """Digits that the caller keyed are dialled by the pattern that has them, and ring for 20 s."""
    assert _keyed("8123") << dials("8123", "PJSIP/8123")


def test_number_that_is_no_extension_rings_nowhere() -> None:
    """A number outside the site's extensions is the outcome unknown, without any hand-off."""
    assert _keyed("9999") << ends("unserved", "unknown")


def test_comes_back_in_another_process() -> None:
    """The outcome is taken by any controller that has the journal."""
    assert call(STEPS) << DIALLED >> BackElsewhere("busy") << ends("unserved", "busy")


def test_that_never_happened_is_asked_again_under_a_new_id() -> None:
    """A hand-off that was lost on the way is asked again."""
    assert call(STEPS) << DIALLED >> Lost() << dials("8101", "PJSIP/8101", ring=30, handoff=2)


def test_caller_who_hangs_up_while_it_rings_has_abandoned() -> None:
    """A hang-up before anybody answered is an abandoned call."""
    assert call(STEPS) << DIALLED >> HangUp() << ends("abandoned", "the caller hung up")

from __future__ import annotations

from ivrctl.flow.commands import PromptEnded

from .playbook import HangUp, Lost, call, ends, says

STEPS = """
    start:
      - goto: twice
        when: visits == 1
      - play: Bye.
      - hangup: served
    twice:
      - play: Once more.
      - goto: start
"""


def test_goes_on_at_the_start_of_a_step() -> None:
    """A goto leads to another step's first action."""
    assert call(STEPS) << says("Once more.")


def test_guarded_gotos_branch() -> None:
    """The first goto whose guard is true is taken; else the step goes on."""
    assert call(STEPS) << says("Once more.") >> PromptEnded() << says("Bye.")


def test_entering_a_step_counts_a_visit_and_grows_the_path() -> None:
    """The path of a call names every step it entered, in order."""
    playbook = call(STEPS)
    assert playbook << says("Once more.") >> PromptEnded() << says("Bye.")
    assert playbook.position.path == ("main/start", "main/twice", "main/start")
    assert playbook.position.visits == {"main/start": 2, "main/twice": 1}


def test_path_of_a_caller_who_hangs_up_is_kept() -> None:
    """Where a caller was when he hung up stands in the path."""
    playbook = call(STEPS)
    assert playbook << says("Once more.") >> HangUp() << ends("abandoned", "the caller hung up")
    assert playbook.position.path[-1] == "main/twice"


def test_visits_survive_the_controller() -> None:
    """A loop that visits bound is bound by them across controllers too, and resuming is no visit."""
    assert call(STEPS) << says("Once more.") >> Lost() << says("Once more.") >> PromptEnded() << says("Bye.")

"""What a flow asks of the site: hours, by the time of the call, and settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ivrctl.flow.commands import PromptEnded

from .playbook import SITE, Lost, call, ends, queues, says

HOURS = """
hours:
  desk:
    weekly: {mon-fri: "08:00-21:30", sat-sun: "09:00-18:00"}
    holidays: CN
    on_holidays: closed
    on_make_up_days: as mon-fri
  fair:
    weekly: {mon-sun: closed}
    exceptions: {2026-02-13: "10:00-12:00"}
settings:
  night_queue: {type: queue, value: support}
  patience: 90s
  opened: 2026-01-01
  is_storm: false
  greeting: "0042"
"""
STEPS = """
    start:
      - goto: closed
        when: not hours.desk.is_open
      - play: We are here.
      - hangup: served
    closed:
      - play: We are back {hours.desk.next_opening:datetime}.
      - hangup: unserved
"""
AT_NIGHT = datetime(2026, 2, 14, 14, 10, tzinfo=UTC)
"""Ten past ten in the evening in Shanghai, on a Saturday that is made up for the Spring Festival."""


def test_desk_is_open_in_the_time_zone_of_the_site() -> None:
    """Four in the afternoon in Shanghai is eight in the morning of UTC."""
    assert call(STEPS, site=SITE + HOURS, now=AT_NIGHT - timedelta(hours=6)) << says("We are here.")


def test_closed_desk_says_when_it_opens() -> None:
    """After the holiday, which begins on the morrow."""
    assert call(STEPS, site=SITE + HOURS, now=AT_NIGHT) << says("We are back 2026-02-24 08:00.")


def test_next_opening_outlives_the_controller() -> None:
    """A moment that was set is the same moment after a loss."""
    steps = """
        start:
          - set: {back: "{hours.desk.next_opening}"}
          - play: First.
          - play: We are back {back:datetime}.
          - hangup: served
    """
    playbook = call(steps, site=SITE + HOURS, now=AT_NIGHT) << says("First.") >> PromptEnded()
    assert playbook << says("We are back 2026-02-24 08:00.") >> Lost() << says("We are back 2026-02-24 08:00.")


def test_hours_of_single_days_have_no_next_opening_after_the_last() -> None:
    """Then it is none, which a guard must rule out before it can be said."""
    steps = """
        start:
          - play: Back {hours.fair.next_opening:datetime}.
            when: hours.fair.next_opening != none
          - hangup: served
            when: hours.fair.next_opening == none
          - hangup: unserved
    """
    before = datetime(2026, 2, 13, 1, 0, tzinfo=UTC)
    assert call(steps, site=SITE + HOURS, now=before) << says("Back 2026-02-13 10:00.")
    assert call(steps, site=SITE + HOURS, now=AT_NIGHT) << ends("served")


def test_settings_have_their_types() -> None:
    """A queue is a queue, a duration is compared as one, a date as one, and what stands in quotes is text."""
    steps = """
        start:
          - goto: text
            when: settings.is_storm
          - hangup: unserved
            when: settings.patience < 60s or settings.opened > today
          - play: "{settings.greeting}"
          - queue: {name: "{settings.night_queue}"}
            then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
        text:
          - hangup: unserved
    """
    assert call(steps, site=SITE + HOURS) << says("0042") >> PromptEnded() << queues("support")

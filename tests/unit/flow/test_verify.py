"""``verify``: by the calling number without a word, by account and PIN with the same words for whatever is wrong."""

from __future__ import annotations

import json

import pytest

from ivrctl.flow.call import World
from ivrctl.flow.commands import (
    Ask,
    AwaitKey,
    Identified,
    IdentityLocked,
    IdentityUnavailable,
    KeyPressed,
    KeysTimedOut,
    LookupMissing,
    NotIdentified,
    PromptEnded,
)
from ivrctl.flow.engine import Run
from ivrctl.flow.position import position_to_json
from ivrctl.model.values import Row

from .playbook import (
    NOW,
    SITE,
    TWO_LANGUAGES,
    HangUp,
    Lost,
    Playbook,
    asks,
    awaits_key,
    call,
    compiled,
    ends,
    looks_up,
    says,
    verifies,
)

METHODS = """
tiers: {vip: {priority: 10, answer: 15s}, ordinary: {answer: 60s}}
pepper: {env: IVRCTL_PEPPER}
identity:
  member:
    account: {ask: Your member number., digits: 3, is: member}
    pin: {ask: Your PIN., digits: 2}
  card:
    account: {ask: Your card number., digits: 1-4, is: card, star: X}
    attempts: 2
    confirm: true
    timeout: 5s
"""
WORDS = """  not_verified: We could not verify that.
  confirm_account: "Your number ends in {it:masked}. 1 takes it, 2 does not."
databases:"""
MEMBERS = SITE.replace("databases:", WORDS) + METHODS

BY_NUMBER = """
    start:
      - verify: {by: caller-number}
        then: {failed: {hangup: unserved}, unavailable: {hangup: {as: unserved, reason: away}}}
      - play: "Hello {caller.name}."
        when: caller.name != none and caller.tier == "vip"
      - hangup: served
"""
BY_MEMBER = """
    start:
      - verify: {by: member}
        then:
          failed: {hangup: {as: unserved, reason: failed}}
          locked: {hangup: {as: unserved, reason: locked}}
          unavailable: {hangup: {as: unserved, reason: unavailable}}
          cancelled: {hangup: {as: unserved, reason: cancelled}}
      - hangup: served
"""
BY_CARD = BY_MEMBER.replace("by: member", "by: card")
WANG: Row = {"tier": "vip", "brand": None, "language": "en", "name": "Wang"}


def member() -> Playbook:
    """A member is asked for his number, keys 123, and is asked for his PIN."""
    return account(call(BY_MEMBER, site=MEMBERS) << asks("Your member number."))


def account(playbook: Playbook) -> Playbook:
    """The number 123 is keyed."""
    playbook = playbook >> KeyPressed("1") << awaits_key() >> KeyPressed("2") << awaits_key() >> KeyPressed("3")
    return playbook << asks("Your PIN.")


def pin(playbook: Playbook) -> Playbook:
    """The PIN 47 is keyed."""
    return playbook >> KeyPressed("4") << awaits_key() >> KeyPressed("7") << verifies("member", "123", "47")


# by the calling number


def test_calling_number_is_looked_for_without_a_word() -> None:
    """What is known of the customer is known behind it."""
    assert (
        call(BY_NUMBER, site=MEMBERS)
        << verifies("caller-number")
        >> Identified(WANG)
        << says("Hello Wang.")
        >> PromptEnded()
        << ends("served")
    )


def test_withheld_number_is_nobodys() -> None:
    """Nobody is asked: the caller is not known."""
    assert call(BY_NUMBER, site=MEMBERS, caller="") << ends("unserved")


def test_number_that_nobody_has_and_a_directory_that_is_away_are_told_apart() -> None:
    """A caller whom nobody knows has failed; one of whom nobody can say anything has not."""
    assert call(BY_NUMBER, site=MEMBERS) << verifies("caller-number") >> NotIdentified() << ends("unserved")
    away = call(BY_NUMBER, site=MEMBERS) << verifies("caller-number") >> IdentityUnavailable("away")
    assert away << ends("unserved", "away")


def test_tier_that_the_site_has_not_is_none() -> None:
    """A customer of a tier that was renamed is a customer without a tier."""
    playbook = call(BY_NUMBER, site=MEMBERS) << verifies("caller-number") >> Identified({**WANG, "tier": "gold"})
    assert playbook << ends("served")
    assert playbook.position.customer == {**WANG, "tier": None}


def test_keys_pressed_meanwhile_count_for_the_input_behind_it() -> None:
    """As during a lookup: who knows the menu does not wait."""
    menu = """
    start:
      - verify: {by: caller-number}
        then: {otherwise: next}
      - menu: {choices: {"1": {say: Press 1., hangup: served}}}
        then: {otherwise: {hangup: unserved}}
    """
    assert call(menu, site=MEMBERS) << verifies("caller-number") >> Identified(WANG, keys="1") << ends("served")


# by account and PIN


def test_right_pin_makes_a_customer() -> None:
    """He is asked for both, and both are compared at once."""
    assert pin(member()) >> Identified(WANG) << ends("served")


def test_whatever_is_wrong_the_same_is_said_and_both_are_asked_again() -> None:
    """Nobody learns which accounts there are; after the last try he has failed."""
    playbook = member()
    for _ in range(2):
        again = asks("We could not verify that.", "Your member number.")
        playbook = account(pin(playbook) >> NotIdentified() << again)
    assert pin(playbook) >> NotIdentified() << ends("unserved", "failed")


def test_locked_account_and_an_answer_that_does_not_come_end_it_at_once() -> None:
    """There is nothing to try again."""
    assert pin(member()) >> IdentityLocked(NOW) << ends("unserved", "locked")
    assert pin(member()) >> IdentityUnavailable("away") << ends("unserved", "unavailable")


@pytest.mark.parametrize("sort", ["account", "caller", "site"])
def test_trace_says_what_was_locked(sort: str) -> None:
    """Whoever reads a call's record knows where to look, and learns no number."""
    playbook = pin(member()) >> IdentityLocked(NOW, sort) << ends("unserved", "locked")
    assert playbook
    assert [detail for _, event, detail in playbook.trace if event == "locked"] == [sort]


def test_silence_and_too_few_digits_cost_a_try_and_no_guess() -> None:
    """He is told what was wrong, and begins anew with his number."""
    assert (
        call(BY_MEMBER, site=MEMBERS)
        << asks("Your member number.")
        >> KeysTimedOut()
        << asks("We heard no key.", "Your member number.")
        >> KeyPressed("#")
        << asks("That is no choice.", "Your member number.")
        >> KeyPressed("1")
        << awaits_key()
        >> KeysTimedOut()
        << ends("unserved", "failed")
    )
    assert (
        member()
        >> KeyPressed("4")
        << awaits_key()
        >> KeyPressed("#")
        << asks("That is no choice.", "Your member number.")
        >> HangUp()
        << ends("abandoned", "the caller hung up")
    )


def test_star_gives_up_at_either_question() -> None:
    """Where the flow names cancelled."""
    cancelled = ends("unserved", "cancelled")
    assert call(BY_MEMBER, site=MEMBERS) << asks("Your member number.") >> KeyPressed("*") << cancelled
    assert member() >> KeyPressed("4") << awaits_key() >> KeyPressed("*") << cancelled


def test_caller_who_hangs_up_at_the_pin_has_abandoned() -> None:
    """A hang-up in mid-question ends the call as abandoned."""
    assert member() >> KeyPressed("4") << awaits_key() >> HangUp() << ends("abandoned", "the caller hung up")


def test_controller_that_takes_over_asks_for_both_again() -> None:
    """Nothing that was keyed has outlived the other one."""
    assert pin(member()) >> Lost() << asks("Your member number.") >> HangUp() << ends("abandoned", "the caller hung up")


# what is read back


def card() -> Playbook:
    """A caller keys his card number, of which the star is a letter."""
    keys = call(BY_CARD, site=MEMBERS) << asks("Your card number.") >> KeyPressed("1") << awaits_key()
    return keys >> KeyPressed("2") << awaits_key() >> KeyPressed("3") << awaits_key() >> KeyPressed("*")


READ_BACK = "Your number ends in ***. 1 takes it, 2 does not."


def test_account_is_read_back_with_all_but_its_end_hidden() -> None:
    """A short one is hidden whole; one key takes it, and a method without a PIN asks for nothing else."""
    confirmed = card() << asks(READ_BACK) >> KeyPressed("1") << verifies("card", "123X", seconds=5)
    assert confirmed >> Identified({}) << ends("served")


def test_account_that_is_not_confirmed_is_asked_again() -> None:
    """He knows himself that it was wrong, and it is another try."""
    assert (
        card()
        << asks(READ_BACK)
        >> KeyPressed("2")
        << asks("Your card number.")
        >> HangUp()
        << ends("abandoned", "the caller hung up")
    )


# the language


@pytest.mark.parametrize(("line", "language"), [("{step: start}", "en"), ("{step: start, language: zh}", "zh")])
def test_call_goes_on_in_the_customers_language_where_the_line_fixes_none(line: str, language: str) -> None:
    """Who dials the Chinese line hears Chinese, whatever is known of him."""
    main = f"""
    lines: {{"100": {line}}}
    steps:
      start:
        - verify: {{by: caller-number}}
          then: {{otherwise: next}}
        - hangup: served
    """
    program = compiled({"main": main}, TWO_LANGUAGES)
    begun = program.begin("+8613800138000", "100", NOW)
    assert begun is not None
    playbook = Playbook(program, begun)
    assert playbook << verifies("caller-number") >> Identified(WANG) << ends("served")
    assert playbook.position.language == language
    assert playbook.position.is_language_known


# secrets


def run() -> Run:
    program = compiled({"main": 'lines: {"100": start}\nsteps:' + BY_MEMBER.replace("\n  ", "\n")}, MEMBERS)
    begun = program.begin("+8613800138000", "100", NOW)
    assert begun is not None
    return Run(program, begun)


def test_what_is_keyed_stands_in_no_trace_and_no_journal() -> None:
    """Neither account nor PIN, nor what is keyed behind them while the answer is awaited."""
    called, world = run(), World(NOW)
    command = called.resume(None, world)
    for key in "12347":
        assert isinstance(command, Ask | AwaitKey)
        assert command.is_secret
        command = called.resume(KeyPressed(key), world)
    called.resume(Identified(WANG, keys="89"), world)
    assert [step.detail for step in called.take_trace() if step.event == "key"] == ["(secret)"] * 7
    assert called.position.typed == ""
    journal = json.dumps(position_to_json(called.position))
    assert "123" not in journal.replace("+8613800138000", "")


def test_pin_shows_itself_to_nobody() -> None:
    """Not in the representation of the question that carries it."""
    called, world = run(), World(NOW)
    command = called.resume(None, world)
    for key in "12399":
        command = called.resume(KeyPressed(key), world)
    assert "99" not in repr(command)


def test_no_key_cuts_what_is_said_before_it() -> None:
    """An account that is typed early is nobody's."""
    greeted = """
    start:
      - play: Hello.
      - verify: {by: member}
        then: {otherwise: {hangup: unserved}}
      - hangup: served
    """
    assert (
        call(greeted, site=MEMBERS)
        << says("Hello.")
        >> PromptEnded()
        << asks("Your member number.")
        >> HangUp()
        << (ends("abandoned", "the caller hung up"))
    )


def test_lookup_before_it_writes_no_keys_down() -> None:
    """They may be the account, typed early."""
    asked = """
    start:
      - lookup: {query: balance, timeout: 3s, with: {number: "{caller.number}"}}
        then: {otherwise: next}
      - verify: {by: member}
        then: {otherwise: {hangup: unserved}}
      - hangup: served
    """
    playbook = call(asked, site=MEMBERS) << looks_up("balance", number="+8613800138000") >> LookupMissing(keys="123")
    assert playbook << asks("Your member number.") >> HangUp() << ends("abandoned", "the caller hung up")
    assert not [step for step in playbook.trace if step[1] == "key"]


def test_region_of_a_customer_counts_beside_those_of_his_number() -> None:
    """With all that hold it: where he is a customer counts also when he calls from elsewhere."""
    site = SITE + "regions: {pudong: {prefixes: ['021']}, east: {holds: [pudong]}}\n"
    flow = """
        start:
          - verify: {by: caller-number}
            then: {failed: {hangup: unserved}, unavailable: {hangup: unserved}}
          - hangup: served
            when: '"east" in caller.regions'
          - hangup: unserved
    """
    for region, end in (("pudong", "served"), ("west", "unserved"), (None, "unserved")):
        assert call(flow, site=site) << verifies("caller-number") >> Identified({**WANG, "region": region}) << ends(end)

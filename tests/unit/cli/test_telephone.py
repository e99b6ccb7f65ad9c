"""What a caller gives his telephone, and whether his call would reach a flow."""

from __future__ import annotations

from pathlib import Path

import phonenumbers
import pytest

from ivrctl.adapters.pbx import Pbx, TwoViews
from ivrctl.cli.commands.call import sound_folder, told
from ivrctl.cli.served_line import check_looks_here, check_served
from ivrctl.cli.telephone import check_caller, check_number, example_caller, key_groups
from ivrctl.errors import ConfigurationError, IvrctlError, UnreachableError
from ivrctl.testkit.dialling import CallPlan, PlacedCall
from ivrctl.testkit.hearing import HeardPrompt

PLAN = CallPlan("7000", "+447400123456")


def pbx_that_looks_at(host: str, port: int) -> Pbx:
    """A PBX of which only this counts."""
    views = TwoViews(Path("prompts"), "prompts")
    return Pbx("default", Path(), 5060, 5038, (20000, 20001), (host, port), views, views, views, 1, 1)


@pytest.mark.parametrize("number", ["10010", "*98", "1#"])
def test_a_telephone_dials_digits_star_and_hash(number: str) -> None:
    """As Asterisk's dialplan takes them."""
    check_number(number)


@pytest.mark.parametrize("number", ["abc", "", "1" * 33, "sip:1@x", "١"])
def test_what_no_telephone_can_dial_is_refused(number: str) -> None:
    """With the number and what it is made of; exit code 2."""
    with pytest.raises(ConfigurationError, match="is no number to dial") as refused:
        check_number(number)
    assert refused.value.exit_code == 2


def test_a_number_with_blanks_is_refused_with_the_one_that_is_meant() -> None:
    """A telephone sends digits alone."""
    with pytest.raises(ConfigurationError) as refused:
        check_caller("+49 (30) 123-4")
    assert '"+49301234"' in str(refused.value.advice)
    check_caller("+49301234")


@pytest.mark.parametrize("number", ["anonymous", "", "1" * 21, "++49"])
def test_a_caller_is_a_number(number: str) -> None:
    """Anything else would not be recognised among the calls of the controller."""
    with pytest.raises(ConfigurationError, match="is no number to call from"):
        check_caller(number)


def test_keys_are_parted_by_commas() -> None:
    """One group for each question; h hangs up."""
    assert key_groups("1, 1234#,*,h") == ("1", "1234#", "*", "h")
    assert key_groups("") == ()


@pytest.mark.parametrize("press", ["x", "1,hh", "1,answered", "1;2"])
def test_what_no_caller_can_press_is_refused_before_the_call(press: str) -> None:
    """With what there is to press."""
    with pytest.raises(ConfigurationError, match="is no keys") as refused:
        key_groups(press)
    assert "keys 0-9 * #" in str(refused.value.advice)


def test_the_caller_is_of_the_sites_country() -> None:
    """By default; the documented one in China."""
    assert example_caller("CN") == "13800138000"
    for country in ("GB", "DE", "US", "IT", "IN"):
        assert phonenumbers.region_code_for_number(phonenumbers.parse(example_caller(country))) == country


def test_a_country_without_examples_asks_for_a_number() -> None:
    """Nobody has a number in Antarctica."""
    with pytest.raises(ConfigurationError) as refused:
        example_caller("AQ")
    assert "--from" in str(refused.value.advice)


@pytest.mark.parametrize("listens", ["127.0.0.1:4573", "0.0.0.0:4573", "[::]:4573"])
@pytest.mark.parametrize("looks", ["127.0.0.1", "localhost"])
def test_a_controller_where_the_pbx_looks_is_dialled(listens: str, looks: str) -> None:
    """Its address, or all addresses."""
    check_looks_here(pbx_that_looks_at(looks, 4573), listens)


@pytest.mark.parametrize("listens", ["127.0.0.1:4599", "127.0.0.9:4573", None])
def test_a_controller_elsewhere_is_not_dialled(listens: str | None) -> None:
    """Another site's controller may be where the PBX looks; exit code 5."""
    with pytest.raises(UnreachableError) as refused:
        check_looks_here(pbx_that_looks_at("127.0.0.1", 4573), listens)
    assert refused.value.exit_code == 5
    if listens is not None:
        assert listens in str(refused.value)
        assert "--agi 127.0.0.1:4573" in str(refused.value.advice)


def test_a_number_that_a_pattern_reaches_is_served() -> None:
    """As in the dialplan."""
    check_served("7042", ["_70XX", "10010"])


def test_a_number_that_no_flow_has_is_refused_with_the_nearest() -> None:
    """Before anybody dials; exit code 2."""
    with pytest.raises(ConfigurationError, match="no flow of this site has the number 10011") as refused:
        check_served("10011", ["_70XX", "10010"])
    assert refused.value.advice == 'did you mean "10010"?'


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """In one line, and before the call."""
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(ConfigurationError, match="cannot be written: Not a directory"),
        sound_folder(tmp_path / "file/x"),
    ):
        pass


def test_a_folder_that_holds_a_call_is_not_written_over(tmp_path: Path) -> None:
    """What was kept of it stays."""
    (tmp_path / "phone").mkdir()
    with pytest.raises(IvrctlError, match="holds a call already"), sound_folder(tmp_path):
        pass


def test_what_is_not_kept_goes_away() -> None:
    """The recording and the phone's log."""
    with sound_folder(None) as folder:
        assert folder.is_dir()
    assert not folder.exists()


def test_a_silent_prompt_is_told_as_not_compared() -> None:
    """It is neither heard nor missed."""
    placed = PlacedCall(PLAN, True, 3.0, (HeardPrompt("Welcome.", None, None),), (), None)
    assert "said    Welcome.  (not compared: silent)" in told(placed)


def test_a_call_that_is_not_answered_says_why() -> None:
    """In the words of SIP."""
    assert "was not answered: 404 Not Found" in told(PlacedCall(PLAN, False, 0.0, (), (), None, "404 Not Found"))


def test_an_interrupted_call_says_so() -> None:
    """And what was heard until then is told."""
    heard = (HeardPrompt("Welcome.", 0.1, 0.99),)
    shown = told(PlacedCall(PLAN, True, 3.0, heard, (), None, is_interrupted=True))
    assert "hears   Welcome." in shown
    assert "3.0 s  interrupted: the caller hung up" in shown

"""What commands print, where, and with which exit code."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from ivrctl.adapters.pbx.instance import Pbx, TwoViews, instance_folder, write_instance
from ivrctl.adapters.pbx.process import start_time
from ivrctl.cli.addresses import address
from ivrctl.service.parent import listeners

Ivrctl = Callable[..., Any]
"""A command's words to what it did: its exit code, stdout and stderr."""


def _break(site: Path) -> None:
    flow = site / "hotline.ivr.yaml"
    flow.write_text(flow.read_text().replace("goto: charges}", "goto: chargs}", 1))


def test_check_of_a_good_site_prints_nothing_on_stdout(ivrctl: Ivrctl, site: Path) -> None:
    """A site without findings gives exit code 0 and an empty stdout."""
    ran = ivrctl("check", site)
    assert (ran.code, ran.out) == (0, "")
    assert "0 errors" in ran.err


def test_check_prints_place_advice_and_rule(ivrctl: Ivrctl, site: Path) -> None:
    """A finding names file, line and column, what to write instead, and its rule; exit code 1."""
    _break(site)
    ran = ivrctl("check", site)
    assert ran.code == 1
    assert f"{site}/hotline.ivr.yaml:27:68: error:" in ran.out
    assert 'step "chargs" does not exist; did you mean "charges"? [IVR101]' in ran.out


def test_check_as_json_carries_a_format_version(ivrctl: Ivrctl, site: Path) -> None:
    """JSON findings have positions as numbers and a format version."""
    _break(site)
    body = json.loads(ivrctl("check", site, "--format", "json").out)
    assert body["format_version"] == 1
    assert [finding["rule"] for finding in body["findings"] if finding["severity"] == "error"] == ["IVR101"]


def test_check_says_how_much_each_policy_changes_at_most(ivrctl: Ivrctl, site: Path) -> None:
    """Beside the counts of findings for who reads it, and as numbers in JSON."""
    path = site / "hotline.staffing.yaml"
    assert f"{path}: at most 40 memberships begin or end in any hour, the ceiling" in ivrctl("check", site).err
    (policy,) = json.loads(ivrctl("check", site, "--format", "json").out)["policies"]
    assert (policy["path"], policy["seats"], policy["changes_per_hour"]["most"]) == (str(path), 12, 40)


def test_check_tells_of_a_mistake_in_a_policy(ivrctl: Ivrctl, site: Path) -> None:
    """It is an error of the site, at its place; a policy of a site that is not sound has no bound."""
    path = site / "hotline.staffing.yaml"
    path.write_text(path.read_text().replace("release: 15s", "release: 35s"))
    ran = ivrctl("check", site)
    assert ran.code == 1
    assert f"{path}:29:74: error: longest_wait would be calm at 35s" in ran.out
    assert "at most" not in ran.err


def test_check_for_github_prints_annotations(ivrctl: Ivrctl, site: Path) -> None:
    """GitHub's annotations name file, line and column."""
    _break(site)
    assert "::error file=" in ivrctl("check", site, "--format", "github").out


def test_a_path_that_does_not_exist_is_a_usage_error(ivrctl: Ivrctl, tmp_path: Path) -> None:
    """Exit code 2 and advice, for a mistyped path."""
    ran = ivrctl("check", tmp_path / "nosuch")
    assert ran.code == 2
    assert "does not exist" in ran.err
    assert "try: name a site's folder" in ran.err


def test_a_dangling_link_is_reported(ivrctl: Ivrctl, site: Path) -> None:
    """A flow that cannot be read is an error, not a flow less."""
    (site / "gone.ivr.yaml").symlink_to(site / "nowhere")
    ran = ivrctl("check", site)
    assert ran.code == 2
    assert "gone.ivr.yaml cannot be read" in ran.err


def test_sim_plays_a_call_on_the_sites_own_database(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transcript shows what is said, with the values of the database."""
    monkeypatch.chdir(site)
    ran = ivrctl("sim", "hotline", "--dial", "1001011", "--from", "13800138000", "--keys", "1")
    assert ran.code == 0
    assert "您的余额是120.50。" in ran.out


def test_sim_begins_the_call_when_it_is_told_to(ivrctl: Ivrctl, site: Path) -> None:
    """A desk is closed at night, in the site's zone, whatever the hour is now; what is no time is a usage error."""
    flow = (
        'lines: {"7100": start}\nsteps:\n  start:\n    - hangup: served\n      when: hours.desk.is_open\n'
        "    - hangup: unserved\n"
    )
    (site / "night.ivr.yaml").write_text(flow, encoding="utf-8")
    with (site / "ivrctl.yaml").open("a", encoding="utf-8") as file:
        file.write('\nhours: {desk: {weekly: {mon-sun: "08:00-20:00"}}}\n')
    for at, ending in (("2026-11-20 10:00", "served"), ("2026-11-20 20:00", "unserved")):
        ran = ivrctl("sim", site, "--dial", "7100", "--at", at)
        assert ran.out.split()[-1] == ending, ran.out
    wrong = ivrctl("sim", site, "--dial", "7100", "--at", "tomorrow")
    assert (wrong.code, "2026-11-20 10:00" in wrong.err) == (2, True)


def test_sim_lets_a_question_pass_where_a_dash_stands(ivrctl: Ivrctl, site: Path) -> None:
    """A caller who presses nothing at the first question, and a key at the next one, can be written down."""
    ran = ivrctl("sim", site, "--dial", "10010", "--keys", "-,0,answered")
    assert ran.code == 0
    assert "queues    full-service" in ran.out


def test_sim_without_a_database_says_so_and_goes_on(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lookup that cannot be asked fails with its reason, and the call takes the failing way."""
    (site / "operator.sqlite").unlink()
    monkeypatch.chdir(site)
    ran = ivrctl("sim", "hotline", "--dial", "1001011", "--keys", "1")
    assert 'the database "bss" has no file operator.sqlite' in ran.out
    assert "现在无法查询" in ran.out


def test_sim_of_an_unknown_flow_or_number_is_a_usage_error(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are refused with advice."""
    monkeypatch.chdir(site)
    unknown_flow = ivrctl("sim", "hotlin", "--dial", "10010")
    assert (unknown_flow.code, 'did you mean "hotline"?' in unknown_flow.err) == (2, True)
    unknown_number = ivrctl("sim", "hotline", "--dial", "999")
    assert (unknown_number.code, "no line of the site has the number 999" in unknown_number.err) == (2, True)


def test_sim_takes_the_folder_of_a_site_or_a_file_in_it(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From anywhere by its path, and inside by a dot."""
    for flow in (site, site / "hotline.ivr.yaml"):
        assert ivrctl("sim", flow, "--dial", "10010", "--keys", "h").code == 0, flow
    monkeypatch.chdir(site)
    assert ivrctl("sim", ".", "--dial", "10010", "--keys", "h").code == 0


def test_sim_of_a_file_or_folder_that_is_no_site_says_what_is_missing(ivrctl: Ivrctl, site: Path) -> None:
    """A path is not taken for a flow's name in another site."""
    gone = ivrctl("sim", site / "gone.ivr.yaml", "--dial", "10010")
    assert (gone.code, f"{site}/gone.ivr.yaml does not exist" in gone.err) == (2, True)
    empty = ivrctl("sim", site.parent, "--dial", "10010")
    assert (empty.code, f"{site.parent} holds no ivrctl.yaml" in empty.err) == (2, True)


def test_sim_says_which_number_was_meant_and_where_it_begins(ivrctl: Ivrctl, site: Path) -> None:
    """A digit that is missing is named; a flow that does not have the number is not where the call begins."""
    near = ivrctl("sim", site, "--dial", "1000")
    assert (near.code, 'did you mean "10010"?' in near.err) == (2, True)
    elsewhere = ivrctl("sim", site / "account.ivr.yaml", "--dial", "10010", "--keys", "h")
    assert "10010 is a line of the flow hotline, not of account: the call begins there" in elsewhere.err


def test_sites_near_by_are_named_where_there_is_none(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From the folder above, and with the site's file under another ending."""
    monkeypatch.chdir(site.parent)
    assert "site/ holds one: ivrctl check site" in ivrctl("check").err
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "ivrctl.yml").touch()
    monkeypatch.chdir(tmp_path / "other")
    assert "name the site's file ivrctl.yaml, not ivrctl.yml" in ivrctl("check").err


@pytest.mark.parametrize(
    ("name", "due"),
    [
        ("hotline.yaml", "hotline.ivr.yaml"),
        ("hotline.ivr.yml", "hotline.ivr.yaml"),
        ("main.scenario.yml", "main.scenario.yaml"),
    ],
)
def test_file_under_a_name_that_is_not_read_is_told(ivrctl: Ivrctl, site: Path, name: str, due: str) -> None:
    """It is a warning, since another file may be meant."""
    (site / name).write_text("steps: {start: [{hangup: served}]}\n")
    (site / "compose.yaml").write_text("services: {}\n")
    ran = ivrctl("check", site)
    assert f"{name}:1:1: warning: {name} is not read; name it {due} [IVR214]" in ran.out
    assert "0 errors, 1 warning" in ran.err


def test_sim_in_a_queue_takes_an_outcome_a_key_or_a_hang_up(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What becomes of a queue is said among the keys: how it ends, the key that leaves it, or that the caller goes."""
    monkeypatch.chdir(site)
    for answer, seen in (("timed_out", "outcome   timed_out"), ("1", "outcome   key_1"), ("h", "ends      abandoned")):
        assert seen in ivrctl("sim", "hotline", "--dial", "10010", "--keys", f"1,0,{answer}").out


@pytest.mark.parametrize(
    ("answer", "seen"),
    [("", "We will call you back."), ("too_short", "We did not hear your message."), ("h", "abandoned")],
)
def test_sim_of_a_message_ends_it_as_is_said(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch, answer: str, seen: str
) -> None:
    """A voicemail keeps a message where nothing else is said; an outcome or a hang-up can be."""
    monkeypatch.chdir(site)
    assert seen in ivrctl("sim", "switchboard", "--dial", "4002", "--keys", f"0,{answer}").out


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [("1,x", '"x" is no keys and no outcome'), ("busy", '"busy" is said where keys are asked for')],
)
def test_sim_refuses_what_no_caller_can_press(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch, keys: str, complaint: str
) -> None:
    """A slip in the keys is a usage error, not a call that goes another way."""
    monkeypatch.chdir(site)
    ran = ivrctl("sim", "hotline", "--dial", "10010", "--keys", keys)
    assert (ran.code, complaint in ran.err) == (2, True)


@pytest.mark.parametrize("answer", ["1", "timed_out", "recorded"])
def test_sim_of_a_ringing_telephone_takes_only_what_becomes_of_one(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """No key leaves a dial, and a queue's outcome is none of it: a usage error that names those that are."""
    monkeypatch.chdir(site)
    ran = ivrctl("sim", "switchboard", "--dial", "4002", "--keys", f"8103,{answer}")
    assert (ran.code, f'"{answer}" is said where a telephone rings' in ran.err) == (2, True)
    assert "answered, busy, no_answer" in ran.err


@pytest.mark.thorough
def test_sim_while_the_database_is_locked_fails_within_the_deadline(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that somebody holds locked costs the lookup, with its reason, not the call."""
    holder = sqlite3.connect(site / "operator.sqlite")
    holder.execute("begin exclusive")
    monkeypatch.chdir(site)
    try:
        ran = ivrctl("sim", "hotline", "--dial", "1001011", "--keys", "1")
    finally:
        holder.close()
    assert ran.code == 0
    assert "failed    " in ran.out
    assert "现在无法查询" in ran.out


def test_test_plays_the_scenarios_of_a_site(ivrctl: Ivrctl, site: Path) -> None:
    """Every scenario of the demo site passes when simulated."""
    ran = ivrctl("test", site)
    assert ran.code == 0, ran.out
    assert " 0 failed" in ran.err


def test_test_without_a_matching_scenario_names_what_was_looked_for(ivrctl: Ivrctl, site: Path) -> None:
    """A choice that no scenario fits is told as that, not as a site without scenarios."""
    ran = ivrctl("test", str(site), "-k", "nowhere")
    assert (ran.code, 'no scenario holds "nowhere"' in ran.err) == (2, True)


def test_test_of_a_changed_flow_fails_and_writes_junit(ivrctl: Ivrctl, site: Path, tmp_path: Path) -> None:
    """A scenario that the flow no longer fulfils fails, with the transcript, in the report too."""
    flow = site / "account.ivr.yaml"
    flow.write_text(flow.read_text().replace("您的余额是", "余额为"))
    report = tmp_path / "junit.xml"
    ran = ivrctl("test", site / "speed-dial.scenario.yaml", "--junit", report)
    assert ran.code == 1
    assert "FAILED" in ran.out
    assert "余额为120.50" in ran.out
    suite = ET.parse(report).getroot()  # noqa: S314 - our own report
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) > 0


def test_report_that_cannot_be_written_is_refused_before_the_run(ivrctl: Ivrctl, site: Path, tmp_path: Path) -> None:
    """A mistyped folder costs nobody a run: one line, exit code 2, and no verdict."""
    ran = ivrctl("test", site, "--junit", tmp_path / "nosuch" / "junit.xml")
    assert (ran.code, ran.out) == (2, "")
    assert f"the report {tmp_path}/nosuch/junit.xml cannot be written: No such file or directory" in ran.err


def test_report_for_which_there_is_no_room_is_an_error_with_advice(ivrctl: Ivrctl, site: Path) -> None:
    """The verdicts stand there already: the disk is full, and no traceback says so."""
    ran = ivrctl("test", site / "speed-dial.scenario.yaml", "--junit", "/dev/full")
    assert ran.code == 2
    assert "the report /dev/full cannot be written: No space left on device" in ran.err


def test_check_finds_faults_of_several_stages_in_one_run(ivrctl: Ivrctl, site: Path) -> None:
    """A malformed ending hides neither the step that does not exist nor the queue that nobody knows."""
    (site / "new.ivr.yaml").write_text(
        "steps:\n  start:\n    - queue: {name: fullservice}\n      when: 1 == 1\n    - goto: persn\n"
        "  later:\n    - hangup: sreved\n"
    )
    ran = ivrctl("check", site)
    assert ran.code == 1
    assert 'step "persn" does not exist' in ran.out
    assert 'queue "fullservice"' in ran.out
    assert 'cannot end a call as "sreved"' in ran.out


def test_commands_for_a_controller_that_does_not_run_exit_with_5(ivrctl: Ivrctl, site: Path) -> None:
    """They say so, and how to start it."""
    for command in ("status", "calls", "reload"):
        ran = ivrctl(command, site)
        assert ran.code == 5, command
        assert "ivrctl serve" in ran.err


def test_serve_on_a_busy_port_names_it(ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address and how to find who has it are in the message; exit code 2."""
    monkeypatch.setattr(listeners, "BUSY_FOR", 0.1)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        ran = ivrctl("serve", site, "--agi", f"127.0.0.1:{port}")
    assert ran.code == 2
    assert f"127.0.0.1:{port}" in ran.err
    assert "ss -ltnp" in ran.err


def test_serve_at_another_address_than_its_pbx_looks_at_says_so(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forwarder may stand between them; else no call would come, and nobody would know why."""
    monkeypatch.setattr(listeners, "BUSY_FOR", 0.1)
    folder = instance_folder("demo")
    folder.mkdir(parents=True)
    views = {name: TwoViews(folder / name, f"/srv/{name}") for name in ("prompts", "spool", "recordings")}
    started = start_time(os.getpid()) or 0
    rtp, looks = (20000, 20399), ("127.0.0.1", 4599)
    write_instance(Pbx("demo", folder, 5060, 5038, rtp, looks, **views, pid=os.getpid(), started=started))
    with socket.create_server(("127.0.0.1", 0)) as holder:
        at = f"127.0.0.1:{holder.getsockname()[1]}"
        ran = ivrctl("serve", site, "--pbx", "demo", "--agi", at)
    assert f'the PBX "demo" looks for its controller at 127.0.0.1:4599, not at {at}' in ran.err


def test_serve_refuses_what_is_no_address_and_no_network(ivrctl: Ivrctl, site: Path) -> None:
    """Options are looked at before anything is started."""
    assert ivrctl("serve", site, "--agi", "here").code == 2
    assert ivrctl("serve", site, "--allow", "everybody").code == 2


def test_call_without_a_pbx_exits_with_5(ivrctl: Ivrctl, site: Path) -> None:
    """The command that starts one is in the message."""
    ran = ivrctl("call", "10010", "--site", site)
    assert ran.code == 5
    assert "ivrctl pbx up" in ran.err


def test_addresses_are_read_as_people_write_them() -> None:
    """A host and a port; a port alone is loopback; IPv6 in brackets."""
    assert address("127.0.0.1:4573") == ("127.0.0.1", 4573)
    assert address(":4573") == ("127.0.0.1", 4573)
    assert address("[::1]:4573") == ("::1", 4573)


def test_status_finds_the_state_folder_of_a_site_that_is_gone(ivrctl: Ivrctl, tmp_path: Path) -> None:
    """With the state folder named, the site's folder is not asked for: only the controller can be missing."""
    with tempfile.TemporaryDirectory(prefix="ivr-") as state:
        ran = ivrctl("status", tmp_path / "gone", "--state", state)
    assert ran.code == 5
    assert "no controller answers" in ran.err


def test_check_looks_at_recordings(ivrctl: Ivrctl, site: Path) -> None:
    """One that Asterisk cannot play is found with everything else, whatever else is wrong."""
    recorded = site / "prompts" / "zh"
    recorded.mkdir(parents=True)
    (recorded / "欢迎.wav").write_bytes(b"RIFF")
    ran = ivrctl("check", site)
    assert (ran.code, "欢迎.wav:1:1: error: the recording cannot be used" in ran.out) == (1, True)


def test_check_against_a_pbx_that_does_not_answer_exits_with_5(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    """Behind the findings that there are without it."""
    monkeypatch.setenv("IVRCTL_AMI_SECRET", "secret")
    _break(site)
    with (site / "ivrctl.yaml").open("a") as file:
        folders = "{ours: /x, asterisk: /x}"
        file.write(f"asterisk: {{prompts: {folders}, spool: {folders}, ami: {{port: {unused_tcp_port}}}}}\n")
    broken = ivrctl("check", site, "--live")
    assert (broken.code, "[IVR101]" in broken.out) == (1, True)
    assert "not compared with the PBX before its errors are gone" in broken.err
    flow = site / "hotline.ivr.yaml"
    flow.write_text(flow.read_text().replace("goto: chargs}", "goto: charges}"))
    ran = ivrctl("check", site, "--live")
    assert ran.code == 5
    assert f"AMI at 127.0.0.1:{unused_tcp_port}" in ran.err

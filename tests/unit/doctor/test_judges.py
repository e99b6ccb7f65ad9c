from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import ivrctl.service.doctor.judges as judges_package
from ivrctl.adapters.pbx.render import configuration_source
from ivrctl.service.doctor.conventions import FREEPBX_CONTEXTS
from ivrctl.service.doctor.filters import FILTERS
from ivrctl.service.doctor.judges import judged
from ivrctl.service.doctor.judges.dialplan import HAND_OFFS
from ivrctl.service.doctor.judges.rights import FILE, unknown_rights
from ivrctl.service.doctor.judges.system import EITHER_CODEC, FOR_VOICEMAIL, MODULES, TIMING
from ivrctl.service.doctor.observed import Entry, LoginSeen, MemberSeen, Observed, PlaybackSeen, ProbeSeen
from ivrctl.service.doctor.rules import RULES

from .healthy import DESK, EXPECTED, GLOBALS, OBSERVED, PROBE, found, login, rules, settings

WRITES = {"Ping", "QueueAdd", "ShowDialPlan", "MessageSend"}
READS = {"FullyBooted", "Newchannel"}


def modules(*missing: str) -> dict[str, bool]:
    assert OBSERVED.modules is not None
    return {name: name not in missing for name in OBSERVED.modules}


def entries(*added: Entry) -> tuple[Entry, ...]:
    assert OBSERVED.dialplan is not None
    return (*OBSERVED.dialplan, *added)


def freepbx() -> tuple[Entry, ...]:
    return entries(*(Entry(context, "s", "NoOp", "") for context in FREEPBX_CONTEXTS))


def test_nothing_is_wrong_on_a_healthy_pbx() -> None:
    """SAFETY: a set-up that is right has no finding."""
    assert found() == ()


def test_what_was_not_seen_is_no_fault() -> None:
    """SAFETY: where nobody could look, nothing is found; the notes say so."""
    seen = Observed(is_reached=True, is_controller_running=True)
    assert judged(seen, EXPECTED) == ()


def test_without_ami_nothing_else_is_judged() -> None:
    """One fault, not thirty that follow from it."""
    assert rules(is_reached=False, fault="Connection refused") == ["IVR401"]


@pytest.mark.parametrize(("who", "rule"), [("controller", "IVR402"), ("doctor", "IVR403")])
def test_a_refused_user_is_named(who: str, rule: str) -> None:
    """With what to include."""
    (finding,) = found(**{who: LoginSeen("somebody", fault="Authentication failed")})
    assert finding.rule == rule
    assert "somebody" in finding.message
    assert finding.pastes[0].lines[0].startswith("#include ivrctl.d/")


@pytest.mark.parametrize(
    ("rule", "commands"),
    [
        ("IVR404", WRITES - {"QueueAdd"}),
        ("IVR404", WRITES - {"ShowDialPlan"}),
        ("IVR404", WRITES - {"MessageSend"}),
        *(("IVR405", WRITES | {sign}) for sign in ("Command", "ModuleLoad", "UpdateConfig", "Originate", "Redirect")),
    ],
)
def test_the_right_to_write_is_judged_by_what_asterisk_lists(rule: str, commands: set[str]) -> None:
    """The file may say something else: it was changed and not loaded."""
    assert rules(controller=login(commands=commands)) == [rule]


@pytest.mark.parametrize(
    ("rule", "events"),
    [
        ("IVR404", READS - {"FullyBooted"}),
        ("IVR405", READS | {"AGIExecStart"}),
        ("IVR405", READS | {"VarSet"}),
        ("IVR405", READS | {"Newexten"}),
    ],
)
def test_the_right_to_read_is_judged_by_what_was_sent(rule: str, events: set[str]) -> None:
    """FullyBooted comes at login, the others with the probe call."""
    assert rules(controller=login(events=events)) == [rule]


@pytest.mark.parametrize(
    ("rule", "read"),
    [
        ("IVR404", "system,call,dialplan"),
        ("IVR404", "system,call,agent"),
        ("IVR405", "system,call,agent,dialplan,dtmf"),
        ("IVR405", "system,call,agent,dialplan,agi"),
        ("IVR405", "all"),
    ],
)
def test_a_right_that_leaves_no_trace_is_judged_by_the_file(rule: str, read: str) -> None:
    """Nobody joined a queue while we looked, no key was pressed, or a filter held back what came of it."""
    assert rules(settings=settings(ivrctl__read=read)) == [rule]


def test_a_call_that_was_not_told_yet_is_judged_by_the_file() -> None:
    """The end of the probe call may come behind our look."""
    assert rules(controller=login(events={"FullyBooted"})) == []


def test_whoever_is_to_read_dialplan_is_told_of_its_filters() -> None:
    """The right alone would show every PIN."""
    (finding,) = found(settings=settings(ivrctl__read="system,call,agent"))
    assert [paste.lines for paste in finding.pastes[:2]] == [("read = system,call,agent,dialplan",), FILTERS]


def test_the_filters_are_those_that_we_deliver() -> None:
    """Line for line, in ``asterisk-conf/ivrctl.d``."""
    lines = (configuration_source() / FILE).read_text(encoding="utf-8").splitlines()
    assert tuple(line for line in lines if line.startswith("eventfilter")) == FILTERS


def test_a_right_of_which_nothing_tells_is_named() -> None:
    """Without settings nobody knows what would be sent, were there no filter."""
    assert OBSERVED.controller is not None
    unknown = unknown_rights(replace(OBSERVED, settings=None), OBSERVED.controller)
    assert unknown == ("read=agent", "read=dialplan", "read=agi", "read=dtmf")


@pytest.mark.parametrize("milliseconds", ["", "100", "1999"])
def test_a_short_write_timeout_is_a_warning(milliseconds: str) -> None:
    """Left out, it is 100 ms."""
    assert rules(settings=settings(ivrctl__writetimeout=milliseconds)) == ["IVR406"]


@pytest.mark.parametrize("address", ["0.0.0.0", "", "::", "192.0.2.7"])  # noqa: S104 - what the judge must find
def test_ami_for_everybody_without_a_list_is_found(address: str) -> None:
    """Left out, it is every address; the users are what keeps others out then."""
    assert rules(settings=settings(general__bindaddr=address)) == []
    open_user = settings(general__bindaddr=address, ivrctl__permit="")
    assert rules(settings=open_user) == ["IVR407"]


@pytest.mark.parametrize(("host", "rule"), [("8.8.8.8", ["IVR408"]), ("10.1.2.3", []), ("asterisk", [])])
def test_ami_over_a_public_network_is_found(host: str, rule: list[str]) -> None:
    """A private network is the owner's own."""
    assert [finding.rule for finding in judged(OBSERVED, replace(EXPECTED, host=host))] == rule


@pytest.mark.parametrize(
    ("version", "rule"),
    [("22.0.0", []), ("certified/22.8-cert1", []), ("GIT-22-1a2b3c4", []), ("20.9.1", ["IVR411"]), ("2.2", ["IVR411"])],
)
def test_another_release_is_found(version: str, rule: list[str]) -> None:
    """Whatever its version looks like."""
    assert rules(version=version) == rule


@pytest.mark.parametrize("module", sorted({**MODULES, **FOR_VOICEMAIL}))
def test_a_missing_module_is_found(module: str) -> None:
    """With the line that loads it and what becomes of a call without it."""
    (finding,) = found(modules=modules(module))
    assert finding.rule == "IVR412"
    assert finding.pastes[0].lines == (f"load = {module}",)


@pytest.mark.parametrize("group", [EITHER_CODEC, TIMING])
def test_one_of_a_group_will_do(group: tuple[str, ...]) -> None:
    """Either codec serves, and any source of timing."""
    assert rules(modules=modules(*group[1:])) == []
    assert rules(modules=modules(*group)) == ["IVR412"]


@pytest.mark.parametrize(("ahead", "rule"), [(-1.0, []), (4.9, []), (5.0, ["IVR413"]), (-90.0, ["IVR413"])])
def test_clocks_that_differ_are_found(ahead: float, rule: list[str]) -> None:
    """In both directions; a whole second is what EPOCH rounds away."""
    assert rules(probe=replace(PROBE, ahead=ahead)) == rule


@pytest.mark.parametrize("levels", ["notice,dtmf", "*", "error, dtmf ,verbose"])
def test_a_log_with_keys_is_found(levels: str) -> None:
    """And the line to paste has them not."""
    (finding,) = found(settings=settings(logfiles__full=levels))
    assert finding.rule == "IVR414"
    assert not re.search("dtmf|\\*", finding.pastes[0].lines[0])


def test_missing_globals_are_one_finding() -> None:
    """The include is missing, not five values."""
    (finding,) = found(globals=dict.fromkeys(GLOBALS, ""), probe=None)
    assert (finding.rule, finding.pastes[0].lines) == ("IVR421", ("#include ivrctl.d/globals.conf",))


@pytest.mark.parametrize("name", sorted(GLOBALS))
def test_a_missing_global_is_named(name: str) -> None:
    """With a usual value; that of the prompts is the site's own."""
    (finding,) = found(globals=GLOBALS | {name: ""})
    assert finding.rule == "IVR421"
    assert name in finding.message


def test_an_unbounded_leg_is_a_warning() -> None:
    """Asterisk waits for ever for a controller that is silent."""
    assert rules(globals=GLOBALS | {"IVRCTL_LEG_LIMIT": "0"}) == ["IVR423"]


def test_what_only_messages_need_is_missed_only_where_there_are_boxes() -> None:
    """SAFETY: a site without voicemail needs neither the module nor the folder."""
    changes: dict[str, object] = {
        "modules": modules("app_record.so"),
        "globals": GLOBALS | {"IVRCTL_RECORDINGS": ""},
    }
    assert sorted(rules(**changes)) == ["IVR412", "IVR421"]
    assert judged(replace(OBSERVED, **changes), replace(EXPECTED, has_voicemail=False)) == ()


@pytest.mark.parametrize("word", HAND_OFFS)
def test_a_dialplan_that_does_not_know_a_word_is_found(word: str) -> None:
    """It has every context, and would send such calls to the fallback."""
    older = tuple(entry for entry in entries() if f'"{word}"' not in entry.arguments)
    (finding,) = found(dialplan=older)
    assert (finding.rule, f"does not know {word}," in finding.message) == ("IVR422", True)


def test_the_words_are_those_of_the_dialplan_that_we_deliver() -> None:
    """All that it does itself and comes back from; the others end the stay."""
    delivered = (Path(__file__).parents[3] / "asterisk-conf/ivrctl.d/extensions.conf").read_text()
    lines = delivered.partition("[ivrctl-lines]")[2].partition("\n[")[0].partition("exten => T")[0]
    known = re.findall(r'GotoIf\(\$\["\$\{IVRCTL_NEXT\}" = "(\w+)"\]', lines)
    assert tuple(word for word in known if word != "end") == HAND_OFFS


def test_missing_contexts_are_one_finding() -> None:
    """The include is missing; that nobody sends calls there follows from it."""
    (finding,) = found(dialplan=(Entry("default", "s", "NoOp", ""),))
    assert (finding.rule, finding.pastes[0].lines) == ("IVR422", ("#include ivrctl.d/extensions.conf",))


def test_a_dialplan_of_an_earlier_release_is_found() -> None:
    """It lacks what came since."""
    older = tuple(entry for entry in entries() if entry.context != "ivrctl-probe")
    (finding,) = found(dialplan=older)
    assert finding.rule == "IVR422"
    assert "old" in finding.message


def test_a_pbx_that_sends_no_calls_is_a_warning() -> None:
    """Everything is there, and no caller reaches it."""
    assert rules(dialplan=tuple(e for e in entries() if e.context != "from-trunk")) == ["IVR424"]


@pytest.mark.parametrize(
    ("pattern", "arguments", "rule"),
    [
        ("_X!", "ivrctl-lines,${EXTEN},1", ["IVR425"]),
        ("_X.", "ivrctl-lines-for-agents,${EXTEN:1},1", ["IVR425"]),
        ("_X!", "ivrctl-lines,${FILTER(0-9,${EXTEN})},1", []),
        ("_10XXX", "ivrctl-lines,${EXTEN},1", []),
        ("10010", "ivrctl-lines,${EXTEN},1", []),
    ],
)
def test_a_dialled_number_that_goes_unfiltered_is_found(pattern: str, arguments: str, rule: list[str]) -> None:
    """A pattern of fixed length takes digits only; one that takes anything takes a comma."""
    assert rules(dialplan=entries(Entry("from-other", pattern, "Goto", arguments))) == rule


def test_a_missing_controller_is_found_once() -> None:
    """That Asterisk does not reach it follows."""
    probe = replace(PROBE, agi_status="FAILURE", agi_next="", is_ours=None)
    assert rules(is_controller_running=False, probe=probe) == ["IVR431"]


@pytest.mark.parametrize(
    ("probe", "rule"),
    [
        (replace(PROBE, agi_status="FAILURE", agi_next="", is_ours=False), "IVR432"),
        (replace(PROBE, agi_status="SILENT", agi_next="", is_ours=False), "IVR433"),
        (replace(PROBE, agi_next="", is_ours=False), "IVR433"),
        (replace(PROBE, agi_status="HANGUP", agi_next="", is_ours=False), "IVR433"),
        (replace(PROBE, is_ours=False), "IVR434"),
        (replace(PROBE, agi_next="fallback", is_ours=False), "IVR435"),
    ],
)
def test_who_answers_asterisk_is_told_apart(probe: ProbeSeen, rule: str) -> None:
    """Nobody, a program that is silent or another, another site's controller, or ours that is full."""
    assert rules(probe=probe) == [rule]


@pytest.mark.parametrize(("part", "rule"), [("prompts", "IVR441"), ("spool", "IVR443")])
def test_files_that_asterisk_does_not_see_are_found(part: str, rule: str) -> None:
    """With both views of the folder."""
    (finding,) = found(probe=replace(PROBE, **{part: PlaybackSeen("FAILED", 0.0, 1.5)}))
    assert finding.rule == rule
    assert str(getattr(EXPECTED, part)) in finding.message
    assert getattr(EXPECTED, f"{part}_seen") in finding.message


def test_a_folder_that_we_cannot_write_is_found() -> None:
    """It is not Asterisk's fault then."""
    (finding,) = found(probe=replace(PROBE, spool=PlaybackSeen("", 0, 0, "Permission denied")))
    assert (finding.rule, "Permission denied" in finding.message) == ("IVR443", True)


def test_a_fallback_that_looks_elsewhere_is_found() -> None:
    """The site's own view is right, and the dialplan's is not."""
    moved = GLOBALS | {"IVRCTL_PROMPTS": "/elsewhere"}
    (finding,) = found(probe=replace(PROBE, fallback_bytes=0), globals=moved)
    assert finding.rule == "IVR442"
    assert finding.pastes[0].lines == ("IVRCTL_PROMPTS = /srv/prompts",)


def test_a_prompt_that_is_cut_is_a_warning() -> None:
    """It was found, and was over too soon."""
    assert rules(probe=replace(PROBE, prompts=PlaybackSeen("SUCCESS", 0.1, 1.5))) == ["IVR444"]


@pytest.mark.parametrize(
    ("codecs", "rule"), [("(ulaw)", []), ("(opus|alaw)", []), ("(opus|g722)", ["IVR445"]), ("(nothing)", ["IVR445"])]
)
def test_an_endpoint_without_a_telephones_codec_is_a_warning(codecs: str, rule: list[str]) -> None:
    """Either of the two will do."""
    assert rules(endpoints={"8105": codecs}) == rule


def test_a_missing_fallback_queue_is_found() -> None:
    """With the nearest name there is."""
    (finding,) = found(globals=GLOBALS | {"IVRCTL_FALLBACK_QUEUE": "front-dsk"})
    assert finding.rule == "IVR451"
    assert 'did you mean "front-desk"?' in finding.message


@pytest.mark.parametrize("members", [(), (replace(DESK[0], membership="dynamic"),)])
def test_a_fallback_queue_where_nobody_must_be_is_a_warning(members: tuple[MemberSeen, ...]) -> None:
    """Who signs on may sign off."""
    assert OBSERVED.queues is not None
    assert rules(queues={**OBSERVED.queues, "front-desk": members}) == ["IVR452"]


def test_a_missing_queue_of_the_site_is_found() -> None:
    """A flow would hear that it failed."""
    assert OBSERVED.queues is not None
    assert rules(queues={name: seen for name, seen in OBSERVED.queues.items() if name != "vip"}) == ["IVR453"]


@pytest.mark.parametrize("context", ["", "nowhere"])
def test_a_queue_whose_keys_lead_nowhere_is_found(context: str) -> None:
    """It has no context, or one that does not exist."""
    assert rules(settings=settings(broadband__context=context)) == ["IVR454"]


@pytest.mark.parametrize(("value", "rule"), [("yes", ["IVR455"]), ("true", ["IVR455"]), ("no", []), ("", [])])
def test_members_that_asterisk_remembers_are_a_warning(value: str, rule: list[str]) -> None:
    """By any of Asterisk's words for yes."""
    assert rules(settings=settings(general__persistentmembers=value)) == rule


def test_a_local_member_without_a_state_is_a_warning() -> None:
    """Its own state says nothing of the person behind it."""
    local = "Local/5001@from-queue/n"
    blind, seeing = (MemberSeen(local, state, "static") for state in (local, "hint:5001@ext-local"))
    assert OBSERVED.queues is not None
    assert rules(queues={**OBSERVED.queues, "vip": (seeing,)}) == []
    (finding,) = found(queues={**OBSERVED.queues, "vip": (blind,)}, dialplan=freepbx())
    assert finding.rule == "IVR456"
    assert finding.pastes[0].lines[-1] == f"member => {local},0,,hint:5001@ext-local"


def test_advice_for_freepbx_names_its_custom_files_only() -> None:
    """SAFETY: what FreePBX writes is never to be edited; every line goes into a file that it leaves alone."""
    wrong = replace(
        OBSERVED,
        controller=login(commands=WRITES | {"Command"}),
        settings=settings(
            general__persistentmembers="yes", broadband__context="", logfiles__full="dtmf", ivrctl__writetimeout=""
        ),
        dialplan=tuple(entry for entry in freepbx() if not entry.context.startswith("ivrctl-")),
        globals=dict.fromkeys(GLOBALS, ""),
        endpoints={"5001": "(g722)"},
        queues={"front-desk": (), "broadband": ()},
        probe=None,
    )
    files = {paste.file for finding in judged(wrong, EXPECTED) for paste in finding.pastes}
    assert {"queues_post_custom.conf", "extensions_custom.conf", "globals_custom.conf"} <= files
    assert all("custom" in file or file.startswith("ivrctl.d/") or file == "shell" for file in files), files


def test_every_rule_has_a_judge() -> None:
    """And every judge's rule a title."""
    sources = "".join(path.read_text() for path in Path(judges_package.__file__).parent.glob("*.py"))
    assert set(re.findall(r"IVR4\d\d", sources)) == set(RULES)


def test_every_finding_names_a_line_to_paste() -> None:
    """Somebody who reads it can act at once."""
    for changed in (
        {"is_reached": False},
        {"version": "20.1"},
        {"modules": modules("res_agi.so")},
        {"globals": GLOBALS | {"IVRCTL_LEG_LIMIT": "0"}},
        {"is_controller_running": False},
        {"queues": {}},
    ):
        for finding in found(**changed):
            assert finding.pastes, finding

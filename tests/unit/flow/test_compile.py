from __future__ import annotations

from ivrctl.flow.program import compile_site, is_site_file, version_of
from ivrctl.lang.source import Word

from .playbook import SITE, TWO_LANGUAGES, compiled

FLOW = b'lines: {"100": start}\nsteps: {start: [{play: Hello.}, {hangup: served}]}\n'
FILES = {"a/ivrctl.yaml": SITE.encode(), "a/main.ivr.yaml": FLOW}


def test_version_is_the_same_wherever_the_folder_lies() -> None:
    """The version names contents, not places."""
    program, _ = compile_site(FILES)
    moved, _ = compile_site({path.replace("a/", "/srv/b/"): content for path, content in FILES.items()})
    assert program is not None
    assert moved is not None
    assert program.version == moved.version


def test_version_changes_with_every_byte() -> None:
    """A comment more is another version."""
    assert version_of(FILES) != version_of({**FILES, "a/main.ivr.yaml": FLOW + b"# more\n"})


def test_version_tells_where_one_file_ends_and_the_next_begins() -> None:
    """Bytes that move from one file to another make another version."""
    assert version_of({"a": b"12", "b": b"3"}) != version_of({"a": b"1", "b": b"23"})


def test_other_files_are_no_part_of_a_version() -> None:
    """A scenario beside the flows changes nothing that calls run on."""
    program, _ = compile_site(FILES)
    with_scenario, _ = compile_site({**FILES, "a/main.scenario.yaml": b"title: x\n"})
    assert program is not None
    assert with_scenario is not None
    assert program.version == with_scenario.version
    assert not is_site_file("a/main.scenario.yaml")


def test_site_with_findings_has_no_program() -> None:
    """There is no half program."""
    program, findings = compile_site({**FILES, "a/main.ivr.yaml": b"steps: {start: [{goto: nowhere}]}\n"})
    assert program is None
    assert findings.has_errors


def test_warning_alone_leaves_a_program() -> None:
    """What is only odd does not keep a site from serving."""
    flow = FLOW.replace(b"]}\n", b"], idle: [{hangup: served}]}\n")
    program, findings = compile_site({**FILES, "a/main.ivr.yaml": flow})
    assert program is not None
    assert [item.rule for item in findings.items] == ["IVR116"]


def test_findings_of_all_files_come_in_one_run() -> None:
    """A mistake in one file does not hide those of another."""
    broken = {
        "ivrctl.yaml": SITE.replace("currency: CNY", "currency: yuan").encode(),
        "main.ivr.yaml": b"steps: {start: [{goto: nowhere}]}\n",
        "other.ivr.yaml": b"steps: {start: [{plya: Hello.}]}\n",
    }
    _, findings = compile_site(broken)
    assert [(item.span.path, item.rule) for item in findings.sorted()] == [
        ("ivrctl.yaml", "IVR202"),
        ("main.ivr.yaml", "IVR101"),
        ("other.ivr.yaml", "IVR110"),
    ]


def test_prompts_that_need_no_call_are_known_before_any() -> None:
    """What a program says is listed for synthesis, in every language, with the site's own prompts."""
    flow = """
        lines: {"100": start}
        steps:
          start:
            - play: {zh: 您好。, en: Hello.}
            - hangup: served
    """
    said = {(item.language, item.written) for item in compiled({"main": flow}, TWO_LANGUAGES).utterances()}
    assert {("zh", "您好。"), ("en", "Hello."), ("en", "One moment please."), ("zh", "请不要挂机。")} <= said


def test_keys_cut_prompts_only_before_an_input() -> None:
    """Barge-in is decided when the flow is compiled, place by place."""
    flow = """
        lines: {"100": start}
        steps:
          start:
            - play: Before the menu.
            - menu: {choices: {"1": {say: Press 1., goto: after}}}
              then: {otherwise: after}
          after:
            - play: After the menu.
            - hangup: served
    """
    steps = compiled({"main": flow}).flows["main"].steps
    assert steps[Word("start")][0].barges
    assert not steps[Word("after")][0].barges

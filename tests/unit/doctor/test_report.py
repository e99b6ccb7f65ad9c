from __future__ import annotations

import json

from ivrctl.service.doctor.finding import Finding, Paste, Report, command, render_json, render_text

FINDING = Finding(
    "IVR406",
    "manager.conf [ivrctl]",
    "a slow reader is disconnected",
    (Paste("manager.conf", ("writetimeout = 5000",), "ivrctl", "writetimeout"), command("manager reload")),
)


def test_a_finding_is_shown_with_the_lines_to_paste() -> None:
    """Where, how bad, what, the rule; then file, section and lines; then the notes."""
    assert render_text(Report((FINDING,), ("could not look at the clock",))) == (
        "manager.conf [ivrctl]: error: a slow reader is disconnected [IVR406]\n"
        '    in manager.conf, section [ivrctl], instead of its "writetimeout":\n'
        "        writetimeout = 5000\n"
        "    run:\n"
        "        manager reload\n"
        "\n"
        "note: could not look at the clock\n"
    )


def test_nothing_found_is_nothing_shown() -> None:
    """Data goes to stdout, and there is none."""
    assert render_text(Report(())) == ""


def test_json_has_a_format_version_and_everything_that_text_has() -> None:
    """Scripts read it."""
    body = json.loads(render_json(Report((FINDING,), ("note",), "Asterisk 22")))
    assert body["format_version"] == 1
    assert body["findings"][0]["rule"] == "IVR406"
    assert body["findings"][0]["severity"] == "error"
    assert body["findings"][0]["pastes"][0] == {
        "file": "manager.conf",
        "lines": ["writetimeout = 5000"],
        "section": "ivrctl",
        "instead_of": "writetimeout",
    }
    assert (body["notes"], body["asterisk"], body["is_reached"]) == (["note"], "Asterisk 22", True)

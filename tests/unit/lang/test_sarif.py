"""Findings as SARIF."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft7Validator

from ivrctl.lang.findings import Findings
from ivrctl.lang.rules import RULES
from ivrctl.lang.sarif import FINGERPRINT, render_sarif
from ivrctl.lang.source import Span

_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_COUNTED = {"type": "integer", "minimum": 1}
ESSENTIALS: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "pattern": "sarif-schema-2.1.0.json$"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/run"}},
    },
    "definitions": {
        "run": {
            "type": "object",
            "required": ["tool", "results"],
            "additionalProperties": False,
            "properties": {
                "tool": {
                    "type": "object",
                    "required": ["driver"],
                    "additionalProperties": False,
                    "properties": {"driver": {"$ref": "#/definitions/toolComponent"}},
                },
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "results": {"type": "array", "items": {"$ref": "#/definitions/result"}},
            },
        },
        "toolComponent": {
            "type": "object",
            "required": ["name"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string"},
                "version": {"type": "string"},
                "rules": {
                    "type": "array",
                    "uniqueItems": True,
                    "items": {"$ref": "#/definitions/reportingDescriptor"},
                },
            },
        },
        "reportingDescriptor": {
            "type": "object",
            "required": ["id", "shortDescription", "fullDescription", "help"],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "string", "pattern": "^IVR[0-9]{3}$"},
                "shortDescription": _TEXT,
                "fullDescription": _TEXT,
                "help": {**_TEXT, "required": ["text", "markdown"]},
                "defaultConfiguration": {"type": "object", "required": ["level"], "properties": {"level": _LEVEL}},
            },
        },
        "result": {
            "type": "object",
            "required": ["message", "ruleId", "level", "locations", "partialFingerprints"],
            "additionalProperties": False,
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": 0},
                "level": _LEVEL,
                "message": _TEXT,
                "locations": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/location"}},
                "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        },
        "location": {
            "type": "object",
            "required": ["physicalLocation"],
            "additionalProperties": False,
            "properties": {
                "physicalLocation": {
                    "type": "object",
                    "required": ["artifactLocation", "region"],
                    "additionalProperties": False,
                    "properties": {
                        "artifactLocation": {
                            "type": "object",
                            "required": ["uri"],
                            "properties": {"uri": {"type": "string", "pattern": "^[!-~]+$"}},
                        },
                        "region": {
                            "type": "object",
                            "required": ["startLine"],
                            "additionalProperties": False,
                            "properties": dict.fromkeys(("startLine", "startColumn", "endLine", "endColumn"), _COUNTED),
                        },
                    },
                }
            },
        },
    },
}
"""Of the schema of SARIF 2.1.0 what we write, each object closed: sections 3.13 to 3.49 of the standard."""

SOURCE = "a: 1\nb: advisr\nc: advisr\n"


def found(*places: tuple[int, int, int], path: str = "shop/main.ivr.yaml", message: str = "wrong") -> Findings:
    findings = Findings()
    for line, column, end in places:
        findings.error("IVR010", Span(path, line, column, line, end), message, "do better")
    return findings


def log(findings: Findings, source: str = SOURCE) -> Any:
    paths = {finding.span.path for finding in findings.items}
    return json.loads(render_sarif(findings, dict.fromkeys(paths, source), RULES, "1.2.3"))


def prints(findings: Findings, source: str = SOURCE) -> list[str]:
    return [result["partialFingerprints"][FINGERPRINT] for result in log(findings, source)["runs"][0]["results"]]


def test_log_is_what_the_standard_asks() -> None:
    """Every object of a log has what SARIF requires, and nothing that it does not know."""
    Draft7Validator(ESSENTIALS).validate(log(found((2, 4, 10), (3, 4, 10))))
    Draft7Validator(ESSENTIALS).validate(log(Findings()))


def test_rule_that_was_met_is_there_with_its_page() -> None:
    """A reader needs no other page: why it is a finding, an example that breaks it, and the same put right."""
    (rule,) = log(found((2, 4, 10), (3, 4, 10)))["runs"][0]["tool"]["driver"]["rules"]
    assert rule["id"] == "IVR010"
    assert rule["shortDescription"]["text"] == "A key is unknown."
    assert RULES["IVR010"].bad in rule["help"]["markdown"]
    assert RULES["IVR010"].good in rule["help"]["markdown"]


def test_result_has_its_region_and_sentence() -> None:
    """Columns count characters from 1, and the region ends before its last column."""
    (result,) = log(found((2, 4, 10)))["runs"][0]["results"]
    assert result["message"]["text"] == "wrong; do better"
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "shop/main.ivr.yaml"},
        "region": {"startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 10},
    }


def test_warning_is_a_warning() -> None:
    """Both severities are levels of SARIF."""
    findings = Findings()
    findings.warning("IVR010", Span("a", 1, 1, 1, 2), "odd")
    assert log(findings)["runs"][0]["results"][0]["level"] == "warning"


def test_finding_is_known_again_when_lines_move() -> None:
    """Lines above it, and blanks in its own, make no other finding of it."""
    moved = "# more\n# and more\n" + SOURCE.replace("b: ", "b:    ")
    assert prints(found((2, 4, 10))) == prints(found((4, 7, 13)), moved)


def test_two_findings_on_lines_of_the_same_words_are_two() -> None:
    """The second of them is counted."""
    first, second = prints(found((1, 1, 2), (2, 1, 2)), "advisr\nadvisr\n")
    assert first != second


def test_path_is_a_reference() -> None:
    """Blanks and Chinese are escaped; a path from the root is a file."""
    uris = [
        log(found((1, 1, 2), path=path))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        for path in ("my shop/总机.ivr.yaml", "/srv/shop/ivrctl.yaml")
    ]
    assert [uri["artifactLocation"]["uri"] for uri in uris] == [
        "my%20shop/%E6%80%BB%E6%9C%BA.ivr.yaml",
        "file:///srv/shop/ivrctl.yaml",
    ]


def test_password_is_in_no_part_of_a_log() -> None:
    """Neither as a quotation nor as a digest that could be compared with a guess."""
    guesses = []
    for password in ("s3cret", "hunter2"):
        findings = Findings()
        message = f"cannot read postgresql://ivr:{password}@db/shop"
        findings.error("IVR010", Span("ivrctl.yaml", 1, 1, 1, 5), message)
        findings.error("IVR011", Span("ivrctl.yaml", 1, 1, 1, 5), "missing", hides_line=True)
        text = render_sarif(findings, {"ivrctl.yaml": f"url: postgresql://ivr:{password}@db/shop\n"}, RULES, "1")
        assert password not in text
        guesses.append(text)
    assert guesses[0] == guesses[1]

from __future__ import annotations

import json

from ivrctl.testkit.engines import run
from ivrctl.testkit.engines.sim import SimEngine
from ivrctl.testkit.verdict import Verdict, render_verdict

from .demo import program, scenario

WRONG = """\
given: {lookups: {balance: {amount: "120.50", overdue: false}}}
script:
  - hears: 您的余额是120.51。
expect: {path: [bill-line]}
"""


async def verdict(body: str) -> Verdict:
    async with SimEngine(program()) as engine:
        return await run(scenario(body, line="1001011"), engine)


async def test_passed_verdict_is_one_line() -> None:
    """Nobody reads the transcript of what went well."""
    text = render_verdict(await verdict(WRONG.replace("51", "50").replace("expect: {path: [bill-line]}\n", "")))
    assert text.startswith("passed  A call  [sim, 1.8 s of call in 0.")
    assert text.count("\n") == 1


async def test_failed_verdict_shows_the_line_the_reason_the_difference_and_both_transcripts() -> None:
    """A failure says where, what instead, expected beside seen, and the script beside what happened."""
    head, *rest = render_verdict(await verdict(WRONG)).splitlines()
    assert head.startswith("FAILED  A call  [sim, ")
    assert rest == [
        "  test:9:5: not met: hears: 您的余额是120.51。",
        "      heard instead “您的余额是120.50。”; the call is over by flow, served",
        "  path",
        "      expected  hotline/bill-line",
        "      seen      hotline/balance-line, account/start, account/balance",
        "    written                     happened",
        "                                   0.00 s  flow  hotline/balance-line",
        "                                   0.00 s  flow  account/start",
        "                                   0.00 s  flow  account/balance",
        "                                   0.00 s  flow  looks up balance",
        "                                   0.01 s  flow  found",
        "  ≠ hears: 您的余额是120.51。      0.51 s  ivr   您的余额是120.50。",
        "                                   1.81 s  flow  returns done",
        "                                   1.81 s  call  ends by flow, served",
    ]


async def test_verdict_is_json() -> None:
    """Machines get the same: the failure, the course, the transcript."""
    body = json.loads(json.dumps((await verdict(WRONG)).to_json()))
    assert body["passed"] is False
    assert body["failure"]["place"] == "test:9:5"
    assert body["course"]["path"] == ["hotline/balance-line", "account/start", "account/balance"]
    assert body["course"]["outcomes"] == {"account/balance.lookup": "done", "account/balance.play": "done"}
    assert body["transcript"][0] == {"at": 0.0, "who": "flow", "what": "hotline/balance-line"}

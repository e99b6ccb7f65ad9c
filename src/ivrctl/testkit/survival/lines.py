"""A copy of a site with lines whose calls are worth killing in: prompts, slow lookups, a queue, a transfer's target.

What is looked up takes its time at an interface (``testkit.interface_server``), and none of the machine's: callers
would wait for each other's, and their silence would be the machine's and not the controller's.
"""

from __future__ import annotations

import shutil
from pathlib import Path

ANSWERS = "7001"
"""Three prompts with two slow lookups between them; then the call has been served."""
PERSON = "7002"
"""A prompt, the queue ``vip``, a prompt after the talk."""
TARGET = "7003"
"""Where an agent transfers to: a prompt."""

ANSWERS_PATH = ("survival/answers", "survival/second", "survival/last")
PERSON_PATH = ("survival/person", "survival/after")
QUEUE = "vip"

AMOUNT = 42
"""What is found."""
INTERFACE = "SURVIVAL_URL"
"""The environment variable in which a controller of the site finds the address of the interface."""

_FLOW = """\
title: {zh: 存活, en: Survival}
lines:
  "7001": {step: answers, language: en}
  "7002": {step: person, language: en}
  "7003": {step: target, language: en}
steps:
  answers:
    - play: {zh: 您将听到两个答案。, en: You will hear two answers.}
    - lookup: {query: slow, with: {number: "{caller.number}"}, timeout: 20s}
      save: first
      then: {otherwise: sorry}
    - play: {zh: "第一个答案是{first.amount:number}。", en: "The first answer is {first.amount:number}."}
    - goto: second
  second:
    - lookup: {query: slow, with: {number: "{caller.number}"}, timeout: 20s}
      save: second
      then: {otherwise: sorry}
    - play: {zh: "第二个答案是{second.amount:number}。", en: "The second answer is {second.amount:number}."}
    - goto: last
  last:
    - play: {zh: 感谢来电。, en: Thank you for calling. Goodbye.}
    - hangup: served
  person:
    - set: {call.subject: broadband}
    - play: {zh: 为您转接坐席。, en: We are putting you through to an advisor.}
    - queue: {name: vip, wait: 3m}
      then: {answered: after, otherwise: sorry}
  after:
    - play: {zh: 感谢您的来电再见。, en: We hope that this was helpful. Goodbye.}
    - hangup: served
  target:
    - play: {zh: 这里是专家台。, en: This is the line of the experts. One moment please.}
    - hangup: served
  sorry:
    - play: {zh: 请稍后再拨。, en: Please call again later.}
    - hangup: unserved
"""

_SITE = {
    "http:": f"""\
http:
  slowly: {{url: {{env: {INTERFACE}}}, connections: 100}}""",
    "lookups:": """\
lookups:
  slow:
    http: slowly
    path: /unhurried/{number}
    params:  {number: phone}
    returns: {amount: number}""",
}
"""What is added behind the keys of the site file; what stands behind a key in its line is a comment."""


def copy_site(site: Path, folder: Path) -> Path:
    """Copy a site's folder and add the lines; the copy.

    Args:
        site: the demonstration's; it has interfaces, lookups, the languages zh and en, and a queue ``vip``.
        folder: does not exist yet.
    """
    shutil.copytree(site, folder, ignore=shutil.ignore_patterns("*.scenario.yaml"))
    (folder / "survival.ivr.yaml").write_text(_FLOW, encoding="utf-8")
    file = folder / "ivrctl.yaml"
    text = file.read_text(encoding="utf-8")
    for key, more in _SITE.items():
        text = text.replace(f"\n{key}", f"\n{more}\n #", 1)
    file.write_text(text, encoding="utf-8")
    return folder

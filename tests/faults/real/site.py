"""The site of the rows on a real Asterisk: the demonstration's, with lines to break things in, and somebody on call.

The line ``ORDER`` is what the seeded runs have in all their calls: a number and a PIN that are keyed, a change that is
acknowledged. ``HELPERS`` is a tier of one person, who is ordered into a queue that nobody calls.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

from ivrctl.testkit.survival.lines import copy_site

ORDER = "7004"
HELPERS, HELPER, HELPED = "helpers", "8104", "shanghai"
"""The tier, who is in it, and the queue that he is ordered into."""
SHOP = "shop/shop.sqlite"

ASK_ORDER = "Please enter the six digits of your order."
ASK_PIN = "Now enter the eight digits of your secret code."
NOTED = "Your order has been noted, and somebody will call you back tomorrow."

_FLOW = f"""\
title: {{zh: 订单, en: An order}}
lines: {{"{ORDER}": {{step: order, language: en}}}}
steps:
  order:
    - collect:
        prompt: {{zh: 请输入订单号。, en: {ASK_ORDER}}}
        digits: 6
        check: starts_with(it, "1") and ends_with(it, "9")
      save: call.number
      then: {{otherwise: sorry}}
    - collect: {{prompt: {{zh: 请输入密码。, en: "{ASK_PIN}"}}, digits: 8, secret: true}}
      save: pin
      then: {{otherwise: sorry}}
    - lookup: {{query: known, with: {{number: "{{call.number}}", pin: "{{pin}}"}}, timeout: 500ms}}
      then: {{otherwise: next}}
    - submit: {{to: ticket, with: {{number: "{{call.number}}"}}}}
      then: {{failed: sorry}}
    - play: {{zh: 已登记。, en: "{NOTED}"}}
    - hangup: served
  sorry:
    - play: {{zh: 请稍后再拨。, en: Please call again later.}}
    - hangup: unserved
"""
_SITE = {
    "databases:\n": f'databases:\n  shop: {{url: "sqlite:{SHOP}"}}\n',
    "lookups:\n": """\
lookups:
  known:
    sql: select 1 as is_known where :pin is not null and :number is not null
    database: shop
    params: {number: digits, pin: secret}
    returns: {is_known: number}
""",
    "call_fields:": "call_fields:\n  number: digits",
    "groups:": f'groups:\n  {HELPERS}: ["{HELPER}"]',
}
_SUBMISSIONS = """\
submissions:
  ticket:
    database: shop
    sql: insert into tickets (id, number) values (:key, :number) on conflict do nothing
    params: {number: digits}
"""
_POLICY = f"""\
title: {{zh: 支撑, en: Who is on call}}
queues: [{HELPED}]
window: 1m
tiers: [{{tier: {HELPERS}, people: {{group: {HELPERS}}}, bring: add, penalty: 5, keep_back: 0}}]
triggers: {{longest_wait: {{engage: [50s], release: 15s}}}}
timing: {{engage_after: 1m, release_after: 1m, stay_at_least: 1m, rest_at_least: 1s, changes_per_hour: 60}}
"""


def write(source: Path, folder: Path) -> Path:
    """Copy the demonstration's site into a new folder, with what these rows need; the folder."""
    copy_site(source, folder)
    # Its own flows would only cost a minute of making prompts.
    for pattern in ("*.day.yaml", "*.staffing.yaml", "*.ivr.yaml"):
        for file in folder.glob(pattern):
            if file.name != "survival.ivr.yaml":
                file.unlink()
    (folder / "matrix.staffing.yaml").write_text(_POLICY, encoding="utf-8")
    (folder / "order.ivr.yaml").write_text(_FLOW, encoding="utf-8")
    file = folder / "ivrctl.yaml"
    text = file.read_text(encoding="utf-8")
    for before, after in _SITE.items():
        text = text.replace(before, after, 1)
    file.write_text(text + _SUBMISSIONS, encoding="utf-8")
    shop = folder / SHOP
    shop.parent.mkdir()
    with closing(sqlite3.connect(shop)) as made:
        made.executescript("pragma journal_mode=wal; create table tickets (id text primary key, number text not null)")
    return folder


def numbers() -> Iterator[str]:
    """Numbers of orders, another for each call: a number of which keys were lost, or two of them, is never one."""
    for digits in product("2345678", repeat=4):
        yield f"1{''.join(digits)}9"

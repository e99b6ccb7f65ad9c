"""The site that the editor has open."""

from __future__ import annotations

SITE = """\
site: shop
time_zone: Europe/Berlin
languages: [en, zh]
currency: EUR
numbers: {country: DE}
databases:
  orders: {url: sqlite:orders.sqlite}
lookups:
  order:
    database: orders
    params: {number: digits}
    returns: {state: [ready, sent], due: date?}
    sql: select state, due from orders where number = :number
  branches: {database: orders, returns: {name: text, line: extension}, rows: 5, sql: "select name, line from branches"}
queues:
  sales: {}
  repairs: {keys: ["1"]}
voicemail: {office: {}}
extensions: {"8100": "PJSIP/{extension}", _81XX: "PJSIP/{extension}"}
call_fields: {subject: text}
agents: {"8103": {name: Zhang Wei, interface: PJSIP/8103}}
groups: {leaders: ["8103"]}
pause_reasons: {break: "1"}
hours:
  desk: {weekly: {mon-fri: "08:00-18:00"}}
prompts:
  no_input: {en: We heard nothing., zh: 没有收到您的按键。}
  no_match: {en: That was a wrong key., zh: 您的输入有误。}
  one_moment: {en: One moment please., zh: 请稍候。}
  fallback: {en: We connect you., zh: 正在为您转接。}
"""

MAIN = """\
lines:
  "7000": welcome
  _70XX: welcome
steps:
  welcome:
    - collect: {prompt: {en: "Your order, please.", zh: 请输入订单号。}, digits: 6-12}
      save: number
      then: {otherwise: advisor}
    - lookup: {query: order, with: {number: "{number}"}, timeout: 3s}
      save: order
      then: {otherwise: advisor}
    - play:
        en: Your order is {order.state}.
        zh: "{order.state}"
    - hangup: served
  advisor:
    - set: {call.subject: order}
    - gosub: {flow: desk, with: {queue: sales}}
      then: {nobody: {hangup: unserved}}
    - hangup: served
"""

DESK = """\
params: {queue: queue}
outcomes: [nobody]
steps:
  start:
    - queue: {name: "{queue}", wait: 60s}
      then: {answered: {return: done}, otherwise: {return: nobody}}
"""

RUSH = """\
queues: [sales]
tiers:
  - {tier: leaders, people: {group: leaders}, bring: add}
triggers:
  longest_wait: {engage: [20s], release: 10s}
timing: {engage_after: 1m, release_after: 10m, stay_at_least: 15m, rest_at_least: 10m, changes_per_hour: 40}
"""

FILES = {"ivrctl.yaml": SITE, "main.ivr.yaml": MAIN, "desk.ivr.yaml": DESK, "rush.staffing.yaml": RUSH}

"""The site of the seeded runs: in one call everything that a fault can hit, from a secret to a person in a queue."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from ivrctl.testkit.postgresql_server import PostgresqlServer

LINE, TARGET, DESK_HOURS = "100", "300", "200"
"""What is dialled: a whole call; where somebody is transferred to; whether a desk is open."""
QUEUE = "sales"

WELCOME = "Welcome to the line of the matrix."
ASK_ORDER, ASK_PIN, ASK_WAY = "Enter your order number.", "Enter your PIN.", "For a person press one."
NOTED, THANKS, SORRY = "Your order is noted.", "Thank you for your call.", "We cannot help you now."
TARGET_SAYS, OPEN, CLOSED = "This is the line of the experts.", "The desk is open.", "The desk is closed."
SAID = (WELCOME, ASK_ORDER, ASK_PIN, ASK_WAY, NOTED, THANKS, SORRY, TARGET_SAYS, OPEN, CLOSED)

CANARIES = {"IVRCTL_AMI_SECRET": "canary-ami-secret-7031", "CRM_TOKEN": "canary-crm-token-7032"}
"""Secrets of the environment, which must stand nowhere."""

_SITE = """\
site: matrix
time_zone: Europe/Berlin
languages: [en]
currency: EUR
numbers: {{country: DE}}
prompts: {{no_input: No key came., no_match: That is no choice., one_moment: One moment., fallback: Please hold.}}
databases:
  shop: {{url: {shop}}}
store: {{url: {store}}}
http:
  crm: {{url: "{crm}", token: {{env: CRM_TOKEN}}}}
lookups:
  price:
    sql: select amount from prices where :number is not null
    database: shop
    params: {{number: digits}}
    returns: {{amount: digits}}
  known:
    sql: select 1 as is_known where :pin is not null and :number is not null
    database: shop
    params: {{number: digits, pin: secret}}
    returns: {{is_known: number}}
  route:
    http: crm
    path: "/good/{{number}}"
    params: {{number: digits}}
    returns: {{command: text}}
submissions:
  ticket:
    database: shop
    sql: insert into tickets (id, number) values (:key, :number) on conflict do nothing
    params: {{number: digits}}
queues: {{sales: {{}}}}
hours:
  desk: {{weekly: {{mon-sun: "02:00-03:00, 08:00-20:00"}}}}
call_fields: {{number: digits}}
keying: {{first_digit: 8s, between: 6s, attempts: 3}}
asterisk:
  prompts: {{ours: sounds, asterisk: {folder}/sounds}}
  spool: {{ours: spool, asterisk: {folder}/spool}}
  ami: {{port: {ami}}}
"""

_FLOW = f"""\
lines: {{"{LINE}": start, "{TARGET}": target, "{DESK_HOURS}": desk}}
steps:
  start:
    - play: {WELCOME}
    - collect: {{prompt: {ASK_ORDER}, digits: 6}}
      save: call.number
      then: {{otherwise: sorry}}
    - collect: {{prompt: {ASK_PIN}, digits: 6, secret: true}}
      save: pin
      then: {{otherwise: sorry}}
    - lookup: {{query: known, with: {{number: "{{call.number}}", pin: "{{pin}}"}}, timeout: 500ms}}
      then: {{otherwise: next}}
    - lookup: {{query: price, with: {{number: "{{call.number}}"}}, timeout: 500ms}}
      save: price
      then: {{otherwise: order}}
    - play: "It costs {{price.amount:digits}}."
    - goto: order
  order:
    - lookup: {{query: route, with: {{number: "{{call.number}}"}}, timeout: 500ms}}
      then: {{otherwise: next}}
    - submit: {{to: ticket, with: {{number: "{{call.number}}"}}}}
      then: {{failed: sorry}}
    - play: {NOTED}
    - menu:
        choices:
          "1": {{say: {ASK_WAY}, goto: person}}
          "2": {{say: To end the call press two., goto: bye}}
      then: {{otherwise: bye}}
  person:
    - queue: {{name: {QUEUE}, wait: 3m}}
      then: {{answered: bye, otherwise: sorry}}
  bye:
    - play: {THANKS}
    - hangup: served
  sorry:
    - play: {SORRY}
    - hangup: unserved
  target:
    - play: {TARGET_SAYS}
    - hangup: served
  desk:
    - goto: is_open
      when: hours.desk.is_open
    - play: {CLOSED}
    - hangup: served
  is_open:
    - play: {OPEN}
    - hangup: served
"""

FILES = {"shop": '"sqlite:shop/shop.sqlite"', "store": '"sqlite:store/calls.sqlite"'}
DATABASES = {"SHOP_URL": "shop", "STORE_URL": "store"}
SERVER = {"shop": "{env: SHOP_URL}", "store": "{env: STORE_URL}"}
"""Where its databases are: files of its own, or a server whose password stands in the environment."""

SHOP = """\
create table prices (amount text not null);
insert into prices values ('42');
create table tickets (id text primary key, number text not null);
"""


def write(folder: Path, *, crm: str, ami: int, databases: Mapping[str, str] = FILES) -> Path:
    """Make the site, its databases, and the folders where prompts lie; the site's folder."""
    site = folder / "site"
    for part in ("", "shop", "store", "sounds", "spool"):
        (site / part).mkdir(exist_ok=True)
    (site / "ivrctl.yaml").write_text(_SITE.format(crm=crm, ami=ami, folder=site, **databases), encoding="utf-8")
    (site / "main.ivr.yaml").write_text(_FLOW, encoding="utf-8")
    with sqlite3.connect(site / "shop" / "shop.sqlite") as shop:
        shop.execute("pragma journal_mode=wal")
        shop.executescript(SHOP)
    shop.close()
    return site


def make_in(server: PostgresqlServer) -> dict[str, str]:
    """Make the site's databases on a server; their URLs, which hold a password, by the variable of the environment."""
    for name in DATABASES.values():
        server.execute(f"create database {name}")
    server.execute(SHOP, "shop")
    return {variable: server.url(name) for variable, name in DATABASES.items()}

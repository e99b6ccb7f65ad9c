"""The rules that findings about a site file name."""

from __future__ import annotations

from ivrctl.lang.findings import Severity
from ivrctl.lang.rule import Rule, Shown, table
from ivrctl.site.agent_rules import AGENT_RULES
from ivrctl.site.region_rules import REGION_RULES

_LOOKUP = """\
lookups:
  balance:
    sql: select amount, overdue, due from balances where number = :number
    database: shop
    params: {number: phone}
    returns: {amount: money, overdue: boolean, due: date?}
"""

_SUBMISSION = """\
submissions:
  ticket:
    database: shop
    sql: insert into tickets (key, text) values (:key, :text) on conflict do nothing
    params: {text: text}
"""

_ROUTE = """\
http: {crm: {url: "https://crm.example/api"}}
lookups:
  route: {http: crm, path: "/callers/{number}", params: {number: phone}, returns: {queue: text}}
"""


_METHOD = """\
identity:
  member:
    account: {ask: Your member number., digits: 8, is: member}
    pin: {ask: Your PIN., digits: 4}
"""

_ASKED = """\
lookups:
  check-member:
    sql: select tier from members where member = :account and pin = :pin
    database: shop
    params: {account: digits, pin: secret}
    returns: {tier: text?}
identity:
  member:
    account: {ask: Your member number., digits: 8}
    pin: {ask: Your PIN., digits: 4}
    lookup: check-member
"""

_WORDS = """\
prompts:
  no_input: We heard no key.
  no_match: That is no choice.
  one_moment: One moment please.
  fallback: Please hold the line.
  not_verified: We could not verify that.
"""

_REMINDER = """\
http: {crm: {url: "https://crm.example"}}
submissions:
  sms: {http: crm, path: /sms, params: {author: text, text: text, ends: text}}
notices: {remind: {before: 10m, to: sms}}
"""

_ADVISED = (
    _WORDS
    + '  off_peak: "We are free from {off_peak.begins:time}."\n'
    + 'hours: {desk: {weekly: {mon-sun: "08:00-20:00"}}}\n'
)


def _site(id_: str, title: str, why: str, bad: str, good: str, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(id_, title, why, bad, good, Shown.SITE, severity)


RULES = table(
    Rule(
        "IVR201",
        "a text lacks one of the site's languages, or is written in another",
        "A caller who chose a language would hear silence, or another language, in the middle of a call. Write "
        "each text "
        "in each of the site's languages.",
        "- play: {text: {de: Guten Tag., en: Hello.}}\n- hangup: served\n",
        "- play: {text: {en: Hello.}}\n- hangup: served\n",
    ),
    _site(
        "IVR202",
        "a language, time zone, currency or country does not exist",
        "Hours, dates, amounts and caller numbers are read and said by these codes.",
        "time_zone: Asia/Shangai\n",
        "time_zone: Asia/Shanghai\n",
    ),
    Rule(
        "IVR203",
        "a credential stands in the site file",
        "Site files are kept in repositories and shown in reviews. A password stands in the environment or in a file "
        "that only the controller reads. The line is not shown with the finding, since findings go into logs.",
        'databases:\n  shop: {url: "postgresql://ivr:s3cret@db.example/shop"}\n',
        "databases:\n  shop: {url: {env: SHOP_URL}}\n",
        Shown.SITE,
        hides_line=True,
    ),
    _site(
        "IVR204",
        "a lookup's statement and its params do not fit together",
        "A lookup is one statement that reads: after a loss of the controller it is asked again. What the "
        "statement asks "
        "for and what the flow hands in are the same names.",
        _LOOKUP.replace(":number", ":nubmer"),
        _LOOKUP,
    ),
    _site(
        "IVR205",
        "a name of the site refers to nothing",
        "A lookup in a database that is not declared, or a setting that names a queue that does not exist, "
        "would fail in "
        "every call.",
        _LOOKUP.replace("database: shop", "database: shopp"),
        _LOOKUP,
    ),
    _site(
        "IVR206",
        "a number, key or pattern is malformed",
        "Names go into dotted names and into Asterisk's arguments, where other characters mean something; "
        "numbers and "
        "patterns are those of the dialplan.",
        'extensions: {"8-1": "PJSIP/{extension}", _81XX: "PJSIP/{extension}"}\n',
        'extensions: {"81": "PJSIP/{extension}", _81XX: "PJSIP/{extension}"}\n',
    ),
    _site(
        "IVR207",
        "the site has no ivrctl.yaml, or cannot be read",
        "A site is a folder with one ivrctl.yaml. Without it no flow can be checked, since types and names come "
        "from it.",
        "",
        "time_zone: Asia/Shanghai\n",
    ),
    _site(
        "IVR208",
        "a number of the site is out of range",
        "The bounds are those of patience: nobody tries a number twenty times, nor waits ten minutes for a key.",
        "keying: {attempts: 99}\n",
        "keying: {attempts: 3}\n",
    ),
    _site(
        "IVR210",
        "opening hours cannot be read",
        "A desk whose hours are in doubt is closed when callers think that it is open. Spans are written with "
        "two digits, "
        "in the order of the day; each day of the week stands once.",
        'hours:\n  desk: {weekly: {mon-sun: "8:00-20:00"}}\n',
        'hours:\n  desk: {weekly: {mon-sun: "08:00-20:00"}}\n',
    ),
    _site(
        "IVR211",
        "opening hours leave days open to doubt",
        "A day that is not named is closed, and a holiday without a rule is a day of the week: right or wrong, "
        "nobody can "
        "tell from the file. Say so: closed, spans, or as another day.",
        'hours:\n  desk: {weekly: {mon-fri: "08:00-20:00"}}\n',
        'hours:\n  desk: {weekly: {mon-fri: "08:00-20:00", sat-sun: closed}}\n',
        Severity.WARNING,
    ),
    _site(
        "IVR212",
        "the holidays of a year are not known yet",
        "Governments publish working days that are moved only for the year to come. Until this installation "
        "knows them, "
        "the week goes on: a desk would be announced as open on a holiday.",
        'hours:\n  desk: {weekly: {mon-sun: "08:00-20:00"}, holidays: CN, on_holidays: closed, on_make_up_days: '
        "as mon}\n",
        'hours:\n  desk: {weekly: {mon-sun: "08:00-20:00"}, exceptions: {2098-01-01: closed}}\n',
        Severity.WARNING,
    ),
    _site(
        "IVR213",
        "a setting is no value of its type",
        "Flows compare and say settings by their types.",
        'settings: {patience: {type: duration, value: "60"}}\n',
        "settings: {patience: {type: duration, value: 60s}}\n",
    ),
    Rule(
        "IVR214",
        "a file of the site has a name under which it is not read",
        "A flow under another name is passed over without a word, and its lines are missing. Flows are named "
        "NAME.ivr.yaml, policies NAME.staffing.yaml, scenarios NAME.scenario.yaml, the site file ivrctl.yaml.",
        "ivrctl.yaml\nmain.ivr.yaml\nreception.yaml\n",
        "ivrctl.yaml\nmain.ivr.yaml\nreception.ivr.yaml\n",
        Shown.FOLDER,
        Severity.WARNING,
    ),
    _site(
        "IVR217",
        "a secret would be kept",
        "What a caller keys in secret goes to a parameter of a lookup, which compares it, and stays nowhere: call "
        "fields go into the call's record and to the agent's screen, and what a lookup answers is kept with the call.",
        "call_fields: {pin: secret, due: date}\n",
        _LOOKUP.replace("number = :number", "number = :number and pin = :pin").replace(
            "{number: phone}", "{number: phone, pin: secret}"
        ),
    ),
    _site(
        "IVR218",
        "something that is kept or looked up would be a recording",
        "A recording is a message of the very part of the call in which it was left: a transfer leaves it behind, so a "
        "call field cannot carry it, and no lookup knows it. A submission gets it as the name of its file.",
        "call_fields: {message: recording, due: date}\n",
        "call_fields: {due: date}\n",
    ),
    _site(
        "IVR235",
        "an identity method has a name that means something else",
        "caller-number is the method that asks nobody, and scenarios write what a caller is known as beside the names "
        "of methods.",
        _METHOD.replace("member:", "caller-number:", 1),
        _METHOD,
    ),
    _site(
        "IVR236",
        "it cannot be told whom an identity method means",
        "A customer has several numbers: which of them is keyed here, the method says, or its lookup knows. The star "
        "is one letter, as at the end of a Chinese ID number.",
        _METHOD.replace(", is: member", ""),
        _METHOD,
    ),
    _site(
        "IVR237",
        "an identity method and what it is asked of do not fit together",
        "A lookup is asked with what the caller has keyed, and answers what is known of him: tier, brand, language "
        "and name, any of them. PINs and the books of guesses are kept with the site's pepper.",
        _ASKED.replace("pin: secret", "code: secret").replace(":pin", ":code"),
        _ASKED,
    ),
    _site(
        "IVR238",
        "a lock is too weak, or never ends",
        "PINs have four digits: only a lock keeps them from being guessed. A customer who is locked out himself must "
        "get in again without a person who lifts it.",
        "locks: {account: {after: 50}}\n",
        "locks: {account: {after: 5}}\n",
    ),
    _site(
        "IVR239",
        "the site has no words for callers who say who they are",
        "After an account that nobody has and after a wrong PIN the same is heard, so that nobody learns which "
        "accounts there are; and what is read back is only the end of a number, since others may hear it.",
        _WORDS + "  confirm_account: You entered {it:digits}.\n",
        _WORDS + "  confirm_account: Your number ends in {it:masked}.\n",
    ),
    _site(
        "IVR230",
        "a lookup asks nobody, or two at once",
        "A lookup asks a database, by sql and database, or an interface, by http and path. With keys of both "
        "nobody could tell which of them answers.",
        _ROUTE.replace("http: crm,", "http: crm, sql: select 1 as queue,"),
        _ROUTE,
    ),
    _site(
        "IVR231",
        "the address of an interface is none",
        "An interface has one fixed base address, by http or https, and what is asked for stands behind it. So what a "
        "caller keys can choose neither the server nor another part of it.",
        _ROUTE.replace("https://", "ftp://"),
        _ROUTE,
    ),
    _site(
        "IVR232",
        "an interface is asked in the clear",
        "By http:// whoever is on the way reads the numbers of callers and the token, and can answer in its place. "
        "It is meant for this machine and a private network.",
        _ROUTE.replace("https://", "http://"),
        _ROUTE,
        Severity.WARNING,
    ),
    _site(
        "IVR233",
        "a lookup's path and its params do not fit together",
        "A path begins with / and has names of params between braces, each a value that is always there: an empty part "
        "would ask for something else. Params that are not in the path go into the query, or into the body of a post.",
        _ROUTE.replace("{number}", "{nubmer}"),
        _ROUTE,
    ),
    _site(
        "IVR234",
        "a secret would stand in an address",
        "Servers and proxies write down what they are asked for, and not what a body holds. A PIN goes into "
        "the body of a post.",
        _ROUTE.replace("{number: phone}", "{number: phone, pin: secret}"),
        _ROUTE.replace("{number: phone}", "{number: phone, pin: secret}, method: post"),
    ),
    _site(
        "IVR240",
        "a submission goes nowhere, or to two places",
        "What is handed over is delivered once, to one place: an interface, or a table of a database.",
        "submissions:\n  ticket: {database: shop, params: {text: text}}\n",
        _SUBMISSION,
    ),
    _site(
        "IVR241",
        "a submission's statement and its params do not fit together",
        "A submission is one statement that writes, and may run again when an answer was lost on its way: :key is "
        "the same for each try, and a unique column for it makes the second try do nothing.",
        _SUBMISSION.replace(":key, ", "").replace("(key, ", "("),
        _SUBMISSION,
    ),
    _site(
        "IVR242",
        "the submission notice is ivrctl's own",
        "Flows hand announcements to it, which are heard by the next caller.",
        _SUBMISSION.replace("ticket:", "notice:"),
        _SUBMISSION,
    ),
    _site(
        "IVR243",
        "a submission at the end of calls asks for what no call has",
        "At the end of each call every param gets what has its name: a call field, or something of the call's record.",
        _SUBMISSION.replace("text: text", "lin: digits").replace("text", "lin") + "at_end: ticket\n",
        _SUBMISSION.replace("text: text", "line: digits").replace("text", "line") + "at_end: ticket\n",
    ),
    _site(
        "IVR245",
        "the submission that tells authors of notices needs what no notice has",
        "When a notice ends soon, and when it has ended, its author, its id, its text and its end are handed over: "
        "those of them that the submission takes.",
        _REMINDER.replace("text: text", "phone: phone"),
        _REMINDER,
    ),
    _site(
        "IVR246",
        "the advice to call at another time cannot say when",
        "A quiet time is advised only within hours in which callers may call, since a night is always quiet; and what "
        "is heard in its place while nothing is forecast stands beside words that would say times.",
        _ADVISED,
        _ADVISED + "notices: {advise_in: desk}\n",
    ),
    _site(
        "IVR250",
        "a tier's priority is out of range",
        "More levels than these are a mistake: app_queue would take them, and nobody could say who waits before whom.",
        "tiers:\n  vip: {priority: 5000, answer: 15s}\n",
        "tiers:\n  vip: {priority: 10, answer: 15s}\n",
    ),
    _site(
        "IVR251",
        "a tier's promise is out of range",
        "A promise is measured on every call. Waits in queues are counted in whole seconds, and nobody waits for an "
        "hour.",
        "tiers:\n  vip: {priority: 10, answer: 500ms}\n",
        "tiers:\n  vip: {priority: 10, answer: 15s}\n",
    ),
    _site(
        "IVR252",
        "a brand stands twice",
        "One of them is most likely to be another brand, whose customers would count as unknown.",
        "brands: [global, global]\n",
        "brands: [global, easy]\n",
    ),
    _site(
        "IVR253",
        "a tier says nothing",
        "Its callers are served as those whom nobody knows, and nothing is measured for them. A tier has a promise, "
        "a priority, or both.",
        "tiers:\n  vip: {priority: 0}\n",
        "tiers:\n  vip: {priority: 0, answer: 15s}\n",
        Severity.WARNING,
    ),
    _site(
        "IVR254",
        "a tier with the better promise waits behind the other",
        "In a queue the higher priority is answered first, however long others have waited: the promise would be "
        "broken for the sake of callers who were promised less.",
        "tiers:\n  vip: {priority: 0, answer: 15s}\n  ordinary: {priority: 10, answer: 60s}\n",
        "tiers:\n  vip: {priority: 10, answer: 15s}\n  ordinary: {priority: 0, answer: 60s}\n",
        Severity.WARNING,
    ),
    *REGION_RULES,
    *AGENT_RULES,
)
"""By id."""

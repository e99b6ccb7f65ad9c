"""The calls of the demonstration: who dials what, and what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivrctl.testkit.dialling import CallPlan, PlacedCall

LONGEST = 60.0


@dataclass(frozen=True, slots=True)
class DemoCall:
    """A call of the demonstration, and what must come of it."""

    plan: CallPlan
    hears: tuple[str, ...]
    """Texts that are in what the caller hears, in this order."""
    path: str
    ending: str


_BALANCE = "hotline/balance-line account/start account/balance"

CALLS = (
    DemoCall(CallPlan("1001011", "13800138000"), ("您的余额是120.50。",), _BALANCE, "served"),
    DemoCall(
        CallPlan("1001012", "13800138000"),
        ("您2026-10-01的账单是203.40。",),
        "hotline/bill-line account/start account/bill",
        "served",
    ),
    DemoCall(
        CallPlan("1001013", "13800138000"), ("剩余20480兆",), "hotline/usage-line account/start account/usage", "served"
    ),
    DemoCall(CallPlan("1001021", "13600136000"), ("Your balance is 1088.05.",), _BALANCE, "served"),
    DemoCall(
        CallPlan("10010", "13800138000", ("1", "1", "1", "*", "2", "1", "20261101#", "h"), LONGEST),
        (
            "中文请按1。",
            "欢迎致电客户热线。",
            "话费请按1。",
            "余额请按1。",
            "您的余额是120.50。",
            "余额请按1。",
            "话费请按1。",
            "装机移机修障进度请按1。",
            "请输入工单号",
            "承诺2099-12-31前完成",
        ),
        "hotline/welcome hotline/main hotline/charges hotline/balance account/start account/balance hotline/charges "
        "hotline/main hotline/broadband hotline/order-status order-status/start hotline/broadband",
        "abandoned",
    ),
    DemoCall(
        CallPlan("10010", "13600136000", ("2", "1", "2", "h"), LONGEST),
        ("For English press 2.", "Welcome", "For charges press 1.", "For your last bill press 2.", "is 412.35."),
        "hotline/welcome hotline/main hotline/charges hotline/bill account/start account/bill hotline/charges",
        "abandoned",
    ),
)
"""The lines of the hotline, which need nothing but the demo's database."""

CUSTOMERS = """customer,name,tier,brand,language,id:member,pin
C-1,王小明,vip,global,zh,100200,2468
C-2,陈静,ordinary,standard,zh,100300,1357
"""
"""The file that is imported before anybody says who he is."""

COMMAND: Mapping[str, str | None] = {
    "command": "announce",
    "queue": None,
    "said_zh": "您的包裹明天送达。",
    "said_en": "Your parcel arrives tomorrow.",
}
"""What the customer system answers about every caller."""

_MEMBER = "请输入六位会员号。"
_PIN = "请输入四位密码。"
_NATIONAL = "正在为您转接全国客服。"
_NOBODY = "坐席全忙,请稍后再拨。"

KNOWN_CALLERS = (
    DemoCall(
        CallPlan("10012", "13700137000", ("100200", "2468"), LONGEST),
        (_MEMBER, _PIN, "您好,王小明。", "现在无法办理"),
        "members/start members/person members/sorry",
        "unserved",
    ),
    DemoCall(
        CallPlan("10012", "13700137001", ("100300", "1111", "100300", "2222"), LONGEST),
        (_MEMBER, _PIN, _MEMBER, _PIN, "无法确认您的身份"),
        "members/start members/stranger",
        "refused",
    ),
    DemoCall(
        CallPlan("10013", "13800138000"),
        ("您的包裹明天送达。",),
        "route/start route/announce",
        "served",
    ),
    DemoCall(
        CallPlan("10011", "13816001234"),
        ("正在为您转接上海客服。", _NATIONAL, _NOBODY),
        "regions/start regions/east regions/anywhere regions/nobody",
        "unserved",
    ),
    DemoCall(
        CallPlan("10011", "02087654321"),
        ("正在为您转接广东客服。", _NATIONAL, _NOBODY),
        "regions/start regions/guangdong regions/anywhere regions/nobody",
        "unserved",
    ),
)
"""Who says who he is, whom the customer system decides about, and who calls from where; no agent is at a desk."""

NOTICE = {"zh": "明晚系统升级,暂停查询。", "en": "No balances tomorrow night, while our system is upgraded."}
"""What is announced before the last calls."""
NOTICE_LINE = "1001011"

LATER_CALLS = (
    DemoCall(
        CallPlan("10012", "13700137002", ("100300", "3333", "100300", "1357"), LONGEST),
        (_MEMBER, _PIN, _MEMBER, _PIN, "错误次数过多"),
        "members/start members/locked",
        "refused",
    ),
    DemoCall(CallPlan(NOTICE_LINE, "13800138000"), (NOTICE["zh"], "您的余额是120.50。"), _BALANCE, "served"),
    DemoCall(CallPlan("1001021", "13600136000"), ("Your balance is 1088.05.",), _BALANCE, "served"),
)
"""An account that was guessed at, now locked against its own PIN; a line with a notice, and one without."""


def failures_of(call: DemoCall, placed: PlacedCall) -> list[str]:
    """What was not as it should be."""
    if placed.record is None:
        return ["no record of it"]
    failures = [f"did not hear {item.text!r}" for item in placed.heard if item.at is None and item.likeness is not None]
    heard = iter(item.text for item in placed.heard if item.at is not None)
    failures += [f"did not hear {text!r} in its turn" for text in call.hears if not any(text in said for said in heard)]
    path = " ".join(placed.record["path"])
    if path != call.path:
        failures.append(f"took the way {path}, not {call.path}")
    if placed.record["ending"] != call.ending:
        failures.append(f"ended {placed.record['ending']}, not {call.ending}")
    return failures

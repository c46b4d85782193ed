"""Attackers. `ATTACKS` lists every family with the generator that plays it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from crowd.attacks import abuse, accounts, bots, injections, money
from crowd.step import Steps, Visit


class Attack(NamedTuple):
    """A family of attacks: how it is played and with what client."""

    family: str
    title: str
    play: Callable[[Visit], Steps]
    agent: str = ""
    """Empty: the attacker pretends to be a browser."""
    real: bool = True
    """Whether the demo plays it against the running shop; the loud ones are only replayed."""
    abroad: bool = True
    """Whether the address is in another country than the shop."""


_PYTHON = "python-requests/2.32.3"
_SQLMAP = "sqlmap/1.8.6#stable (https://sqlmap.org)"
_NIKTO = "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)"

# In the order in which the demo plays them: what shows quickly and differs most comes first.
ATTACKS: tuple[Attack, ...] = (
    Attack("sql_injection", "SQL 注入", injections.sql_injection, _SQLMAP),
    Attack("credential_stuffing", "撞库", accounts.credential_stuffing),
    Attack("vulnerability_scanning", "漏洞扫描", bots.vulnerability_scanning, _NIKTO),
    Attack("carding", "盗刷试卡", money.carding),
    Attack("log4shell", "Log4Shell", injections.log4shell),
    Attack("coupon_guessing", "优惠码猜测", money.coupon_guessing, abroad=False),
    Attack("xss", "跨站脚本", injections.xss),
    Attack("scraping", "数据爬取", bots.scraping, _PYTHON, real=False, abroad=False),
    Attack("path_traversal", "路径穿越", injections.path_traversal),
    Attack("account_takeover", "盗号后改地址", accounts.account_takeover),
    Attack("command_injection", "命令注入", injections.command_injection),
    Attack("order_enumeration", "订单遍历", bots.order_enumeration, abroad=False),
    Attack("web_shell", "网页后门", injections.web_shell, real=False),
    Attack("price_tampering", "篡改价格", money.price_tampering, abroad=False),
    Attack("admin_login_new_country", "后台异地登录", accounts.admin_login_new_country),
    Attack("credential_cracking", "暴力破解", accounts.credential_cracking),
    Attack("mass_export", "批量导出客户数据", accounts.mass_export, real=False, abroad=False),
    Attack("request_flood", "请求洪水", bots.request_flood, real=False),
    Attack("verification_cost", "刷短信验证码", abuse.verification_cost, real=False),
    Attack("coupon_abuse", "薅羊毛", abuse.coupon_abuse, real=False, abroad=False),
    Attack("scalping", "黄牛扫货", abuse.scalping, real=False, abroad=False),
    Attack("ssrf", "服务端请求伪造", injections.ssrf),
    Attack("fake_accounts", "批量注册", abuse.fake_accounts, real=False),
    Attack("expediting", "抢购脚本", abuse.expediting, real=False, abroad=False),
    Attack("denial_of_inventory", "恶意占库存", abuse.denial_of_inventory, real=False),
    Attack("captcha_defeat", "验证码破解", abuse.captcha_defeat, real=False),
    Attack("template_injection", "模板注入", injections.template_injection),
    Attack("spam", "垃圾评价", abuse.spam, real=False, abroad=False),
    Attack("fake_orders", "刷单", abuse.fake_orders, real=False, abroad=False),
    Attack("refund_fraud", "退款欺诈", abuse.refund_fraud, real=False, abroad=False),
    Attack("account_aggregation", "一机多号", abuse.account_aggregation, real=False, abroad=False),
    Attack("file_inclusion", "文件包含", injections.file_inclusion),
)

"""What people read when they are held up: Chinese and English, and which of the two they want."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE, ENGLISH = "zh-CN", "en"

WORDS: Mapping[str, Mapping[str, str]] = {
    CHINESE: {
        "block.title": "访问已被拦截",
        "block.text": "为保护商城和顾客的安全，本次访问已被拦截。如果这是误判，我们深表歉意。",
        "block.help": "请联系客服，并告知下面的申诉码，我们会尽快处理。",
        "challenge.title": "请稍候，正在进行安全验证",
        "challenge.text": "无需任何操作。您的浏览器正在完成一次简短的计算，"
        "通常几秒内结束，之后会自动继续。",
        "challenge.working": "正在验证……",
        "challenge.form": "您填写的内容不会丢失，验证后会自动提交。",
        "challenge.again": "验证完成后，请返回上一页重新提交；已填写的内容通常会保留。",
        "challenge.open": "浏览器未开启 JavaScript。请在 {seconds} 秒后点击：",
        "challenge.wait": "继续访问",
        "challenge.tab": "第一步：在新标签页中完成验证（约 {seconds} 秒后可用）",
        "challenge.resend": "第二步：重新提交我填写的内容",
        "passed.title": "验证已通过",
        "passed.text": "请返回原来的标签页继续。",
        "challenge.closed": "请开启 JavaScript 后重试，或联系客服。",
        "throttle.title": "访问过于频繁",
        "throttle.text": "您的请求有些频繁，请在 {seconds} 秒后再试。",
        "away.title": "服务暂时不可用",
        "away.text": "此页面暂时无法访问，请稍后再试。",
        "code": "申诉码",
        "contact": "联系方式",
    },
    ENGLISH: {
        "block.title": "This visit has been stopped",
        "block.text": "To keep the shop and its customers safe, this request was turned away. "
        "If that is a mistake, we are sorry.",
        "block.help": "Please contact customer service and give the code below; "
        "we will look into it.",
        "challenge.title": "One moment, checking your browser",
        "challenge.text": "There is nothing you need to do. Your browser is solving a short "
        "calculation, usually within seconds, and goes on by itself.",
        "challenge.working": "Checking…",
        "challenge.form": "What you filled in is not lost: it is sent when the check is done.",
        "challenge.again": "When the check is done, go back and send your form again; "
        "most browsers keep what you filled in.",
        "challenge.open": "JavaScript is off in your browser. In {seconds} seconds, press:",
        "challenge.wait": "Continue",
        "challenge.tab": "Step 1: pass the check in a new tab (ready after {seconds} seconds)",
        "challenge.resend": "Step 2: send what I filled in again",
        "passed.title": "The check is passed",
        "passed.text": "Go back to the other tab and continue there.",
        "challenge.closed": "Please turn JavaScript on and try again, or contact customer service.",
        "throttle.title": "Too many requests",
        "throttle.text": "You are a little too fast for us. Please try again in {seconds} seconds.",
        "away.title": "Not available at the moment",
        "away.text": "This page cannot be reached at the moment. Please try again later.",
        "code": "Code for an appeal",
        "contact": "Contact",
    },
}


def language(accepted: str) -> str:
    """The language of the two that ``Accept-Language`` likes more; Chinese where it does not say.

    Weights as in RFC 9110, 12.5.4; at most 20 ranges are read.
    """
    best, weight = CHINESE, 0.0
    for part in accepted[:400].split(",")[:20]:
        tag, _, rest = part.partition(";")
        found = {"zh": CHINESE, "en": ENGLISH}.get(tag.strip().lower().partition("-")[0])
        wanted = _weight(rest)
        if found and wanted > weight:
            best, weight = found, wanted
    return best


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0

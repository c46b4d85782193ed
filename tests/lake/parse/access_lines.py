"""Access-log lines as Hypothesis makes them: ordinary, odd and broken."""

from __future__ import annotations

from hypothesis import strategies as st

WORD = st.text(st.sampled_from("abcXYZ019-_.%:/"), min_size=1, max_size=12)
PIECE = st.one_of(WORD, st.sampled_from(["é", "中文", r"\x22", r"\"", r"\\", "[", "]", "?", "&"]))
VALUE = st.lists(st.one_of(PIECE, st.just(" ")), max_size=6).map("".join)
ADDRESS = st.one_of(
    st.ip_addresses().map(str), st.sampled_from(["-", "host.example", "unix:", "::1"])
)
TIME = st.one_of(
    st.datetimes()
    .map(lambda moment: moment.strftime("%d/%b/%Y:%H:%M:%S"))
    .map(lambda text: text.rjust(20, "0")),
    st.sampled_from(["31/Feb/2020:00:00:00", "01/Jan/1969:00:00:00", "29/Feb/2100:00:00:00", "x"]),
)
ZONE = st.sampled_from(["+0000", "+0800", "-0330", "+1245", "-0000", "+9999", "Z"])
METHOD = st.sampled_from(["GET", "POST", "PROPFIND", "get", "-", "", "M-SEARCH", "OPTIONS"])
TARGET = st.one_of(
    st.builds("/{}?{}".format, VALUE, VALUE),
    st.builds("/{}".format, VALUE),
    st.builds("http://shop.example:8080/{}".format, VALUE),
    VALUE,
)
VERSION = st.sampled_from(["HTTP/1.1", "HTTP/2.0", "HTTP/1.0", "", "FTP/1", "HTTP/"])
REQUEST = st.one_of(st.builds("{} {} {}".format, METHOD, TARGET, VERSION), VALUE, st.just("-"))
CODE = st.sampled_from(["200", "404", "499", "-", "20", "2000", "0"])
LENGTH = st.one_of(st.integers(0, 10**20).map(str), st.sampled_from(["-", "", "007", "1e3"]))
SECONDS = st.one_of(
    st.floats(0, 5000).map(lambda value: f"{value:.3f}"),
    st.sampled_from(["-", "1", "0.1234567", "x"]),
)


@st.composite
def access_line(draw: st.DrawFn) -> bytes:
    """A line that is mostly right, with something odd here and there."""
    line = f"{draw(ADDRESS)} - {draw(st.one_of(st.just('-'), WORD, VALUE))} "
    line += f'[{draw(TIME)} {draw(ZONE)}] "{draw(REQUEST)}" {draw(CODE)} {draw(LENGTH)}'
    if draw(st.booleans()):
        line = f"{draw(WORD)}:{draw(st.sampled_from(['443', '80', 'x']))} {line}"
    if draw(st.integers(0, 9)):
        line += f' "{draw(VALUE)}" "{draw(VALUE)}{draw(st.sampled_from([chr(34)] * 9 + [""]))}'
    if draw(st.booleans()):
        line += f" {draw(SECONDS)}"
    data = line.encode()
    if not draw(st.integers(0, 9)):
        place = draw(st.integers(0, len(data)))
        data = (
            data[:place] + draw(st.sampled_from([b"\xff", b"\0", b'"', b" ", b"\r"])) + data[place:]
        )
    return data.replace(b"\n", b" ")

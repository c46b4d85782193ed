"""Bodies as the web's larger products send them; slots as in ``wild_texts``."""

from __future__ import annotations

POSTS: tuple[tuple[str, str, str, str], ...] = (
    (
        "sensor",
        "/⟨pack:8⟩/⟨pack:12⟩/⟨pack:6⟩",
        "text/plain;charset=UTF-8",
        '{"sensor_data":"2;⟨n:7⟩;⟨n:7⟩;13,0,0,1,2,0;⟨noise:900⟩"}',
    ),
    (
        "sensor",
        "/_bm/_data",
        "application/json",
        (
            '{"sensor_data":"7a74G7m23Vrp0o5c9⟨n:6⟩.75-1,2,-94,-100,Mozilla/5.0 (Windows NT 10.0'
            "; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko),uaend,12147,20030107,en-US,Gec"
            "ko,3,0,0,0,⟨n:6⟩,⟨n:7⟩,1920,1040,,cpen:0,i1:0,dm:0,cwen:0,non:1,opc:0,fc:0,sc:0,wrc"
            ":1,isc:0,vib:1,bat:1,x11:0,x12:1,8324,0.⟨n:12⟩,loc:-1,2,-94,-101,do_en,dm_en,t_en-1"
            ",2,-94,-105,0,-1,0,0,-1,113,0;0,1,0,0,883,113,0;-1,2,-94,-108,0,1,⟨n:4⟩,-2,0,0,⟨n:3"
            "⟩;-1,2,-94,-119,-1-1,2,-94,-122,0,0,0,0,1,0,0-1,2,-94,-70,-⟨n:9⟩;dis;,7,8;true;true"
            ";true;-120;true;24;24;true;false;1-1,2,-94,-80,5258-1,2,-94,-116,⟨n:8⟩-1,2,-94,-118"
            ',⟨n:6⟩"}'
        ),
    ),
    (
        "verify",
        "/recaptcha/api2/userverify?k=6L⟨pack:38⟩",
        "application/x-www-form-urlencoded",
        (
            "v=⟨pack:24⟩&c=03A⟨pack:300⟩&response=eyJyZXNwb25zZSI6WzEsMl19&t=⟨n:4⟩&ct=⟨n:4⟩&bg=!"
            "⟨pack:300⟩"
        ),
    ),
    (
        "aura",
        "/s/sfsites/aura?r=1&ui-search-components.Search.query=1",
        "application/x-www-form-urlencoded",
        (
            "message=%7B%22actions%22%3A%5B%7B%22id%22%3A%2288%3Ba%22%2C%22descriptor%22%3A%22se"
            "rviceComponent%3A%2F%2Fui.force.components.Controller%2FACTION%24getRecord%22%2C%22"
            "callingDescriptor%22%3A%22UNKNOWN%22%2C%22params%22%3A%7B%22q%22%3A%22⟨q⟩%22%7D%7D%"
            "5D%7D&aura.context=%7B%22mode%22%3A%22PROD%22%2C%22fwuid%22%3A%22⟨pack:40⟩%22%2C%22"
            "loaded%22%3A%7B%22APPLICATION%40markup%3A%2F%2Fsiteforce%3AcommunityApp%22%3A%22⟨pa"
            "ck:20⟩%22%7D%7D&aura.token=null"
        ),
    ),
    (
        "gwt",
        "/app/service",
        "text/x-gwt-rpc; charset=utf-8",
        (
            "7|0|9|https://www.shop.example/app/|⟨hex:32⟩|com.shop.client.CartService|add|java.l"
            "ang.String/2004016611|java.lang.Integer/3438268394|java.util.ArrayList/4159755760|⟨"
            "s⟩|[Ljava.lang.String;/2600011424|1|2|3|4|2|5|6|8|6|⟨n:2⟩|"
        ),
    ),
    (
        "dwr",
        "/dwr/call/plaincall/Cart.add.dwr",
        "text/plain",
        (
            "callCount=1\nnextReverseAjaxIndex=0\nc0-scriptName=Cart\nc0-methodName=add\nc0-id=0"
            "\nc0-param0=string:⟨q⟩\nc0-param1=Object_Object:{a:reference:c0-e1, b:reference:c0-"
            "e2}\nbatchId=1\ninstanceId=0\npage=%2Fcart\nscriptSessionId=⟨pack:30⟩\n"
        ),
    ),
    (
        "soap",
        "/services/Cart",
        "text/xml; charset=utf-8",
        (
            '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schem'
            'as.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance'
            '"><soapenv:Body><ns1:find soapenv:encodingStyle="http://schemas.xmlsoap.org/soap/en'
            'coding/" xmlns:ns1="urn:cart"><q xsi:type="xsd:string">Tom &amp; Jerry&apos;s</q></'
            "ns1:find></soapenv:Body></soapenv:Envelope>"
        ),
    ),
    (
        "instrument",
        "/fd/ls/lsp.aspx",
        "text/xml",
        (
            "<ClientInstRequest><Events><E><T>Event.ClientInst</T><IG>⟨hex:32⟩</IG><TS>⟨n:13⟩</T"
            'S><D><![CDATA[[{"T":"CI.Click","FID":"CI","Name":"x","K":"a|b","P":{"C":"⟨n:3⟩","hr'
            'ef":"javascript:void(0)"}}]]]></D></E></Events><STS>⟨n:13⟩</STS></ClientInstRequest'
            ">"
        ),
    ),
    (
        "algolia",
        (
            "/1/indexes/*/queries?x-algolia-agent=Algolia%20for%20JavaScript%20(4.24.0)%3B%20Bro"
            "wser%3B%20instantsearch.js%20(4.72.0)"
        ),
        "application/x-www-form-urlencoded",
        (
            '{"requests":[{"indexName":"prod","params":"query=⟨q⟩&facetFilters=%5B%5B%22brand%3A'
            "O'Neil%22%5D%2C%5B%22-size%3A42%22%5D%5D&filters=price%3E10%20AND%20(cat%3A1%20OR%"
            "20cat%3A%22a%20b%22)%20AND%20NOT%20hidden%3Atrue%20AND%20stock%20%3E%3D%201&numeric"
            'Filters=%5B%22price%3C%3D100%22%5D&tagFilters="}]}'
        ),
    ),
    (
        "coveo",
        "/rest/search/v2?organizationId=shop",
        "application/json",
        (
            '{"q":"⟨s⟩","aq":"(@source==\\"Catalog\\") (@price>=10 AND @price<=50) NOT @hidden=='
            '1","cq":"@objecttype==(Product,Variant)","sortCriteria":"@price ascending","groupBy'
            '":[{"field":"@brand","injectionDepth":1000}]}'
        ),
    ),
    (
        "datadome",
        "/js/",
        "application/x-www-form-urlencoded",
        (
            "jsData=%7B%22ttst%22%3A12.3%2C%22ifov%22%3Afalse%2C%22wdif%22%3Afalse%2C%22ua%22%3A"
            "%22Mozilla%2F5.0%22%2C%22eva%22%3A33%2C%22plgod%22%3Afalse%2C%22dp0%22%3Atrue%2C%22"
            "tagpu%22%3A%22%5B%5D%3B%27a%27%22%2C%22mp_cx%22%3A⟨n:3⟩%7D&events=%5B%5D&eventCount"
            "ers=%7B%7D&jsType=ch&cid=⟨pack:60⟩~⟨pack:30⟩&ddk=⟨hex:30⟩&Referer=⟨u⟩&request=%252F"
            "&responsePage=origin&ddv=4.29.3"
        ),
    ),
    (
        "flow",
        "/cdn-cgi/challenge-platform/h/b/flow/ov1/0.⟨n:16⟩:⟨n:10⟩:⟨pack:43⟩/⟨hex:16⟩/⟨hex:15⟩",
        "application/x-www-form-urlencoded",
        "v_⟨hex:16⟩=⟨pack:200⟩$⟨pack:300⟩-⟨pack:100⟩%2b⟨pack:80⟩$",
    ),
    (
        "collector",
        "/OneCollector/1.0/?cors=true&content-type=application/x-json-stream&w=0",
        "application/x-json-stream",
        (
            '{"name":"Ms.Web.PageView","time":"2024-07-15T10:00:00.000Z","ver":"4.0","iKey":"o:⟨'
            'hex:32⟩","ext":{"app":{"sesId":"⟨pack:22⟩"},"web":{"browser":"Chrome"},"intweb":{"m'
            'scom":"cid=1-c2=2"}},"data":{"uri":"https://shop.example/?q=a\'b","title":"⟨s⟩"}}\n'
            '{"name":"Ms.Web.ContentUpdate","ver":"4.0","data":{"content":"[{\\"i\\":\\"a>b\\",'
            '\\"n\\":\\"c\\"}]"}}'
        ),
    ),
    (
        "translate",
        (
            "/translate_a/t?anno=3&client=te_lib&format=html&v=1.0&sl=de&tl=en&tc=1&sr=1&tk=⟨n:6"
            "⟩.⟨n:6⟩&mode=1"
        ),
        "application/x-www-form-urlencoded",
        (
            "q=%3Ca%20i%3D0%3ENeu%3C%2Fa%3E%3Cb%20i%3D1%3E%26amp%3B%20hei%C3%9F%3C%2Fb%3E&q=⟨q⟩&"
            "q=%3Cspan%20onclick%3D0%3E"
        ),
    ),
    (
        "replay",
        "/rec/bundle?OrgId=⟨tok:5⟩&UserId=⟨pack:16⟩&Seq=1",
        "text/plain",
        (
            '{"When":⟨n:13⟩,"Seq":1,"Evts":[{"When":0,"Kind":1,"Args":[4,1,"<html lang=\\"de\\">'
            '<head><script type=\\"text/javascript\\" src=\\"https://www.googletagmanager.com/gt'
            'm.js?id=GTM-⟨tok:6⟩\\"></script><style>.a>b{content:\\"\\\\201C\\"}</style></head><'
            'body class=\\"home\\"><a href=\\"javascript:void(0)\\" onclick=\\"openMenu(this); r'
            'eturn false;\\">⟨s⟩</a><img src=\\"/a.jpg\\" onerror=\\"this.src=\'/b.jpg\'\\"></bo'
            'dy></html>"]}]}'
        ),
    ),
    (
        "webvisor",
        (
            "/webvisor/⟨n:8⟩?wv-part=1&wv-check=⟨n:5⟩&wv-type=0&wmode=0&wv-hit=⟨n:9⟩&page-url=⟨u"
            "⟩&rn=⟨n:9⟩&browser-info=we%3A1%3Aet%3A⟨n:10⟩%3Aw%3A1903x927%3Av%3A1327"
        ),
        "application/x-www-form-urlencoded",
        "wv-data=⟨b64:600⟩",
    ),
    (
        "pem",
        "/settings/keys",
        "application/json",
        (
            '{"title":"laptop","key":"-----BEGIN PUBLIC KEY-----\\nMIIBIjANBgkqhkiG9w0BAQ⟨b64:12'
            '0⟩\\n⟨b64:64⟩==\\n-----END PUBLIC KEY-----\\n","ssh":"ssh-ed25519 AAAAC3NzaC1lZDI1N'
            'TE5AAAA⟨b64:40⟩ me@laptop"}'
        ),
    ),
    (
        "latex",
        "/project/1/doc",
        "application/json",
        (
            '{"doc":"\\\\section{A \\\\& B}\\n\\\\begin{equation} \\\\frac{a}{b} = \\\\sqrt[3]{x'
            "_1^{2}} \\\\% 5 \\\\end{equation} % note; `quoted'' $x < y$ \\\\texttt{rm -r}\\n\""
            "}"
        ),
    ),
    (
        "settings",
        "/admin/settings/tracking",
        "application/x-www-form-urlencoded",
        (
            "head=%3C!--%20Google%20tag%20(gtag.js)%20--%3E%0A%3Cscript%20async%20src%3D%22https"
            "%3A%2F%2Fwww.googletagmanager.com%2Fgtag%2Fjs%3Fid%3DG-⟨tok:10⟩%22%3E%3C%2Fscript%3"
            "E&css=.a%3Ebefore%7Bcontent%3A%22%5Cf101%22%7D&authenticity_token=⟨b64:60⟩%3D%3D"
        ),
    ),
    (
        "mail",
        "/sync/u/0/i/s?hl=de&c=⟨n:2⟩&rt=r&pt=ji",
        "application/json",
        (
            '[null,[[1,[null,null,["⟨tok:12⟩",[null,"⟨s⟩",null,"<div dir=\\"ltr\\">Hi,<br><br>se'
            'e <a href=\\"https://shop.example/?a=1&amp;b=2\\">here</a>;<div class=\\"gmail_quot'
            'e\\">On Mon, 15 Jul 2024, O\'Neil &lt;<a href=\\"mailto:o@x.example\\">o@x.example<'
            '/a>&gt; wrote:<br></div></div>"]]]]],[2,⟨n:13⟩]]'
        ),
    ),
    (
        "jot",
        "/1.1/jot/client_event.json",
        "application/x-www-form-urlencoded",
        (
            "debug=true&log=%5B%7B%22_category_%22%3A%22client_event%22%2C%22format_version%22%3"
            "A2%2C%22triggered_on%22%3A⟨n:13⟩%2C%22message%22%3A%22search%2F⟨q⟩%22%2C%22items%22"
            "%3A%5B%5D%2C%22event_namespace%22%3A%7B%22page%22%3A%22home%22%7D%7D%5D"
        ),
    ),
    (
        "spreadsheet",
        (
            "/spreadsheets/d/⟨pack:40⟩/save?id=⟨pack:40⟩&sid=⟨hex:16⟩&vc=1&c=1&w=1&flr=0&smv=214"
            "7483647&token=⟨pack:30⟩%3A⟨n:13⟩"
        ),
        "application/x-www-form-urlencoded",
        (
            "rev=⟨n:3⟩&bundles=%5B%7B%22commands%22%3A%5B%5B21299578%2C%22%5Bnull%2C%5B%5C%22⟨n:"
            "6⟩%5C%22%2C0%2C1%2C0%2C1%5D%2C%5B132274236%2C3%2C%5B2%2C%5C%22%3DIF(A1%3E5%3BSUM(B1"
            "%3AB9)%3B%5C%5C%5C%22no%5C%5C%5C%22)%5C%22%5D%5D%5D%22%5D%5D%2C%22sid%22%3A%22⟨hex:"
            "16⟩%22%2C%22reqId%22%3A0%7D%5D"
        ),
    ),
    (
        "formula",
        "/api/cells",
        "application/json",
        (
            '{"range":"A1:B2","values":[["=IF(A1>5;SUM(B1:B9);\\"no\\")","=VLOOKUP(A2,\'My Sheet'
            '\'!A:C,3,FALSE)","=HYPERLINK(\\"https://x.example\\",\\"go\\")"],["=A1&\\" - \\"&B1'
            '","-12%"]]}'
        ),
    ),
    (
        "flags",
        "/api/flags/evaluate",
        "application/json",
        (
            '{"rules":[{"if":"user.country == \'DE\' && (cart.total > 50 || !user.isNew)","then"'
            ':"b"},{"if":"version >= \'1.2\' and email matches \'.*@shop\\\\.example$\'"}],"cron'
            '":"*/5 * * * *","glob":"src/**/*.{js,ts}","range":">=14 <15 || >=16"}'
        ),
    ),
    (
        "package",
        "/-/npm/v1/security/audits/quick",
        "application/json",
        (
            '{"name":"shop","scripts":{"build":"rm -rf dist && tsc -p . && cp -r public dist","t'
            'est":"NODE_ENV=test jest --ci | tee out.log; exit ${PIPESTATUS[0]}"},"requires":{"a'
            '":"^1.0.0 || ^2.0.0","b":">=1 <3","c":"*"}}'
        ),
    ),
    (
        "ci",
        "/api/v4/projects/1/jobs/1/trace",
        "text/plain",
        (
            "$ npm ci && npm run build\nadded 900 packages in 12s\n$ docker build -t shop:$CI_CO"
            "MMIT_SHA . ; echo done\nsection_end:⟨n:10⟩:script\r\x1b[0KJob succeeded\n"
        ),
    ),
)

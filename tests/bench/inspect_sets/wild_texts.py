"""Requests as the web's larger products send them: templates, kept as they look on the wire.

``⟨name⟩`` or ``⟨name:size⟩`` stands for a filler of ``honest_wild``: ``n`` digits, ``hex``, ``tok``
(letters and digits), ``b64``, ``q`` a search phrase and ``u`` an address (both percent-encoded),
``s`` a sentence as it is, ``noise`` random printable characters, ``pack`` random URL-safe ones.
"""

from __future__ import annotations

GETS: tuple[tuple[str, str], ...] = (
    (
        "voyager",
        (
            "/voyager/api/graphql?variables=(start:0,count:10,origin:GLOBAL,query:(keywords:⟨q⟩,"
            "flagshipSearchIntent:SEARCH_SRP,queryParameters:List((key:resultType,value:List(ALL"
            "))),includeFiltersInResponse:false))&queryId=voyagerSearchDashClusters.⟨hex:32⟩"
        ),
    ),
    (
        "sharepoint",
        (
            "/sites/a/_api/web/GetFolderByServerRelativeUrl('/sites/a/Shared%20Documents')/Files"
            "?$expand=ListItemAllFields&$filter=(Title eq 'Q3') and substringof('⟨q⟩',Name)&@a1="
            "'b'"
        ).replace(" ", "%20"),
    ),
    (
        "odata",
        (
            "/odata/Products('⟨tok:6⟩')/Default.Rate(x=⟨n⟩)?$filter=contains(tolower(Name),'⟨q⟩'"
            ")%20and%20(Price%20lt%2010%20or%20Stock%20gt%200)&$orderby=Name%20desc"
        ),
    ),
    (
        "maps",
        (
            "/maps/vt/pb=!1m4!1m3!1i16!2i⟨n:5⟩!3i⟨n:5⟩!2m3!1e0!2sm!3i⟨n:9⟩!3m8!2sde!3sde!5e1105!"
            "12m4!1e68!2m2!1sset!2sRoadmap!4e0!5m1!5f2!23i1301875"
        ),
    ),
    (
        "youtube",
        (
            "/api/stats/qoe?event=streamingstats&fmt=243&afmt=251&cpn=⟨pack:16⟩&ei=⟨pack:22⟩&doc"
            "id=⟨pack:11⟩&vps=0.000:B,5.009:PL,10.2:S&bwm=0.000:⟨n:6⟩:0.005&bh=0.000:0.000,5.009"
            ":60.1&cmt=0.000:0.000,5.009:4.9&view=0.000:640:360:2&c=WEB&user_intent=0"
        ),
    ),
    (
        "captcha",
        (
            "/recaptcha/api2/anchor?ar=1&k=6L⟨pack:38⟩&co=aHR0cHM6Ly93d3cuc2hvcC5leGFtcGxlOjQ0Mw"
            "..&hl=de&v=⟨pack:24⟩&size=invisible&cb=⟨tok:12⟩"
        ),
    ),
    (
        "demdex",
        (
            "/id?d_visid_ver=5.5.0&d_fieldgroup=AAM&d_rtbd=json&d_orgid=⟨hex:24⟩%40AdobeOrg&d_mi"
            "d=⟨n:38⟩&d_cid_ic=uid%01⟨hex:16⟩%011&d_coop_safe=1&d_cb=s_c_il%5B0%5D._setAudienceM"
            "anagerFields&ts=⟨n:13⟩"
        ),
    ),
    (
        "solr",
        (
            "/solr/select?q=%7B!edismax%20qf%3D%24qf%7D⟨q⟩&fq=%7B!tag%3Dp%7Dprice:%5B*%20TO%2010"
            "0%5D&fq=-status:(0%20OR%201)&facet.query=a:%5B1%20TO%205%5D&sort=score%20desc,id%20"
            "asc&wt=json"
        ),
    ),
    (
        "endeca",
        (
            "/browse?N=⟨n:5⟩+⟨n:5⟩&Nrpp=12&No=24&Ntt=⟨q⟩&Ns=price%7C0%7C%7Crank%7C1&Nf=p_price%7"
            "CBTWN+10+20&_dynSessConf=-⟨n:18⟩&_D%3A%2Fatg%2Fa=+"
        ),
    ),
    (
        "commerce",
        (
            "/shop/SearchDisplay?facet=price_USD%3A(%7B10+20%7D+20)&orderBy=3&searchTerm=⟨q⟩&res"
            "ultCatEntryType=2&metaData=YW5k&beginIndex=0"
        ),
    ),
    (
        "stream",
        "/hls/live/⟨n⟩/master.m3u8?hdnea=st=⟨n:10⟩~exp=⟨n:10⟩~acl=/*~data=⟨tok:8⟩~hmac=⟨hex:64⟩",
    ),
    (
        "signed",
        (
            "/video/a.mp4?Expires=⟨n:10⟩&Policy=⟨pack:120⟩__&Signature=⟨pack:60⟩~⟨pack:80⟩-⟨tok:"
            "20⟩__&Key-Pair-Id=APKA⟨tok:16⟩&response-content-disposition=attachment%3B%20filenam"
            "e%3D%22a%20(1).mp4%22%3B%20filename*%3DUTF-8''a%2520(1).mp4"
        ),
    ),
    (
        "images",
        (
            "/demo/image/upload/c_fill,w_300,f_auto/l_text:Arial_20_bold:⟨q⟩,co_rgb:ffffff,g_sou"
            "th,y_20/e_grayscale/v⟨n:10⟩/a%20b.jpg"
        ),
    ),
    ("thumbor", "/unsafe/fit-in/300x200/filters:format(webp):quality(80):no_upscale()/⟨u⟩"),
    ("nextjs", "/_next/image?url=%2F_next%2Fstatic%2Fmedia%2Fhero(1).⟨hex:8⟩.png&w=640&q=75"),
    (
        "challenge",
        "/cdn-cgi/challenge-platform/h/b/flow/ov1/0.⟨n:16⟩:⟨n:10⟩:⟨pack:43⟩/⟨hex:16⟩/⟨hex:15⟩",
    ),
    (
        "taobao",
        (
            "/h5/mtop.relationrecommend.wirelessrecommend.recommend/2.0/?jsv=2.7.2&appKey=125744"
            "78&t=⟨n:13⟩&sign=⟨hex:32⟩&type=jsonp&callback=mtopjsonp2&data=%7B%22appId%22%3A%223"
            "4385%22%2C%22params%22%3A%22%7B%5C%22q%5C%22%3A%5C%22⟨q⟩%5C%22%2C%5C%22sort%5C%22%3"
            "A%5C%22_coefp%5C%22%7D%22%7D&ua=140%23⟨b64:200⟩"
        ),
    ),
    (
        "jd",
        (
            "/api?appid=search-pc&functionId=pc_search&body=%7B%22enc%22%3A%22utf-8%22%2C%22keyw"
            "ord%22%3A%22⟨q⟩%22%7D&h5st=⟨n:17⟩%3B⟨tok:16⟩%3Bf06cc%3Btk03w⟨pack:60⟩%3B⟨hex:64⟩%3B"
            "4.7%3B⟨n:13⟩"
        ),
    ),
    (
        "baidu",
        (
            "/s?ie=utf-8&wd=⟨q⟩&rsv_pq=0x⟨hex:16⟩&rsv_t=⟨hex:4⟩%2F⟨tok:40⟩&rqlang=cn&rsv_enter=1"
            "&oq=⟨q⟩&rsv_btype=t&inputT=⟨n:4⟩&sug=⟨q⟩"
        ),
    ),
    (
        "google",
        (
            "/search?q=⟨q⟩&oq=⟨q⟩&gs_lcrp=EgZjaHJvbWUyBggAEEUYOTIGCAEQ⟨b64:30⟩&sourceid=chrome&i"
            "e=UTF-8#ip=1"
        ),
    ),
    (
        "suggest",
        (
            "/complete/search?q=⟨q⟩&cp=⟨n:2⟩&client=gws-wiz&xssi=t&gs_pcrt=undefined&hl=en&authu"
            "ser=0&psi=⟨pack:22⟩.⟨n:13⟩&dpr=1"
        ),
    ),
    (
        "batch",
        (
            "/wp-admin/load-scripts.php?c=0&load%5Bchunk_0%5D=jquery-core,jquery-migrate,utils,m"
            "oxiejs&load%5Bchunk_1%5D=svg-painter,heartbeat,wp-auth-check&ver=6.5.5"
        ),
    ),
    ("oembed", "/wp-json/oembed/1.0/embed?url=⟨u⟩&format=xml"),
    ("registry", "/@babel%2fplugin-transform-typescript?write=true"),
    ("git", "/shop/shop.git/info/refs?service=git-upload-pack"),
    ("vite", "/src/components/Cart.vue?vue&type=style&index=0&scoped=⟨hex:8⟩&lang.css&t=⟨n:13⟩"),
    ("known", "/.well-known/openid-configuration?p=b2c_1_sign-in"),
    (
        "tracker",
        (
            "/ping?h=shop.example&p=%2Fa&u=⟨tok:20⟩&d=shop.example&g=⟨n:5⟩&g0=Home%2CNew%20%26%2"
            "0hot&g1=O'Neil&n=1&f=00001&c=0.02&x=0&m=0&y=4000&w=900&j=45&R=1&W=0&I=0&E=0&r=&b=18"
            "00&t=⟨pack:24⟩&V=137&i=A%20%7C%20B&tz=-120&sn=1&sv=⟨pack:24⟩&_"
        ),
    ),
    (
        "eloqua",
        (
            "/visitor/v200/svrGP?pps=3&siteid=⟨n:9⟩&ref2=elqNone&tzo=-60&ms=⟨n:3⟩&optin=disabled"
            "&firstPartyCookieDomain=a.b.example"
        ),
    ),
    (
        "criteo",
        (
            "/event?a=%5B1%2C2%5D&v=5.23.0&otl=1&p0=e%3Dce%26m%3D%255B⟨hex:32⟩%255D%26h%3Dnone&p"
            "1=e%3Dvp%26p%3D⟨tok:8⟩&p2=e%3Ddis&adce=1&bundle=⟨pack:90⟩&tld=shop.example&dtycbr=⟨"
            "n:5⟩"
        ),
    ),
    (
        "quantcast",
        (
            "/pixel;r=⟨n:9⟩;labels=_fp.event.PageView%2Cshop.(new)%20%26%20x;rf=0;a=p-⟨pack:13⟩;"
            "url=⟨u⟩;uht=2;fpan=1;fpa=P0-⟨n:9⟩-⟨n:13⟩;pbc=;ns=0;ce=1;qjs=1;qv=⟨hex:8⟩-⟨n:14⟩;cm="
            ";gdpr=1;ref=;d=shop.example;dst=1;et=⟨n:13⟩;tzo=-120;ogl=title.⟨q⟩%2Ctype.website"
        ),
    ),
    (
        "floodlight",
        (
            "/activityi;dc_pre=⟨pack:20⟩;src=⟨n:7⟩;type=remkt0;cat=page0;ord=⟨n:13⟩;npa=0;auiddc"
            "=*;u1=⟨u⟩;u2=⟨q⟩;ps=1;pcor=⟨n:9⟩;uaa=x86;uab=64;uafvl=Not%2FA)Brand%3B8.0.0.0%7CChr"
            "omium%3B126.0.6478.127;uamb=0;uap=Windows;frm=0;~oref=⟨u⟩"
        ),
    ),
    (
        "pagead",
        (
            "/pagead/viewthroughconversion/⟨n:9⟩/?random=⟨n:13⟩&cv=11&fst=⟨n:13⟩&bg=ffffff&guid="
            "ON&async=1&gtm=45be47a0v9&u_w=1920&url=⟨u⟩&ref=⟨u⟩&label=⟨tok:19⟩&hn=www.googleadse"
            "rvices.com&tiba=⟨q⟩&value=9.99&currency_code=EUR&data=event%3Dpage_view%3Becomm_pro"
            "did%3D%5B%22⟨n⟩%22%5D%3Becomm_pagetype%3Dproduct&fmt=3&is_vtc=1&eitems=ChAI"
        ),
    ),
    (
        "utmz",
        (
            "/?utm_source=newsletter%20%231&utm_medium=e-mail&utm_campaign=50%25%20off%20--%20to"
            "day&utm_term=(not%20set)&mc_cid=⟨hex:10⟩&mc_eid=%5BUNIQID%5D&name=*%7CFNAME%7C*&ema"
            "il=%7B%7Bcontact.email%7D%7D"
        ),
    ),
)

COOKIES: tuple[str, ...] = (
    "__utmz=1.⟨n:10⟩.1.1.utmcsr=google|utmccn=(organic)|utmcmd=organic|utmctr=(not%20provided)",
    "_pk_ref.1.1fff=%5B%22%22%2C%22%22%2C⟨n:10⟩%2C%22⟨u⟩%22%5D",
    "bm_sz=⟨hex:32⟩~YAAQ⟨b64:60⟩/~⟨n:7⟩~⟨n:7⟩",
    "_abck=⟨hex:32⟩~-1~YAAQ⟨b64:80⟩==~-1~||0||~-1",
    "ak_bmsc=⟨hex:32⟩~000000000000000000000000000000~⟨b64:90⟩",
    "reese84=3:⟨b64:22⟩==:⟨b64:200⟩=:⟨b64:40⟩=",
    "datadome=⟨pack:60⟩~⟨pack:40⟩_⟨pack:12⟩",
    "incap_ses_1_2=⟨b64:40⟩==; nlbi_2=⟨b64:20⟩==; visid_incap_2=⟨b64:60⟩",
    'dwac_a="⟨pack:20⟩=|dw-only|||EUR|false|Europe%2FBerlin|true"; dwsid=⟨pack:60⟩==',
    "mbox=PC#⟨hex:32⟩.37_0#⟨n:10⟩|session#⟨hex:32⟩#⟨n:10⟩",
    "s_vi=[CS]v1|⟨hex:16⟩-⟨hex:16⟩[CE]; s_fid=⟨hex:16⟩-⟨hex:16⟩; gpv=a:b>c; s_nr30=⟨n:13⟩-New",
    (
        "_tt_enable_cookie=1; __gads=ID=⟨hex:16⟩:T=⟨n:10⟩:RT=⟨n:10⟩:S=ALNI_M⟨pack:30⟩; __eoi=ID="
        "⟨hex:16⟩:T=⟨n:10⟩:S=AA-Afj"
    ),
    (
        'li_gc=MTs⟨b64:80⟩=; lidc="b=OB01:s=O:r=O:a=O:p=O:g=⟨n:4⟩:u=1:x=1:i=⟨n:10⟩:t=⟨n:10⟩:v=2:'
        'sig=⟨pack:40⟩"'
    ),
    (
        "SSID=⟨pack:17⟩; SAPISID=⟨pack:20⟩/⟨pack:16⟩; SIDCC=⟨pack:70⟩; 1P_JAR=2024-07-15-10; OTZ"
        "=7653_48_52_123900_44_436380"
    ),
    "ttcsid=⟨n:13⟩::⟨pack:20⟩.1.⟨n:13⟩; _ttp=⟨pack:27⟩",
    'bcookie="v=2&⟨hex:8⟩-⟨hex:4⟩-4⟨hex:3⟩-8⟨hex:3⟩-⟨hex:12⟩"',
    (
        "xman_us_f=x_locale=de_DE&x_l=0&x_c_chg=0&acs_rt=⟨hex:32⟩; aep_usuc_f=site=deu&c_tp=EUR&"
        "region=DE&b_locale=de_DE"
    ),
    "recent=%5B%7B%22q%22%3A%22⟨q⟩%22%2C%22t%22%3A⟨n:13⟩%7D%5D",
    "wp_woocommerce_session_⟨hex:32⟩=1%7C%7C⟨n:10⟩%7C%7C⟨n:10⟩%7C%7C⟨hex:32⟩",
    "laravel_session=eyJpdiI6⟨b64:80⟩%3D%3D; XSRF-TOKEN=eyJpdiI6⟨b64:120⟩%3D",
    "msd365mkttr=⟨pack:43⟩; MSCC=cid=⟨tok:20⟩-c1=2-c2=2-c3=2",
)

HEADERS: tuple[tuple[str, str], ...] = (
    ("sec-ch-ua", '" Not A;Brand";v="99", "Chromium";v="⟨n:3⟩"'),
    ("sec-ch-ua", '"Not(A:Brand";v="24", "Chromium";v="⟨n:3⟩"'),
    (
        "sec-ch-ua-full-version-list",
        '"Not)A;Brand";v="8.0.0.0", "Google Chrome";v="126.0.6478.127"',
    ),
    (
        "authorization",
        (
            'Digest username="a\'b", realm="x", nonce="⟨hex:32⟩", uri="/a?b=c", response="⟨hex:3'
            '2⟩", qop=auth, nc=00000001, cnonce="⟨hex:8⟩"'
        ),
    ),
    (
        "authorization",
        (
            "AWS4-HMAC-SHA256 Credential=AKIA⟨tok:16⟩/20240715/eu-west-1/s3/aws4_request, Signed"
            "Headers=content-md5;host;x-amz-date, Signature=⟨hex:64⟩"
        ),
    ),
    ("authorization", "Basic ⟨b64:40⟩="),
    ("x-client-data", "CIa2yQEIpbbJAQ⟨b64:60⟩=="),
    ("newrelic", "eyJ2IjpbMCwxXSwiZCI6⟨b64:160⟩=="),
    (
        "baggage",
        (
            "sentry-environment=production,sentry-release=shop%401.2.3%2Bbuild.4,sentry-public_k"
            "ey=⟨hex:32⟩"
        ),
    ),
    ("tracestate", "⟨n:6⟩@nr=0-1-⟨n:6⟩-⟨n:9⟩-⟨hex:16⟩----⟨n:13⟩"),
    ("x-dtpc", "1$⟨n:9⟩_⟨n:3⟩h5vHPW⟨tok:20⟩-0e0"),
    ("x-acf-sensor-data", "3,a,⟨b64:80⟩$⟨b64:120⟩$⟨n:4⟩,⟨n:4⟩$$"),
    ("x-shape-a", "⟨b64:100⟩-=_~⟨pack:200⟩"),
    ("cookie2", "$Version=1"),
    ("range", "bytes=0-1,5-"),
    ("priority", "u=1, i"),
    ("x-requested-with", "com.tencent.mm"),
    ("dpop", "eyJ0eXAiOiJkcG9wK2p3dCJ9.⟨b64:120⟩.⟨pack:80⟩"),
    ("accept", "application/vnd.linkedin.normalized+json+2.1"),
    (
        "x-amz-user-agent",
        (
            "aws-sdk-js/3.600.0 ua/2.0 os/Windows#10 lang/js md/browser#Chrome_126 api/cognito_i"
            "dentity#3.6 m/E,C"
        ),
    ),
    ("x-goog-ext-⟨n:8⟩-jspb", '["a",null,[1,2],"⟨tok:12⟩"]'),
    (
        "x-li-track",
        '{"clientVersion":"1.13","osName":"web","timezone":"Europe/Berlin","displayDensity":1.5}',
    ),
)

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

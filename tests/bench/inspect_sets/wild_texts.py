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

"""Any HTML at all, and the worst of it: what the tests of sanitising are given by Hypothesis."""

from hypothesis import strategies as st

from bulletin.sanitising import ALLOWED_TAGS

OTHER_TAGS = """
div section h1 h5 b i q cite font pre body html center dl dt dd caption tfoot menu form button u o:p x-y
script style template svg math select option textarea title iframe noscript xmp plaintext del xml object
h4 span img table thead tbody tr td th figure figcaption
"""
KNOWN_TAGS = sorted(ALLOWED_TAGS.union(OTHER_TAGS.split()))
ATTRIBUTES = [
    *(
        "",
        "",
        " /",
        " href=/x",
        ' href="https://example.com/?a=1&copy=2"',
        " href=javascript:x",
        ' href="https://münih.example/ö b"',
    ),
    *(
        " lang=ar",
        " dir=rtl",
        ' lang="tr" dir=ltr',
        " hidden",
        " class=MsoNormal",
        ' style="mso-list:l0 level2 lfo1"',
    ),
    *(
        ' style="mso-list:Ignore"',
        ' style="display:none"',
        ' style="font-weight:bold;font-style:normal"',
        ' style="vertical-align:sub"',
    ),
    *(
        " src=/x.png",
        ' title="a &quot;&lt;>e\u0301\u202e"',
    ),
    *(" start=4", " onclick='x()'", ' title="a>b"', " x='", ' "', " =", " a=b=c", "\n\thref\n=\n'/y'"),
]
PIECES = [
    *(
        "a",
        "bc d",
        " ",
        "\n",
        "\r\n",
        "\u00a0",
        "&nbsp;",
        "&amp;",
        "&amp;lt;",
        "&lt",
        "<",
        ">",
        "&",
        '"',
        "'",
        "=",
        "mso-",
        "1.",
    ),
    *(
        "&#0;",
        "&#xD800;",
        "&#x85;",
        "&#1;",
        "&#x202e;",
        "&shy;",
        "&notit;",
        "&copy",
        "&#65",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\u202e",
    ),
    *(
        "\u2066",
        "\x00",
        "\x0b",
        "\x0c",
        "\x1f",
        "\x85",
        "\u2028",
        "\u2000",
        "\u3000",
        "\ud800",
        "\udc00",
        "\ufffe",
        "\U0001ffff",
    ),
    *(
        "e\u0301",
        "\u0301",
        "\u0338",
        "\u0338x",
        "s\u0327",
        "İı",
        "\u1100",
        "\u1161",
        "\u11a8",
        "\u0344",
        "\u212b",
        "\U0001f600",
    ),
    *("<!-- x -->", "<!--", "-->", "<!", "<?", "</", "<![if x]>", "<![CDATA[y]]>", "</br>"),
]
tags = st.sampled_from(KNOWN_TAGS)
#: HTML that is broken in every way.
nasty_html = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.text(max_size=5),
        tags.map("</{}>".format),
        st.builds("<{}{}{}>".format, tags, st.sampled_from(ATTRIBUTES), st.sampled_from(ATTRIBUTES)),
    ),
    max_size=30,
).map("".join)

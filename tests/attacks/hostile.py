"""What attackers send: numbers, words, headers and bodies that no page of the site makes."""

import json

#: In the gaps of addresses.
IN_ADDRESSES = (
    *("0", "-1", "1.5", "abc", "9" * 18, "9" * 19, "9" * 40),
    *("%00", "%ff", "%ED%A0%80", "..%2f..%2fetc%2fpasswd", "%2e%2e", "..;", ";x=1", "a%0d%0ab"),
    *("٣", "%D9%A3", "'\"", "1'--", "{{7919*7907}}", "%25%37%42", "live", "x" * 3000),
)
#: Those of them that reach a view behind a number, or mean something else to a database than to Python.
NUMBERS = ("0", "9" * 18, "9" * 40, "%00")

#: As the values of parameters, already quoted.
IN_QUERIES = (
    *(
        "%00",
        "%ff%fe",
        "%ED%A0%80",
        "9" * 19,
        "9" * 40,
        "-1",
        "0",
        "1e999",
        "NaN",
        "2026-99-99",
        "9999-12-31",
    ),
    *("%27%20OR%201=1--", "%27%3B%20DROP%20TABLE%20x%3B--", "1%29%20UNION%20SELECT%20password", "%25%5F"),
    *(
        "%7B%7B7919*7907%7D%7D",
        "%7B%25%20widthratio%207919%201%207907%20%25%7D",
        "%24%7B7919*7907%7D",
        "%3Cscript%3Ealert(1)%3C/script%3E",
    ),
    *("javascript:alert(1)", "//evil.example/", "%5C%5Cevil.example", "a%0d%0aSet-Cookie:x=1", "x" * 4000),
    *("publication__content__html", "-pk", "agency__name", "*", "%28", "%22", "%22a", "a:b", "%C4%B0%C4%B1"),
)

#: Every parameter that a view of the site or of the admin reads.
PARAMETERS = (
    *("action", "agency", "alias", "ancestor_of", "approved_go_live_at", "ay", "baslangic", "bitis", "body"),
    *(
        "can_choose_root",
        "child_of",
        "childOf",
        "closeness",
        "collection",
        "collection_id",
        "content_type",
        "created_at_after",
        "created_at_before",
    ),
    *("deletion", "desk", "dil", "descendant_of", "email", "end", "event", "exclude", "export"),
    *("fields", "filter_method", "for_explorer", "from", "has_children", "height", "hide", "html_path", "id"),
    *(
        "in_preview_panel",
        "include_descendants",
        "is_editing",
        "item",
        "kind",
        "konu",
        "label",
        "language",
        "layout",
    ),
    *(
        "limit",
        "link_text",
        "link_url",
        "locale",
        "loaded_revision_id",
        "masa",
        "match_subclass",
        "metin",
        "mode",
    ),
    *("month", "multiple", "new_parent_page", "next", "object_id", "offset", "once", "order", "order_by"),
    *(
        "ordering",
        "overwrite_revision_id",
        "p",
        "page",
        "page_type",
        "parent_page_id",
        "person",
        "position",
        "q",
    ),
    *(
        "query",
        "requested_by",
        "revision_id",
        "sayfa",
        "search",
        "search_operator",
        "section",
        "select_format",
        "session",
    ),
    *("sira", "site", "sonra", "start", "state", "status", "summary", "sure", "tag"),
    *("task", "term", "timestamp_after", "timestamp_before", "title", "to", "topic", "tur", "type"),
    *("ulke", "user", "user_perms", "whose", "who", "width", "workflow", "yil"),
)

#: Addresses of another site, as `next` and its like may hold them.
ELSEWHERE = (
    *(
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
    ),
    *(
        "https:evil.example",
        "http:///evil.example/",
        "https://testserver@evil.example/",
        "javascript:alert(1)",
    ),
    *(
        "https://testserver.evil.example/",
        "\t//evil.example/",
        "/\t/evil.example/",
        "//evil.example\\@testserver/",
    ),
    *(
        "/%0d%0aLocation:%20https://evil.example/",
        "data:text/html,x",
        "https://evil.example\x00/",
        "//[::1",
        "http://[",
    ),
)

#: As the headers of a request (of WSGI).
HEADERS = (
    *(
        {"HTTP_RANGE": value}
        for value in ("bytes=0-20", "bytes=-", "bytes=9-1", "bytes=0-" + "9" * 30, "x", "\xff")
    ),
    {"HTTP_RANGE": ",".join(["bytes=0-1"] * 500), "HTTP_IF_RANGE": '"x"'},
    *({"HTTP_IF_NONE_MATCH": value} for value in ("*", '"', 'W/"', ",,,", '"x"' * 500, "\xff")),
    *({"HTTP_IF_MODIFIED_SINCE": value} for value in ("x", "Thu, 99 Foo 99999 00:00:00 GMT", "\xff", "-1")),
    *({"HTTP_IF_UNMODIFIED_SINCE": value} for value in ("x", "Thu, 01 Jan 1970 00:00:00 GMT")),
    {"HTTP_IF_MATCH": '"x"'},
    *(
        {"HTTP_ACCEPT_LANGUAGE": value}
        for value in ("*;q=9," * 500, "xx-\xff", "../../etc", "tr;q=nan", "x" * 9000)
    ),
    *({"HTTP_ACCEPT": value} for value in ("\xff/;;;", "application/json", "a/b;q=1;" * 500)),
    *({"HTTP_ACCEPT_ENCODING": value} for value in ("br;q=9", "gzip;q=0,*;q=0", "\xff", ";;;" * 500)),
    *({"HTTP_X_FORWARDED_FOR": value} for value in ("\x00,;'", "1.2.3.4," * 900, "::ffff:%eth0", "\xff")),
    {
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_PORT": "x",
    },
    {
        "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE",
        "HTTP_X_ORIGINAL_URL": "/yonetim/",
        "HTTP_X_REWRITE_URL": "/yonetim/",
    },
    {"HTTP_COOKIE": "sessionid=\x01;;;csrftoken=\xff; messages=x; django_language=../../x; cihaz='\""},
    {"HTTP_COOKIE": "sessionid=" + "a" * 9000},
    {"HTTP_COOKIE": "=; a=b=c; \x00"},
    *(
        {"HTTP_AUTHORIZATION": value}
        for value in ("", "Basic", "Basic \xff", "Bearer ", "Basic OjpA", "Digest a=b")
    ),
    *(
        {"HTTP_AUTHORIZATION": value}
        for value in ("Bearer " + "a" * 9000, "Bearer des_\x00", "Basic " + "A" * 400)
    ),
    {"HTTP_REFERER": "http://[::1", "HTTP_ORIGIN": "null", "HTTP_USER_AGENT": "\xff" * 3000},
    {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest", "HTTP_ACCEPT": "application/json"},
)
#: Hosts that are not the site.
HOSTS = (
    "evil.example",
    "testserver:x",
    "testserver.evil.example",
    "testserver@evil.example",
    "[::1",
    "",
    "a b",
    "\xff",
)

#: Names of fields that some form reads.
FIELDS = (
    *(
        "username",
        "password",
        "email",
        "code",
        "ticket",
        "next",
        "stays",
        "session",
        "others",
        "codes",
        "off",
    ),
    *("first_name", "last_name", "password1", "password2", "new_password1", "new_password2", "old_password"),
    *("name", "scopes", "networks", "days", "note", "title", "body", "id", "confirm", "csrfmiddlewaretoken"),
    *PARAMETERS,
)


def _fields(value: str, names: tuple[str, ...] = FIELDS) -> bytes:
    return "&".join(f"{name}={value}" for name in names).encode()


URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'

#: (body, content type), by what is wrong with it.
BODIES = {
    "NULs": (_fields("%00"), URLENCODED),
    "numbers": (_fields("9" * 40), URLENCODED),
    "no UTF-8": (_fields("%ff%fe%ED%A0%80"), URLENCODED),
    "templates": (_fields("%7B%7B7919*7907%7D%7D%7B%25widthratio+7919+1+7907%25%7D"), URLENCODED),
    "SQL": (_fields("%27%20OR%201=1--%20%3B"), URLENCODED),
    "other site": (_fields("//evil.example/"), URLENCODED),
    "nothing": (b"", URLENCODED),
    "raw bytes": (bytes(range(256)) * 20, URLENCODED),
    "10,000 fields": (b"&".join(b"f%d=1" % number for number in range(10_001)), URLENCODED),
    "no boundary": (b"--x\r\n", "multipart/form-data"),
    "other boundary": (b"--y\r\n", MULTIPART),
    "endless boundary": (b"--x", "multipart/form-data; boundary=" + "x" * 300),
    "cut short": ((PART % (b"name", b"", b"value"))[:-20], MULTIPART),
    "file for a field": (
        PART % (b"email", b'; filename="../../x.png"', b"\x89PNG") + b"--x--\r\n",
        MULTIPART,
    ),
    "base64 that is none": (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\xff=\r\n--x--',
        MULTIPART,
    ),
    "name of bytes": (PART % (b"\xff\x00", b"; filename*=utf-8''%ff", b"x") + b"--x--\r\n", MULTIPART),
    "deep JSON": (b"[" * 100_000, "application/json"),
    "JSON of a half": (json.dumps({"title": "\ud800", "id": None}).encode(), "application/json"),
    "JSON that is none": (b"{'a':", "application/json"),
    "unknown type": (
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
        "text/xml",
    ),
    "type that is none": (b"a=1", ";;;"),
    "unknown charset": (b"a=1", f"{URLENCODED}; charset=x-none"),
}
#: Those that reach furthest into a view that reads forms.
DEEPEST = ("NULs", "numbers", "nothing", "no boundary", "deep JSON")

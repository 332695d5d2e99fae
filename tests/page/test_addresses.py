from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.page import addresses
from auditor.page.addresses import normalise_url

_PIECES = st.sampled_from(
    [
        "/",
        "//",
        ".",
        "..",
        "./",
        "a",
        "B2",
        "t1_2",
        "-",
        "?",
        "?id=1&x=%20",
        "#",
        "http://",
        "h.cn",
        ":80",
        "%",
        ";",
        " ",
    ]
)
_BASES = [
    "http://a.gov.cn/",
    "https://a.gov.cn/x/y.html?z=/q/1",
    "http://a.gov.cn//x//y",
    "http://a.gov.cn/x/./y",
    "http://h.cn:8080/a;b/中",
]


@given(st.lists(_PIECES, max_size=9).map("".join), st.sampled_from([None, *_BASES]))
def test_a_plain_address_is_joined_to_the_same_as_by_the_long_way(url, base):
    assert normalise_url(url, base) == addresses._normalise(url, base)

"""What the user may write for a name server and for an address to override with."""

from __future__ import annotations

import pytest
from loopback import HOST

from auditor.collect.resolve import check_address, check_nameserver, make_resolver, split_server
from auditor.errors import InputError

SERVERS = ["192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:5353", "192.0.2.1:65535"]
NO_SERVERS = [
    "",
    "foo",
    "foo:53",
    "192.0.2.1:x",
    "192.0.2.1:",
    "192.0.2.1:0",
    "192.0.2.1:65536",
    "192.0.2.1:0000053",
    "192.0.2.1:²",
    "192.0.2.1:-1",
    "192.0.2.256",
    "[192.0.2.1]:53",
    "[2001:db8::1]:",
    "[2001:db8::1]x",
    "[2001:db8::1",
    "2001:db8::1]",
    "[[2001:db8::1]]",
    "[2001:db8::1]:[2001:db8::1]:53",
    "https://192.0.2.1/",
]
NO_ADDRESSES = ["", "notanip", "a.test", "192.0.2.1:80", "[192.0.2.1]", "[::1", "[[::1]]", "fe80::1%eth0", "1.2.3"]


@pytest.mark.parametrize("text", SERVERS)
def test_a_right_name_server_can_be_asked(text):
    assert check_nameserver(text) == text
    address, port = split_server(text)
    resolver = make_resolver(text)
    assert (resolver.nameservers, resolver.port) == ([address], port)


@pytest.mark.parametrize("text", NO_SERVERS)
def test_a_wrong_name_server_is_refused(text):
    with pytest.raises(InputError) as caught:
        check_nameserver(text)
    assert (caught.value.code, caught.value.where) == ("nameserver_syntax", text)


def test_a_right_address_is_given_back_plain():
    texts = ("127.0.0.1", "::1", "[::1]", "2001:DB8:0::1")
    assert [check_address(text) for text in texts] == ["127.0.0.1", "::1", "::1", "2001:db8::1"]


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_a_wrong_address_is_refused(text):
    with pytest.raises(InputError) as caught:
        check_address(text)
    assert (caught.value.code, caught.value.where) == ("resolve_syntax", text)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"nameserver": "foo"}, "nameserver_syntax"),
        ({"overrides": {(HOST, 80): ("127.0.0.1", "notanip")}}, "resolve_syntax"),
    ],
)
def test_wrong_access_is_refused_before_the_run(settings, code, site, collect, tmp_path):
    with pytest.raises(InputError) as caught:
        collect("run", access=site.access(**settings))
    assert caught.value.code == code
    assert site.asked == []
    assert not (tmp_path / "run").exists()

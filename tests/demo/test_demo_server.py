from __future__ import annotations

import http.client
import socket

import pytest
from demo_sight import LAYOUTS, make_portal

from auditor.demo.refs import Ref
from auditor.demo.server import V4, V6, has_ipv6, serve_portal

needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")


def ask(host, served, path, method="GET"):
    connection = http.client.HTTPConnection(host, served.port, timeout=10)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


@needs_ipv6
@pytest.mark.parametrize("layout", LAYOUTS)
def test_both_families_answer_alike_under_one_port(layout):
    portal = make_portal(layout)
    with serve_portal(portal) as served:
        for path in ("/", portal.layout.write_path(Ref("list", "guide", 1)), portal.layout.write_path(Ref("section"))):
            (four, body), (six, other) = ask(V4, served, path), ask(V6, served, path)
            assert four.status == six.status == 200
            assert body == other == portal.answer(path).body
            assert four.headers["Content-Type"] == portal.layout.content_type
        assert served.overrides == {(portal.host, served.port): (V4, V6)}
        assert served.url == f"http://{portal.host}:{served.port}/"
        assert served.target.seeds == (served.url,)
        assert served.target.id == portal.host
        assert served.ipv6


def test_a_missing_page_and_a_head_request_are_answered_properly():
    portal = make_portal()
    with serve_portal(portal) as served:
        response, body = ask(V4, served, "/none.html")
        assert response.status == 404
        assert b"<html" in body
        response, body = ask(V4, served, "/", method="HEAD")
        assert (response.status, body) == (200, b"")
        assert int(response.headers["Content-Length"]) == len(portal.answer("/").body)


def test_a_query_is_ignored_and_the_sitemap_names_the_port():
    with serve_portal(make_portal()) as served:
        assert ask(V4, served, "/?searchword=x")[0].status == 200
        assert f"<loc>{served.url}</loc>".encode() in ask(V4, served, "/sitemap.xml")[1]


@needs_ipv6
def test_without_an_address_record_only_the_old_family_is_named():
    with serve_portal(make_portal(defects=("ipv6-no-address",))) as served:
        assert set(served.overrides.values()) == {(V4,)}


@needs_ipv6
def test_an_unreachable_family_is_named_and_refuses():
    with serve_portal(make_portal(defects=("ipv6-unreachable",))) as served:
        assert set(served.overrides.values()) == {(V4, V6)}
        assert ask(V4, served, "/")[0].status == 200
        with pytest.raises(ConnectionRefusedError):
            ask(V6, served, "/")


@needs_ipv6
def test_other_content_and_broken_links_show_over_the_new_family_only():
    portal = make_portal(defects=("ipv6-other-content",))
    with serve_portal(portal) as served:
        assert ask(V4, served, "/")[1] == portal.answer("/").body
        response, body = ask(V6, served, "/")
        assert response.status == 200
        assert body != portal.answer("/").body
    portal = make_portal(defects=("ipv6-links-broken",))
    section = portal.layout.write_path(Ref("section"))
    with serve_portal(portal) as served:
        assert ask(V6, served, "/")[1] == portal.answer("/").body
        assert ask(V4, served, section)[0].status == 200
        assert ask(V6, served, section)[0].status == 404


def test_a_reset_column_gives_no_answer_and_the_rest_still_does():
    portal = make_portal(defects=("column-reset",))
    with serve_portal(portal) as served:
        with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            ask(V4, served, portal.layout.write_path(Ref("list", "rules", 1)))
        assert ask(V4, served, "/")[0].status == 200


def test_redirects_lead_where_they_say():
    portal = make_portal(defects=("column-address-renamed",))
    with serve_portal(portal) as served:
        response, _ = ask(V4, served, portal.layout.old_path)
        assert response.status == 301
        assert ask(V4, served, response.headers["Location"])[0].status == 200
    with serve_portal(make_portal(defects=("column-redirected-home",))) as served:
        response, _ = ask(V4, served, portal.layout.write_path(Ref("list", "rules", 1)))
        assert (response.status, response.headers["Location"]) == (302, "/")


def test_the_server_is_quiet_and_gone_after_the_block_even_with_an_open_connection(capfd):
    with serve_portal(make_portal()) as served:
        idle = http.client.HTTPConnection(V4, served.port, timeout=10)
        idle.request("GET", "/")
        idle.getresponse().read()
        rude = socket.create_connection((V4, served.port), timeout=10)
        rude.sendall(b"\x00\x01 nonsense\r\n\r\n")
        rude.close()
    idle.close()
    with pytest.raises(OSError):  # noqa: PT011 - refused on some systems, timed out on others
        socket.create_connection((V4, served.port), timeout=2)
    assert capfd.readouterr() == ("", "")


def test_two_portals_can_be_served_at_once():
    with serve_portal(make_portal("nested")) as one, serve_portal(make_portal("tables")) as two:
        assert one.port != two.port
        assert ask(V4, one, "/")[1] != ask(V4, two, "/")[1]

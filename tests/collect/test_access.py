"""How a staging site is reached: credentials, cookies, proxy, own authority, and the real name for a copy."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from loopback import HOST, NOW, QUICK, Reply, Site, make_page, visit_of

from auditor.collect.access import (
    Access,
    Cookie,
    StandIn,
    mask_headers,
    read_cookies,
    split_credentials,
    stand_in_for,
)
from auditor.collect.crawl import make_resolver
from auditor.collect.fetch import Request
from auditor.collect.wire import WireTransport
from auditor.errors import InputError
from auditor.extract.extraction import extract_facts
from auditor.model.attempts import AttemptReason, AttemptStatus
from auditor.model.targets import Target

OTHER = "other.test"
BASIC = "Basic " + base64.b64encode(b"tester:pass-word").decode()


def send(access, target, *urls):
    async def act():
        transport = WireTransport(access, make_resolver(target, access), QUICK, lambda: NOW)
        try:
            return [await transport.send(Request(url)) for url in urls]
        finally:
            await transport.close()

    return asyncio.run(act())


def note(site, name, path="/"):
    """Keep what a header of each request was."""
    seen = []

    def serve(handler):
        seen.append((handler.headers.get("Host", "").partition(":")[0], handler.headers.get(name)))
        return Reply(make_page("页"))

    site.replies[path] = serve
    return seen


def with_other(site, **settings):
    access = site.access("127.0.0.1", **settings)
    return replace(access, overrides={**access.overrides, (OTHER, site.port): ("127.0.0.1",)})


def test_credentials_go_to_the_own_host_only(site):
    seen = note(site, "Authorization")
    access = with_other(site, auth=("tester", "pass-word"))
    send(access, site.target(), site.url("/"), site.url("/", OTHER))
    assert seen == [(HOST, BASIC), (OTHER, None)]


def test_credentials_are_not_sent_in_clear_where_the_target_is_secure(site):
    seen = note(site, "Authorization")
    access = site.access("127.0.0.1", auth=("tester", "pass-word"), in_clear=False)
    send(access, site.target(), site.url("/"))
    assert seen == [(HOST, None)]


def test_header_of_the_user_wins_over_credentials(site):
    seen = note(site, "Authorization")
    access = site.access("127.0.0.1", auth=("a", "b"), headers=(("authorization", "Bearer xyz"),))
    send(access, site.target(), site.url("/"))
    assert seen == [(HOST, "Bearer xyz")]


def test_cookies_go_to_the_hosts_they_are_for(site):
    seen = note(site, "Cookie")
    cookies = (
        Cookie(HOST, is_wide=False, path="/", is_secure=False, name="own", value="1"),
        Cookie("test", is_wide=True, path="/", is_secure=False, name="wide", value="2"),
        Cookie(OTHER, is_wide=False, path="/", is_secure=False, name="foreign", value="3"),
        Cookie(HOST, is_wide=False, path="/", is_secure=True, name="secure", value="4"),
        Cookie(HOST, is_wide=False, path="/deep/", is_secure=False, name="deep", value="5"),
    )
    access = with_other(site, cookies=cookies)
    send(access, site.target(), site.url("/"), site.url("/", OTHER))
    assert seen == [(HOST, "own=1; wide=2"), (OTHER, None)]


def test_cookie_wall_is_passed_and_its_cookie_is_bound_to_its_host(site):
    """A site that sends everybody back until the cookie comes with the request."""
    seen = []

    def serve(handler):
        cookie = handler.headers.get("Cookie")
        seen.append((handler.headers["Host"].partition(":")[0], cookie))
        if cookie:
            return Reply(make_page("里面"))
        return Reply("", 302, headers={"Location": "/", "Set-Cookie": "wall=opened; Path=/; HttpOnly"})

    site.replies["/"] = serve
    answers = send(with_other(site), site.target(), site.url("/"), site.url("/"), site.url("/", OTHER))
    assert [answer.status for answer in answers] == [302, 200, 302]
    assert seen == [(HOST, None), (HOST, "wall=opened"), (OTHER, None)]
    assert answers[0].header("set-cookie") == "wall=***; Path=/; HttpOnly"


def test_site_behind_a_cookie_wall_is_collected(site, collect):
    def serve(handler):
        if "wall=" in (handler.headers.get("Cookie") or ""):
            return Reply(make_page("里面", ("/b.html", "二")))
        return Reply("", 302, headers={"Location": handler.path, "Set-Cookie": "wall=opened; Path=/"})

    site.replies["/"] = site.replies["/b.html"] = serve
    reader = collect()
    assert visit_of(reader, site, "/").status == visit_of(reader, site, "/b.html").status == 200


def test_cookie_file_is_read(tmp_path):
    path = tmp_path / "cookies.txt"
    path.write_text(
        "# Netscape HTTP Cookie File\n\n"
        ".sample.test\tTRUE\t/\tTRUE\t0\tsid\tabc=def\n"
        "#HttpOnly_www.sample.test\tFALSE\t/x\tFALSE\t1\tflag\t\n",
        encoding="utf-8",
    )
    assert read_cookies(path) == (
        Cookie("sample.test", is_wide=True, path="/", is_secure=True, name="sid", value="abc=def"),
        Cookie("www.sample.test", is_wide=False, path="/x", is_secure=False, name="flag", value=""),
    )


@pytest.mark.parametrize("line", ["a.test TRUE / FALSE 0 sid marker77", "\tTRUE\t/\tFALSE\t0\tsid\tmarker77"])
def test_line_that_is_no_cookie_is_named_without_what_it_says(tmp_path, line):
    path = tmp_path / "cookies.txt"
    path.write_text(f"# comment\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_cookies(path)
    assert (caught.value.code, caught.value.where) == ("cookies_syntax", f"{path}:2")
    assert "marker77" not in str(caught.value)


def test_secrets_are_not_shown():
    cookie = Cookie("a.test", is_wide=False, path="/", is_secure=False, name="n", value="cookie-secret")
    access = Access(
        headers=(("X-Key", "Bearer header-secret"),),
        auth=("u", "auth-secret"),
        cookies=(cookie,),
        proxy="http://p:proxy-secret@127.0.0.1:1",
    )
    assert "secret" not in repr(access)
    assert {"Bearer header-secret", "auth-secret", "cookie-secret", "proxy-secret"} <= set(access.list_secrets())


def test_headers_are_masked_but_stay_readable():
    headers = (("Set-Cookie", "a=bcd; Path=/"), ("X-Echo", "<gzip>"), ("Content-Encoding", "gzip"))
    assert mask_headers(headers, ("gzip",)) == (
        ("Set-Cookie", "a=***; Path=/"),
        ("X-Echo", "<***>"),
        ("Content-Encoding", "gzip"),
    )


@pytest.mark.parametrize(
    ("url", "clean", "auth"),
    [
        ("http://u:p@a.test/x?y#z", "http://a.test/x?y#z", ("u", "p")),
        ("https://u%40b:p%3A1@a.test:8443/", "https://a.test:8443/", ("u@b", "p:1")),
        ("http://u@a.test/", "http://a.test/", ("u", "")),
        ("http://a.test/@x", "http://a.test/@x", None),
        ("./folder@home", "./folder@home", None),
        ("http://[::1/", "http://[::1/", None),
    ],
)
def test_credentials_are_taken_out_of_an_address(url, clean, auth):
    assert split_credentials(url) == (clean, auth)


# ---- proxy ---------------------------------------------------------------------------------------


class Proxy:
    """A forward proxy on loopback for plain http: it resolves names itself, by a table; wants credentials if told."""

    def __init__(self, table, credentials=None):
        self.asked = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                proxy.asked.append((self.path, self.headers.get("Proxy-Authorization")))
                if credentials and self.headers.get("Proxy-Authorization") != credentials:
                    self.send_response(407)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                body = table.get(urlsplit(self.path).hostname, "")
                self.send_response(200 if body else 502)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


TARGET = Target(id=HOST, name="样例", seeds=(f"http://{HOST}/",), hosts=(HOST,))


@pytest.fixture
def proxy():
    credentials = "Basic " + base64.b64encode(b"p:q").decode()
    served = Proxy({HOST: make_page("代理后面"), OTHER: make_page("别处")}, credentials)
    yield served
    served.close()


def test_proxy_resolves_and_gets_its_own_credentials(proxy):
    access = Access(proxy=f"http://p:q@127.0.0.1:{proxy.port}", auth=("u", "v"), browser="never")
    answers = send(access, TARGET, f"http://{HOST}/")
    assert answers[0].status == 200
    assert proxy.asked == [(f"http://{HOST}/", "Basic " + base64.b64encode(b"p:q").decode())]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://localhost/",
        "http://localhost./",
        "http://a.localhost/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest",
    ],
)
def test_proxy_is_not_asked_for_what_is_private_by_its_name(proxy, url):
    access = Access(proxy=f"http://p:q@127.0.0.1:{proxy.port}", browser="never")
    answers = send(access, TARGET, url)
    assert answers[0].attempt.reason is AttemptReason.PRIVATE_ADDRESS
    assert proxy.asked == []


def test_proxy_that_refuses_is_no_verdict_about_the_site(proxy):
    access = Access(proxy=f"http://p:wrong@127.0.0.1:{proxy.port}", browser="never")
    answer = send(access, TARGET, f"http://{HOST}/")[0]
    assert (answer.attempt.reason, answer.attempt.detail) == (AttemptReason.UNREACHABLE, "proxy 407")


def test_proxy_that_is_not_there_is_no_verdict_about_the_site(proxy):
    proxy.close()
    answer = send(Access(proxy=f"http://127.0.0.1:{proxy.port}", browser="never"), TARGET, f"http://{HOST}/")[0]
    assert answer.attempt.reason is AttemptReason.UNREACHABLE
    assert answer.attempt.detail.startswith("proxy")


def test_the_proxys_own_address_is_not_open_to_links(site):
    """That the proxy may be private does not let a link ask it, or its neighbours, without the proxy."""
    access = Access(proxy=f"http://127.0.0.1:{site.port}", browser="never")
    resolver = make_resolver(TARGET, access)
    assert resolver.judge_name("127.0.0.1").reason is AttemptReason.PRIVATE_ADDRESS


# ---- own authority -------------------------------------------------------------------------------


def make_authority(name, issuer=None, host=None):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if host:
        names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    signer = issuer[1] if issuer else key
    return builder.sign(signer, hashes.SHA256()), key


def write_pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="module")
def authority():
    return make_authority("Test Root")


@pytest.fixture
def secure_site(authority, tmp_path):
    """A site over TLS as staging.test, with a certificate of the test's own authority."""
    certificate, key = make_authority("staging.test", authority, "staging.test")
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "server.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    served = Site()
    names = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    for server in served.servers:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    served.names = names
    yield served
    served.close()


def test_own_authority_is_trusted_and_only_where_it_was_given(secure_site, authority):
    secure_site.replies["/"] = make_page("安全")
    url = f"https://staging.test:{secure_site.port}/"
    target = Target(id="staging.test", name="样例", seeds=(url,), hosts=("staging.test",))
    overrides = {("staging.test", secure_site.port): ("127.0.0.1",)}
    access = Access(overrides=overrides, browser="never")
    assert send(access, target, url)[0].attempt.reason is AttemptReason.CERTIFICATE
    trusting = replace(access, authorities=write_pem(authority[0]))
    assert send(trusting, target, url)[0].status == 200


class Tunnel:
    """A proxy that tunnels CONNECT to a port of this machine, whatever host is asked for; wants credentials."""

    def __init__(self, port, credentials):
        self.heads = []
        self._port, self._credentials = port, credentials
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._tunnel, args=(client,), daemon=True).start()

    def _tunnel(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(4096)
            if not piece:
                return
            head += piece
        self.heads.append(head.decode())
        if self._credentials not in head.decode():
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            client.close()
            return
        server = socket.create_connection(("127.0.0.1", self._port))
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        threading.Thread(target=self._pump, args=(server, client), daemon=True).start()
        self._pump(client, server)

    @staticmethod
    def _pump(source, sink):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)

    def close(self):
        self._socket.close()


def test_https_through_a_proxy_is_tunnelled_and_the_certificate_is_checked(secure_site, authority):
    """The proxy sees the host and its own credentials; the site's credentials go through the tunnel."""
    seen = note(secure_site, "Authorization")
    tunnel = Tunnel(secure_site.port, base64.b64encode(b"p:q").decode())
    url = f"https://staging.test:{secure_site.port}/"
    target = Target(id="staging.test", name="样例", seeds=(url,), hosts=("staging.test",))
    access = Access(proxy=f"http://p:q@127.0.0.1:{tunnel.port}", auth=("tester", "pass-word"), browser="never")
    assert send(access, target, url)[0].attempt.reason is AttemptReason.CERTIFICATE
    trusting = replace(access, authorities=write_pem(authority[0]))
    assert send(trusting, target, url)[0].status == 200
    refused = send(replace(trusting, proxy=f"http://p:x@127.0.0.1:{tunnel.port}"), target, url)[0]
    tunnel.close()
    assert seen == [("staging.test", BASIC)]
    assert not any("Basic " + base64.b64encode(b"tester:pass-word").decode() in head for head in tunnel.heads)
    assert refused.attempt.reason is AttemptReason.UNREACHABLE
    assert refused.attempt.detail.startswith("proxy")


# ---- a staging copy under the real name ----------------------------------------------------------

REAL = "www.real.test"


def stage(site, **settings):
    """Return target and access of a copy at 127.0.0.1 that stands in for the real site."""
    seed = f"http://127.0.0.1:{site.port}/"
    target, stand_in = stand_in_for(Target(id=REAL, name="样例", seeds=(seed,), hosts=(REAL, "sub.real.test")), REAL)
    return target, Access(stand_in=stand_in, browser="never", nameserver="127.0.0.1:1", **settings)


def test_copy_is_collected_under_the_real_name_and_production_is_never_asked(site, collect):
    hosts = []

    def serve(handler):
        hosts.append(handler.headers["Host"])
        return Reply(make_page("二"))

    own = f"127.0.0.1:{site.port}"
    site.replies["/"] = make_page(
        "首页",
        ("/a.html", "一"),
        (f"https://{REAL}/b.html", "二"),
        (f"http://{own}/c.html", "三"),
        (f"http://{REAL}:8443/d.html", "四"),
        ("/moved.html", "五"),
    )
    site.replies["/a.html"] = site.replies["/b.html"] = site.replies["/c.html"] = serve
    site.replies["/moved.html"] = Reply("", 301, headers={"Location": f"http://{own}/a.html"})
    target, access = stage(site)
    reader = collect(target=target, access=access)
    done = {visit.url: visit for visit in reader.visits if visit.status == 200}
    assert {f"http://{REAL}/{name}" for name in ("", "a.html", "b.html", "c.html", "moved.html")} <= set(done)
    assert all(urlsplit(visit.url).hostname == REAL for visit in reader.visits)
    assert done[f"http://{REAL}/moved.html"].final_url == f"http://{REAL}/a.html"
    assert set(hosts) == {own}
    other = next(visit for visit in reader.visits if visit.url.endswith("/d.html"))
    assert (other.attempt.status, other.attempt.reason) == (AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED)
    assert reader.snapshot.target.seeds == (f"http://{REAL}/",)
    assert reader.snapshot.target.hosts == (REAL,)
    assert reader.observations.endpoints == ()
    assert reader.snapshot.vantage.stand_in == f"http://{own}"


def test_links_of_a_copy_in_the_other_scheme_or_under_its_own_name_are_judged(site, collect, vocabulary):
    own = f"127.0.0.1:{site.port}"
    menu = (
        (f"https://{REAL}/zwgk/", "政府信息公开"),
        (f"http://{own}/xw/", "新闻动态"),
        (f"https://{REAL}/hd/", "互动交流"),
    )
    files = ((f"https://{REAL}/f.pdf", "附件一"), (f"http://{own}/g.pdf", "附件二"))
    site.replies["/"] = make_page("首页", *files, nav=menu)
    for path in ("/zwgk/", "/xw/"):
        site.replies[path] = make_page(path, nav=menu)
    for path in ("/f.pdf", "/g.pdf"):
        site.replies[path] = Reply(b"%PDF", media="application/pdf")
    target, access = stage(site)
    facts = extract_facts(collect(target=target, access=access), vocabulary).facts
    states = {urlsplit(fact.target).path: fact.state for fact in facts if fact.kind == "link"}
    wanted = {"/zwgk/": "ok", "/xw/": "ok", "/hd/": "broken", "/f.pdf": "ok", "/g.pdf": "ok"}
    assert {path: states.get(path) for path in wanted} == wanted


def test_credentials_go_to_the_copy(site):
    seen = note(site, "Authorization")
    target, access = stage(site, auth=("tester", "pass-word"))
    send(access, target, f"http://{REAL}/")
    assert seen == [("127.0.0.1", BASIC)]


def test_copy_over_tls_is_asked_by_its_own_name(secure_site, authority):
    """The name in TLS and in the Host header is the staging host's, so that its own certificate holds."""
    seen = note(secure_site, "Host")
    seed = f"https://staging.test:{secure_site.port}/"
    target, stand_in = stand_in_for(Target(id=REAL, name="样例", seeds=(seed,), hosts=(REAL,)), REAL)
    access = Access(
        overrides={("staging.test", secure_site.port): ("127.0.0.1",)},
        authorities=write_pem(authority[0]),
        stand_in=stand_in,
        browser="never",
    )
    assert target.seeds == (f"https://{REAL}/",)
    assert send(access, target, target.seeds[0])[0].status == 200
    assert secure_site.names == ["staging.test"]
    assert seen[0][0] == "staging.test"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://www.real.test/a?b=c", "http://10.0.0.5:8080/a?b=c"),
        ("http://real.test/a", "http://10.0.0.5:8080/a"),
        ("http://www.real.test:443/", "http://10.0.0.5:8080/"),
        ("http://www.real.test:9000/", None),
        ("http://elsewhere.test/x", "http://elsewhere.test/x"),
    ],
)
def test_where_the_real_host_is_asked_for(url, place):
    assert StandIn(REAL, "http://10.0.0.5:8080").find_place(url) == place


def test_target_that_has_the_real_name_already_needs_no_copy():
    target = Target(id=REAL, name="样例", seeds=(f"http://{REAL}:8080/",), hosts=(REAL,))
    assert stand_in_for(target, REAL) == (target, None)


def test_private_hosts_of_the_profile_are_the_users_own(site, collect):
    """Sub-hosts that the user named are his, though private; others are not."""
    site.replies["/"] = make_page("首页", (f"http://localhost:{site.port}/s.html", "分站"))
    site.replies["/s.html"] = make_page("分站")
    reader = collect(target=replace(site.target(), hosts=(HOST, "localhost")))
    assert any(visit.url.endswith("/s.html") and visit.status == 200 for visit in reader.visits)
    assert visit_of(reader, site, "/").status == 200

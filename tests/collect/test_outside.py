"""Links that leave the site: asked for once each, gently, and told apart by what came back."""

from __future__ import annotations

import pytest
from loopback import HOST, Reply, make_page

from auditor.collect.outside import MAX_OF_HOST
from auditor.extract.extraction import extract_facts
from auditor.model.attempts import AttemptReason, AttemptStatus
from auditor.snapshot import open_snapshot

OTHER = "other.test"
GONE = "gone.test"


@pytest.fixture
def outside(site, collect):
    """Collect a site whose home page links to paths of another host; return the snapshot and states by path."""
    overrides = {(host, site.port): ("127.0.0.1",) for host in (HOST, OTHER)}
    access = site.access(overrides=overrides, allow_private=True)

    def act(*paths, folder="run", **limits):
        links = tuple((path if path.startswith("http") else site.url(path, OTHER), f"外链{path}") for path in paths)
        site.replies["/"] = make_page("首页", *links, ("/a.html", "本站"))
        site.replies["/a.html"] = make_page("本站", *links)
        reader = collect(folder, access=access, **limits)
        return reader, {seen.url.rpartition(f":{site.port}")[2]: seen for seen in reader.observations.outside}

    return act


def links_of(reader, vocabulary):
    facts = extract_facts(reader, vocabulary).facts
    return {fact.target: fact for fact in facts if fact.kind == "link" and fact.link_kind == "external"}


def test_states_of_outside_links(site, outside, vocabulary):
    site.replies["/ok"] = make_page("外站")
    site.replies["/moved"] = Reply("", 302, headers={"Location": "/ok"})
    site.replies["/refused"] = Reply("访问被拦截 安全防护系统", 403)
    site.replies["/broken"] = Reply("x", 500, "text/plain")
    reader, _ = outside("/ok", "/moved", "/nothing", "/refused", "/broken")
    links = links_of(reader, vocabulary)
    told = {url.rpartition("/")[2]: (link.state, link.reason) for url, link in links.items()}
    assert told == {
        "ok": ("ok", None),
        "moved": ("ok", None),
        "nothing": ("broken", "status_404"),
        "refused": ("blocked", "blocked"),
        "broken": ("broken", "http_error"),
    }
    first = links[site.url("/ok", OTHER)]
    assert (first.source, first.text, first.internal) == (site.url("/"), "外链/ok", False)


def test_each_address_is_asked_for_once_and_never_followed(site, outside):
    site.replies["/ok"] = make_page("外站", ("/deeper.html", "更深"))
    outside("/ok")
    assert site.asked.count("/ok") == 1
    assert "/deeper.html" not in site.asked


def test_head_is_asked_first_and_get_where_it_is_refused(site, outside):
    methods = []

    def refuse_head(handler):
        methods.append(handler.command)
        return Reply("", 405) if handler.command == "HEAD" else Reply(make_page("外站"))

    site.replies["/picky"] = refuse_head
    _, seen = outside("/picky")
    assert methods == ["HEAD", "GET"]
    assert (seen["/picky"].status, seen["/picky"].method) == (200, "GET")


def test_the_robots_of_the_other_host_are_obeyed(site, outside, vocabulary):
    site.replies["/robots.txt"] = lambda handler: Reply(
        "User-agent: *\nDisallow: /private/\n" if OTHER in handler.headers["Host"] else "", media="text/plain"
    )
    reader, seen = outside("/private/a.html")
    assert seen["/private/a.html"].attempt.reason is AttemptReason.ROBOTS
    assert "/private/a.html" not in site.asked
    assert [link.state for link in links_of(reader, vocabulary).values()] == ["unchecked"]


def test_the_budget_leaves_the_rest_unchecked(site, outside):
    for number in range(4):
        site.replies[f"/{number}"] = make_page("外站")
    _, seen = outside(*(f"/{number}" for number in range(4)), max_outside=2)
    assert [seen[f"/{number}"].attempt.status for number in range(4)] == [
        AttemptStatus.DONE,
        AttemptStatus.DONE,
        AttemptStatus.SKIPPED,
        AttemptStatus.SKIPPED,
    ]
    assert seen["/3"].attempt.reason is AttemptReason.PAGE_LIMIT


def test_one_host_is_not_asked_for_more_than_its_share(site, outside):
    paths = [f"/s{number}" for number in range(MAX_OF_HOST + 3)]
    for path in paths:
        site.replies[path] = make_page("外站")
    _, seen = outside(*paths)
    assert sum(item.attempt.status is AttemptStatus.DONE for item in seen.values()) == MAX_OF_HOST


def test_a_host_that_is_not_there_is_asked_for_once(site, collect, name_server):
    site.replies["/"] = make_page("首页", (f"http://{GONE}/a", "甲"), (f"http://{GONE}/b", "乙"))
    access = site.access("127.0.0.1", nameserver=name_server.address, allow_private=True)
    seen = collect(access=access).observations.outside
    assert {item.attempt.reason for item in seen} <= {AttemptReason.UNKNOWN_HOST, AttemptReason.NO_ADDRESS}
    assert len(seen) == 2


def test_observations_are_in_the_archive_and_private_hosts_are_not_asked(site, collect, tmp_path):
    overrides = {(host, site.port): ("127.0.0.1",) for host in (HOST,)}
    site.replies["/"] = make_page("首页", (f"http://127.0.0.1:{site.port}/secret", "内部"))
    site.replies["/secret"] = make_page("内部")
    collect(access=site.access(overrides=overrides))
    stored = open_snapshot(tmp_path / "run").observations.outside
    assert [(item.found_on, item.attempt.reason) for item in stored] == [(site.url("/"), AttemptReason.PRIVATE_ADDRESS)]
    assert "/secret" not in site.asked


def test_a_finished_crawl_asks_outside_links_in_an_order_of_its_own(site, outside):
    for path in ("/one", "/two"):
        site.replies[path] = make_page("外站")
    first, _ = outside("/one", "/two", folder="one")
    second, _ = outside("/one", "/two", folder="two")
    assert [seen.url for seen in first.observations.outside] == [seen.url for seen in second.observations.outside]

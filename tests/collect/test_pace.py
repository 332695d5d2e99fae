"""How hosts are spared: lanes, spacing, backing off, recovering, and stopping where the site asks for it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from dataclasses import replace

import pytest
from loopback import HOST, NOW, QUICK, Reply, make_page
from virtual import run_at_once

from auditor.collect.fetch import DONE, Answer, Fetcher
from auditor.collect.pace import RECOVERY, REFUSALS, WARM_UP, Lane, Pace
from auditor.collect.robots import LONGEST_DELAY, read_robots
from auditor.errors import CollectError
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus, Part, Visit
from auditor.snapshot import open_snapshot

PLACES = {
    "one.test": ("192.0.2.1",),
    "two.test": ("192.0.2.1",),
    "wide.test": ("192.0.2.7", "192.0.2.8"),
    "near.test": ("192.0.2.8",),
    "far.test": ("192.0.2.9",),
    "bridge.test": ("192.0.2.1", "192.0.2.9"),
    "lost.test": (),
}


async def locate(url):
    return PLACES[url.split("/")[2]]


def find_lanes(*hosts):
    async def act():
        pace = Pace(4, 2, locate)
        return [await pace.find_lane(f"http://{host}/x") for host in hosts]

    return asyncio.run(act())


def test_two_names_of_one_address_share_a_lane():
    one, two, far = find_lanes("one.test", "two.test", "far.test")
    assert one is two
    assert one is not far


def test_a_name_of_several_addresses_has_one_lane_with_whatever_shares_one_of_them():
    wide, near, lost = find_lanes("wide.test", "near.test", "lost.test")
    assert wide is near
    assert lost is not wide


def test_lanes_grow_together_where_a_name_joins_them_and_the_more_careful_holds():
    async def act():
        pace = Pace(4, 4, locate)
        one, far = await pace.find_lane("http://one.test/"), await pace.find_lane("http://far.test/")
        assert one is not far
        pace.slow_down("http://far.test/", 3.0)
        bridge = await pace.find_lane("http://bridge.test/")
        assert bridge is await pace.find_lane("http://far.test/") is await pace.find_lane("http://one.test/")
        return bridge.interval

    assert asyncio.run(act()) == 3.0


def test_addresses_are_looked_up_once():
    asked = []

    async def count(url):
        asked.append(url)
        return ("192.0.2.1",)

    async def act():
        pace = Pace(0, 2, count)
        for number in range(5):
            await pace.find_lane(f"http://one.test/{number}")

    asyncio.run(act())
    assert len(asked) == 1


def test_delay_that_is_known_before_the_first_request_holds():
    async def act():
        pace = Pace(0, 2, locate)
        pace.slow_down("http://one.test/robots.txt", 2.0)
        return (await pace.find_lane("http://one.test/a")).interval

    assert asyncio.run(act()) == 2.0


def take_turns(lane, count, seconds=0.0):
    """Take turns as fast as the lane allows; return when each began and how many there were at once."""

    async def act():
        loop = asyncio.get_running_loop()
        times, active, most = [], 0, 0

        async def take():
            nonlocal active, most
            async with lane:
                times.append(loop.time() - 1000)
                active += 1
                most = max(most, active)
                await asyncio.sleep(seconds)
                active -= 1

        await asyncio.gather(*(take() for _ in range(count)))
        return times, most

    return run_at_once(act())


def test_turns_are_spaced_and_bounded():
    times, most = take_turns(Lane(0.25, 3), 5, seconds=10)
    assert times == pytest.approx([0, 0.25, 0.5, 10, 10.25])
    assert most == 3


def test_without_pacing_nothing_waits_but_for_room():
    times, most = take_turns(Lane(0, 4), 8, seconds=1)
    assert times == pytest.approx([0] * 4 + [1] * 4)
    assert most == 4


def test_pause_holds_for_those_who_wait_already():
    async def act():
        lane = Lane(1.0, 4)
        loop = asyncio.get_running_loop()
        times = []

        async def take():
            async with lane:
                times.append(loop.time() - 1000)

        tasks = [asyncio.ensure_future(take()) for _ in range(3)]
        await asyncio.sleep(0.5)
        lane.pause(10)
        await asyncio.gather(*tasks)
        return times

    assert run_at_once(act()) == pytest.approx([0, 10.5, 11.5])


def test_a_turn_that_is_given_up_is_not_lost():
    async def act():
        lane = Lane(0, 1)
        async with lane:
            waiting = [asyncio.ensure_future(lane.__aenter__()) for _ in range(2)]
            await asyncio.sleep(0)
            waiting[0].cancel()
        await asyncio.wait_for(waiting[1], 1)
        ended = await asyncio.gather(waiting[0], return_exceptions=True)
        return isinstance(ended[0], asyncio.CancelledError)

    assert run_at_once(act())


def test_rising_latency_narrows_and_slows_and_calm_recovers_slowly():
    lane = Lane(0.25, 4)
    for _ in range(WARM_UP):
        lane.note_answer(0.3)
    assert (lane.width, lane.interval) == (4, 0.25)
    for _ in range(WARM_UP):
        lane.note_answer(1.2)
    assert lane.width < 4
    assert lane.interval > 0.25
    needed = 0
    while (lane.width, lane.interval) != (4, 0.25):
        lane.note_answer(0.3)
        needed += 1
    assert RECOVERY * 2 <= needed <= RECOVERY * 8


def test_latency_below_twice_the_calm_changes_nothing():
    lane = Lane(0.25, 4)
    for seconds in (*[0.3] * 20, *[0.5] * 50):
        lane.note_answer(seconds)
    assert (lane.width, lane.interval) == (4, 0.25)


def test_noise_of_a_fast_host_is_no_strain():
    lane = Lane(0.25, 4)
    for seconds in (*[0.002] * 20, *[0.05] * 50):
        lane.note_answer(seconds)
    assert (lane.width, lane.interval) == (4, 0.25)


def test_what_stays_slow_when_hardly_asked_is_the_hosts_own_pace():
    lane = Lane(0.25, 2)
    for seconds in (*[0.2] * 20, *[1.0] * 1000):
        lane.note_answer(seconds)
    assert (lane.width, lane.interval) == (2, 0.25)


def test_without_pacing_latency_does_not_slow_but_being_busy_does():
    lane = Lane(0, 8)
    for seconds in (*[0.2] * 20, *[5.0] * 50):
        lane.note_answer(seconds)
    assert (lane.width, lane.interval) == (8, 0)
    lane.note_busy()
    assert lane.width == 4
    assert lane.interval > 0
    for _ in range(RECOVERY * 10):
        lane.note_answer(0.2)
    assert (lane.width, lane.interval) == (8, 0)


class Busy:
    """A transport that answers 200, or what stands in its table; no network."""

    def __init__(self, answer=None):
        self.answer = answer
        self.times = []

    async def send(self, _):
        self.times.append(asyncio.get_running_loop().time() - 1000)
        if self.answer is not None:
            return self.answer
        return Answer(DONE, NOW, 200, "OK", (("Content-Type", "text/html"),), b"<p>x", latency=0.1)

    async def close(self):
        pass


def busy(status, *headers):
    return Answer(DONE, NOW, status, "Busy", (("Content-Type", "text/html"), *headers), b"")


def ask(transport, count, rate=4):
    async def act():
        fetcher = Fetcher(transport, Pace(rate, 4), QUICK, lambda: NOW)
        fetched = [await fetcher.fetch(f"http://a.test/{number}") for number in range(count)]
        return fetched, fetcher.has_stopped("http://a.test/else")

    return run_at_once(act())


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_is_busy_again_and_again_is_left_alone(status):
    transport = Busy(busy(status))
    fetched, stopped = ask(transport, REFUSALS + 3)
    assert stopped
    assert len(transport.times) == REFUSALS * 3
    assert [item.attempt.reason for item in fetched[REFUSALS:]] == [AttemptReason.ASKED_TO_STOP] * 3
    gaps = [later - earlier for earlier, later in zip(transport.times, transport.times[1:], strict=False)]
    assert min(gaps) >= 1.0


def test_retry_after_is_waited_for():
    transport = Busy(busy(503, ("Retry-After", "40")))
    _, stopped = ask(transport, 1)
    assert transport.times == pytest.approx([0, 40, 80])
    assert not stopped


def test_retry_after_beyond_patience_stops_at_once():
    transport = Busy(busy(429, ("Retry-After", "86400")))
    fetched, stopped = ask(transport, 2)
    assert len(transport.times) == 1
    assert stopped
    assert fetched[1].attempt == Attempt(AttemptStatus.SKIPPED, AttemptReason.ASKED_TO_STOP)


def test_one_page_under_maintenance_does_not_stop_the_site():
    transport = Busy(busy(503, ("Retry-After", "86400")))
    _, stopped = ask(transport, 1)
    assert not stopped


def read_rules(text):
    visit = Visit("http://a.test/robots.txt", Attempt(AttemptStatus.DONE), NOW, (Part.SITE,), status=200)
    return read_robots(visit, text.encode())


@pytest.mark.parametrize(
    ("lines", "delay"),
    [
        ("Crawl-delay: 3", 3.0),
        ("Request-rate: 1/5s", 5.0),
        ("Request-rate: 2/1m", 30.0),
        ("Crawl-delay: 2\nRequest-rate: 1/7s", 7.0),
        ("Crawl-delay: 86400", LONGEST_DELAY),
        ("Crawl-delay: -1", 0.0),
        ("Crawl-delay: soon", 0.0),
        ("Disallow: /x", 0.0),
    ],
)
def test_delays_of_robots(lines, delay):
    assert read_rules(f"User-agent: *\n{lines}\n").delay == delay


def test_site_that_asks_to_stop_is_stopped_and_it_is_said(site, collect):
    site.replies["/"] = make_page("首页", *((f"/p{number}.html", f"页面{number}") for number in range(30)))
    for number in range(30):
        site.replies[f"/p{number}.html"] = (
            make_page(f"页面{number}")
            if number < 3
            else Reply("slow down", 429, "text/plain", {"Retry-After": "100000"})
        )
    reader = collect(concurrency=1)
    assert reader.snapshot.stopped_because is AttemptReason.ASKED_TO_STOP
    assert len([path for path in site.asked if path.startswith("/p")]) == 4
    skipped = [visit for visit in reader.visits if visit.attempt.reason is AttemptReason.ASKED_TO_STOP]
    assert len(skipped) >= 26
    assert {visit.attempt.status for visit in skipped} == {AttemptStatus.SKIPPED}


def test_robots_that_forbid_everything_ask_to_stop(site, collect, tmp_path):
    site.replies["/robots.txt"] = Reply("User-agent: *\nDisallow: /", media="text/plain")
    site.replies["/"] = make_page("首页")
    with pytest.raises(CollectError) as caught:
        collect()
    assert caught.value.values["reason"] == "robots"
    assert site.asked == ["/robots.txt"]
    assert open_snapshot(tmp_path / "run").snapshot.stopped_because is AttemptReason.ASKED_TO_STOP


def test_without_pacing_robots_are_obeyed_still(site, collect):
    site.replies["/robots.txt"] = Reply("User-agent: *\nDisallow: /private", media="text/plain")
    site.replies["/"] = make_page("首页", ("/private/a.html", "一"), ("/open.html", "二"))
    site.replies["/open.html"] = make_page("二")
    collect(rate=0, concurrency=8)
    assert "/private/a.html" not in site.asked
    assert "/open.html" in site.asked


def test_hosts_of_one_machine_share_their_room(site, collect):
    """Two names on one address: at no moment are more requests under way than one host gets."""
    lock, now, most = threading.Lock(), [0], [0]
    waiting = threading.Barrier(2)

    def serve(handler):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        with contextlib.suppress(threading.BrokenBarrierError):
            waiting.wait(0.05)
        with lock:
            now[0] -= 1
        return Reply(make_page(handler.path))

    other = "www.portal.test"
    links = [(f"http://{host}:{site.port}/{number}.html", f"{number}") for number in range(4) for host in (HOST, other)]
    site.replies["/"] = make_page("首页", *links)
    for number in range(4):
        site.replies[f"/{number}.html"] = serve
    access = site.access("127.0.0.1")
    access = replace(access, overrides={**access.overrides, (other, site.port): ("127.0.0.1",)})
    collect(access=access, target=replace(site.target(), hosts=(HOST, other)), concurrency=1)
    assert most[0] == 1

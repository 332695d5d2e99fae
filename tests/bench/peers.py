"""What a crawl is measured against: plain fetching, and Scrapy's crawling spider. Each runs in a process of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import aiohttp

WIDTH = 32


def fetch_plainly(urls: Sequence[str]) -> float:
    """Fetch addresses with aiohttp and read nothing; return pages a second."""
    return asyncio.run(_fetch_all(urls))


async def _fetch_all(urls: Sequence[str]) -> float:
    waiting = iter(urls)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=WIDTH)) as session:

        async def work() -> None:
            for url in waiting:
                async with session.get(url) as response:
                    await response.read()
                    response.raise_for_status()

        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(WIDTH)))
        return len(urls) / (time.perf_counter() - started)


def crawl_with_scrapy(start: str, pages: int) -> tuple[float, float]:
    """Crawl with Scrapy, its link extractor and no brakes.

    Return pages a second, its start left out, and milliseconds of processor a page.
    """
    from scrapy.crawler import CrawlerProcess  # noqa: PLC0415 - only the process that measures it needs it
    from scrapy.linkextractors import LinkExtractor  # noqa: PLC0415
    from scrapy.spiders import CrawlSpider, Rule  # noqa: PLC0415

    times: list[float] = []

    class Spider(CrawlSpider):
        name = "peer"
        start_urls = (start,)
        rules = (Rule(LinkExtractor(), callback="take_page", follow=True),)

        def take_page(self, response: object) -> None:
            del response
            times.append(time.perf_counter())

    settings = {
        "ROBOTSTXT_OBEY": False,
        "AUTOTHROTTLE_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS": WIDTH,
        "CONCURRENT_REQUESTS_PER_DOMAIN": WIDTH,
        "LOG_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "COOKIES_ENABLED": False,
        "RETRY_ENABLED": False,
        "CLOSESPIDER_PAGECOUNT": pages,
    }
    process = CrawlerProcess(settings)
    process.crawl(Spider, allowed_domains=["127.0.0.1"])
    process.start()
    return (len(times) - 1) / (times[-1] - times[0]), time.process_time() / len(times) * 1000

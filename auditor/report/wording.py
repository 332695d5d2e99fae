"""How values are written for people: text of the site's made harmless, numbers, days, addresses, reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from auditor.harmless import HARMFUL
from auditor.messages import Messages
from auditor.model.outcomes import Simple, Text, Value
from auditor.model.results import RuleText

MOST_TEXT = 400
MOST_ADDRESS = 110
MOST_HREF = 2000
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_BLANKS = re.compile(r"\s+")
_HAIR = 1e-9
"""What a share may lack of a whole percent by the way in which machines count."""
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True)
class Place:
    """An address as it is shown, and where it leads; `href` only for http and https."""

    text: str
    href: str | None


def clean_text(text: str, most: int = MOST_TEXT) -> str:
    """Return text without control, direction and invisible characters, blanks folded, cut to a length."""
    head = text[: most * 4 + 100]
    cleaned = _BLANKS.sub(" ", HARMFUL.sub("", head)).strip()
    return cleaned if len(cleaned) <= most and len(head) == len(text) else cleaned[:most] + "…"


def show_address(url: str) -> Place:
    """Return an address to show; it becomes a link only where it is a plain http or https address."""
    text = clean_text(url, MOST_HREF)
    shown = text if len(text) <= MOST_ADDRESS else f"{text[: MOST_ADDRESS * 2 // 3]}…{text[-MOST_ADDRESS // 3 :]}"
    try:
        parts = urlsplit(url)
        is_link = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_link = False
    is_plain = len(url) <= MOST_HREF and not HARMFUL.search(url) and not _BLANKS.search(url) and "\\" not in url
    return Place(shown, url if is_link and is_plain else None)


def show_score(value: float) -> str:
    """Write a score with one decimal."""
    return f"{value:.1f}"


def subtract_scores(now: float, before: float) -> float:
    """Return the difference of two scores as they are shown, so that a reader who subtracts comes to the same."""
    return round(round(now, 1) - round(before, 1), 1)


def show_difference(change: float) -> str:
    """Write a difference of scores with its sign; empty where there is none."""
    return f"{change:+.1f}".replace("-", "\u2212") if change else ""


def show_points(value: float) -> str:
    """Write points or weights with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def show_share(share: float) -> str:
    """Write a share as a percentage; never 0% or 100% where it is not exactly so."""
    percent = share * 100
    if 0 < percent < 1:
        return "<1%"
    if 99 < percent < 100 - _HAIR:  # noqa: PLR2004 - the last whole percent
        return ">99%"
    return f"{percent:.0f}%"


def show_shares(judged: float, waiting: float, undetermined: float) -> tuple[str, str, str]:
    """Write the three shares of one whole so that they add up: the first as ever, the others by largest remainder.

    Where a share stands as "<1%" or ">99%" there is nothing to add up, and each is written for itself.
    """
    shown = show_share(judged)
    parts = [waiting * 100, undetermined * 100]
    whole = [int(part + _HAIR) for part in parts]
    left = 100 - int(shown.strip("<>%")) - sum(whole)
    if shown[0] in "<>" or not 0 <= left <= len(parts) or any(0 < part < 1 for part in parts):
        return shown, show_share(waiting), show_share(undetermined)
    for place in sorted(range(len(parts)), key=lambda one: whole[one] - parts[one])[:left]:
        whole[place] += 1
    return shown, f"{whole[0]}%", f"{whole[1]}%"


@dataclass(frozen=True)
class Wording:
    """The words of one report: its language and the site's time zone."""

    messages: Messages
    zone: ZoneInfo

    def say(self, key: str, **values: object) -> str:
        """Return a text of the report's own."""
        return self.messages.say(f"report.{key}", **values)

    def pick(self, text: Text, most: int = 1000) -> str:
        """Return a text of a ruleset in this language, made harmless like any other."""
        return clean_text(self.messages.pick(text), most)

    def word(self, key: str) -> str:
        """Return the word for a member of a closed list."""
        return self.messages.say(f"words.{key}")

    def show_day(self, day: date) -> str:
        """Write a day: 2026年11月22日, 22 November 2026."""
        if self.messages.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def show_time(self, moment: datetime | None) -> str:
        """Write a moment in the site's time zone, to the minute."""
        if moment is None:
            return ""
        local = moment.astimezone(self.zone)
        return f"{self.show_day(local.date())} {local:%H:%M}"

    def show_end(self, moment: datetime) -> str:
        """Write the end of a span: a midnight is the end of the day before."""
        local = moment.astimezone(self.zone)
        if (local.hour, local.minute) == (0, 0):
            return self.show_day((local - timedelta(days=1)).date())
        return self.show_time(moment)

    def show_span(self, start: datetime, end: datetime) -> str:
        """Write a span of time; the day once where it is the same."""
        first, last = self.show_time(start), self.show_time(end)
        if first == last:
            return first
        local = end.astimezone(self.zone)
        same_day = start.astimezone(self.zone).date() == local.date()
        return self.say("from_to", start=first, end=f"{local:%H:%M}" if same_day else last)

    def explain_reason(self, reason: str | None, rule: RuleText | None) -> str:
        """Return a reason in words, without full stop: the rule's own, else the stages', else that of an attempt."""
        if reason is None:
            return ""
        if rule is not None and reason in rule.reasons:
            return self.pick(rule.reasons[reason]).rstrip("。. ")
        for key in (f"words.reason_{reason}", f"words.attempt_{reason}"):
            if self.messages.has(key):
                return self.messages.say(key)
        return self.say("reason_unknown", code=clean_text(reason, 80))

    def name_measure(self, measure: str, rule: RuleText | None) -> str:
        """Return the title of a measure, or of the one whose part it is (`named.without`); else its bare name."""
        titles = rule.measures if rule is not None else {}
        base, _, part = measure.partition(".")
        if measure in titles:
            return self.pick(titles[measure], 200)
        if base in titles:
            title = self.pick(titles[base], 200)
            return self.say(f"measure_{part}", measure=title) if part in {"with", "without"} else title
        key = f"words.value_{measure}"
        return self.messages.say(key) if self.messages.has(key) else clean_text(measure, 80)

    def name_item(self, key: str, otherwise: str) -> str:
        """Return the word for a concept, a part or a mark of the site that stands as an item; else the text given."""
        for known in (f"words.concept_{key}", f"words.part_{key}", f"words.mark_{key}"):
            if self.messages.has(known):
                return self.messages.say(known)
        return clean_text(otherwise, 200)

    def show_value(self, value: Value) -> str:
        """Write a value of a finding: a share as percentage, a list with commas, a mapping entry by entry."""
        if isinstance(value, Mapping):
            entries = [
                f"{self.name_item(str(key), str(key))}: {self.show_value(inner)}" for key, inner in value.items()
            ]
            return self.join(entries) or self.say("nothing")
        if isinstance(value, tuple):
            return self.join([self.show_value(inner) for inner in value]) or self.say("nothing")
        return self._show_simple(value)

    def _show_simple(self, value: Simple) -> str:
        if value is None:
            return self.say("nothing")
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if isinstance(value, float):
            return show_share(value) if 0 <= value <= 1 else show_points(value)
        text = str(value)
        try:
            return self.show_day(date.fromisoformat(text)) if _DAY.fullmatch(text) else self.name_item(text, text)
        except ValueError:
            return self.name_item(text, text)

    def join_sentences(self, sentences: list[str]) -> str:
        """Put sentences one after another, each with its full stop."""
        stop, between = ("。", "") if self.messages.language == "zh" else (".", " ")
        return between.join(f"{text}{stop}" for text in sentences if text)

    def join(self, items: list[str]) -> str:
        """Join items as the language does."""
        return ("、" if self.messages.language == "zh" else ", ").join(items)

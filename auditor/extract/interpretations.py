"""What a page that explains a policy shows: in which form, and what it points to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from auditor.extract.reading import Reading, locate_node
from auditor.extract.text import find_quoted_titles
from auditor.facts import InterpretationForm
from auditor.model.evidence import RecordEvidence
from auditor.page.scan import read_scripts
from auditor.page.zones import Zone
from auditor.words.vocabulary import Vocabulary, squeeze_name

_CHROME = frozenset({"nav", "footer", "header", "breadcrumb", "pager", "form"})
_QUOTED = re.compile(r"《[^《》]{0,200}》")
_SMALL = 120
_NOTE = 80
_MAX_QUOTES = 12
_SPEECH = 6
_NO_CONTENT = 20
_TEXT_PER_PICTURE = 150


@dataclass(frozen=True, slots=True)
class InterpretationParts:
    """The forms of a page's content; `primary` is None where the content could not be seen."""

    forms: tuple[InterpretationForm, ...]
    primary: InterpretationForm | None
    quoted: tuple[str, ...]
    evidence: tuple[RecordEvidence, ...]


@dataclass(frozen=True, slots=True)
class _Content:
    """What stands in the content of a page: characters of text, pictures, players, and words about them."""

    text: str
    length: int
    pictures: tuple[LexborNode, ...]
    has_video: bool
    has_audio: bool
    has_animation: bool
    place: str


def _read_ending(address: str) -> str:
    return address.partition("?")[0].partition("#")[0].rpartition(".")[2].lower()


def _is_picture(node: LexborNode, words: Vocabulary) -> bool:
    attributes = node.attributes
    source = (attributes.get("src") or attributes.get("data-src") or attributes.get("data-original") or "").strip()
    if not source or source.startswith("data:image/gif"):
        return False
    for name in ("width", "height"):
        digits = "".join(sign for sign in (attributes.get(name) or "") if sign.isdigit())
        if digits and "%" not in (attributes.get(name) or "") and int(digits[:6]) < _SMALL:
            return False
    stem = source.partition("?")[0].rpartition("/")[2].lower().partition(".")[0]
    folder = source.lower()
    if _read_ending(source) == "gif" and "icon" in folder:
        return False
    return stem.rstrip("0123456789_-") not in words.interpretations.picture_noise and "fileicon" not in folder.replace(
        "_", ""
    )


def _is_content(zone: Zone, order: int, start: int, end: int) -> bool:
    return zone.part not in _CHROME and start <= order <= end


def _find_bounds(reading: Reading) -> tuple[int, int]:
    start = reading.title_line.order if reading.title_line is not None else 0
    footers = [line.order for line in reading.shown.lines if line.zone.part == "footer" and line.order > start]
    return start, (min(footers) if footers else len(reading.shown.lines))


def _read_players(reading: Reading, start: int, end: int) -> tuple[set[str], str]:
    """Return which of video, audio, animation play in the content, and where the first stands."""
    words = reading.words.interpretations
    found: set[str] = set()
    place = ""
    for order, zone, node in reading.shown.players:
        if not _is_content(zone, order, start, end):
            continue
        sources = [node.attributes.get(name) or "" for name in ("src", "data", "value")]
        sources += [
            inner.attributes.get("src") or inner.attributes.get("value") or "" for inner in node.css("source, param")
        ]
        endings = {_read_ending(source) for source in sources if source}
        if node.tag == "audio" or endings & words.audio_files:
            found.add("audio")
        elif endings & words.animation_files and not endings & words.video_files:
            found.add("animation" if any(word in reading.title for word in words.forms["animation"]) else "video")
        elif node.tag == "video" or endings & words.video_files:
            found.add("video")
        place = place or locate_node(node)
    frames = [node.attributes.get("src") or "" for node in reading.shown.frames]
    scripts = "\n".join(
        script[:4_000]
        for script in read_scripts(reading.shown.tree)
        if any(p in script.lower() for p in words.video_players)
    )
    if any(host in source for source in frames for host in words.video_hosts) or any(
        f".{ending}" in scripts for ending in words.video_files
    ):
        found.add("video")
    return found, place


def _read_content(reading: Reading) -> _Content:
    start, end = _find_bounds(reading)
    lines = [line for line in reading.own_lines if start < line.order < end and line.linked * 2 <= len(line.text)]
    noise = reading.words.pages.articles.line_words
    body = [line.text for line in lines if not (len(line.text) < _NOTE and any(word in line.text for word in noise))]
    players, place = _read_players(reading, start, end)
    pictures = tuple(
        node
        for order, zone, node in reading.shown.pictures
        if _is_content(zone, order, start, end) and _is_picture(node, reading.words)
    )
    text = "\n".join(body)
    return _Content(
        text, len(squeeze_name(text)), pictures, "video" in players, "audio" in players, "animation" in players, place
    )


def _says(form: str, texts: Iterable[str], words: Vocabulary) -> bool:
    return any(word in text for text in texts for word in words.interpretations.forms[form])


def _is_speech(content: _Content, words: Vocabulary) -> bool:
    return sum(content.text.count(word) for word in words.interpretations.press_speech) >= _SPEECH


def _list_forms(reading: Reading, content: _Content) -> tuple[set[InterpretationForm], InterpretationForm | None]:
    words = reading.words
    title = reading.title
    named = [title, *(node.attributes.get("alt") or "" for node in content.pictures)]
    few = content.length < words.interpretations.few_words
    forms: set[InterpretationForm] = set()
    if content.has_video or content.has_animation:
        forms.add("animation" if content.has_animation or _says("animation", [title], words) else "video")
    if content.has_audio:
        forms.add("audio")
    if content.pictures and _says("process", named, words):
        forms.add("process")
    elif content.pictures and (few or _is_sparse(content) or _says("chart", named, words)):
        forms.add("chart")  # a picture or two beside a long text only adorn it
    if _says("press", [title], words) or (_says("press", [content.text[:200]], words) and _is_speech(content, words)):
        forms.add("press")
    if not few or (not forms and content.length > _NO_CONTENT):
        forms.add("text")
    return forms, _choose_primary(content, forms, words, title)


def _is_sparse(content: _Content) -> bool:
    """Tell whether several pictures stand beside little text each."""
    return content.length < _TEXT_PER_PICTURE * len(content.pictures) and len(content.pictures) > 1


def _choose_primary(
    content: _Content, forms: set[InterpretationForm], words: Vocabulary, title: str
) -> InterpretationForm | None:
    long = content.length >= words.interpretations.long_words
    if "press" in forms and (long or forms <= {"press", "text"}):
        return "press"
    for form in ("animation", "video", "audio"):
        if form in forms and not long:
            return form
    drawn: InterpretationForm | None = "process" if "process" in forms else "chart" if "chart" in forms else None
    is_bare = "text" not in forms or (not long and (_is_sparse(content) or (drawn and _says(drawn, [title], words))))
    if drawn is not None and is_bare:
        return drawn
    return "text" if "text" in forms else None


def read_interpretation(reading: Reading) -> InterpretationParts:
    """Read the form of a page's content by what stands in it, and the titles that it quotes."""
    content = _read_content(reading)
    forms, primary = _list_forms(reading, content)
    if reading.scan.is_shell or (reading.shown.frames and not forms):
        forms, primary = set(), None
    quoted = find_quoted_titles(f"{reading.title}\n{content.text[:2_000]}")
    place = content.place or (locate_node(content.pictures[0]) if content.pictures else "text")
    excerpt = (content.pictures[0].attributes.get("alt") or content.text) if content.pictures else content.text
    return InterpretationParts(
        forms=tuple(sorted(forms)),
        primary=primary,
        quoted=quoted[:_MAX_QUOTES],
        evidence=(reading.give_evidence(place, excerpt or reading.title),),
    )


def is_interpretation_title(title: str, words: Vocabulary) -> bool:
    """Tell whether a title says of itself that the page explains a policy."""
    outside = _QUOTED.sub("《》", title)
    if any(word in outside for word in words.interpretations.strong_title_words):
        return True
    return any(word in outside for word in words.interpretations.title_words) and "《" in outside

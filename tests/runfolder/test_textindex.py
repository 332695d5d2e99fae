"""The stored text: found by words of any length, folded, in order, within bounds; a damaged file is said so."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.runfolder.textindex import (
    MOST_OF_PAGE,
    StoredText,
    TextIndex,
    TextIndexError,
    TextIndexWriter,
    TextLabels,
)

AT = datetime(2021, 3, 1, tzinfo=UTC)


def write(path, texts):
    with TextIndexWriter(path) as writer:
        for number, text in enumerate(texts):
            writer.add(StoredText(f"http://a.example/{number}", f"题{number}", text, f"r{number}", AT))
        writer.label({"http://a.example/0": TextLabels(date(2021, 1, 2), "某局", "news")})
    return path


def find(path, *terms):
    with TextIndex(path) as index:
        return index.find_mentions(terms)


def test_a_passage_carries_all_that_is_known(tmp_path):
    (found,) = find(write(tmp_path / "text.db", ["无关\n全区举办政务公开培训班，共三天"]), "政务公开培训")
    assert (found.term, found.title, found.unit, found.source) == ("政务公开培训", "题0", "某局", "news")
    assert (found.published_on, found.excerpt) == (date(2021, 1, 2), "全区举办政务公开培训班，共三天")
    assert (found.evidence[0].record, found.evidence[0].at) == ("r0", AT)


@pytest.mark.parametrize("term", ["公开", "开", "12345", "１２３４５", "APP", 'say "it"', "100%"])
def test_words_of_any_length_and_form_are_found(tmp_path, term):
    path = write(tmp_path / "text.db", ['公开热线12345，下载App，say "it"，100%', "别的"])
    assert [one.url for one in find(path, term)] == ["http://a.example/0"]


@pytest.mark.parametrize("term", ["没有", "公_开", "*", "公 OR 开", "", "  "])
def test_words_that_are_not_there_are_not_found(tmp_path, term):
    assert find(write(tmp_path / "text.db", ["公开热线"]), term) == ()


def test_lines_of_one_page_are_bounded_and_alike_ones_told_once(tmp_path):
    path = write(tmp_path / "text.db", ["\n".join(f"培训第{n}期" for n in range(50)), "培训\n培训"])
    assert [one.url[-1] for one in find(path, "培训")] == ["0"] * MOST_OF_PAGE + ["1"]


def test_an_index_that_was_not_finished_is_not_there(tmp_path):
    with pytest.raises(RuntimeError), TextIndexWriter(tmp_path / "text.db"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"no database at all, and long enough to be one" * 40])
def test_a_file_that_is_no_index_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "text.db").write_bytes(content)
    with pytest.raises(TextIndexError):
        find(tmp_path / "text.db", "公开")


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=30), st.text(max_size=40))
def test_whatever_stands_in_a_line_is_found_in_it(tmp_path_factory, term, rest):
    line = f"{rest}{term}{rest}".replace("\x00", "")
    path = write(tmp_path_factory.mktemp("index") / "text.db", [line])
    for one in find(path, term, "公开"):
        assert one.excerpt in line

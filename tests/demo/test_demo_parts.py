"""The parts of the sample portal: every link leads somewhere, figures balance, each defect changes something."""

from __future__ import annotations

import pytest
from demo_sight import LAYOUTS, check_links, list_all, make_portal

from auditor.demo.figures import list_request_rows
from auditor.demo.parts import PART_NAMES, list_part_columns, list_part_defects, list_part_rows
from auditor.demo.refs import Ref

PARTY_COLUMNS = 7
FEATURED = ("body-list-0",)


def make_whole(layout="nested", **options):
    return make_portal(layout, 60, parts=PART_NAMES, host="www.linlan.test", **options)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_link_of_the_parts_leads_somewhere_and_every_page_can_be_reached(layout):
    portal = make_whole(layout)
    check_links(portal)
    assert all(portal.answer(path).status == 200 for path in list_all(portal))


def test_a_portal_without_parts_has_none_of_their_pages():
    portal = make_portal("nested", 60)
    columns = set(list_part_columns())
    assert not [ref for ref in portal.list_refs() if ref.column in columns]
    for column in columns:
        assert portal.answer(portal.layout.write_path(Ref("list", column, 1))).status == 404


@pytest.fixture(scope="module")
def clean():
    portal = make_whole()
    return portal, read_shelf(portal)


def read_shelf(portal):
    """Return the words of every page of the parts, and the columns."""
    shelf = portal.writer.library.shelf
    return dict(shelf.lists), [shelf.write_article(page.ref) for page in shelf.pages.values()], list(shelf.columns)


@pytest.mark.parametrize("name", list_part_defects())
def test_each_defect_of_a_part_changes_the_portal(name, clean):
    portal = make_whole(defects=(name,))
    if not list_part_defects()[name].lacks:
        assert read_shelf(portal) != clean[1]
        return
    library = portal.writer.library
    refs = [page.ref for key, page in library.shelf.pages.items() if key in FEATURED]
    refs += [Ref("item", "guide", 1), Ref("item", "normative", 0), Ref("item", "news", 0), library.readings[0].ref]
    refs += [reading.ref for reading in library.readings] + [
        Ref("home"),
        Ref("list", "rules", 1),
        Ref("list", "board", 1),
    ]
    paths = [portal.layout.write_path(ref) for ref in refs]
    assert [path for path in paths if portal.answer(path) != clean[0].answer(path)]


def test_words_that_a_defect_swaps_stand_on_its_page():
    rows = dict(list_part_rows(PART_NAMES))
    for defect in list_part_defects().values():
        for key, words in defect.swap.items():
            row = rows.get(key) or rows[key.rpartition("-")[0]]
            assert all(old in str(row) for old in words), defect.id
        known = {*rows, *(key for key in make_whole().writer.library.shelf.pages)}
        assert known >= {*defect.drop, *defect.put}, defect.id


def test_names_of_columns_and_their_folders_stand_once():
    slugs = [column.slug for column in list_part_columns().values()]
    assert len(set(slugs)) == len(slugs)
    assert all(slug.isalpha() and slug.islower() for slug in slugs)
    keys = [key for key, _ in list_part_rows(PART_NAMES)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("seed", range(30))
def test_the_figures_of_a_report_balance(seed):
    rows = [[int(cell) for cell in row[1:]] for row in list_request_rows(seed)[1:]]
    assert len(rows) == 25
    assert all(len(row) == PARTY_COLUMNS and sum(row[:-1]) == row[-1] for row in rows)
    new, carried_in, *results, total, carried_out = rows
    for place in range(PARTY_COLUMNS):
        assert sum(row[place] for row in results) == total[place]
        assert new[place] + carried_in[place] == total[place] + carried_out[place]
        assert min(row[place] for row in rows) >= 0
    broken = list_request_rows(seed, broken=True)
    assert sum(row != other for row, other in zip(broken, list_request_rows(seed), strict=True)) == 1

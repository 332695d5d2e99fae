"""Each defect changes what it says and nothing else."""

from __future__ import annotations

import pytest
from demo_sight import LAYOUTS, compare_portals, list_all, make_portal, read_page

from auditor.demo.defects import find_effects, load_defects
from auditor.demo.library import find_guide
from auditor.demo.plan import EXTRA, NAMED, SECTION
from auditor.demo.refs import Ref

PAGES = 60
SITEMAP = {"/sitemap.xml"}


def paths_of(portal, *refs):
    return {portal.layout.write_path(ref) for ref in refs}


def lists_of(portal, *columns):
    library = portal.writer.library
    return {
        portal.layout.write_path(Ref("list", column, number))
        for column in columns
        for number in range(1, library.count_lists(column) + 1)
    }


def items_of(portal, column):
    return paths_of(portal, *(Ref("item", column, index) for index in range(portal.plan.items[column])))


def menu_of(portal):
    """Return the pages that show the section's menu."""
    return paths_of(portal, Ref("section")) | lists_of(portal, *SECTION)


def panels_of(portal):
    """Return the pages that list interpretations or documents beside their own column."""
    return paths_of(portal, Ref("section"), Ref("list", "catalogue", 1))


def change_menu(portal):
    return menu_of(portal), set()


def lose_column(column):
    def expect(portal):
        gone = lists_of(portal, column)
        return menu_of(portal) | items_of(portal, column) | gone | SITEMAP, gone

    return expect


def answer_otherwise(portal):
    gone = paths_of(portal, Ref("list", "rules", 1))
    return gone | SITEMAP, gone


def reset_column(portal):
    gone = paths_of(portal, Ref("list", "rules", 1))
    return gone, gone


def change_guide(fault):
    return lambda portal: (paths_of(portal, Ref("item", "guide", find_guide(portal.plan, fault))), set())


def lose_guide(portal):
    gone = paths_of(portal, Ref("item", "guide", find_guide(portal.plan, "missing")))
    return gone | lists_of(portal, "guide", "catalogue") | SITEMAP, gone


def lose_reading(family):
    def expect(portal):
        library = portal.writer.library
        gone = paths_of(portal, library.reading_of[family, 0].ref)
        lists = lists_of(portal, "interpretation")
        return gone | paths_of(portal, library.make_paper(family, 0).ref) | lists | panels_of(portal) | SITEMAP, gone

    return expect


def change_forms(portal):
    changed = [reading for reading in portal.writer.library.readings if reading.form == "chart"]
    papers = [portal.writer.library.make_paper(reading.family, reading.paper).ref for reading in changed]
    pages = paths_of(portal, *(reading.ref for reading in changed), *papers)
    return pages | lists_of(portal, "interpretation") | panels_of(portal), set()


def shut_section(portal):
    inside = {path for path in portal.list_pages() if path.startswith(portal.layout.section_prefix)}
    return inside, inside


def cut_list(portal):
    gone = lists_of(portal, "normative") - paths_of(portal, Ref("list", "normative", 1))
    return gone, gone


def unlink_papers(portal):
    library = portal.writer.library
    return paths_of(portal, *(library.make_paper(family, index).ref for family, index in library.reading_of)), set()


def pin_items(portal):
    lists = lists_of(portal, "normative", "interpretation", "news", "notices")
    return lists | paths_of(portal, Ref("home"), Ref("section")), set()


def add_columns(portal):
    return menu_of(portal) | paths_of(portal, *(Ref("list", column, 1) for column in EXTRA)) | SITEMAP, set()


def rename_column(portal):
    return menu_of(portal) | items_of(portal, "rules"), set()


def change_nothing(_portal):
    return set(), set()


# what changes at most, and what no longer answers with its page
CHANGES = {
    **{f"column-missing-{column}": lose_column(column) for column in NAMED},
    "columns-out-of-order": change_menu,
    "column-blank": lambda portal: (paths_of(portal, Ref("list", "rules", 1)), set()),
    "column-dead": answer_otherwise,
    "column-moved-home": answer_otherwise,
    "column-redirected-home": answer_otherwise,
    "column-reset": reset_column,
    "guide-undated": change_guide("undated"),
    "guide-stale": change_guide("stale"),
    "guide-image-only": change_guide("image_only"),
    "guide-missing": lose_guide,
    "normative-not-interpreted": lose_reading("normative"),
    "meeting-policy-not-interpreted": lose_reading("policy"),
    "report-not-interpreted": lose_reading("report"),
    "interpretation-mostly-text": change_forms,
    "interpretation-form-ambiguous": change_forms,
    "ipv6-no-address": change_nothing,
    "ipv6-unreachable": change_nothing,
    "ipv6-other-content": change_nothing,
    "ipv6-links-broken": change_nothing,
    "disclosure-section-blocked": shut_section,
    "disclosure-section-challenged": shut_section,
    "disclosure-section-error": shut_section,
    "policy-list-cut": cut_list,
    "interpretation-linked-one-way": unlink_papers,
    "pinned-older-item": pin_items,
    "extra-columns-between": add_columns,
    "column-address-renamed": rename_column,
}


def test_every_defect_has_titles_an_effect_and_a_test():
    names = [defect.id for defect in load_defects() if defect.part is None]
    assert names == list(CHANGES)
    assert len(names) >= 20
    assert all(defect.title.zh and defect.title.en for defect in load_defects())
    assert len({defect.id for defect in load_defects()}) == len(load_defects())
    assert all(find_effects((defect.id,)) != find_effects(()) for defect in load_defects())


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", CHANGES)
def test_a_defect_changes_what_it_says_and_nothing_else(name, layout):
    clean, other = make_portal(layout, PAGES), make_portal(layout, PAGES, defects=(name,))
    allowed, gone = CHANGES[name](clean)
    changed = compare_portals(clean, other)
    assert changed <= allowed, sorted(changed - allowed)
    assert bool(changed) == bool(allowed)
    lost = {path for path in clean.list_pages() if not answers_with_own_page(other, path)}
    assert lost == gone


def answers_with_own_page(portal, path):
    """Tell whether an address answers with its page: only the home page does not name a column."""
    answer = portal.answer(path)
    return not answer.reset and answer.status == 200 and (path == "/" or b'name="ColumnName"' in answer.body)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("column", NAMED)
def test_a_missing_column_is_named_and_linked_nowhere(column, layout):
    clean, other = make_portal(layout), make_portal(layout, defects=(f"column-missing-{column}",))
    name = clean_name(clean, column)
    folder = clean.layout.find_folder(column) + clean.layout.list_name
    for path in other.list_pages():
        page = read_page(other, path)
        assert f">{name}</a>" not in page.replace("<span>", "").replace("</span>", "")
        assert f'content="{name}"' not in page
        assert f'"{folder}"' not in page


def clean_name(portal, column):
    page = read_page(portal, portal.layout.write_path(Ref("list", column, 1)))
    return page.split('name="ColumnName" content="', 1)[1].split('"', 1)[0]


def test_the_files_of_a_defect_are_listed_and_served():
    portal = make_portal(defects=("guide-image-only", "interpretation-form-ambiguous"))
    pictures = [path for path in portal.list_files() if path.endswith(".png")]
    assert any("zhinan" in path for path in pictures)
    assert all(portal.answer(path).body.startswith(b"\x89PNG") for path in pictures)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "name", ["disclosure-section-blocked", "disclosure-section-challenged", "disclosure-section-error"]
)
def test_a_shut_section_says_so_in_the_encoding_of_the_portal(name, layout):
    portal = make_portal(layout, defects=(name,))
    answer = portal.answer(portal.layout.write_path(Ref("section")))
    assert answer.status == {"disclosure-section-blocked": 403, "disclosure-section-challenged": 200}.get(name, 500)
    assert "<h1>" in answer.body.decode(portal.layout.encoding)
    assert portal.answer("/").status == 200


def test_defects_can_be_combined_and_order_matters_only_where_they_contradict():
    names = ("column-missing-guide", "guide-stale", "ipv6-no-address")
    assert find_effects(names) == find_effects(names[::-1])
    effects = find_effects(("column-blank", "column-dead"))
    assert effects.columns == {"rules": "dead"}
    assert list_all(make_portal(defects=names)) < list_all(make_portal())

from __future__ import annotations

import pytest
from demo_sight import LAYOUTS, list_all, make_portal

from auditor.demo.folder import write_folder
from auditor.demo.profile import write_profile
from auditor.demo.refs import Ref
from auditor.profile import load_profile


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_folder_holds_every_page_and_file(layout, tmp_path):
    portal = make_portal(layout)
    assert write_folder(portal, tmp_path) == len(list_all(portal))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == len(list_all(portal))
    assert (tmp_path / "index.html").read_bytes() == portal.answer("/").body


def test_a_folder_lacks_what_is_dead_and_holds_what_only_claims_to_be_there(tmp_path):
    rules = make_portal().layout.write_path(Ref("list", "rules", 1)).lstrip("/")
    write_folder(make_portal(defects=("column-dead",)), tmp_path / "dead")
    write_folder(make_portal(defects=("column-reset",)), tmp_path / "reset")
    write_folder(make_portal(defects=("column-moved-home",)), tmp_path / "moved")
    assert not (tmp_path / "dead" / rules).exists()
    assert not (tmp_path / "reset" / rules).exists()
    assert (tmp_path / "moved" / rules).read_bytes()


def test_the_profile_is_one_that_the_auditor_accepts(tmp_path):
    portal = make_portal(pages=400)
    write_profile(portal, tmp_path / "portal.yaml")
    profile = load_profile(tmp_path / "portal.yaml")
    assert profile.standards == ("xh20",)
    assert profile.build_target(portal.host, portal.make_target().seeds[0]) == portal.make_target()

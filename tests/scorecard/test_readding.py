"""Every number on the pages of a scorecard is what the verdicts and leaves of the audits add up to."""

from __future__ import annotations

import pytest
import readding
import sample_year


@pytest.mark.parametrize("month", sample_year.SMALL_MONTHS)
def test_every_number_adds_up_again(cards, audits, month):
    assert readding.check_month(cards / "zh", audits, month) > 200


def test_the_page_of_all_months_says_what_the_months_say(cards, audits):
    readding.check_shelf(cards / "zh", audits, sample_year.SMALL_MONTHS)

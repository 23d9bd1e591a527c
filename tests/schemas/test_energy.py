"""Of two records of one alert the later one is the newer."""

from datetime import timedelta

from msgspec.structs import replace

from schemas.energy import SiteAlerted
from schemas.examples import example


def test_an_alert_is_one_by_its_site_matter_and_subject_and_the_later_record_of_it_counts() -> None:
    begun = replace(example(SiteAlerted), site="berlin", what="exceeded", subject="garage")
    over = replace(begun, over=True, at=begun.at + timedelta(microseconds=1))

    assert begun.alert == over.alert == "berlin/exceeded/garage"
    assert over.revision == begun.revision + 1

"""A tree as callers write it is a tree as it is kept."""

import msgspec

from schemas.sitetrees import SiteTree
from services.api.energy.rows import ProvisionSite, site_of, summary_of
from tests.schemas.sites import a_tree
from tests.services.api.energy.sites import a_body, a_site


def test_a_body_is_kept_as_a_tree_of_plain_records() -> None:
    body = msgspec.convert(a_body(tenant="acme"), ProvisionSite)

    assert body.tree() == a_tree()
    assert type(body.tree()) is SiteTree
    assert {type(node).__name__ for node in body.tree().nodes} == {"Node"}


def test_a_record_is_shown_whole_and_in_short() -> None:
    record = a_site(tree=a_tree(label="Garage"))

    assert site_of(record).tree == record.tree
    assert (summary_of(record).label, summary_of(record).evses) == ("Garage", 2)

"""The topics of a deployment, planned from the catalogue."""

from schemas.topicplan import plan

PLANS = {each.name: each for each in plan(partitions=6, gateways=("gw-0", "gw-1"), services=("billing",))}


def test_families_are_expanded_for_each_gateway_and_service() -> None:
    assert {"csms.gateway.gw-0", "csms.gateway.gw-1", "csms.due.billing", "csms.state.billing"} <= set(PLANS)
    assert not any("<" in name for name in PLANS)


def test_keyed_topics_have_the_partitions_of_the_deployment_and_a_route_has_one() -> None:
    assert PLANS["csms.stations"].partitions == PLANS["csms.state.billing"].partitions == 6
    assert PLANS["csms.gateway.gw-0"].partitions == 1


def test_reference_data_is_compacted_and_facts_expire() -> None:
    assert (PLANS["csms.ref.tokens"].cleanup, PLANS["csms.ref.tokens"].retention_s) == ("compact", None)
    assert (PLANS["csms.stations"].cleanup, PLANS["csms.stations"].retention_s) == ("delete", 30 * 86_400)


def test_every_topic_that_a_service_reads_has_a_dead_letter_topic() -> None:
    assert "csms.dead.stations" in PLANS
    assert "csms.dead.gateway.gw-0" not in PLANS

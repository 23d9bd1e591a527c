"""Ids that a CSMS gives are those of now wherever a station repeats them."""

from loadtest.replay.ids import Ids, leaves, written


def test_a_transaction_has_its_number_of_now_in_every_later_message():
    ids = Ids()
    ids.learn({"transactionId": 7, "idTagInfo": {"status": "Accepted"}}, {"transactionId": 99})

    assert ids.translated({"transactionId": 7, "meterStop": 7}) == {"transactionId": 99, "meterStop": 7}
    assert ids.translated({"transactionId": 8}) == {"transactionId": 8}


def test_ids_within_lists_and_objects_are_found_each_by_its_name():
    ids = Ids()
    ids.learn(
        {"requestId": 1, "profile": [{"chargingProfileId": 1}]}, {"requestId": 5, "profile": [{"chargingProfileId": 6}]}
    )

    then = {"requestId": 1, "chargingProfileIds": [1], "inside": [{"chargingProfileId": 1}], "reservationId": 1}
    now = {"requestId": 5, "chargingProfileIds": [1], "inside": [{"chargingProfileId": 6}], "reservationId": 1}
    assert ids.translated(then) == now


def test_leaves_are_the_values_and_the_empty_containers_by_their_path():
    value = {"a": [1, {"b": None}], "c": {}}

    assert [(written(path), leaf) for path, leaf in leaves(value)] == [("a[0]", 1), ("a[1].b", None), ("c", {})]

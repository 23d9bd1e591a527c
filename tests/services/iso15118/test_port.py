"""How a pool fails: why is told to the station, the pool's own words are apart."""

from services.iso15118.port import NoContract


def test_why_is_the_message_and_what_the_pool_said_is_apart() -> None:
    told = NoContract("The contract pool answered 404.", "no contract DE-8AA-C12345678")

    assert str(told) == "The contract pool answered 404."
    assert told.said == "no contract DE-8AA-C12345678"
    assert NoContract("None is there.").said == ""

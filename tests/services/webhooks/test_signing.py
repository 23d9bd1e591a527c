"""Signatures are those of standardwebhooks.com."""

import base64

import pytest

from services.webhooks.signing import BadSecret, headers, key_of, signature

ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"x" * 64).decode()


def test_the_signature_is_that_of_the_published_example() -> None:
    assert signature(SECRET, ID, AT, BODY) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_secret_signs() -> None:
    made = headers((SECRET, OTHER), ID, AT, BODY)

    assert (made["webhook-id"], made["webhook-timestamp"]) == (ID, "1614265330")
    assert made["webhook-signature"].split(" ") == [signature(SECRET, ID, AT, BODY), signature(OTHER, ID, AT, BODY)]


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_!", "whsec_" + base64.b64encode(b"x" * 23).decode(), SECRET.removeprefix("whsec_"),
     "whsec_" + base64.b64encode(b"x" * 65).decode(), "whsec_ü"],
)  # fmt: skip
def test_a_text_that_is_no_secret_is_refused_and_says_how_to_make_one(secret: str) -> None:
    with pytest.raises(BadSecret, match="openssl rand"):
        key_of(secret)

"""Form tokens: bound to one login, and signed."""

from services.api.web.auth import Login, OperatorKey


def test_a_token_belongs_to_one_login_of_one_deployment() -> None:
    key = OperatorKey("an operator's key")
    login = Login(id="a", until=2, used_at=1)

    assert key.form_token(login) == key.form_token(Login(id="a", until=2, used_at=2)), (
        "a renewed cookie keeps its forms"
    )
    assert key.form_token(login) != key.form_token(Login(id="b", until=2, used_at=1))
    assert key.form_token(login) != OperatorKey("another key").form_token(login)
    assert key.unsealed(f"form:a.{key.form_token(login)}") is None
    assert key.read(f"form:a.{key.form_token(login)}") is None

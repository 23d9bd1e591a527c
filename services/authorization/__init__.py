"""Authorization: decides whether a token may charge."""

from services.authorization.settings import AuthorizationSettings
from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="authorization",
            does="answers who may charge.",
            build="services.authorization.app:service",
        ),
    ),
    settings=AuthorizationSettings,
)

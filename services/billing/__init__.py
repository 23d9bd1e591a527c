"""Billing: sessions rated by tariffs, as charge detail records."""

from services.billing.settings import BillingSettings
from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="billing",
            does="charge detail records of sessions, running cost.",
            build="services.billing.app:service",
        ),
    ),
    settings=BillingSettings,
    metrics="services.billing.metrics",
)

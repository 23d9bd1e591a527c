"""Reports: whether all parts of an answer in parts have come."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="reports",
            does="joins the answers that stations send in parts.",
            build="services.reports.app:service",
        ),
    ),
)

"""Battery swap: what became of each swap, and which battery is in which slot."""

from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="batteries",
            does="joins the messages of battery swaps, and knows the batteries in the slots.",
            build="services.batteries.app:service",
        ),
    ),
)

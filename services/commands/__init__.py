"""Commands: a durable queue of commands for each station, their dispatch, and one outcome each."""

from services.commands.settings import CommandsSettings
from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="commands",
            does="takes commands to stations, one at a time.",
            build="services.commands.app:service",
            not_replayed="commands is never replayed: stations would get commands again that they have executed. "
            "Its queues are on its changelog; restore that from a backup of Kafka.",
        ),
    ),
    settings=CommandsSettings,
)

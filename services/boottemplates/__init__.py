"""Boot templates: what each station gets after it booted, sent one command at a time."""

from services.boottemplates.settings import BootTemplateSettings
from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="boottemplates",
            does="sends stations what boot templates have for them after a boot.",
            build="services.boottemplates.app:service",
            not_replayed="boottemplates is never replayed: stations would get the commands of past boots again. "
            "POST /api/v1/stations/{station}/boot-runs runs a template again.",
        ),
    ),
    settings=BootTemplateSettings,
    metrics="services.boottemplates.metrics",
)

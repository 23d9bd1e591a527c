"""Certificates: which of them each station has, and those that stations ask to have signed."""

from services.certificates.settings import CertificateSettings
from services.runtime.noun import Core, Noun

NOUN = Noun(
    runs=(
        Core(
            name="certificates",
            does="knows which certificates each station has.",
            build="services.certificates.app:service",
        ),
        Core(
            name="certificate-signing",
            does="decides what stations ask to have signed, sends them their certificates and has these renewed.",
            build="services.certificates.app:signing",
            not_replayed="certificate-signing is never replayed: stations would be sent certificates again, and authorities orders. "
            "Its state is on its changelog; restore that from a backup of Kafka.",
        ),
    ),
    settings=CertificateSettings,
    metrics="services.certificates.metrics",
)

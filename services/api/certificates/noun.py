"""The noun certificates, declared for the API."""

from services.api.certificates import page, reads, routes
from services.api.noun import ApiNoun, NounReads, Tab
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="certificates",
    meaning="Certificates that stations have.",
    policy=Policy(
        commands=("install_certificate", "read_certificates", "delete_certificate", "save", "list_again", "remove")
    ),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("certificates", "Certificates", group="Security"),),
    reads=NounReads(reads.CertificateReads, reads),
)

"""The noun certificates, declared for the API."""

from services.api.certificates import page, reads, routes
from services.api.noun import ApiNoun, NounReads, Tab

NOUN = ApiNoun(
    tag="certificates",
    meaning="Certificates that stations have.",
    routers=(routes.router,),
    pages=page.HANDLERS,
    tabs=(Tab("certificates", "Certificates", group="Security"),),
    reads=NounReads(reads.CertificateReads, reads),
)

"""The nouns whose events are followed and whose reads are as new as Kafka by declaration, one line each."""

from schemas.demandresponse import DEMAND_EVENTS
from schemas.identities import REF_IDENTITIES
from schemas.securityoperations import SECURITY_BATCHES
from schemas.topic import Topic
from services.api.batteries import live as batteries
from services.api.boottemplates import live as boottemplates
from services.api.certificates import live as certificates
from services.api.chargingprofiles import live as chargingprofiles
from services.api.demandresponse import live as demandresponse
from services.api.der import live as der
from services.api.devicemodel import live as devicemodel
from services.api.diagnostics import live as diagnostics
from services.api.displays import live as displays
from services.api.energy import live as energy
from services.api.iso15118 import live as iso15118
from services.api.live.declaring import LiveNoun
from services.api.locallists import live as locallists
from services.api.payments import live as payments
from services.api.reports import live as reports
from services.api.reservations import live as reservations
from services.api.securityoperations import live as securityoperations
from services.api.sessionlimits import live as sessionlimits
from services.api.signing import live as signing
from services.api.stationtariffs import live as stationtariffs

NOUNS: tuple[LiveNoun, ...] = (
    reports.LIVE,
    reservations.LIVE,
    sessionlimits.LIVE,
    locallists.LIVE,
    diagnostics.LIVE,
    displays.LIVE,
    stationtariffs.LIVE,
    payments.LIVE,
    chargingprofiles.LIVE,
    boottemplates.LIVE,
    securityoperations.LIVE,
    devicemodel.LIVE,
    certificates.LIVE,
    signing.LIVE,
    iso15118.LIVE,
    der.LIVE,
    batteries.LIVE,
    energy.LOADS,
    energy.ALERTS,
    demandresponse.LIVE,
)

TOPICS = tuple(dict.fromkeys(noun.topic for noun in NOUNS))

HELD: tuple[Topic, ...] = (SECURITY_BATCHES, DEMAND_EVENTS, REF_IDENTITIES)
"""Compacted topics of nouns that each API process holds whole."""

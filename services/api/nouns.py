"""The nouns of the API, one line each. Routes, OpenAPI tags, pages, navigation and reads follow from this list, in its order."""

from services.api.audit import noun as audit
from services.api.batteries import noun as batteries
from services.api.boottemplates import noun as boottemplates
from services.api.cdrs import noun as cdrs
from services.api.certificates import noun as certificates
from services.api.chargingprofiles import noun as chargingprofiles
from services.api.commands import noun as commands
from services.api.compatibility import noun as compatibility
from services.api.contracts import noun as contracts
from services.api.conversations import noun as conversations
from services.api.demandresponse import noun as demandresponse
from services.api.der import noun as der
from services.api.devicemodel import noun as devicemodel
from services.api.diagnostics import noun as diagnostics
from services.api.displays import noun as displays
from services.api.energy import noun as energy
from services.api.events import noun as events
from services.api.firmware import noun as firmware
from services.api.identities import noun as identities
from services.api.inbox import noun as inbox
from services.api.iso15118 import noun as iso15118
from services.api.locallists import noun as locallists
from services.api.monitoring import noun as monitoring
from services.api.noun import ApiNoun
from services.api.operators import noun as operators
from services.api.overview import noun as overview
from services.api.payments import noun as payments
from services.api.reports import noun as reports
from services.api.reservations import noun as reservations
from services.api.security import noun as security
from services.api.securityoperations import noun as securityoperations
from services.api.sessionlimits import noun as sessionlimits
from services.api.sessions import noun as sessions
from services.api.signing import noun as signing
from services.api.stations import noun as stations
from services.api.stationtariffs import noun as stationtariffs
from services.api.tariffs import noun as tariffs
from services.api.tenants import noun as tenants
from services.api.tokens import noun as tokens
from services.api.vendors import noun as vendors
from services.api.webhooks import noun as webhooks

NOUNS: tuple[ApiNoun, ...] = (
    overview.NOUN,
    stations.NOUN,
    sessions.NOUN,
    sessionlimits.NOUN,
    reservations.NOUN,
    energy.NOUN,
    chargingprofiles.NOUN,
    locallists.NOUN,
    devicemodel.NOUN,
    monitoring.NOUN,
    security.NOUN,
    securityoperations.NOUN,
    certificates.NOUN,
    signing.NOUN,
    iso15118.NOUN,
    der.NOUN,
    demandresponse.NOUN,
    batteries.NOUN,
    displays.NOUN,
    stationtariffs.NOUN,
    commands.NOUN,
    reports.NOUN,
    diagnostics.NOUN,
    firmware.NOUN,
    boottemplates.NOUN,
    tokens.NOUN,
    contracts.NOUN,
    identities.NOUN,
    tariffs.NOUN,
    cdrs.NOUN,
    payments.NOUN,
    compatibility.NOUN,
    conversations.NOUN,
    vendors.NOUN,
    webhooks.NOUN,
    operators.NOUN,
    tenants.NOUN,
    audit.NOUN,
    inbox.NOUN,
    events.NOUN,
)

"""The noun events, declared for the API."""

from services.api.events import routes
from services.api.noun import ApiNoun
from services.api.web.policy import Policy

NOUN = ApiNoun(tag="events", meaning="What happens now.", policy=Policy(), tenancy="station", routers=(routes.router,))

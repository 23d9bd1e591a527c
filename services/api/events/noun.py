"""The noun events, declared for the API."""

from services.api.events import routes
from services.api.noun import ApiNoun

NOUN = ApiNoun(tag="events", meaning="What happens now.", routers=(routes.router,))

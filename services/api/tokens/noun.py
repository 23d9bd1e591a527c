"""The noun tokens, declared for the API."""

from services.api.noun import ApiNoun, Navigation, NounReads
from services.api.tokens import decisions, importing, page, reads, routes
from services.api.web.importing import takes_file
from services.api.web.policy import EVERY, Policy

NOUN = ApiNoun(
    tag="tokens",
    meaning="Who may charge.",
    policy=Policy(
        transfers=("import_tokens", "import_in_console"),
        writes=(
            *("put_token", "delete_token", "post_top_up", "save", "remove", "change_status", "top_up"),
            *("import_tokens", "import_in_console"),
        ),
        tenanted=EVERY,
        stationed=("list_authorizations",),
    ),
    tenancy="own",
    routers=(routes.router, decisions.router, importing.router),
    pages=(*page.HANDLERS, *importing.HANDLERS),
    navigation=Navigation(
        "tokens", "Tokens", "/tokens", icon="M3 6h18v12H3zM3 10.5h18M7 15h4", section="Drivers and prices"
    ),
    reads=NounReads(reads.TokenReads, reads),
    describes=takes_file("/api/v1/token-imports"),
)

"""Policy: who may do what. Permissions, roles and scopes as data, and the one place that decides by them. PURE.

A permission is a noun of the API and an action: `read` what there is, `command` stations and sessions, `write` what is provisioned.
Each noun declares in its `noun.py` which of its handlers need which (`Policy`); a handler that changes something and is not named
there has no policy, and the application is not built.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

import msgspec

from schemas.operators import DEFAULT_TENANT, DEPLOYMENT, EVERYTHING, Scope

Action = Literal["read", "command", "write"]

ACTIONS: tuple[Action, ...] = ("read", "command", "write")
READING = frozenset({"GET", "HEAD", "OPTIONS"})

GUARDED = frozenset({"operators", "audit", "identities"})
"""Nouns that `*` does not mean: who may do what, who did what, and who stands behind pseudonyms, have to be permitted by name."""

POLICY = "policy"
"""Under this `opt` a route has the `NounPolicy` by which it is judged."""

EVERY = ("*",)
"""All handlers of a noun."""


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """A role and its permissions, each `noun:action`; `*` is every noun, but for the guarded ones, or every action."""

    role: str
    permissions: tuple[str, ...]
    note: str = ""
    built_in: bool = False


BUILT_IN: tuple[Role, ...] = (
    Role(role="viewer", permissions=("*:read",), note="Sees everything and changes nothing.", built_in=True),
    Role(
        role="operator",
        permissions=("*:read", "*:command", "stations:write", "locallists:write", "boottemplates:write"),
        note="Runs the stations: commands, orders on sessions, firmware, and what is provisioned of stations.",
        built_in=True,
    ),
    Role(
        role="energy",
        permissions=("*:read", "energy:*", "chargingprofiles:*", "der:*", "demandresponse:*", "batteries:command"),
        note="Plans charging: sites and their limits, charging profiles, demand response, controls of energy resources, battery swaps.",
        built_in=True,
    ),
    Role(
        role="billing",
        permissions=(
            *("*:read", "tariffs:*", "tokens:*", "cdrs:*", "payments:*", "stationtariffs:*", "sessionlimits:*"),
            "sessions:command",
        ),
        note="Money: tariffs, tokens and their credit, payments, limits and corrections of sessions.",
        built_in=True,
    ),
    Role(
        role="admin",
        permissions=("*:*", *(f"{noun}:*" for noun in sorted(GUARDED))),
        note="May do everything, and says who else may do what.",
        built_in=True,
    ),
)


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """What a scope asks of a station."""

    tenant: str = DEFAULT_TENANT
    site: str = ""
    labels: Mapping[str, str] = {}


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: its name, by what it was recognised, what its roles permit, and to which stations that is limited."""

    name: str
    kind: Literal["operator-key", "api-key", "user", "token"]
    roles: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    scope: Scope = EVERYTHING

    def may(self, noun: str, action: Action) -> bool:
        """Whether its roles permit the action."""
        return permitted(self.permissions, noun, action)

    @property
    def limited(self) -> bool:
        """Whether it is limited to some of the stations."""
        return self.scope != EVERYTHING


Reach = Literal["stations", "tenant", "deployment"]
"""What a route is about: single stations, what has a tenant of its own, or the deployment as a whole."""


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What a route needs. `action` None: to be signed in. `reach`: what it is about, by which a scope limits it."""

    noun: str
    action: Action | None
    reach: Reach = "stations"


class NoPolicy(LookupError):
    """A handler that nobody said a policy for."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Which handlers of a noun, by the names of their functions, need which action. GET needs `read`.

    `reads`: those that change nothing although they are no GET. `everybody`: those that need nothing but a login. `fleet`: those of
    the deployment as a whole, which are refused to whom a scope limits. `tenanted`: those of what has a tenant of its own, which are
    refused to whom a scope limits to sites or labels. Both may be `EVERY`, for all but those that are named elsewhere, in `stationed` too.
    `transfers`: exports and imports, of which a tenant may have few at once.
    """

    reads: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    everybody: tuple[str, ...] = ()
    fleet: tuple[str, ...] = ()
    tenanted: tuple[str, ...] = ()
    stationed: tuple[str, ...] = ()
    transfers: tuple[str, ...] = ()

    def need(self, noun: str, handler: str, method: str) -> Need:
        """What a request to the handler needs. Raises NoPolicy."""
        if handler in self.everybody:
            return Need(noun=noun, action=None)
        return Need(noun=noun, action=self._action(noun, handler, method), reach=self._reach(handler))

    def _reach(self, handler: str) -> Reach:
        if handler in self.stationed:
            return "stations"
        if handler in self.fleet or (self.fleet == EVERY and handler not in self.tenanted):
            return "deployment"
        return "tenant" if handler in self.tenanted or self.tenanted == EVERY else "stations"

    def _action(self, noun: str, handler: str, method: str) -> Action:
        if handler in self.commands:
            return "command"
        if handler in self.writes:
            return "write"
        if method in READING or handler in self.reads:
            return "read"
        raise NoPolicy(
            f"the handler {handler!r} changes something and has no policy: name it in `policy` of"
            f" services/api/{noun}/noun.py, under `commands` (it acts on stations or sessions), `writes` (it changes what is"
            " provisioned) or `reads` (it only works something out)"
        )

    def named(self) -> frozenset[str]:
        """Every handler that is named."""
        lists = (
            self.reads,
            self.commands,
            self.writes,
            self.everybody,
            self.fleet,
            self.tenanted,
            self.stationed,
            self.transfers,
        )
        return frozenset(name for names in lists for name in names) - frozenset(EVERY)


class NounPolicy(msgspec.Struct, frozen=True):
    """The policy of a noun, as its routes carry it."""

    noun: str
    policy: Policy

    def need(self, handler: str, method: str) -> Need:
        """What a request to the handler needs. Raises NoPolicy."""
        return self.policy.need(self.noun, handler, method)


SIGNED_IN = NounPolicy("operators", Policy(everybody=("reference",)))
"""Of pages that are of no noun."""


def permitted(permissions: Collection[str], noun: str, action: Action) -> bool:
    """Whether the permissions have the action on the noun."""
    nouns = (noun,) if noun in GUARDED else (noun, "*")
    return any(f"{each}:{done}" in permissions for each in nouns for done in (action, "*"))


def covers(permissions: Collection[str], wanted: str) -> bool:
    """Whether who has the permissions has the wanted one: nobody gives others more than he has."""
    noun, _, action = wanted.partition(":")
    nouns = (noun,) if noun in GUARDED else (noun, "*")
    actions: tuple[str, ...] = ACTIONS if action == "*" else (action,)
    return all(any(f"{n}:{a}" in permissions for n in nouns for a in (each, "*")) for each in actions)


def permissions_of(roles: Iterable[str], known: Mapping[str, Role]) -> tuple[str, ...]:
    """What the roles permit together; a role that does not exist permits nothing."""
    found = (permission for name in roles if (role := known.get(name)) for permission in role.permissions)
    return tuple(dict.fromkeys(found))


def within(scope: Scope, placed: Placement) -> bool:
    """Whether a station that is placed so belongs to the scope."""
    if scope.tenants and placed.tenant not in scope.tenants:
        return False
    if scope.sites and placed.site not in scope.sites:
        return False
    return all(placed.labels.get(name) == value for name, value in scope.labels.items())


def is_tenants(scope: Scope) -> bool:
    """Whether it is limited to tenants and to nothing else: then it has what belongs to these tenants, beside their stations."""
    return bool(scope.tenants) and not scope.sites and not scope.labels


def at_site(scope: Scope, tenant: str, site: str) -> bool:
    """Whether a whole site of a tenant is within the scope: within one with labels none is, for these choose single stations."""
    return not scope.labels and within(scope, Placement(tenant=tenant, site=site))


def owned(scope: Scope, tenants: Collection[str]) -> bool:
    """Whether what belongs to these tenants alone is within the scope; what belongs to the deployment is within none."""
    return is_tenants(scope) and bool(tenants) and all(tenant and tenant in scope.tenants for tenant in tenants)


class Owned(msgspec.Struct, frozen=True, kw_only=True):
    """A row that belongs to the tenant in it, whichever station it names; empty: to the deployment."""

    tenant: str


def owner(principal: Principal, named: str | None, before: str | None) -> str:
    """Whose a record is from now on: as `named`, else as `before`, else the only tenant's that the principal is limited to."""
    if named is not None:
        return named
    if before is not None:
        return before
    own = principal.scope.tenants if is_tenants(principal.scope) else ()
    return own[0] if len(own) == 1 else DEPLOYMENT


def refusal(principal: Principal, need: Need) -> str | None:
    """Why the principal may not have what the route needs; None where it may."""
    if need.action is None:
        return None
    if not principal.may(need.noun, need.action):
        return f"{principal.name} has no role that permits {need.noun}:{need.action}."
    if need.reach == "deployment" and principal.limited:
        return f"{principal.name} is limited to some stations, and this is of the deployment as a whole."
    if need.reach == "tenant" and principal.limited and not is_tenants(principal.scope):
        return f"{principal.name} is limited to some stations of a tenant, and this is of a tenant as a whole."
    return None

"""The structure of the code, checked: purity, import direction, size, each noun in its homes, topic names in one place.

Each rule is one test that names every offender. A rule that today's code does not keep everywhere has a written list of exceptions,
and fails as well where an exception is no longer needed: the lists only get shorter.
"""

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tests.source import MODULES, ROOT, docstring, dotted, imports, nodes, text, written_constants

EXCEPTIONS = Path(__file__).parent / "exceptions"

PURE_LIBRARIES = {
    "__future__", "argparse", "base64", "binascii", "bisect", "cmath", "collections", "contextlib", "cryptography", "dataclasses",
    "datetime", "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "highspy", "hmac", "html", "inspect", "ipaddress",
    "itertools", "json", "math",
    "msgspec", "numpy", "operator", "re", "string", "struct", "types", "typing", "urllib", "zlib", "zoneinfo", "schemas",
}  # fmt: skip
"""What a PURE module may import besides its own package: data and text, nothing that reads a clock, a file or the network (the time zones
are data that Python reads for itself)."""

MAY_READ_PACKAGED_FILES = {"importlib", "ocpp"}
"""The compiler of OCPP types reads the JSON Schemas that a library ships; they are constants."""

SHELLS_IN_SCHEMAS = {
    "schemas/__main__.py", "schemas/secretflags.py", "schemas/kafkaclients.py", "schemas/kafkapacing.py", "schemas/kafkareading.py",
    "schemas/kafkafetches.py",
    "schemas/kafkabells.py", "schemas/kafkawatch.py", "schemas/keyfile.py",
}  # fmt: skip
PURE_IN_GATEWAY = {
    "admission.py", "compatibility.py", "dispatches.py", "effects.py", "epochs.py", "framelog.py", "frames.py",
    "framesummary.py", "identities.py", "keycodes.py", "late.py", "lifecycle.py",
    "liveness.py", "mending.py", "profiles.py", "proof.py", "quotas.py", "reading.py", "registration.py", "securityevents.py", "session.py",
    "shares.py", "slots.py", "tenants.py", "unreadable.py",
}  # fmt: skip
PURE_IN_TLS = {
    "certificates.py", "forwarded.py", "proxies.py", "proxyprotocol.py", "revocations.py", "settings.py",
}  # fmt: skip
PURE_IN_RUNTIME = {
    "loop/service.py", "loop/batch.py", "loop/due.py", "loop/states.py", "loop/decoded.py", "loop/progress.py", "loop/deadletters.py",
    "bus/outgoing.py", "process/settings.py", "process/outage.py", "noun.py",
}  # fmt: skip
PURE_IN_METERING = {"core.py", "cells.py", "table.py", "feeds.py", "declared.py"}
SHELLS_IN_SERVICES = {"app.py", "__init__.py", "metrics.py", "settings.py"}
SHELLS_IN_WEBHOOKS = {"outbox.py", "receiver.py", "reading.py", "attempting.py", "fetching.py", "sending.py"}
SHELLS_IN_AUTHORITIES = {
    "__main__.py", "acmeauthority.py", "acmeclient.py", "builtin.py", "elsewhere.py", "est.py", "making.py",
    "pkcs11token.py", "responding.py", "signer.py",
}  # fmt: skip
SHELLS_IN_ISO15118 = {
    "answering.py", "asking.py", "contractworker.py", "judging.py", "pools.py", "testcontracts.py", "testpool.py", "testsigning.py",
    "worker.py",
}  # fmt: skip
SHELLS_OF = {
    "webhooks": SHELLS_IN_WEBHOOKS,
    "authorities": SHELLS_IN_AUTHORITIES,
    "iso15118": SHELLS_IN_ISO15118,
    "demandresponse": {"openadrclient.py", "openadrworker.py"},
}
LISTS_OF_NOUNS = {"__main__.py", "nouns.py", "manifests.py"}
CATCH_ALLS = {"gateway/connection.py"}
SHARED_BY_SERVICES = {"runtime", "following"}
"""Folders in services that every service may import: the stream shell, and what cores share that follow commands (PURE)."""

NOT_NOUNS = {*SHARED_BY_SERVICES, "api"}
"""Folders in services that are no noun: those, and the HTTP front that only translates."""

NOT_NOUN_MODULES = {"__init__", "translate", "rows", "unaccepted", "wire"}


def is_pure(module: Path) -> bool:
    """Whether the module is PURE by its place, and so are all that it imports."""
    match module.parts:
        case ("schemas", *_):
            return module.as_posix() not in SHELLS_IN_SCHEMAS
        case ("gateway", "ocpp", *_):
            return True
        case ("gateway", name) if name in PURE_IN_GATEWAY:
            return True
        case ("gateway", "tls", name):
            return name in PURE_IN_TLS
        case ("services", "runtime", *rest):
            return "/".join(rest) in PURE_IN_RUNTIME
        case ("services", "following", *_):
            return True
        case ("services", noun, *rest) if noun not in NOT_NOUNS and rest:
            in_metering = rest[0] == "nouns" or rest[-1] in PURE_IN_METERING
            shells = SHELLS_IN_SERVICES | SHELLS_OF.get(noun, set())
            return in_metering if noun == "metering" else rest[-1] not in shells
        case ("loadtest", *_):
            return says_pure(module)
    return False


def says_pure(module: Path) -> bool:
    """Whether the first line of the module's docstring declares it PURE."""
    return "PURE" in docstring(module).partition("\n")[0]


@cache
def pure() -> list[Path]:
    """Every PURE module. Not before a test asks: each process that runs tests reads this file."""
    return [module for module in MODULES if is_pure(module)]


@cache
def pure_of_itself() -> list[Path]:
    """With those that say they are PURE and may import any module of their own package."""
    return [module for module in MODULES if is_pure(module) or says_pure(module)]


def holds(rule: str, offenders: Iterable[str]) -> None:
    """Fail with the rule as a sentence and a line for each offender."""
    found = sorted(offenders)
    assert not found, f"{rule}\n  " + "\n  ".join(found)


def holds_but_for(rule: str, offenders: Iterable[str], excused: Iterable[str], where: str) -> None:
    """The same, where today's exceptions are written down: an exception that is no longer needed has to go.

    An exception that ends in "/" excuses a whole folder.
    """
    found, listed = set(offenders), set(excused)
    by_exception = {
        each: {one for one in found if one == each or (each[-1] == "/" and one.startswith(each))} for each in listed
    }
    holds(rule, found.difference(*by_exception.values()))
    holds(
        f"These are exceptions no longer: take them out of {where}.",
        (each for each in listed if not by_exception[each]),
    )


def exceptions(rule: str) -> tuple[list[str], str]:
    """Today's exceptions from a rule, a line each, and where they are written."""
    path = EXCEPTIONS / f"{rule}.txt"
    lines = [line.strip() for line in path.read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("#")], str(path.relative_to(ROOT))


def own_packages(module: Path) -> tuple[str, ...]:
    """What a PURE module may import from: its own top-level package; in services its own noun, and what PURE cores share."""
    is_service = module.parts[0] == "services"
    return (f"services.{module.parts[1]}.", "services.following.") if is_service else (f"{module.parts[0]}.",)


def test_a_pure_module_imports_nothing_that_does_io() -> None:
    def outside(module: Path) -> list[str]:
        allowed = PURE_LIBRARIES | (MAY_READ_PACKAGED_FILES if module.parts[0] in {"schemas", "gateway"} else set())
        own = own_packages(module)
        return [
            name for name in imports(module) if name.split(".")[0] not in allowed and not f"{name}.".startswith(own)
        ]

    holds(
        "A PURE module imports data, text and its own package; these import more:",
        (f"{module}: {name}" for module in pure_of_itself() for name in outside(module)),
    )


def test_a_pure_module_imports_no_shell_of_its_own_package() -> None:
    shells = {dotted(module) for module in MODULES if not is_pure(module) and module.name != "__init__.py"}

    holds(
        "A PURE module imports only PURE modules; these import a shell:",
        (f"{module}: {name}" for module in pure() for name in imports(module) & shells),
    )


def test_a_pure_module_reads_no_clock() -> None:
    clocks = {"now", "utcnow", "today", "monotonic", "perf_counter", "uuid4", "getenv"}

    holds(
        "A PURE module is given the time, and reads no clock, chance or environment; these call one:",
        (
            f"{module}:{node.lineno}: {node.func.attr}"
            for module in pure_of_itself()
            for node in nodes(module)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in clocks
        ),
    )


def test_the_lists_of_pure_modules_and_shells_name_modules_that_exist() -> None:
    listed = {
        *SHELLS_IN_SCHEMAS,
        *CATCH_ALLS,
        *(f"gateway/{name}" for name in PURE_IN_GATEWAY),
        *(f"services/runtime/{name}" for name in PURE_IN_RUNTIME),
        *(f"services/metering/{name}" for name in PURE_IN_METERING),
        *(f"services/{noun}/{name}" for noun, shells in SHELLS_OF.items() for name in shells),
    }

    holds("These are listed above, and are no more:", listed - {module.as_posix() for module in MODULES})


FORBIDDEN = {
    "schemas": {"gateway", "services", "loadtest", "deploy"},
    "gateway": {"services", "loadtest", "deploy"},
    "services": {"gateway", "loadtest", "deploy"},
    "loadtest": {"schemas", "gateway", "services", "deploy"},  # it tests the CSMS: its OCPP code is its own
    "deploy": {"gateway", "services", "loadtest"},
}


def test_imports_run_one_way() -> None:
    holds(
        "Imports run from gateway, services and deploy to schemas, and loadtest stands alone; these run another way:",
        (
            f"{module}: {name}"
            for module in MODULES
            for name in imports(module)
            if name.split(".")[0] in FORBIDDEN[module.parts[0]]
        ),
    )


LOADTEST_ABOVE = {
    "ocpp": set(),
    "station": {"ocpp"},
    "proof": set(),
    "report": {"proof"},
    "replay": {"ocpp"},
    "run": {"ocpp", "station", "proof", "report"},
}
"""Of each folder of the load tester: the other folders that it may import."""


def test_the_folders_of_the_load_tester_import_one_way() -> None:
    def others(module: Path) -> set[str]:
        named = {name.split(".")[1] for name in imports(module) if name.startswith("loadtest.")} & set(LOADTEST_ABOVE)
        return named - {module.parts[1]} - LOADTEST_ABOVE[module.parts[1]]

    holds(
        "ocpp <- station <- run, ocpp <- replay and proof <- report <- run; these import another way:",
        (
            f"{module}: {name}"
            for module in MODULES
            if module.parts[0] == "loadtest" and len(module.parts) > 2
            for name in others(module)
        ),
    )


def test_a_service_imports_no_other_service() -> None:
    def others(module: Path) -> set[str]:
        mine = module.parts[1]
        # the API may ask a noun's pure part (what would this have cost?), so that there is one answer
        asked = {dotted(other) for other in pure()} if mine == "api" else set()
        named = {name for name in imports(module) if name.startswith("services.")} - asked
        owners = {name.split(".")[1] for name in named if not any(other.startswith(f"{name}.") for other in asked)}
        return owners - {mine, *SHARED_BY_SERVICES}

    holds(
        "A service imports itself, what services share, and schemas; these import another service:",
        (
            f"{module}: {name}"
            for module in MODULES
            if module.parts[0] == "services" and module.parts[1] not in LISTS_OF_NOUNS
            for name in others(module)
        ),
    )


def test_only_the_runtime_knows_faust() -> None:
    holds(
        "faust is behind the wall of services/runtime; these import it:",
        (
            str(module)
            for module in MODULES
            if module.parts[:2] != ("services", "runtime")
            and {name.split(".")[0] for name in imports(module)} & {"faust", "mode"}
        ),
    )


def nouns(folder: str) -> set[str]:
    return {m.stem for m in MODULES if m.parent.as_posix() == folder} - NOT_NOUN_MODULES


def test_every_noun_of_the_gateway_is_declared_in_schemas() -> None:
    holds("schemas/NOUN.py declares each noun of gateway/ocpp; missing:", nouns("gateway/ocpp") - nouns("schemas"))


def test_every_service_is_named_after_a_noun_of_schemas_or_projects_them() -> None:
    services = {m.parts[1] for m in MODULES if m.parts[0] == "services" and len(m.parts) > 2} - NOT_NOUNS
    projection = {"metering"}  # of every noun, into ClickHouse

    holds("A service bears the name of its noun in schemas; these do not:", services - nouns("schemas") - projection)


def test_no_topic_is_named_outside_the_catalogue() -> None:
    holds(
        "Topics are named in schemas alone, where they are declared; these write a topic's name:",
        (
            f"{module}:{node.lineno}: {node.value}"
            for module in MODULES
            if not declares_topics(module)
            for node in written_constants(module)
            if isinstance(node.value, str) and node.value.startswith("csms.")
        ),
    )


def declares_topics(module: Path) -> bool:
    """A noun's own module in schemas, which declares `TOPICS`, or the catalogue that gathers them."""
    assigned = (target for node in nodes(module) if isinstance(node, ast.Assign) for target in node.targets)
    declares = any(isinstance(target, ast.Name) and target.id == "TOPICS" for target in assigned)
    return module == Path("schemas/topics.py") or (module.parts[0] == "schemas" and declares)


def test_no_ocpp_version_is_compared_outside_the_translation() -> None:
    def compared(node: ast.AST) -> bool:
        return isinstance(node, ast.Compare) and any(
            isinstance(c, ast.Constant) and c.value in {"1.6", "2.0.1", "2.1"} for c in [node.left, *node.comparators]
        )

    holds(
        "Versions differ in the rows of gateway/ocpp alone; these compare one:",
        (
            f"{module}:{node.lineno}: {ast.unparse(node)}"  # type: ignore[attr-defined]
            for module in MODULES
            if module.parts[0] in {"gateway", "services"} and module.parts[:2] != ("gateway", "ocpp")
            for node in nodes(module)
            if compared(node)
        ),
    )


def test_every_module_says_what_it_is() -> None:
    holds(
        "A module has a sentence at its head; these have none:",
        (str(module) for module in MODULES if text(module).strip() and not docstring(module)),
    )


MODULE_LINES, FUNCTION_LINES = 400, 50


def test_a_module_is_no_longer_than_its_one_idea() -> None:
    holds_but_for(
        f"A module has at most {MODULE_LINES} lines: ask what the second idea in it is. These have more:",
        (str(module) for module in MODULES if len(text(module).splitlines()) > MODULE_LINES),
        *exceptions("long"),
    )


def test_a_function_is_no_longer_than_a_screen() -> None:
    def lines(node: ast.AST) -> int:
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        return node.end_lineno - node.lineno + 1 if is_function else 0  # type: ignore[attr-defined, no-any-return]

    holds(
        f"A function has at most {FUNCTION_LINES} lines; these have more:",
        (
            f"{module}:{node.lineno}: {node.name} has {lines(node)}"  # type: ignore[attr-defined]
            for module in MODULES
            for node in nodes(module)
            if lines(node) > FUNCTION_LINES
        ),
    )


def test_bugs_are_caught_nowhere_but_where_they_end_one_connection() -> None:
    def catches_all(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.ExceptHandler)
            and (
                node.type is None
                or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
            )
            and not (
                isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            )  # it adds a note and goes on up
        )

    holds(
        "Only known failures are caught, by their names; these catch all:",
        (
            f"{module}:{node.lineno}"  # type: ignore[attr-defined]
            for module in MODULES
            if module.parts[0] in {"gateway", "services", "schemas"} and module.as_posix() not in CATCH_ALLS
            for node in nodes(module)
            if catches_all(node)
        ),
    )


def test_every_module_that_does_something_has_its_test_by_path() -> None:
    def does_something(module: Path) -> bool:
        return any(
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and not all(isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) for line in node.body)
            for node in nodes(module)
        )

    def test_of(module: Path) -> Path:
        """The fakes of the API's nouns are compared with their reads all at once."""
        folder = module.parents[1] if module.match("services/api/*/fakes.py") else module.parent
        return "tests" / folder / f"test_{module.name}"

    untested = (
        module.as_posix()
        for module in MODULES
        if module.name not in {"__init__.py", "__main__.py"}
        and does_something(module)
        and not (ROOT / test_of(module)).exists()
    )

    holds_but_for(
        "The test of a/b.py is tests/a/test_b.py; these modules have none there:", untested, *exceptions("mirror")
    )


NOUNS = {
    "authorization",
    "billing",
    "boottemplaterules",
    "boottemplates",
    "campaigns",
    "certificates",
    "chargingneeds",
    "chargingprofiles",
    "configuration",
    "datatransfer",
    "demandresponse",
    "devicemodel",
    "displays",
    "firmware",
    "iso15118",
    "locallists",
    "monitoring",
    "payments",
    "provisioning",
    "reservations",
    "securityoperations",
    "sessionlimits",
    "stations",
    "stationtariffs",
    "tariffchoice",
    "tariffs",
    "tarifftranslation",
    "transactions",
    "transactionstatus",
    "energy",
}
"""Folders of services and modules of gateway/ocpp and schemas whose nouns belong to nobody else."""

LISTS = {
    "gateway/ocpp/translate.py", "schemas/commands.py", "schemas/flows.py", "schemas/topics.py",
    "services/api/fakes.py", "services/api/live/nouns.py", "services/api/nouns.py", "services/api/ports.py",
    "services/metering/declared.py", "services/nouns.py",
}  # fmt: skip
"""Where a noun is one line of a list."""


def parts_of_nouns(name: str) -> list[str]:
    """The parts of an import that may be a noun: those of schemas, services and gateway/ocpp, not of the gateway's own modules."""
    first, *rest = name.split(".")
    return [] if first == "gateway" and rest[:1] != ["ocpp"] else rest[:2]


def test_no_noun_is_named_outside_its_homes_and_the_lists() -> None:
    """Its homes are the folder or module of its name, the folders of API and metering for one noun; nouns know each other's records."""

    def is_home(module: Path) -> bool:
        has_a_folder = module.parts[:2] == ("services", "api") and len(module.parts) > 3
        of_every_noun = ("services", "metering", "nouns"), ("services", "webhooks")
        if any(module.parts[: len(each)] == each for each in of_every_noun) or (
            has_a_folder and of_a_noun(module.parent)
        ):
            return True
        return bool({part.removesuffix(".py") for part in module.parts} & NOUNS)

    def of_a_noun(folder: Path) -> bool:
        return (ROOT / folder / "noun.py").exists()

    named = (
        f"{module}: {noun}"
        for module in MODULES
        if module.parts[0] != "loadtest" and module.as_posix() not in LISTS and not is_home(module)
        for noun in {part for name in imports(module) for part in parts_of_nouns(name) if part in NOUNS}
    )

    holds_but_for(
        "A noun is imported by its homes, other nouns and the lists; these import one from elsewhere:",
        named,
        *exceptions("nouns"),
    )

"""`python -m services.manifests`: writes the parts of deploy/ that are derived from the list of nouns. Part of `make docs`.

Whole files, lines, and tables between `<!-- begin NAME -->` and `<!-- end NAME -->`. Run it after a change of `services/nouns.py` or of
a NOUN; a test compares its output with the files in the tree.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from services.nouns import CORES, DECLARED, NOT_REPLAYED, WORKER_OF, WORKERS
from services.runtime.noun import Standalone

DEPLOY = Path(__file__).parents[1] / "deploy"

DECIDERS_HEAD = """\
# Written by `python -m services.manifests` from services/nouns.py. One Deployment for each worker. Of a stateful one, a new worker
# joins the group before an old one leaves it: partitions move twice, but somebody always decides. More workers than partitions are
# of no use.
"""

DEPLOYMENT = """\
# {name}: {does}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels: {{app.kubernetes.io/part-of: voltbus, app.kubernetes.io/name: {name}}}
spec:
  replicas: 2
  strategy: {{type: RollingUpdate, rollingUpdate: {{{rolling}}}}}
  minReadySeconds: 10
  selector:
    matchLabels: {{app.kubernetes.io/part-of: voltbus, app.kubernetes.io/name: {name}}}
  template:
    metadata:
      labels: {{app.kubernetes.io/part-of: voltbus, app.kubernetes.io/name: {name}}}
    spec:
      containers:
        - name: voltbus
          args: [services, {name}]
{environment}---
"""

CLICKHOUSE = """\
          env:
            - name: VOLTBUS_CLICKHOUSE
              valueFrom: {secretKeyRef: {name: voltbus, key: clickhouse}}
"""

SECRETS = """\
          env:
            - {name: VOLTBUS_SECRETS_KEY_FILE, value: /run/secrets/voltbus/secrets-key}
          volumeMounts:
            - {name: secrets, mountPath: /run/secrets/voltbus, readOnly: true}
      volumes:
        - name: secrets
          secret:
            secretName: voltbus
            items: [{key: secrets-key, path: secrets-key}]
"""

NEED_SECRETS = frozenset({WORKER_OF["payments"], WORKER_OF["securityoperations"]})
"""Workers with a service that needs the secrets key: `payments` makes the words that open receipts, `securityoperations` passwords."""

DISRUPTION = """\
# Of all workers together one may be away by will: each eviction has the others rebalance.
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: workers
  labels: {app.kubernetes.io/part-of: voltbus}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {voltbus.io/worker: "yes"}
"""


def kubernetes(_before: str) -> str:
    """The Deployments of all workers but those that serve HTTP, which have files of their own."""
    deployments = []
    for name, does in WORKERS.items():
        run = DECLARED.get(name)
        if not isinstance(run, Standalone):
            secrets = SECRETS if name in NEED_SECRETS else ""
            deployments.append(_deployment(name, does, rolling="maxSurge: 1, maxUnavailable: 0", environment=secrets))
        elif run.feeds:
            deployments.append(
                _deployment(name, does, rolling="maxSurge: 0, maxUnavailable: 1", environment=CLICKHOUSE)
            )
    return DECIDERS_HEAD + "".join(deployments) + DISRUPTION


def compose(before: str) -> str:
    """The compose file, its container `deciders` running every stateful worker."""
    deciders = ", ".join(name for name in WORKERS if not isinstance(DECLARED.get(name), Standalone))
    return re.sub(
        r"command: \[services, .*\](  # all stateful workers.*)", rf"command: [services, {deciders}]\1", before
    )


def operations(before: str) -> str:
    """The operations page with its tables of what runs and what may be replayed."""
    return _between(_between(before, "replay", _replay_rows()), "workers", _worker_rows())


WRITTEN: Mapping[str, Callable[[str], str]] = {
    "k8s/base/services.yaml": kubernetes,
    "compose.yaml": compose,
    "OPERATIONS.md": operations,
}
"""The files to write, by path in deploy/; each function makes the new text from the old."""


def _deployment(name: str, does: str, *, rolling: str, environment: str = "") -> str:
    return DEPLOYMENT.format(name=name, does=does, rolling=rolling, environment=environment)


def _replay_rows() -> list[str]:
    rows = ["| NAME | what it does | what it never does |", "|---|---|---|"]
    for name, run in DECLARED.items():
        if isinstance(run, Standalone) and run.feeds:
            rows.append(
                f"| `{name}` | sets the offsets of its groups back, `--from-beginning` or `--since TIME`; at its next start {name} inserts "
                "those rows again. Each table keeps one row for each id, so repeats change nothing | skip records that were not read "
                "yet, delete rows |"
            )
    rebuilt = ", ".join(f"`{name}`" for name in CORES if name not in NOT_REPLAYED)
    rows.append(
        f"| {rebuilt} | applies all facts on its topics again, in memory, up to the service's committed offsets, and writes the "
        "states that differ to its changelog. The service continues from there | send anything to a station, move offsets |"
    )
    for name, reason in NOT_REPLAYED.items():
        rows.append(f"| `{name}` | refused: {reason.removeprefix(f'{name} is never replayed: ')} | |")
    return rows


def _worker_rows() -> list[str]:
    rows = ["| worker | services in it | what it does |", "|---|---|---|"]
    for worker, does in WORKERS.items():
        services = [name for name in CORES if WORKER_OF[name] == worker] or [worker]
        rows.append(f"| `{worker}` | {', '.join(f'`{name}`' for name in services)} | {does.rstrip('.')} |")
    return rows


def _between(page: str, name: str, lines: list[str]) -> str:
    """The page with these lines between its markers of that name. Raises ValueError where it has none."""
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    if begin not in page or end not in page:
        raise ValueError(f"the page has no markers {begin.strip()} and {end}")
    head, rest = page.split(begin, 1)
    return head + begin + "\n".join(lines) + "\n" + end + rest.split(end, 1)[1]


def main() -> None:
    """Write every file that differs."""
    for name, make in WRITTEN.items():
        path = DEPLOY / name
        before = path.read_text()
        if (after := make(before)) != before:
            path.write_text(after)
            print(f"deploy/{name} written")


if __name__ == "__main__":
    main()

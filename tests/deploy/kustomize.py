"""A small kustomize: resources, namespace, strategic-merge patches, generated ConfigMaps; only what deploy/ uses of them.

What it does not know it refuses. Where kubectl or kustomize is installed, test_kubernetes compares it with them.
"""

import copy
import re
from pathlib import Path
from typing import Any

from tests.deploy.yamls import documents, read_yaml

Resource = dict[str, Any]

KNOWN = {"apiVersion", "kind", "resources", "namespace", "patches", "configMapGenerator", "generatorOptions"}
CLUSTER_WIDE = {"Namespace"}
MERGED_BY = {
    "containers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "port"),
    "topologySpreadConstraints": ("topologyKey",),
}
"""Lists that Kubernetes merges by a key of their items; all others are replaced."""


def render(folder: Path) -> list[Resource]:
    """The resources of a kustomization."""
    told = read_yaml(folder / "kustomization.yaml")
    assert set(told) <= KNOWN, f"{folder} uses {set(told) - KNOWN}"
    resources: list[Resource] = []
    for name in told.get("resources", ()):
        path = (folder / name).resolve()
        resources += render(path) if path.is_dir() else documents(path)
    for generated in told.get("configMapGenerator", ()):
        resources.append(_config_map(generated, told.get("generatorOptions", {}), folder))
    for patch in told.get("patches", ()):
        resources = _patched(resources, patch, folder)
    if namespace := told.get("namespace"):
        for resource in resources:
            if resource["kind"] not in CLUSTER_WIDE:
                resource["metadata"]["namespace"] = namespace
    return resources


def _config_map(generated: Resource, options: Resource, folder: Path) -> Resource:
    assert set(generated) == {"name", "files"}, "only ConfigMaps of files are generated"
    assert options.get("disableNameSuffixHash"), "names must not change with their content"
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": generated["name"], "labels": dict(options.get("labels", {}))},
        "data": {Path(file).name: (folder / file).read_text() for file in generated["files"]},
    }


def _patched(resources: list[Resource], patch: Resource, folder: Path) -> list[Resource]:
    (change,) = documents(folder / patch["path"])
    chosen = [each for each in resources if _chosen(each, change, patch.get("target"))]
    assert chosen, f"{folder / patch['path']} changes nothing"
    if change.get("$patch") == "delete":
        return [each for each in resources if each not in chosen]
    body = {key: value for key, value in change.items() if key not in {"apiVersion", "kind", "metadata"}}
    for resource in chosen:
        _merge(resource, body)
    return resources


def _chosen(resource: Resource, change: Resource, target: Resource | None) -> bool:
    if target is None:
        return (resource["kind"], resource["metadata"]["name"]) == (change["kind"], change["metadata"]["name"])
    key, value = target["labelSelector"].split("=")
    labelled = resource["metadata"].get("labels", {}).get(key) == value
    return labelled and re.fullmatch(target["kind"], resource["kind"]) is not None


def _merge(into: Resource, change: Resource) -> None:
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        elif isinstance(value, list) and key in MERGED_BY and key in into:
            _merge_list(into[key], value, MERGED_BY[key])
        else:
            into[key] = copy.deepcopy(value)


def _merge_list(into: list[Any], change: list[Any], keys: tuple[str, ...]) -> None:
    def name(item: Resource) -> Any:
        return next(item[key] for key in keys if key in item)

    held = {name(item): item for item in into}
    for item in change:
        if name(item) in held:
            _merge(held[name(item)], item)
        else:
            into.append(copy.deepcopy(item))

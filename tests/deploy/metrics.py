"""Everything that Voltbus's processes export: their metrics modules, imported as the processes import them."""

import importlib

import gateway.metrics
import gateway.tls.metrics
from services.nouns import METRICS
from tests.deploy.promql import exported

MODULES = (gateway.metrics, gateway.tls.metrics, *(importlib.import_module(name) for name in METRICS))

KNOWN = exported()

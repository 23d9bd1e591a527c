"""Everything that Voltbus's processes export: their metrics modules, imported as the processes import them."""

import gateway.metrics
import services.api.metrics
import services.runtime.metrics
from tests.deploy.promql import exported

MODULES = (gateway.metrics, services.api.metrics, services.runtime.metrics)

KNOWN = exported()

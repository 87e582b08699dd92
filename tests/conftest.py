"""Hypothesis: HYPOTHESIS_PROFILE=raw shows what fails as it was drawn, since shrinking takes minutes."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
_PHASES = [Phase.explicit, Phase.reuse, Phase.generate]

settings.register_profile(
    "default", deadline=None, suppress_health_check=_CHECKS, phases=[*_PHASES, Phase.shrink]
)
settings.register_profile("raw", settings.get_profile("default"), phases=_PHASES)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

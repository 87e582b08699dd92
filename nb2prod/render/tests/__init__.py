"""The tests of the generated package."""

from __future__ import annotations

from pathlib import PurePosixPath

from nb2prod.model import Plan
from nb2prod.render.tests.files import mentioned_paths
from nb2prod.render.tests.modules import module_tests
from nb2prod.render.tests.pipeline import pipeline_tests
from nb2prod.render.tests.recorded import recorded_tests

__all__ = ["mentioned_paths", "test_modules"]


def test_modules(plan: Plan) -> tuple[dict[PurePosixPath, str], dict[PurePosixPath, bytes]]:
    """Return the package's tests by path: Python sources, and recorded tables and texts."""
    recorded = recorded_tests(plan)
    code = {**module_tests(plan), **pipeline_tests(plan), **recorded.code}
    return code, dict(recorded.golden)

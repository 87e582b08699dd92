"""The tests of the generated package."""

from __future__ import annotations

from pathlib import PurePosixPath

from nb2prod.model import Plan
from nb2prod.render.tests.files import mentioned_paths
from nb2prod.render.tests.modules import module_tests
from nb2prod.render.tests.pipeline import pipeline_tests

__all__ = ["mentioned_paths", "test_modules"]


def test_modules(plan: Plan) -> dict[PurePosixPath, str]:
    """Return the Python sources of the package's tests, by path below the project's root."""
    return {**module_tests(plan), **pipeline_tests(plan)}

"""The tests of the generated package."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import PurePosixPath

from nb2prod.model import Diagnostic, Plan
from nb2prod.render.tests.files import mentioned_paths
from nb2prod.render.tests.modules import module_tests
from nb2prod.render.tests.pipeline import pipeline_tests
from nb2prod.render.tests.recorded import recorded_tests

__all__ = ["mentioned_paths", "test_modules", "without_unparsable"]


def test_modules(
    plan: Plan, *, verified: bool = False
) -> tuple[dict[PurePosixPath, str], dict[PurePosixPath, bytes]]:
    """Return the package's tests by path: Python sources, and recorded tables and texts.

    What the notebook's saved outputs show is not tested where a verified run says it: they may be
    those of other versions.
    """
    code = {**module_tests(plan), **pipeline_tests(plan)}
    if verified:
        return code, {}
    recorded = recorded_tests(plan)
    return {**code, **recorded.code}, dict(recorded.golden)


def without_unparsable(
    code: Mapping[PurePosixPath, str],
) -> tuple[dict[PurePosixPath, str], list[Diagnostic]]:
    """Return the tests that are valid Python, and a finding for each that is not.

    A fault in a test is no reason to withhold the package, whose own code must be valid.
    """
    kept, problems = {}, []
    for path, text in code.items():
        try:
            ast.parse(text)
            kept[path] = text
        except (SyntaxError, ValueError) as error:
            message = f"{path} was generated as invalid Python ({error}) and is left out."
            hint = "The package itself is not affected; please report this as a bug of nb2prod."
            problems.append(Diagnostic("NB702", message, "note", hint=hint))
    return kept, problems

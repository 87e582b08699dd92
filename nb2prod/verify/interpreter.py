"""Which Python a notebook runs on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from nb2prod.errors import InputError

# to find IPython is enough, and takes no second: where it is broken, the run says so
_PROBE = (
    "import importlib.util, json, platform, sys\n"
    "print(json.dumps(platform.python_version()))\n"
    "sys.exit(not importlib.util.find_spec('IPython'))"
)


def interpreter(python: str | None, kernel: str | None, named: str | None) -> tuple[str, str]:
    """Return the path and the version of the Python to run a notebook with.

    `python` is a path or a command, `kernel` an installed kernelspec; without both it is the
    kernelspec that the notebook names, where there is one, and else the Python that runs nb2prod.
    Raises InputError when there is no such interpreter, or it cannot run notebooks.
    """
    if python:
        found = shutil.which(python)
        if not found:
            raise InputError(f"There is no Python {python}; check the path.")
        path = str(Path(found).absolute())
    elif kernel:
        path = _of_kernel(kernel) or ""
        if not path:
            raise InputError(
                f"There is no Python kernel {kernel!r} here; `jupyter kernelspec list` names them."
            )
    else:
        path = (_of_kernel(named) if named else None) or sys.executable
    return path, _version(path)


def _of_kernel(name: str) -> str | None:
    """Return the interpreter that a kernelspec starts, if it is installed and a Python."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec(name)
    except NoSuchKernel:
        return None
    if not spec.argv or not Path(spec.argv[0]).name.startswith("python"):
        return None
    # the kernels of an environment may name their Python without its path
    return sys.executable if "/" not in spec.argv[0] else shutil.which(spec.argv[0])


def _version(path: str) -> str:
    try:
        done = subprocess.run(
            [path, "-c", _PROBE], capture_output=True, text=True, timeout=60, cwd=Path(path).anchor
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"{path} does not start: {error}") from error
    if done.returncode:
        raise InputError(
            f"{path} cannot run notebooks, for it has no IPython: `{path} -m pip install ipykernel`, "
            "or name another Python with --python or --kernel."
        )
    version: str = json.loads(done.stdout)
    return version

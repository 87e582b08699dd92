"""Errors that mean no package can be made; everything else is a Diagnostic."""

from __future__ import annotations


class Nb2prodError(Exception):
    """Base of all; `exit_status` is what the command line ends with."""

    exit_status = 2


class InputError(Nb2prodError):
    """The notebook cannot be used: one sentence says why and what to do."""


class OutputError(Nb2prodError):
    """The output folder cannot be written without losing something."""


class InternalError(Nb2prodError):
    """A proof of our own output failed: a bug of nb2prod, never of the notebook."""

    exit_status = 3

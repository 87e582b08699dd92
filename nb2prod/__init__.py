"""nb2prod: a Jupyter notebook becomes a Python package that computes the same values."""

__version__ = "0.1.0"

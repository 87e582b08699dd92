"""A script that the notebook runs into its own namespace."""

import sys

arguments = sys.argv[1:]
from_other = 37 + len(arguments) + (factor if "factor" in globals() else 0)

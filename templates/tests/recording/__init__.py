"""Small calls of the package's functions, recorded while its pipeline ran."""

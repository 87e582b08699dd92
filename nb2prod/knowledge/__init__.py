"""What libraries' calls do, as tables: a TOML file per library."""

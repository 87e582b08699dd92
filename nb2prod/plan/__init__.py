"""Which statement goes into which function of which module."""

"""Which books were read when."""

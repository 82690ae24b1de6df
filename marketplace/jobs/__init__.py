"""Background jobs on a PostgreSQL queue. Each is safe to run twice and to be cut off anywhere."""

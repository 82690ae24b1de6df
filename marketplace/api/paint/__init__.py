"""Public pages as plain HTML out of the database, in the same look as the live ones (a test compares the classes)."""

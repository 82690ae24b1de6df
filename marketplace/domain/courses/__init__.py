"""Courses: the outline that a creator edits, the versions that learners see, and how far each learner is."""

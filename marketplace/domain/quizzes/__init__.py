"""Quizzes: what is asked, how it is graded, and every learner's attempts."""

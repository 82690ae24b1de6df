"""What learners hand in: assignments of courses, submissions, their files and what was said about them."""

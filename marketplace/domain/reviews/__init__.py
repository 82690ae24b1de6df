"""What people who own a product and used it say of it, in stars and words."""

"""Times the product from outside. `make bench` runs all of it."""

"""A copy of every watched collection, kept from the changes: vendor this folder whole, or deploy the one above it."""

"""What the pages of a listing mean, what is missing from it, how much goes into one write, and when it is audited."""

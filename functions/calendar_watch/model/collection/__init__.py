"""A collection as last read: its items, the parts that they lie in, what is known of all of them, and comparing."""

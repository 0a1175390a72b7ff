"""Has the users of a domain watched, and ends the watches of who left."""

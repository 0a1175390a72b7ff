"""Requests become values, and values and errors become answers. What a watch looks like on the wire."""

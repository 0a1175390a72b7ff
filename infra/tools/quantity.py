"""A number, and of what: in the singular where it is one."""


def quantity(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"

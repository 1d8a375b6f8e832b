"""Numbers of bytes as people read them."""

GIB = 1 << 30


def gib(size: int) -> str:
    """In binary gigabytes."""
    return f"{size / GIB:.1f} GiB"

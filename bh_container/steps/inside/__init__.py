"""Programs that steps run inside a container, where there is Python and nothing of ours but this.

Each stands alone: it may import the standard library only, as old as a stage3's Python may be.
"""

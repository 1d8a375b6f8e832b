EAPI=8

inherit lab-kernel

DESCRIPTION="Kernel sources, pruned for the lab"

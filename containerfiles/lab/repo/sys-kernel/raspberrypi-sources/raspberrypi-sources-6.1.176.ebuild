EAPI=8

inherit lab-kernel

DESCRIPTION="Kernel sources for the Raspberry Pi, pruned for the lab"

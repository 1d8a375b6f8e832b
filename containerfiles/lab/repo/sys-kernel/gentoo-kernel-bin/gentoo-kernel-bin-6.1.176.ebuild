EAPI=8

inherit lab-kernel-image

DESCRIPTION="A kernel that is built already, with what virtual machines need"

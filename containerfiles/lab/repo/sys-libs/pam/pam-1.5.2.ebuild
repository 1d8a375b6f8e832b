EAPI=8

LAB_NEEDS="elogind sys-auth/elogind"
inherit lab-circle

DESCRIPTION="Needs sys-auth/elogind, which needs it"
IUSE="elogind"

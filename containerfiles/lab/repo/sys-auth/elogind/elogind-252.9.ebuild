EAPI=8

LAB_NEEDS="pam sys-libs/pam"
inherit lab-circle

DESCRIPTION="Needs sys-libs/pam, which needs it"
IUSE="+pam"

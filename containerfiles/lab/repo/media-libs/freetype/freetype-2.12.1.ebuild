EAPI=8

LAB_NEEDS="harfbuzz media-libs/harfbuzz"
inherit lab-circle

DESCRIPTION="Needs media-libs/harfbuzz, which needs it"
IUSE="+harfbuzz"

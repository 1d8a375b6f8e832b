EAPI=8

LAB_NEEDS="truetype media-libs/freetype"
inherit lab-circle

DESCRIPTION="Needs media-libs/freetype, which needs it"
IUSE="+truetype"

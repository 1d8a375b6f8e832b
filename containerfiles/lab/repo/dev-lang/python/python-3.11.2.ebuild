EAPI=8

LAB_DEBS="python3-minimal_3.11.2-1+b1_arm64 python3.11-minimal_3.11.2-6+deb12u8_arm64"
LAB_DEBS+=" libpython3.11-minimal_3.11.2-6+deb12u8_arm64 libpython3.11-stdlib_3.11.2-6+deb12u8_arm64"
LAB_DEBS+=" libexpat1_2.5.0-1+deb12u2_arm64 libffi8_3.4.4-1_arm64 libbz2-1.0_1.0.8-5+b1_arm64 liblzma5_5.4.1-1+deb12u1_arm64"
LAB_DEBS+=" libssl3_3.0.20-1~deb12u2_arm64"
inherit lab-debian

RDEPEND+=" elibc_glibc? ( sys-libs/zlib )"

src_install() {
	lab-debian_src_install
	[[ -z ${A} ]] || dosym python3 /usr/bin/python
}

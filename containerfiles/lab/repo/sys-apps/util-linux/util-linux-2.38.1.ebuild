EAPI=8

DEBIAN=2.38.1-5+deb12u3_arm64
LAB_DEBS="util-linux_${DEBIAN} mount_${DEBIAN} libmount1_${DEBIAN} libblkid1_${DEBIAN}"
inherit lab-debian

RDEPEND+=" elibc_glibc? ( sys-apps/coreutils )"

# What a start needs; most of the others want more libraries than the lab unpacks.
src_install() {
	lab-debian_src_install
	[[ -n ${A} ]] || return 0
	local kept='agetty|blkid|blockdev|dmesg|mount|mountpoint|umount'
	find "${ED}"/usr/{bin,sbin} -regextype posix-extended ! -type d ! -regex ".*/(${kept})" -delete || die
	rm -rf "${ED}"/{etc,usr/share} "${ED}"/usr/lib/{mime,systemd} || die
}

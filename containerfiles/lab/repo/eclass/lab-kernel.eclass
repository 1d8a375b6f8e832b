# Kernel sources from one upstream tarball, without the drivers that no target of the lab has.
# Portage merges file by file: 78,000 files would take minutes. All Kconfig and Makefiles stay, so that every .config works
# as far as it asks for what is still there: arm64 (BCM2711, virtio) and x86, USB, MMC, the usual filesystems and networks.

inherit lab

KEYWORDS="~amd64 ~arm64"
HOMEPAGE="https://www.kernel.org/"
LICENSE="GPL-2"
SLOT=${PVR}
IUSE="build symlink"
RESTRICT="${RESTRICT} binchecks strip"
SRC_URI="linux_${PV}.orig.tar.xz"
BDEPEND="
	app-alternatives/bc
	app-alternatives/cpio
	dev-lang/perl
	sys-devel/bison
	sys-devel/flex
	virtual/libelf
	virtual/pkgconfig
"

# gentoo-sources-6.1.176: 6.1.176-gentoo
LAB_RELEASE=${PV}-${PN%-sources}${PR#r0}
S=${WORKDIR}/linux-${PV}

# Extended regular expressions. Nothing but Kconfig files is kept of the first, Makefiles too of the second.
LAB_DROPPED=(
	'tools/(accounting|bootconfig|bpf/[^r]|[cefghkmnptuvw]|i[io]|la|le|sp)'
	'arch/(alpha|arc|csky|hexagon|ia64|loongarch|m68k|microblaze|mips|nios2|openrisc|parisc|powerpc|riscv|s390|sh|sparc|xtensa)/' 'arch/um/[^s]'
	'arch/arm/(boot/(bootp|compressed|dts/([^b]|b[^c]|bcm[^2]))|[ac-wyz])'
)
LAB_PRUNED=(
	'arch/arm64/boot/dts/[ac-z]' arch/x86/um/
	drivers/{accessibility,comedi,counter,edac,firewire,fpga,fsi,greybus,hsi,hwtracing,iio,infiniband,interconnect,ipack,isdn}/
	drivers/{macintosh,media,memstick,message,most,nfc,ntb,parisc,pcmcia,ps3,rapidio,s390,sh,slimbus,soundwire,staging}/
	drivers/{target,thunderbolt,ufs,w1,zorro}/
	'drivers/(clk|crypto|phy|soc)/[ac-z][^/]*/' 'drivers/pinctrl/[ac-hj-z][^/]*/' 'drivers/scsi/[^/]*/'
	'drivers/gpu/(host1x|ipu-v3|drm/([a-ce-rw-z]|sh|so|st|su|te)[^/]*)/'
	drivers/input/{joystick,misc,rmi4,tablet,touchscreen}/
	drivers/misc/{habanalabs,cxl,echo,genwqe,ibmasm,mei,ocxl,sgi,vmw_vmci}
	drivers/net/{arcnet,can,dsa,fddi,fjes,hamradio,ieee802154,ipa,netdevsim,wan,wireless,wwan}/
	'drivers/net/ethernet/([0-9ac-hj-qs-z]|i[bc]|intel/[f-z]|broadcom/bn)[^/]*/'
	drivers/platform/{chrome,mellanox,olpc,surface}/
	drivers/usb/{atm,c67x00,cdns3,chipidea,image,isp1760,mtu3,musb,renesas_usbhs,typec,usbip}/
	drivers/video/fbdev/{aty,geode,i810,intelfb,kyro,matrox,mb862xx,mmp,omap,savage,sis,via}
	fs/{afs,btrfs,ceph,coda,dlm,f2fs,gfs2,hfs,hfsplus,jffs2,jfs,nfsd,nilfs2,ntfs,ntfs3,ocfs2,orangefs,reiserfs,smb,ubifs,udf,ufs,xfs}/
	net/{6lowpan,atm,ax25,batman-adv,bluetooth,caif,can,ceph,dccp,dsa,ieee802154,mac80211,mac802154,nfc,openvswitch,rds,rxrpc,sctp}/
	net/{smc,tipc,wireless}/ Documentation/ samples/ sound/
)

lab-kernel_src_unpack() {
	local dropped=$(IFS='|'; echo "${LAB_DROPPED[*]}") pruned=$(IFS='|'; echo "${LAB_PRUNED[*]}")
	# tar looks up exact names to exclude in a hash table; patterns, or names to extract, it would compare one by one.
	# Once unpacked, listing it and leaving files out are matters of seeking.
	xz -T0 -dc "${DISTDIR}/${A}" >"${T}"/linux.tar || die
	tar -tf "${T}"/linux.tar | sed '/\/$/d; s,[^/]*/,,' | awk -v dropped="^(${dropped})" -v pruned="^(${pruned})" '
		! /(^|\/)Kconfig[^\/]*$/ && ($0 ~ dropped || $0 ~ pruned && ! /\/(Makefile|Kbuild)[^\/]*$/)
	' | sed "s,^,linux-${PV}/," >"${T}"/unwanted || die
	tar -xf "${T}"/linux.tar --anchored --no-wildcards --exclude-from="${T}"/unwanted || die
	rm "${T}"/linux.tar || die
	find "${S}" -type d -empty -delete || die
}

# The release names the package, as Gentoo's kernels do. Two drivers that Debian's tarball lacks would stop `make mrproper`.
lab-kernel_src_prepare() {
	sed -i -E '/\b(nvidia|riva)\/$/d' drivers/video/fbdev/Makefile || die
	sed -i "s/^EXTRAVERSION =.*/EXTRAVERSION = -${LAB_RELEASE#*-}/" Makefile || die
	default
}

lab-kernel_src_configure() { :; }
lab-kernel_src_compile() { :; }

lab-kernel_src_install() {
	dodir /usr/src
	mv "${S}" "${ED}/usr/src/linux-${LAB_RELEASE}" || die
	mkdir "${S}" || die
}

lab-kernel_pkg_postinst() {
	local link=${EROOT}/usr/src/linux
	[[ ! -d ${link} || -L ${link} ]] || die "${link} is a directory"
	! use symlink && [[ -L ${link} ]] || ln -sfn "linux-${LAB_RELEASE}" "${link}" || die
}

EXPORT_FUNCTIONS src_unpack src_prepare src_configure src_compile src_install pkg_postinst

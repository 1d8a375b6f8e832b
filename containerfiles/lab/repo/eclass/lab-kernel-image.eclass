# A kernel that is built already: Debian's linux-image, with the modules that a virtual machine needs.

inherit lab

HOMEPAGE="https://www.kernel.org/"
LICENSE="GPL-2"
SLOT=${PVR}
KEYWORDS="~amd64 ~arm64"
RESTRICT="${RESTRICT} binchecks strip"

# Debian's number for the interface of this version's modules.
LAB_ABI=50
SRC_URI="
	amd64? ( linux-image-6.1.0-${LAB_ABI}-amd64_${PV}-1_amd64.deb )
	arm64? ( linux-image-6.1.0-${LAB_ABI}-arm64_${PV}-1_arm64.deb )
"

# Of 4,000 modules those for the disks, networks and file systems of a virtual machine: squashing all takes a minute.
LAB_KEPT=(
	arch block crypto lib net/{802,9p,core,packet} fs/{9p,ext4,fat,fscache,isofs,jbd2,mbcache,netfs,nls,overlayfs,squashfs}
	drivers/{cdrom,nvme,virtio} 'drivers/ata/(ahci|libahci|libata)\.' 'drivers/block/(loop|virtio)'
	'drivers/char/(hw_random/(rng-core|virtio)|virtio)' 'drivers/net/(virtio|net_failover)'
	'drivers/scsi/(scsi_mod|scsi_common|sd_mod|sr_mod|virtio)' drivers/usb/{common,core,host/xhci,storage/u}
)

lab-kernel-image_src_unpack() {
	local kept=$(IFS='|'; echo "${LAB_KEPT[*]}")
	dpkg-deb --fsys-tarfile "${DISTDIR}/${A}" >image.tar || die
	tar -tf image.tar | grep -E "^./boot/.|/modules\.|/kernel/(${kept})" | grep -v '/$' >wanted || die
	tar -xf image.tar --no-recursion --files-from=wanted || die
	cp boot/config-* config || die
}

# Where Gentoo's kernel-build.eclass puts things; its image for arm64 is compressed, Debian's is not.
lab-kernel-image_src_install() {
	local release=$(basename lib/modules/*) arch image
	case ${ARCH} in
		amd64) arch=x86 image=bzImage ;;
		arm64) arch=arm64 image=Image.gz ;;
	esac
	local sources=/usr/src/linux-${release}
	dodir "${sources}/arch/${arch}/boot" /lib
	if [[ ${image} == *.gz ]]; then
		gzip -1 -n <boot/vmlinuz-* >"${ED}${sources}/arch/${arch}/boot/${image}" || die
	else
		cp boot/vmlinuz-* "${ED}${sources}/arch/${arch}/boot/${image}" || die
	fi
	insinto "${sources}"
	newins config .config
	cp config lib/modules/"${release}"/ || die
	mv lib/modules "${ED}/lib/" || die
	depmod --basedir "${ED}" "${release}" || die
	dosym -r "${sources}" "/lib/modules/${release}/build"
	dosym -r "${sources}/arch/${arch}/boot/${image}" "/lib/modules/${release}/vmlinuz"
}

EXPORT_FUNCTIONS src_unpack src_install

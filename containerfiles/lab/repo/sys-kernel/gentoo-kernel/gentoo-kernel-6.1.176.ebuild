EAPI=8

inherit lab-kernel-image

DESCRIPTION="Stands in for the dist-kernel: takes fragments of a configuration, and compiles nothing"

# As kernel-build.eclass does it: what the user wants comes last, in the order of the names.
src_configure() {
	local fragment name
	for fragment in "${BROOT}"/etc/kernel/config.d/*.config; do
		einfo "merging ${fragment}"
		while read -r name; do
			sed -i -E "/^(# )?${name}[= ]/d" config || die
		done < <(sed -nE 's/^(# )?(CONFIG_[A-Z0-9_]+)[= ].*/\2/p' "${fragment}")
		cat "${fragment}" >>config || die
	done
	grep -qx 'CONFIG_INITRAMFS_SOURCE=""' config || die "this kernel is built already, and takes no initramfs in"
}

src_compile() { :; }

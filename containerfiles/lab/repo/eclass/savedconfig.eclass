# USE=savedconfig as in ::gentoo: the first file found below etc/portage/savedconfig is the configuration.

IUSE="savedconfig"

# restore_config FILE: FILE becomes the saved configuration; it is left alone, with a warning, where there is none.
restore_config() {
	use savedconfig || return 0
	local base=${PORTAGE_CONFIGROOT%/}/etc/portage/savedconfig host name
	for host in "${CTARGET}/" "${CHOST}/" ""; do
		for name in "${PF}" "${P}" "${PN}"; do
			[[ -f ${base}/${host}${CATEGORY}/${name} ]] || continue
			einfo "Building with ${base}/${host}${CATEGORY}/${name}"
			cp "${base}/${host}${CATEGORY}/${name}" "$1" || die
			return
		done
	done
	ewarn "No saved configuration in ${base}: building with the default one"
}

# save_config FILE: FILE is installed as the configuration that was used.
save_config() {
	use savedconfig || return 0
	insinto "/etc/portage/savedconfig/${CATEGORY}"
	newins "$1" "${PF}"
}

# The one function of Gentoo's multilib.eclass that crossdev asks for: one ABI per target, libraries in lib. musl has no other.

multilib_env() {
	local abi=default
	case ${1:-${CTARGET}} in
		*-musl*) ;;
		aarch64*) abi=arm64 ;;
		x86_64*) abi=amd64 ;;
	esac
	export MULTILIB_ABIS=${abi} DEFAULT_ABI=${abi}
	export "CFLAGS_${abi}=" "LDFLAGS_${abi}=" "LIBDIR_${abi}=lib"
	export "CHOST_${abi}=${1:-${CTARGET}}" "CTARGET_${abi}=${1:-${CTARGET}}"
}

get_libdir() { echo lib; }

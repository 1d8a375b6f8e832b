# The part of Gentoo's toolchain-funcs.eclass that crossdev and the lab's ebuilds ask for.

tc-arch() {
	case ${1:-${CTARGET:-${CHOST}}} in
		aarch64*) echo arm64 ;;
		arm*) echo arm ;;
		i?86*) echo x86 ;;
		m68*) echo m68k ;;
		riscv*) echo riscv ;;
		x86_64*) echo amd64 ;;
		*) echo unknown ;;
	esac
}

tc-getPROG() { echo "${!1:-${CHOST}-$2}"; }
tc-getAR() { tc-getPROG AR ar; }
tc-getCC() { tc-getPROG CC gcc; }
tc-getRANLIB() { tc-getPROG RANLIB ranlib; }
tc-getSTRIP() { tc-getPROG STRIP strip; }

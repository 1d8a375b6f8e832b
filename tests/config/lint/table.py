"""The mistakes, by kind of file."""

from tests.config.lint.broken import (
    FULL,
    HOST,
    ONE,
    PI,
    STACK,
    Broken,
    add,
    gone,
    link,
    not_executable,
    put,
    put_bytes,
    swap,
    top,
)

W = "warning"
MAKE = "target-portage/make.conf"
USE = "target-portage/package.use"
KEYWORDS = "target-portage/package.accept_keywords"
REPOS = "target-portage/repos.conf"
PROFILE = "target-portage/profile"

MACHINE = (
    Broken(PI, "build-arch", gone, "", "is missing"),
    Broken(PI, "build-arch", put("\n"), "", "is empty"),
    Broken(PI, "build-arch", put("x86\n"), ":1:1", "'x86' is not the architecture of", also=1),
    Broken(PI, "build-arch", put("arm64 arm\n"), ":1:1", "more than one architecture"),
    Broken(PI, "build-arch", put_bytes(b"arm64\n\xff\n"), ":2:1", "is not UTF-8 text"),
    Broken(
        PI, f"{PROFILE}/make.defaults", swap('ARCH="arm64"', 'ARCH="arm"'), ":1:1", "ARCH is 'arm'"
    ),
    Broken(PI, f"{PROFILE}/make.defaults", swap("musl", "glibc"), ":3:1", "ELIBC is 'glibc'"),
    Broken(
        PI, f"{PROFILE}/make.defaults", swap('KERNEL="linux"', 'KERNEL="linux'), ":2:1", "a quote"
    ),
    Broken(PI, "squashfs.level", put("23\n"), ":1:1", "is no level of zstd"),
    Broken(PI, "squashfs.level", put_bytes(b"\xff"), ":1:1", "is not UTF-8 text"),
    Broken(PI, "target-portage/make.profile", gone, "", "is missing"),
    Broken(PI, "target-portage/make.profile", link("../nowhere"), "", "a symbolic link to nothing"),
    Broken(PI, "target-portage/make.profile", link("/usr/portage/x"), "", "below /var/db/repos"),
    Broken(
        PI,
        "target-portage/make.profile",
        link("/var/db/repos/gentoo/profiles/default/linux/amd64/23.0/musl"),
        "",
        "a profile for amd64",
    ),
    Broken(
        PI,
        "target-portage/make.profile",
        link("/var/db/repos/gentoo/profiles/default/linux/arm64/23.0"),
        "",
        "a profile for glibc",
        W,
    ),
    Broken(
        FULL,
        "target-portage/make.profile",
        link("/var/db/repos/gentoo/profiles/default/linux/amd64/23.0/musl"),
        "",
        "a profile for musl",
    ),
    Broken(PI, f"{KEYWORDS}/box", swap("~arm64", "~amd64"), ":1:18", "of another architecture"),
    Broken(PI, MAKE, swap('="arm64"', '="riscv"'), ":9:1", "ACCEPT_KEYWORDS has 'riscv'"),
)

LISTS = (
    Broken(PI, "worlds/base", gone, "", "is missing", also=1),
    Broken(PI, "worlds/net", put("# nothing\n"), "", "names no package"),
    Broken(PI, "worlds/net", add("dropbear\n"), ":3:1", "'dropbear' has no category"),
    Broken(PI, "worlds/net", add("net-misc/dropbear-2024.86\n"), ":3:1", "but no operator"),
    Broken(PI, "worlds/net", add(">=net-misc/dropbear\n"), ":3:1", "but no version"),
    Broken(PI, "worlds/net", add("!net-misc/dropbear\n"), ":3:1", "is a blocker"),
    Broken(PI, "worlds/net", add("net-misc/drop bear\n"), ":3:15", "'bear' has no category"),
    Broken(PI, "worlds/net", add("net-misc/dropbear\n"), ":3:1", "in this list twice", W),
    Broken(PI, "worlds/net", add("sys-libs/musl\n"), ":3:1", "is in worlds/base:4 too"),
    Broken(PI, "worlds/net", add("@system\n"), ":3:1", "of worlds/base, and of no other"),
    Broken(PI, "bootstrap", put("# a\nfreetype\n"), ":2:1", "'freetype' has no category"),
    Broken(PI, "bootstrap", put("a-b/c d -d\n"), ":1:9", "'-d' undoes 'd'"),
    Broken(HOST, "bootstrap", put("a-b/c -x,\n"), ":1:7", "'-x,' is no USE flag"),
    Broken(HOST, "bootstrap", put("a-b/c\na-b/c x\n"), ":2:1", "is in line 1 already"),
    Broken(HOST, "bootstrap", put_bytes(b"\xff"), ":1:1", "is not UTF-8 text"),
    Broken(PI, "worlds/net", add("@world\n"), ":3:1", "what the lists are installed into"),
    Broken(PI, "worlds/net", add("@sistem\n"), ":3:1", "did you mean '@system'?", W),
    Broken(PI, "worlds/tree/net", put("bass\n"), ":1:1", "did you mean 'base'?"),
    Broken(PI, "worlds/tree/net", put("net\n"), ":1:1", "in a circle: net -> net"),
    Broken(PI, "worlds/tree/net", put("base base\n"), ":1:1", "is a second parent"),
    Broken(PI, "worlds/tree/nett", put("base\n"), "", "did you mean 'net'?"),
    Broken(PI, "worlds/tree/base", put("net\n"), ":1:1", "base cannot build on 'net'"),
    Broken(PI, "worlds/tree/kernel", put("base\n"), "", "there is no list 'kernel'"),
    Broken(STACK, "worlds/tree/disk", put("shs\n"), ":1:1", "did you mean 'ssh'?"),
    Broken(STACK, "worlds/base", swap("sys-apps/toybox\n", ""), "", "no list has sys-apps/toy", W),
    Broken(PI, "worlds/base", put_bytes(b"a-b/c\0\n"), ":1:1", "holds a NUL byte"),
    Broken(PI, "worlds/kernel", add("sys-kernel/gentoo-sources\n"), "", "names 2 kernels"),
    Broken(PI, "worlds/kernel", gone, "linux.config", "there is no worlds/kernel"),
)

PORTAGE = (
    Broken(PI, MAKE, gone, "", "is missing"),
    Broken(PI, MAKE, swap("CHOST=aarch64", "CHOST=arm64"), ":4:7", "CHOST is 'arm64-", also=1),
    Broken(PI, MAKE, swap("ROOT=/usr/${CHOST}/", "ROOT=/"), ":7:6", "ROOT is '/'"),
    Broken(PI, MAKE, add('USE="X\n'), ":41:1", "a quote that is never closed"),
    Broken(PI, MAKE, add("MAKEOPTS = -j4\n"), ":41:1", "white space beside the '='"),
    Broken(PI, MAKE, add("emerge --sync\n"), ":41:1", "'emerge' begins no assignment"),
    Broken(PI, MAKE, add('CFLAG="-O3"\n'), ":41:1", "did you mean 'CFLAGS'?", W),
    Broken(PI, MAKE, add('USE="X"\n'), ":41:1", "USE is set a second time", W),
    Broken(PI, MAKE, add('LDFLAGS="${COMON_FLAGS}"\n'), ":41:10", "'${COMON_FLAGS}' is set no", W),
    Broken(PI, MAKE, swap("-nls", "-n!s"), ":11:21", "'-n!s' in USE is no USE flag"),
    Broken(PI, MAKE, swap("noman", "nomen"), ":22:20", "did you mean 'noman'?", W),
    Broken(PI, MAKE, swap("buildpkg ", ""), ":22:1", "FEATURES has no 'buildpkg'"),
    Broken(PI, MAKE, swap("PKGDIR=${ROOT}packages/\n", ""), "", "PKGDIR is not set"),
    Broken(PI, MAKE, swap("${ROOT}packages/", "/var/pkgs"), ":25:1", "PKGDIR is '/var/pkgs'"),
    Broken(PI, MAKE, swap('="arm64"', '="arm64!"'), ":9:18", "'arm64!' in ACCEPT_KEYWORDS is no"),
    Broken(PI, MAKE, swap("*.la", "/etc"), ":40:33", "INSTALL_MASK takes away /etc/passwd"),
    Broken(PI, MAKE, swap("*.la", "/lib"), ":40:33", "INSTALL_MASK takes away"),
    Broken(PI, MAKE, swap("*.la", "busybox"), ":40:33", "INSTALL_MASK takes away /bin/busybox"),
    Broken(PI, MAKE, swap("*.la", "*.so*"), ":40:33", "the C library"),
    Broken(PI, MAKE, swap("/usr/share/doc ", "/usr/share "), ":40:122", "while it is installed"),
    Broken(PI, MAKE, swap("*.la", "usr/include"), ":40:33", "neither a path from / nor", W),
    Broken(PI, f"{USE}/box", add("busybox static\n"), ":6:1", "'busybox' has no category"),
    Broken(PI, f"{USE}/box", add("sys-libs/musl\n"), ":6:1", "so the line says nothing", W),
    Broken(PI, f"{USE}/box", add("sys-libs/musl +static\n"), ":6:15", "'+static' is no USE flag"),
    Broken(PI, f"{USE}/box", add("sys-apps/busybox pam\n"), ":6:18", "undoes '-pam'", W),
    Broken(PI, f"{USE}/box", put_bytes(b"a-b/c x\n\xe9\n"), ":2:1", "is not UTF-8 text", also=1),
    Broken(PI, f"{USE}/box", add(">=sys-libs/musl static\n"), ":6:1", "but no version"),
    Broken(PI, f"{USE}/box", add("*-libs/ static\n"), ":6:1", "'*-libs/' is no package atom"),
    Broken(PI, f"{KEYWORDS}/box", add("dropbear\n"), ":3:1", "'dropbear' has no category"),
    Broken(PI, f"{KEYWORDS}/box", swap("~arm64", "~ARM64"), ":1:18", "'~ARM64' is no keyword"),
    Broken(
        PI,
        "target-portage/package.license/raspberrypi",
        swap("raspberrypi-v", "?"),
        ":1:31",
        "is no license",
    ),
    Broken(
        PI,
        "target-portage/package.mask/x",
        put("sys-libs/musl sys-apps/busybox\n"),
        ":1:15",
        "one word too many",
    ),
    Broken(PI, "target-portage/package.unmask", put("musl\n"), ":1:1", "'musl' has no category"),
    Broken(
        PI,
        "target-portage/package.env",
        put("sys-libs/musl debug.conf\n"),
        ":1:15",
        "there is no 'debug.conf' in target-portage/env",
    ),
    Broken(PI, f"{PROFILE}/package.provided", add("acct-user/x\n"), ":5:1", "with its version"),
    Broken(PI, f"{PROFILE}/package.provided", add("=acct-user/x-0\n"), ":5:1", "is no package wi"),
    Broken(PI, f"{PROFILE}/packages", add("-*musl\n"), ":58:3", "'musl' has no category"),
    Broken(PI, f"{PROFILE}/packages", add("*>=a-b/c\n"), ":58:2", "but no version"),
    Broken(PI, f"{PROFILE}/use.mask", put("a b!\n"), ":1:3", "'b!' is no USE flag"),
    Broken(
        STACK,
        "target-portage/env/sys-apps/toybox",
        add('X="never\n'),
        ":6:1",
        "the value of X has a quote",
    ),
)

REPOSITORIES = (
    Broken(
        PI, f"{REPOS}/bh-stage0.conf", swap("location", "lokation"), ":2:1", "is no key", W, also=2
    ),
    Broken(PI, f"{REPOS}/bh-stage0.conf", swap("= 10", "= high"), ":3:12", "'high' is no number"),
    Broken(PI, f"{REPOS}/bh-stage0.conf", swap("= no", "= never"), ":5:13", "neither yes nor no"),
    Broken(PI, f"{REPOS}/bh-stage0.conf", swap("= gentoo", "= gento"), ":4:11", "did you mean"),
    Broken(PI, f"{REPOS}/bh-stage0.conf", gone, REPOS, "so repos/bh-stage0 is not used"),
    Broken(PI, f"{REPOS}/bh-stage0.conf", top("x = 1\n"), ":1:1", "is no repos.conf file", also=2),
    Broken(PI, f"{REPOS}/x.conf", put("[x]\nlocation = /y\n"), ":1:2", "nothing is there"),
    Broken(
        PI,
        f"{REPOS}/x.conf",
        put("[x]\nlocation = /y\nsync-type = gti\nsync-uri = https://x.example/\n"),
        ":3:13",
        "did you mean 'git'?",
    ),
    Broken(
        PI,
        f"{REPOS}/x.conf",
        put("[x]\nlocation = /y\nsync-type = git\n"),
        ":3:13",
        "and no sync-uri",
    ),
    Broken(
        PI,
        f"{REPOS}/x.conf",
        put("[x]\nsync-type = git\nsync-uri = https://x.example/\n"),
        ":1:2",
        "[x] has no location",
    ),
    Broken(PI, "repos/bh-stage0/metadata/layout.conf", gone, "", "is missing"),
    Broken(
        PI,
        "repos/bh-stage0/metadata/layout.conf",
        swap("thin-manifests = true", "thin-manifests = false"),
        "",
        "net-misc/bh-stage0-net no Manifest: Portage refuses",
    ),
    Broken(PI, "repos/bh-stage0/profiles/repo_name", put("stage0\n"), ":1:1", "directory is call"),
    Broken(PI, "repos/bh-stage0/sys-apps/x/y-1.ebuild", put("EAPI=8\n"), "", "no version of sys"),
    Broken(PI, "repos/bh-stage0/x-1.ebuild", put("EAPI=8\n"), "", "not where Portage looks"),
    Broken(PI, "repos/bh-stage0/a/x/x-1.ebuild", put("SLOT=0\n"), "", "has no EAPI"),
    Broken(PI, "repos/notes", put("x\n"), "", "repos/ holds repositories", W),
)

KERNEL = (
    Broken(PI, "linux.config", gone, "", "cannot do without it"),
    Broken(PI, "linux.config", add("CONFG_X=y\n"), ":3499:1", "is no line of a kernel's .config"),
    Broken(PI, "linux.config", add("CONFIG_SMP=y\n"), ":3499:1", "CONFIG_SMP is there twice", W),
    Broken(ONE, "linux.config", add("CONFIG_ARM64=y\n"), ":73:1", "CONFIG_ARM64 is of arm64"),
    Broken(
        PI,
        "linux.config",
        swap('CONFIG_INITRAMFS_SOURCE=""', 'CONFIG_INITRAMFS_SOURCE="x"'),
        ":150:1",
        "split.initramfs keeps the initramfs outside",
    ),
    Broken(
        PI,
        "linux.config",
        swap("CONFIG_MMC_BLOCK=y", "# CONFIG_MMC_BLOCK is not set"),
        ":2370:1",
        "images are on an SD card",
    ),
    Broken(ONE, "linux.config", swap("CONFIG_SQUASHFS=y\n", ""), "", "CONFIG_SQUASHFS is not set"),
    Broken(ONE, "linux.config", swap("OVERLAY_FS=y", "OVERLAY_FS=n"), ":45:1", "CONFIG_OVERLAY_FS"),
    Broken(STACK, "linux.config", swap("BLK_DEV_LOOP=y\n", "X=y\n"), "", "mounting the images"),
    Broken(
        PI,
        "linux.config",
        swap("CONFIG_BLK_DEV_INITRD=y", "# CONFIG_BLK_DEV_INITRD is not set"),
        ":149:1",
        "needed for the initramfs",
    ),
    Broken(
        PI,
        "linux.config",
        swap("CONFIG_RD_GZIP=y", "# CONFIG_RD_GZIP is not set"),
        ":151:1",
        "which is compressed so",
    ),
    Broken(ONE, "linux.config", add("CONFIG_BTRFS_FS=m\n"), ":73:1", "CONFIG_MODULES is not set"),
    Broken(FULL, "linux.config", put("CONFIG_X86=y\n"), "", "gentoo-kernel-bin is built", W),
)

BOX = (
    Broken(PI, "busybox-mini.config", gone, "worlds/base", "has no @system, and there is no"),
    Broken(PI, "busybox-mini.config", add("STATIC=y\n"), ":1204:1", "is no line of busybox's"),
    Broken(
        PI,
        "busybox-mini.config",
        swap("CONFIG_STATIC=y", "# CONFIG_STATIC is not set"),
        ":42:1",
        "the initramfs has no libraries",
    ),
    Broken(
        PI,
        "busybox-mini.config",
        swap("CONFIG_SWITCH_ROOT=y", "# CONFIG_SWITCH_ROOT is not set"),
        ":692:1",
        "initramfs/init calls switch_root",
    ),
    Broken(
        PI,
        "busybox-mini.config",
        swap("CONFIG_MOUNT=y", "# CONFIG_MOUNT is not set"),
        ":656:1",
        "initramfs/init calls mount",
    ),
    Broken(
        PI,
        "busybox-mini.config",
        swap("CONFIG_ASH=y", "# CONFIG_ASH is not set"),
        ":1116:1",
        "no shell is on",
    ),
    Broken(STACK, "toybox-mini.config", swap("CONFIG_MODPROBE=y\n", ""), "", "init calls modpro"),
    Broken(STACK, "toybox-mini.config", swap("CONFIG_SH=y\n", ""), "", "no shell is on"),
    Broken(PI, "busybox.config", gone, f"{USE}/box:2:32", "there is no busybox.config", W),
    Broken(PI, f"{USE}/box", swap(" savedconfig", ""), "busybox.config", "has no savedconfig for"),
    Broken(PI, "toybox.config", put("CONFIG_SH=y\n"), "", "makes busybox the box", W),
    Broken(PI, "initramfs/init", gone, "", "is missing"),
    Broken(PI, "initramfs/init", not_executable, "", "is not executable"),
    Broken(PI, "initramfs/init", swap("#!/bin/sh\n", ""), ":1:1", "names no interpreter"),
    Broken(PI, "initramfs/bin/sh", gone, "", "init begins with #!/bin/sh"),
    Broken(PI, "initramfs/bin/sh", link("toybox"), "", "leads to toybox, and the box is busybox"),
)

UNREAD = (
    Broken(PI, "split.bas", put(""), "", "did you mean 'split.base'?", W),
    Broken(PI, "cpuflags", put(""), "", "nothing reads this", W),
    Broken(PI, "split.base", put("no\n"), ":1:1", "what it contains is not read", W),
    Broken(PI, "target-portage/package.keyword", put("a-b/c ~arm64\n"), "", "did you mean", W),
    Broken(PI, f"{PROFILE}/package.masks", put("a-b/c\n"), "", "did you mean 'package.mask'?", W),
)

OF_HOST = (
    Broken(HOST, MAKE, swap('CHOST="x86_64-pc-linux-musl"\n', ""), "", "CHOST is not set"),
    Broken(HOST, "worlds/base", add("git\n"), ":15:1", "'git' has no category"),
    Broken(HOST, f"{USE}/host", add("dev-vcs/git per!\n"), ":6:13", "'per!' is no USE flag"),
    Broken(
        HOST, f"{REPOS}/gentoo.conf", swap("sync-uri", "sync-url"), ":7:1", "is no key", W, also=1
    ),
    Broken(HOST, "build-arch", put("x86\n"), "", "nothing reads this", W),
    Broken(
        HOST,
        "target-portage/env/dev-lang/rust",
        put('RUST_CROSS_TARGETS="AArch64:aarch64-unknown-linux-musl"\n'),
        ":1:21",
        "is no rust cross target",
    ),
)

TABLE = (
    *MACHINE,
    *LISTS,
    *PORTAGE,
    *REPOSITORIES,
    *KERNEL,
    *BOX,
    *UNREAD,
    *OF_HOST,
)

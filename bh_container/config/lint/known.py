"""Names that others have given: Portage's variables and features, the keys of its files."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VARIABLES = _words(
    """
    ACCEPT_CHOSTS ACCEPT_KEYWORDS ACCEPT_LICENSE ACCEPT_PROPERTIES ACCEPT_RESTRICT AR ARCH AS
    ASFLAGS BINPKG_COMPRESS BINPKG_FORMAT BUILD_PREFIX CARGO_BUILD_TARGET CBUILD CC CCACHE_DIR
    CCACHE_SIZE CFLAGS CHOST CLEAN_DELAY COLLISION_IGNORE COMMON_FLAGS CONFIG_PROTECT
    CONFIG_PROTECT_MASK CPPFLAGS CPU_FLAGS_ARM CPU_FLAGS_PPC CPU_FLAGS_X86 CTARGET CXX
    CXXFLAGS DISTDIR ELIBC EMERGE_DEFAULT_OPTS EPREFIX EXTRA_ECONF FCFLAGS FEATURES
    FETCHCOMMAND FFLAGS GENTOO_MIRRORS GOFLAGS GRUB_PLATFORMS HOSTCC INPUT_DEVICES
    INSTALL_MASK I_KNOW_WHAT_I_AM_DOING_CROSS KERNEL L10N LC_MESSAGES LDFLAGS LINGUAS
    LLVM_SLOT LLVM_TARGETS LUA_SINGLE_TARGET LUA_TARGETS MAKEOPTS NM NOCOLOR OBJCOPY PKGDIR
    PKG_CONFIG_PATH PORTAGE_BINHOST PORTAGE_COMPRESS PORTAGE_ELOG_CLASSES PORTAGE_ELOG_SYSTEM
    PORTAGE_GPG_DIR PORTAGE_GPG_KEY PORTAGE_GRPNAME PORTAGE_IONICE_COMMAND PORTAGE_LOGDIR
    PORTAGE_NICENESS PORTAGE_SCHEDULING_POLICY PORTAGE_TMPDIR PORTAGE_USERNAME
    PYTHON_SINGLE_TARGET PYTHON_TARGETS QEMU_SOFTMMU_TARGETS QEMU_USER_TARGETS RANLIB
    RESUMECOMMAND ROOT RUBY_TARGETS RUSTFLAGS RUST_CROSS_TARGETS STRIP SYSROOT
    UNINSTALL_IGNORE USE USERLAND USE_ORDER VIDEO_CARDS
    """
)
"""What a make.conf sets (make.conf(5), ebuilds and eclasses)."""

FEATURES = _words(
    """
    assume-digests binpkg-docompress binpkg-dostrip binpkg-ignore-signature binpkg-logs
    binpkg-multi-instance binpkg-request-signature binpkg-signing buildpkg buildpkg-live
    buildsyspkg candy ccache cgroup clean-logs collision-protect compress-build-logs
    compress-index compressdebug config-protect-if-modified digest distcc distlocks
    downgrade-backup ebuild-locks fail-clean fakeroot fixlafiles force-mirror getbinpkg
    gpg-keepalive icecream installsources ipc-sandbox keeptemp keepwork lmirror merge-sync
    merge-wait metadata-transfer mirror mount-sandbox multilib-strict network-sandbox
    network-sandbox-proxy news noauto noclean nodoc noinfo noman nostrip notitles
    parallel-fetch parallel-install pid-sandbox pkgdir-index-trusted preserve-libs
    protect-owned python-trace qa-unresolved-soname-deps sandbox selinux sesandbox sfperms
    sign skiprocheck split-elog split-log splitdebug strict strict-keepdir stricter suidctl
    test test-fail-continue unknown-features-filter unknown-features-warn unmerge-backup
    unmerge-logs unmerge-orphans unprivileged userfetch userpriv usersandbox usersync
    warn-on-large-env webrsync-gpg xattr
    """
)
"""make.conf(5), FEATURES."""

REPOSITORY_KEYS = _words(
    """
    aliases auto-sync clone-depth eclass-overrides force location main-repo masters
    module-specific-options priority profile-formats strict-misc-digests sync-allow-hardlinks
    sync-depth sync-git-clone-env sync-git-clone-extra-opts sync-git-env sync-git-pull-env
    sync-git-pull-extra-opts sync-git-verify-commit-signature sync-git-verify-max-age-days
    sync-hooks-only-on-change sync-openpgp-key-path sync-openpgp-key-refresh
    sync-openpgp-keyserver sync-rcu sync-rcu-store-dir sync-rsync-extra-opts
    sync-rsync-verify-jobs sync-rsync-verify-max-age sync-rsync-verify-metamanifest sync-type
    sync-umask sync-uri sync-user sync-webrsync-delta sync-webrsync-keep-snapshots
    sync-webrsync-verify-signature volatile
    """
)
"""portage(5), repos.conf."""

SHELL_WORDS = _words(
    """
    break case cd continue do done elif else esac eval exec exit export fi for function if in
    local read return set shift source then trap umask unset until wait while
    """
)
"""What a shell does itself."""

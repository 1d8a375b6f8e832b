"""What would be a surprise in an image that somebody else starts."""

import re
import stat

from bh_container.output.checks.root import Root, refuse

_NAMES = """
bbsuid chage chfn chsh dbus-daemon-launch-helper expiry fusermount fusermount3 gpasswd mount
mount.cifs mount.nfs newgidmap newgrp newuidmap passwd pkexec polkit-agent-helper-1 sg
ssh-keysign su sudo traceroute6 umount unix_chkpwd utempter wall write Xorg.wrap
"""
SETUID = frozenset(_NAMES.split())
"""Programs that are known to need it; `tests/setuid` of a target names more, by path."""

LOCKED = ("*", "!")
"""How a password begins that nobody can type (shadow(5))."""

ALLOW = "name it in tests/accounts of the target"

BUILD_ROOM = re.compile(rb"/portage/[a-z0-9-]+/[A-Za-z0-9+_.-]+/(?:work|image|temp)/|/bh/work/")
"""Where packages are compiled, and where bh-container's steps work."""

DEVELOPMENT = ("/etc/portage", "/var/db/pkg", "/var/lib/portage", "/usr/include")


def test_no_setuid_surprise(root: Root) -> None:
    """Only known programs take another identity, and only their owner can change them."""
    problems = []
    for path in root.files:
        mode = path.stat().st_mode
        if not mode & (stat.S_ISUID | stat.S_ISGID):
            continue
        what = f"{root.name(path)}: mode {stat.S_IMODE(mode):04o}"
        if mode & (stat.S_IWGRP | stat.S_IWOTH):
            problems.append(f"{what}, and not only its owner can write to it")
        elif path.name not in SETUID and root.name(path) not in root.setuid:
            problems.append(f"{what}; if that is right, name it in tests/setuid of the target")
    refuse(problems)


def test_accounts_are_locked(root: Root) -> None:
    """No account can be entered with a password that everybody has who has the image."""
    problems = []
    for file in ("/etc/passwd", "/etc/shadow"):
        for line in root.lines(file):
            name, _, rest = line.partition(":")
            password = rest.partition(":")[0]
            if (file, password) == ("/etc/passwd", "x") or name in root.accounts:
                continue  # which says that it is in shadow
            if password.startswith(LOCKED):
                continue
            what = "has a password" if password else "has an empty password"
            problems.append(f"{file}: {name} {what}; if that is right, {ALLOW}")
    refuse(problems)


def test_no_build_path_leaked(root: Root) -> None:
    """Nothing names the directories that it was made in: they do not exist where it runs."""
    tuple_ = root.target.partition(".")[0]
    paths = [f"/usr/{root.target}".encode()]
    # A compiler for its own tuple has files there; nothing else does.
    paths += [] if root.complete else [f"/usr/{tuple_}/".encode()]
    problems = []
    for path in root.files:
        content = path.read_bytes()
        # Portage has such paths in its own comments.
        room = (
            None
            if "portage" in path.relative_to(root.directory).parts
            else BUILD_ROOM.search(content)
        )
        found = room[0] if room else next((one for one in paths if one in content), None)
        if found:
            problems.append(f"{root.name(path)}: has {found.decode()} in it")
    refuse(problems)


def test_a_stage0_has_nothing_of_the_build(root: Root) -> None:
    """Without a package manager, its files and those for compiling are only weight."""
    if root.complete:
        return
    directories = {name: root.resolve(name) for name in DEVELOPMENT}
    kept = [f"{name}: is not empty" for name, at in directories.items() if at and any(at.iterdir())]
    objects = [
        f"{root.name(path)}: is for a linker"
        for path in root.files
        if path.suffix in (".a", ".la", ".o")
    ]
    refuse([*kept, *objects])

"""`bh-container lab`: the lab seed, to try the tool out without a Gentoo mirror."""

import typer

from bh_container.cli.exits import exits
from bh_container.cli.options import Directory, Json, Plain, Url


def lab(
    directory: Directory = None, url: Url = None, plain: Plain = False, json: Json = False
) -> None:
    """Make the lab seed: a stand-in for a stage3, with real Portage and real compilers.

    A build with --seed lab makes it by itself; this command makes nothing else.

    Example: bh-container lab
    """
    from bh_container.cli.place import open_project
    from bh_container.cli.workshop import Given, open_workshop
    from bh_container.run.lock import STORE, shared
    from bh_container.run.seeds import lab_recipe
    from bh_container.seed.lab import lab_seed

    with exits():
        options = {"directory": directory, "podman_url": url}
        project, settings = open_project(options)
        with (
            open_workshop(
                project, settings, Given(options=options, plain=plain, json=json)
            ) as shop,
            shared(shop.lock(STORE)),
        ):
            seed = lab_seed(shop.engine, lab_recipe(shop), shop.tell)
        typer.echo(seed.image)

#!/bin/bash
# Needs: /bh/config/host.
# Leaves: /etc/portage as the user wrote it, beside the files that crossdev keeps there.
set -euo pipefail

rsync --archive --delete --exclude='cross-*' --chown=root:root \
	/bh/config/host/target-portage/ /etc/portage/
mkdir -p /etc/portage/{env,profile} \
	/etc/portage/package.{accept_keywords,env,mask,use} \
	/etc/portage/profile/package.use.{force,mask}

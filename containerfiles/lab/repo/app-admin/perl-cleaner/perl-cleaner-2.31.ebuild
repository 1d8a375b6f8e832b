EAPI=8

inherit lab-host

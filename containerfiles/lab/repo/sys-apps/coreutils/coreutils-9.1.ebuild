EAPI=8

LAB_DEBS="coreutils_9.1-1_arm64 libacl1_2.3.1-3_arm64 libattr1_1%3a2.5.1-4_arm64 libgmp10_2%3a6.2.1+dfsg1-1.1_arm64"
LAB_DEBS+=" libselinux1_3.4-1+b6_arm64 libpcre2-8-0_10.42-1_arm64"
inherit lab-debian

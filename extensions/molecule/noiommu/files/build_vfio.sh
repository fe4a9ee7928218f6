#!/usr/bin/env bash
# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs in an image of the lab: builds vfio with no-IOMMU mode, which Debian's kernel leaves out.
# The modules go where depmod prefers them to the kernel's own, which stay.
set -euo pipefail

release=$(ls /lib/modules)
mkdir /usr/src/vfio
tar --extract --file /usr/src/linux-source-6.12.tar.xz --directory /usr/src/vfio --strip-components=1 --wildcards \
    '*/drivers/vfio/*' '*/include/linux/vfio*' '*/include/linux/iommufd.h' '*/drivers/iommu/iommufd/*'
make --silent --directory "/usr/src/linux-headers-$release" M=/usr/src/vfio/drivers/vfio \
    CONFIG_VFIO=m CONFIG_VFIO_NOIOMMU=y KCFLAGS=-DCONFIG_VFIO_NOIOMMU=1 modules
target=/lib/modules/$release/updates/dpdk-lab
mkdir --parents "$target"
for module in vfio vfio_iommu_type1 pci/vfio-pci-core pci/vfio-pci; do
    strip --strip-debug "/usr/src/vfio/drivers/vfio/$module.ko"
    cp "/usr/src/vfio/drivers/vfio/$module.ko" "$target"
done
depmod --all "$release"
modinfo --set-version "$release" --field parm vfio | grep -q enable_unsafe_noiommu_mode
rm --recursive /usr/src/vfio

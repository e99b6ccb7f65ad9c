#!/bin/bash
# Boots systemd as process 1 of a machine of its own, over a copy-on-write view of this host's files. Called as
#     unshare --mount --pid --fork --kill-child --cgroup --uts --ipc systemd_machine.sh FOLDER
# by a process that is alone in a cgroup of the unified hierarchy. What it writes lies in a tmpfs on FOLDER, its network
# is its own, and all of it goes with process 1.
#
# FOLDER/site-packages is what the service's Python has, FOLDER/shop the site.
set -euo pipefail
given=$1
machine=$given/machine
mkdir "$machine"
mount --make-rprivate /
mount -t tmpfs tmpfs "$machine"
root=$machine/root
mkdir "$machine/up" "$machine/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$machine/up,workdir=$machine/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
touch "$root/dev/console"

# The host's own services are not started, and the voice's package may not start any.
find "$root/etc/systemd/system" -mindepth 1 -delete
printf '[Unit]\nDefaultDependencies=no\n' >"$root/etc/systemd/system/bare.target"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
inside() { chroot "$root" /usr/bin/env DEBIAN_FRONTEND=noninteractive "$@"; }
install=(apt-get install --yes --no-install-recommends espeak-ng python3-venv)
inside "${install[@]}" || { inside apt-get update && inside "${install[@]}"; }
inside getent group asterisk || inside groupadd --system asterisk
inside getent passwd asterisk || inside useradd --system --gid asterisk asterisk

inside /usr/bin/python3 -m venv --without-pip /srv/ivrctl
packages=("$root"/srv/ivrctl/lib/python3.*/site-packages)
cp --archive "$given/site-packages/." "${packages[0]}"
cp --recursive "$given/shop" "$root/srv/shop"
chmod --recursive a+rX "$root/srv"
printf '#!/srv/ivrctl/bin/python\nfrom ivrctl.cli import main\nmain()\n' >"$root/usr/local/bin/ivrctl"
chmod +x "$root/usr/local/bin/ivrctl"

# PrivateUsers= wants a root of its own, not a chroot.
cd "$root"
mkdir host
pivot_root . host
umount --lazy host
echo booting
exec unshare --net /usr/bin/env --ignore-environment container=ivrctl PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --unit=bare.target --log-target=console --show-status=0

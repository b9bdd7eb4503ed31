#!/usr/bin/env bash
# Runs the tests that need a camera in an emulated machine whose kernel has a virtual one (vivid, a Video4Linux device
# like those of USB cameras). Nothing is installed on this machine and nothing is written outside .cache: the virtual
# machine starts Debian's kernel and reads this machine's files.
#
# Needs Debian or a relative on x86-64, and: apt install qemu-system-x86 busybox-static cpio kmod
set -euo pipefail
cd "$(dirname "$0")/../.."

leave_out() {
  echo "The camera's tests are left out: $1"
  # As in test/support/needs.ts: who names the camera has to have one.
  [[ ",${ARCFLOW_REQUIRE:-}," != *,camera,* ]]
  exit
}
[ "$(uname -m)" = x86_64 ] || leave_out "the virtual machine is for x86-64 only"
for program in qemu-system-x86_64 busybox cpio apt-get; do
  command -v "$program" > /dev/null || leave_out "$program is missing (apt install qemu-system-x86 busybox-static cpio kmod)"
done
depmod=$(command -v depmod || echo /sbin/depmod)
[ -x "$depmod" ] || leave_out "depmod is missing (apt install kmod)"

cache=$PWD/.cache/virtual-camera
mkdir -p "$cache"
package=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1) || true
[ -n "$package" ] || leave_out "there is no Debian kernel to download"
if [ ! -d "$cache/$package" ]; then
  (cd "$cache" && apt-get download -qq "$package" 2> /dev/null) || leave_out "Debian's kernel cannot be downloaded"
  dpkg-deb -x "$cache/$package"_*.deb "$cache/$package"
  rm "$cache/$package"_*.deb
fi
version=$(ls "$cache/$package/lib/modules")
modules=$cache/$package/lib/modules/$version
"$depmod" -b "$cache/$package" "$version"

# The modules that these need come before them in the list.
initrd=$cache/initrd
rm -rf "$initrd"
mkdir -p "$initrd/bin" "$initrd/lib/modules"
for wanted in virtio_pci 9pnet_virtio 9p overlay vivid; do
  line=$(grep "/$wanted.ko:" "$modules/modules.dep") || leave_out "$package has no module $wanted"
  for module in $(tr ' ' '\n' <<< "${line#*:}" | tac) "${line%%:*}"; do
    name=$(basename "$module")
    [ -z "$module" ] || [ -e "$initrd/lib/modules/$name" ] && continue
    cp "$modules/$module" "$initrd/lib/modules/$name"
    echo "$name" >> "$initrd/modules"
  done
done
cp "$(command -v busybox)" "$initrd/bin/busybox"
cp test/virtual-camera/init "$initrd/init"
chmod +x "$initrd/init"
# Compiled, because compiling takes minutes in an emulated machine. Tests left out there count as failed: the camera is what
# the machine is for.
node_modules/.bin/tsc -p test/virtual-camera/tsconfig.json
cat > "$initrd/tests" << TESTS
export PATH=$(dirname "$(command -v node)"):/usr/local/bin:/usr/bin:/bin HOME=/tmp
cd "$PWD"
node node_modules/mocha/bin/mocha.js --no-config --forbid-pending --timeout 300000 .cache/virtual-camera/js/test/nodes/video-source-camera.test.js
TESTS
(cd "$initrd" && find . | cpio --quiet -o -H newc | gzip -1) > "$cache/initrd.gz"

timeout 600 qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 4096 -no-reboot -nographic -vga none -nic none \
  -kernel "$cache/$package/boot/vmlinuz-$version" -initrd "$cache/initrd.gz" -append "console=ttyS0 quiet panic=-1" \
  -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
  | tr -d '\r' | tee "$cache/log" | sed -n '/face-video-source/,$p' || true
grep -q "virtual camera: tests ended with 0" "$cache/log" && exit 0
echo "The last that the virtual machine said:"
tail -n 40 "$cache/log"
grep -q "face-video-source, a camera" "$cache/log" || leave_out "the virtual machine did not come so far"
exit 1

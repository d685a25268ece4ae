/** Loop devices (linux/loop.h). Thin; a failure throws SystemError. */
import { closeQuietly, ioctl, open } from "./libc.ts";

const O_RDWR = 2;
const LOOP_CTL_GET_FREE = 0x4c82;
const LOOP_CONFIGURE = 0x4c0a;
const LO_FLAGS_READ_ONLY = 1;
const LO_FLAGS_AUTOCLEAR = 4;
const CONTROL = "/dev/loop-control";
/** struct loop_config: fd:u32 block_size:u32, struct loop_info64 of 232 bytes, reserved u64[8]. */
const CONFIG_SIZE = 8 + 232 + 64;
/** lo_flags in it: after lo_device, lo_inode, lo_rdevice, lo_offset, lo_sizelimit (u64), lo_number, lo_encrypt_type, lo_encrypt_key_size (u32). */
const FLAGS_OFFSET = 8 + 5 * 8 + 3 * 4;

/**
 * Attaches an open file to a free loop device, and calls `body` with the device's name. The kernel detaches it when its last
 * user is gone: afterwards it stays only if `body` mounted it.
 */
export function withLoopDevice<T>(file: number, readOnly: boolean, body: (device: string) => T): T {
  const control = open(CONTROL, O_RDWR);
  let device: string;
  try {
    device = `/dev/loop${ioctl(control, LOOP_CTL_GET_FREE)}`;
  } finally {
    closeQuietly(control);
  }
  const loop = open(device, O_RDWR);
  try {
    const config = new Uint8Array(CONFIG_SIZE);
    const view = new DataView(config.buffer);
    view.setUint32(0, file, true);
    view.setUint32(FLAGS_OFFSET, LO_FLAGS_AUTOCLEAR | (readOnly ? LO_FLAGS_READ_ONLY : 0), true);
    ioctl(loop, LOOP_CONFIGURE, config);
    return body(device);
  } finally {
    closeQuietly(loop);
  }
}

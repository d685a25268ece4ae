/** Numbers of the guestfs protocol (RPC section identical in libguestfs 1.48.6 and 1.61). Source: `../shared/facts/protocol.md` §1. */

export const GUESTFS_PROGRAM = 0x2000f5f5;
export const GUESTFS_PROTOCOL_VERSION = 4;
/** Largest value of a length word, in bytes: header and body, the length word itself not counted. */
export const GUESTFS_MESSAGE_MAX = 4 * 1024 * 1024;
/** Data bytes in one file chunk. */
export const GUESTFS_MAX_CHUNK_SIZE = 8192;
/** Longest error message, bytes; the daemon truncates. */
export const GUESTFS_ERROR_LEN = 65536;
/** Longest errno name, bytes. */
export const GUESTFS_ERRNO_LEN = 32;
export const GUESTFS_LAUNCH_FLAG = 0xf5f55ff5;
export const GUESTFS_CANCEL_FLAG = 0xffffeeee;
export const GUESTFS_PROGRESS_FLAG = 0xffff5555;
export const GUESTFS_DIRECTION_CALL = 0;
export const GUESTFS_DIRECTION_REPLY = 1;
export const GUESTFS_STATUS_OK = 0;
export const GUESTFS_STATUS_ERROR = 1;
/** Serial of a handle's first call; each call adds one. */
export const FIRST_SERIAL = 0x00123400;
/** Bytes of an encoded message header. */
export const HEADER_SIZE = 40;

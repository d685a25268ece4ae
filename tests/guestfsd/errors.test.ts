/** From failed system calls to what the library is told. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { about, ActionError, errnoCode, failure, FatalError, fromSystem } from "../../guestfsd/errors.ts";
import { SystemError } from "../../guestfsd/native/errno.ts";
import { ProtocolError } from "../../schemas/index.ts";

function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error("did not throw");
}

/** As Node throws where a filesystem gives an errno that libuv does not know. */
function unnamed(errno: number): Error {
  return Object.assign(new Error("UNKNOWN: unknown error, write"), {
    code: "UNKNOWN",
    errno: -errno,
    syscall: "write",
  });
}

describe("fromSystem", () => {
  it.each([
    ["Node's", thrownBy(() => readFileSync("/no/such")), "ENOENT", "/x: No such file or directory"],
    ["Node's for a directory", thrownBy(() => readFileSync("/")), "EISDIR", "/x: Is a directory"],
    ["Node's for a file", thrownBy(() => readdirSync("/proc/version")), "ENOTDIR", "/x: Not a directory"],
    ["Node's for a NUL byte", thrownBy(() => readFileSync("a\0b")), "EINVAL", "/x: Invalid argument"],
    ["Node's that libuv has no name for", unnamed(122), "EDQUOT", "/x: Disk quota exceeded"],
    ["libc's", new SystemError(28, "write"), "ENOSPC", "/x: No space left on device"],
    ["libc's with another name on the wire", new SystemError(95, "x"), "ENOTSUP", "/x: Operation not supported"],
    ["libc's that nobody knows", new SystemError(9999, "x"), "EINVAL", "/x: Invalid argument"],
  ])("words an error of %s as glibc does", (_whose, error, errno, message) => {
    expect(fromSystem(error, "/x")).toMatchObject({ errno, message });
  });

  it("gives other errors without errno, with their text", () => {
    expect(fromSystem(new TypeError("odd"), "/x")).toMatchObject({ errno: "", message: "/x: odd" });
    expect(fromSystem("thrown text")).toMatchObject({ errno: "", message: "thrown text" });
  });

  it("leaves an ActionError as it is", () => {
    const error = new ActionError("text", "EPERM");

    expect(fromSystem(error, "/x")).toBe(error);
  });

  it.each([new FatalError("root lost"), new ProtocolError("BAD_CHUNK", "bad")])("does not soften %s", (error) => {
    expect(() => fromSystem(error, "/x")).toThrow(error);
  });
});

describe("about", () => {
  it("names the operand", () => {
    expect(() => about("/etc/x", () => readFileSync("/no/such"))).toThrow("/etc/x: No such file or directory");
  });

  it("gives the result through", () => {
    expect(about("/etc/x", () => 42)).toBe(42);
  });
});

it("failure words an errno", () => {
  expect(failure("/x", "ENOTEMPTY")).toMatchObject({ errno: "ENOTEMPTY", message: "/x: Directory not empty" });
});

it("errnoCode tells the kernel's name, and none for a bug", () => {
  expect(errnoCode(thrownBy(() => readFileSync("/no/such")))).toBe("ENOENT");
  expect(errnoCode(new SystemError(2, "open"))).toBe("ENOENT");
  expect(errnoCode(new TypeError("bug"))).toBeUndefined();
});

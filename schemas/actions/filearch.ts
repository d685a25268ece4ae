/** Architecture of programs (upstream daemon/filearch.ml). */
import { defineAction } from "../action.ts";
import { pathname } from "../field.ts";
import { rString } from "../result.ts";

const ELF_X86_64 = "\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0";

export const file_architecture = defineAction({
  proc: 475,
  summary: "find out the architecture of a program",
  description:
    "Gives the processor that a program or library is for: `x86_64`, `i386`, `aarch64`, `arm`, `ppc64le`, `riscv64`, " +
    "`s390x` and so on. Understands ELF and Windows programs, compressed ones too (kernel modules), and initrds, whose " +
    "programs are looked at. Symbolic links are followed inside the guest.",
  args: { filename: pathname("Program, library, kernel module or initrd.") },
  ret: rString("arch"),
  effect: "read",
  errors: ["EISDIR", "ENOENT"],
  since: "1.5.3",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/program", content: ELF_X86_64 }],
        ["file_architecture", { filename: "/program" }],
      ],
      expect: { result: "x86_64" },
    },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/script", content: "#!/bin/sh\n" }],
        ["file_architecture", { filename: "/script" }],
      ],
      expect: { errno: "EINVAL" },
    },
    { init: "scratch", calls: [["file_architecture", { filename: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

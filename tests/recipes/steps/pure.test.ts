/** The pure parts of steps: text in, text or actions out. */
import { encrypt } from "unixcrypt";
import { describe, expect, it } from "vitest";

import { withKeys } from "../../../recipes/authorized-keys.ts";
import { hashPassword, isPasswordOf, lockedField, newSalt } from "../../../recipes/password-hash.ts";
import { withPassword } from "../../../recipes/shadow.ts";
import { knownLens, literal, treePath } from "../../../recipes/steps/augeas/lenses.ts";
import { diskOf, grubVariables, menuIsCurrent, withVariables } from "../../../recipes/steps/bootloader/grub-config.ts";
import { withOwnName } from "../../../recipes/steps/hostname/step.ts";
import { editLine } from "../../../recipes/steps/line/edit.ts";
import { policyType } from "../../../recipes/steps/selinux-relabel/step.ts";
import { installLinks, instanceOf, parseInstall, unitFileName, unitName } from "../../../recipes/steps/service/unit.ts";
import { withUser, type WantedUser } from "../../../recipes/steps/users/plan-accounts.ts";
import { Secret, reveal } from "../../../schemas/index.ts";

describe("editLine, present", () => {
  it.each([
    ["adds to an empty file", "", { line: "a" }, "a\n"],
    ["adds at the end", "x\n", { line: "a" }, "x\na\n"],
    ["adds the newline that was missing", "x", { line: "a" }, "x\na\n"],
    ["leaves a file that has the line", "a\nx", { line: "a" }, "a\nx"],
    ["replaces the last match", "v=1\nx\nv=2\ny\n", { line: "v=3", match: /^v=/ }, "v=1\nx\nv=3\ny\n"],
    ["leaves a match that is right", "v=3\nx\n", { line: "v=3", match: /^v=/ }, "v=3\nx\n"],
    ["adds nothing when the line is there and nothing matches", "a\n", { line: "a", match: /^b/ }, "a\n"],
    ["stands behind the last `after`", "[s]\nx\n[s]\ny\n", { line: "a", after: /^\[s\]/ }, "[s]\nx\n[s]\na\ny\n"],
    ["keeps an open end", "v=1\nx", { line: "v=2", match: /^v/ }, "v=2\nx"],
    ["keeps empty lines", "\n\nx\n\n", { line: "a", after: /^x/ }, "\n\nx\na\n\n"],
  ] as const)("%s", (_, before, edit, after) => {
    expect(editLine(before, { state: "present", ...edit })).toBe(after);
    expect(editLine(after, { state: "present", ...edit })).toBe(after);
  });
});

describe("editLine, absent", () => {
  it.each([
    ["removes every match", "v=1\nx\nv=2\n", { match: /^v=/ }, "x\n"],
    ["removes the line itself", "a\nab\na\n", { line: "a" }, "ab\n"],
    ["can leave nothing", "a", { line: "a" }, ""],
    ["leaves the rest to the byte", "x\n\ny", { line: "a" }, "x\n\ny"],
  ] as const)("%s", (_, before, edit, after) => {
    expect(editLine(before, { state: "absent", ...edit })).toBe(after);
  });
});

describe("/etc/hosts", () => {
  it.each([
    ["", "web", "127.0.0.1\tlocalhost\n127.0.1.1\tweb\n"],
    [
      "127.0.0.1 localhost\n127.0.1.1 old # mine\n::1 x\n",
      "web.example.org",
      "127.0.0.1 localhost\n127.0.1.1\tweb.example.org\tweb\n::1 x\n",
    ],
    ["127.0.1.1   web  # spaced\n", "web", "127.0.1.1   web  # spaced\n"],
    ["::1 localhost\n", "web", "127.0.1.1\tweb\n::1 localhost\n"],
  ])("%j with %s", (before, name, after) => {
    expect(withOwnName(before, name)).toBe(after);
  });
});

describe("passwords", () => {
  // Made with glibc's crypt(3).
  const known = "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1";

  it("verifies what glibc made", () => {
    expect(isPasswordOf("Hello world!", known)).toBe(true);
    expect(isPasswordOf("Hello world?", known)).toBe(false);
  });

  it("verifies what it made itself, with a salt of its own each time", () => {
    const hash = hashPassword("pässword", newSalt());

    expect(hash).toMatch(/^\$6\$rounds=100000\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}$/);
    expect(isPasswordOf("pässword", hash)).toBe(true);
    expect(newSalt()).not.toBe(newSalt());
  });

  it("hashes alike with the host's crypt(3) and with the library", () => {
    const salt = newSalt();

    expect(hashPassword("pässword", salt)).toBe(encrypt("pässword", `$6$rounds=100000$${salt}`));
  });

  it("verifies what the host's crypt(3) refuses: fewer than 1,000 rounds are 1,000", () => {
    expect(isPasswordOf("p", encrypt("p", "$6$rounds=1000$salt"))).toBe(true);
    expect(isPasswordOf("p", encrypt("p", "$6$rounds=1000$salt").replace("1000", "10"))).toBe(false);
  });

  it.each(["", "!", "*", `!${known}`, "x", "$y$j9T$abc$def", "$6$rounds=999999999$aaaa$bbbb", "$6$$x", "$1$salt$hash"])(
    "takes %j for no hash of a password, at once",
    (field) => {
      expect(isPasswordOf("Hello world!", field)).toBe(false);
    },
  );

  it("locks, and keeps what was there behind the mark", () => {
    expect([undefined, "", "*", "!x", "$6$a$b"].map(lockedField)).toEqual(["!", "!", "*", "!x", "!$6$a$b"]);
  });

  it("changes one field of one line", () => {
    const shadow = "root:*:1:0:99999:7:::\n# comment\nme:!:2:0:99999:7:::\n";

    expect(withPassword(shadow, "me", () => "H")).toBe("root:*:1:0:99999:7:::\n# comment\nme:H:2:0:99999:7:::\n");
    expect(withPassword(shadow, "new", (old) => old ?? "!")).toBe(`${shadow}new:!::0:99999:7:::\n`);
  });
});

describe("authorized_keys", () => {
  const key = "ssh-ed25519 AAAAblob me@home";

  it.each([
    ["", [key], `${key}\n`],
    ["ssh-rsa AAAAother x", [key], `ssh-rsa AAAAother x\n${key}\n`],
    [
      `restrict,command="x y" ssh-ed25519 AAAAblob other comment\n`,
      [key],
      `restrict,command="x y" ssh-ed25519 AAAAblob other comment\n`,
    ],
    [`# ${key}\n`, [key], `# ${key}\n${key}\n`],
    ["", [`${key}\n`, key], `${key}\n`],
    ["open end", [], "open end"],
  ])("%j and %j", (before, keys, after) => {
    expect(withKeys(before, keys)).toBe(after);
  });

  it("is secret when a new key is", () => {
    const text = withKeys("", [new Secret(key)]);

    expect(text).toBeInstanceOf(Secret);
    expect(reveal(text)).toBe(`${key}\n`);
  });
});

describe("users", () => {
  const files = {
    passwd: "root:x:0:0::/root:/bin/sh\nbin:x:2:2:::\n",
    shadow: "",
    group: "root:x:0:\nstaff:x:50:a\n",
    gshadow: undefined,
  };
  const wanted: WantedUser = {
    name: "me",
    uid: undefined,
    group: undefined,
    groups: [],
    comment: undefined,
    home: undefined,
    shell: undefined,
    system: false,
    defaultShell: "/bin/sh",
    field: (old) => old ?? "!",
  };

  it.each([
    ["a person", {}, "me:x:1000:1000::/home/me:/bin/sh"],
    ["a system user", { system: true }, "me:x:999:999::/home/me:/bin/sh"],
    ["given ids", { uid: 1234, group: "staff" }, "me:x:1234:50::/home/me:/bin/sh"],
    ["a numeric group", { group: 50, comment: "M E", home: "/m", shell: "/s" }, "me:x:1000:50:M E:/m:/s"],
  ])("adds %s", (_, change, line) => {
    const after = withUser(files, { ...wanted, ...change });

    expect(after.passwd.split("\n")[2]).toBe(line);
    expect(withUser(after, { ...wanted, ...change })).toEqual(after);
  });

  it("takes the next id after those in use, and another gid where that one is taken", () => {
    const used = { ...files, passwd: "a:x:1005:1::/:\nnobody:x:65534:1::/:\n", group: "x:x:1006:\n" };

    const after = withUser(used, wanted);

    expect(after.passwd).toContain("me:x:1006:1007:");
    expect(after.group).toContain("me:x:1007:\n");
  });

  it("changes only what is given of a user who is there", () => {
    const there = { ...files, passwd: `${files.passwd}me:x:7:50:Me:/h:/bin/sh\n`, shadow: "me:$6$a$b:1:::::x:\n" };

    const after = withUser(there, { ...wanted, shell: "/bin/zsh", groups: ["staff"] });

    expect(after).toEqual({
      ...there,
      passwd: `${files.passwd}me:x:7:50:Me:/h:/bin/zsh\n`,
      group: "root:x:0:\nstaff:x:50:a,me\n",
    });
  });

  it("keeps lines that are no entries", () => {
    const odd = { ...files, passwd: "# hand-made\n\n+::::::\nroot:x:0:0::/root:/bin/sh\n" };

    expect(withUser(odd, wanted).passwd).toBe(`${odd.passwd}me:x:1000:1000::/home/me:/bin/sh\n`);
  });

  it("refuses an id that is another's", () => {
    expect(() => withUser(files, { ...wanted, uid: 2 })).toThrow("uid 2 is bin's");
  });
});

describe("units", () => {
  it("names them", () => {
    expect(["ssh", "a.timer", "a@b", "a.b"].map(unitName)).toEqual([
      "ssh.service",
      "a.timer",
      "a@b.service",
      "a.b.service",
    ]);
    expect(["ssh.service", "getty@tty1.service", "a@.socket"].map(unitFileName)).toEqual([
      "ssh.service",
      "getty@.service",
      "a@.socket",
    ]);
    expect(["ssh.service", "getty@tty1.service", "a@.socket"].map(instanceOf)).toEqual([undefined, "tty1", ""]);
  });

  it("reads [Install]: continuation, comments, lists, clearing", () => {
    const text =
      "[Unit]\nWantedBy=no\n[Install]\n# c\nWantedBy=a.target \\\n  b.target\nRequiredBy=x.target\nRequiredBy=\nAlias=y.service\nAlso=z.socket\n";

    expect(parseInstall(text)).toEqual({
      wantedBy: ["a.target", "b.target"],
      requiredBy: [],
      upheldBy: [],
      also: ["z.socket"],
      alias: ["y.service"],
      defaultInstance: undefined,
    });
  });

  it("links templates by their default instance", () => {
    const install = parseInstall("[Install]\nWantedBy=getty.target\nDefaultInstance=tty1\nAlias=auto-%i.service\n");

    expect(installLinks("getty@.service", install)).toEqual([
      "getty.target.wants/getty@tty1.service",
      "auto-tty1.service",
    ]);
    expect(installLinks("getty@tty7.service", install)[0]).toBe("getty.target.wants/getty@tty7.service");
  });
});

describe("grub", () => {
  const serial = grubVariables({ cmdline: "quiet", serial: true, timeout: 1 });

  it("sets variables in their place or at the end, once", () => {
    const before = '# c\nGRUB_TIMEOUT=5\n  GRUB_CMDLINE_LINUX="old" \nGRUB_TIMEOUT=6';

    const after = withVariables(before, serial);

    expect(after.split("\n").slice(0, 4)).toEqual([
      "# c",
      "GRUB_TIMEOUT=5",
      'GRUB_CMDLINE_LINUX="console=tty0 console=ttyS0,115200n8 quiet"',
      'GRUB_TIMEOUT="1"',
    ]);
    expect(withVariables(after, serial)).toBe(after);
  });

  it("leaves a file that is right, however it is quoted", () => {
    expect(withVariables("GRUB_TIMEOUT=1", { GRUB_TIMEOUT: "1" })).toBe("GRUB_TIMEOUT=1");
    expect(withVariables("GRUB_TIMEOUT='1'\n", { GRUB_TIMEOUT: "1" })).toBe("GRUB_TIMEOUT='1'\n");
    expect(withVariables("", {})).toBe("");
  });

  it("knows a menu that lacks a kernel or the command line", () => {
    const menu =
      "menuentry 'D' {\n\tlinux\t/vmlinuz-6.1 root=/dev/x ro console=ttyS0\n}\n\tlinux /vmlinuz-6.1 root=/dev/x ro single\n";

    expect(menuIsCurrent(menu, ["vmlinuz-6.1"], "console=ttyS0")).toBe(true);
    expect(menuIsCurrent(menu, ["vmlinuz-6.1"], undefined)).toBe(true);
    expect(menuIsCurrent(menu, ["vmlinuz-6.1", "vmlinuz-6.2"], undefined)).toBe(false);
    expect(menuIsCurrent(menu, ["vmlinuz-6.1"], "quiet")).toBe(false);
  });

  it("finds the disk of a partition", () => {
    expect(["/dev/sda", "/dev/sdb12", "/dev/vg0/root", "/dev/mapper/x"].map(diskOf)).toEqual([
      "/dev/sda",
      "/dev/sdb",
      undefined,
      undefined,
    ]);
  });
});

it("knows lenses, escapes paths, quotes values", () => {
  expect(["/etc/ssh/sshd_config", "/etc/default/grub", "/etc/app.conf"].map(knownLens)).toEqual([
    "Sshd.lns",
    "Shellvars.lns",
    undefined,
  ]);
  expect(treePath("/etc/a b[1].conf")).toBe("/files/etc/a\\ b\\[1\\].conf");
  expect(["no", "it's", `'"`].map(literal)).toEqual(["'no'", `"it's"`, undefined]);
});

it("reads the policy's name", () => {
  expect(["SELINUXTYPE=default\n", "# SELINUXTYPE=a\n SELINUXTYPE = mls\n", ""].map(policyType)).toEqual([
    "default",
    "mls",
    "targeted",
  ]);
});

/** The name that a mounted guest calls itself, from its configuration files. */
import type { GuestFiles } from "./guest-files.ts";
import { assignments } from "./release.ts";

/** Debian, Red Hat since 7, SUSE and their kin; of several files the first that has a name counts. */
export function linuxHostname(files: GuestFiles): string | undefined {
  return (
    nameIn(files, "/etc/HOSTNAME") ??
    nameIn(files, "/etc/hostname") ??
    assignment(files, "/etc/sysconfig/network", "HOSTNAME")
  );
}

/** FreeBSD, NetBSD. */
export function rcConfHostname(files: GuestFiles): string | undefined {
  return assignment(files, "/etc/rc.conf", "hostname");
}

/** First line of a file that is neither empty nor a comment. */
export function nameIn(files: GuestFiles, path: string): string | undefined {
  return files
    .lines(path)
    .map((line) => line.trim())
    .find((line) => line !== "" && !line.startsWith("#"));
}

function assignment(files: GuestFiles, path: string, name: string): string | undefined {
  return assignments(files.lines(path)).get(name) || undefined;
}

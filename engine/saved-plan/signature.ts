/** Signatures of saved plans by SSH keys: ssh-keygen makes and checks them, in its own format, beside the plan. */
import { access, rm } from "node:fs/promises";

import { HostCommandError, runHostCommand } from "../host-command.ts";
import { RunError } from "../run-error.ts";
import type { Environment } from "../settings.ts";

/** What the signatures are for: those made for git or files say nothing about plans. */
const NAMESPACE = "gild-plan";

/** The file of a plan's signature, as ssh-keygen names it. */
export function signatureOf(path: string): string {
  return `${path}.sig`;
}

/**
 * Signs a plan.
 *
 * @param key private key file, or public key file of one that ssh-agent has
 * @throws RunError plan-signature; HostCommandError when ssh-keygen is missing
 */
export async function signPlan(path: string, key: string, env: Environment): Promise<void> {
  // ssh-keygen would ask whether to replace it.
  await rm(signatureOf(path), { force: true });
  await sshKeygen(["sign", "-q", "-f", key, "-n", NAMESPACE, path], env, `${path}: cannot be signed with ${key}`);
}

/**
 * Checks a plan's signature.
 *
 * @param content the plan's bytes as they were read
 * @param signers file of allowed signers (ssh-keygen(1), ALLOWED SIGNERS)
 * @returns who has signed
 * @throws RunError plan-signature; HostCommandError when ssh-keygen is missing
 */
export async function verifyPlan(
  path: string,
  content: Uint8Array,
  signers: string,
  env: Environment,
): Promise<string> {
  const signature = signatureOf(path);
  for (const [file, reason] of [[signature, "the plan is not signed"] as const, [signers, "cannot be read"] as const]) {
    await access(file).catch((cause: unknown) => {
      throw new RunError("plan-signature", `${file}: ${reason}`, { cause });
    });
  }
  const found = await sshKeygen(
    ["find-principals", "-f", signers, "-s", signature],
    env,
    `${path}: not signed by anyone in ${signers}`,
  );
  const [signer = ""] = found.split("\n");
  await sshKeygen(
    ["verify", "-f", signers, "-I", signer, "-n", NAMESPACE, "-s", signature],
    env,
    `${path}: its signature is not good`,
    content,
  );
  return signer;
}

/** @returns standard output @throws RunError plan-signature with `failed` and what ssh-keygen says */
async function sshKeygen(
  args: readonly string[],
  env: Environment,
  failed: string,
  stdin?: Uint8Array,
): Promise<string> {
  try {
    const input = stdin === undefined ? {} : { stdin };
    const { stdout } = await runHostCommand(["ssh-keygen", "-Y", ...args], { env, ...input });
    return Buffer.from(stdout).toString("utf8");
  } catch (cause) {
    if (!(cause instanceof HostCommandError) || cause.code === "missing") throw cause;
    throw new RunError("plan-signature", `${failed}: ${cause.stderr}`, { cause });
  }
}

/**
 * Plans how a launch of libguestfs is done: a VM restored from a template; else a boot of gild's appliance by libguestfs's own
 * command line; else that command line as it is. Never throws for a launch that cannot be planned.
 */
import { chooseAccelerator } from "../accel.ts";
import { findAppliance } from "../appliance-search.ts";
import { messageOf } from "../errors.ts";
import { findHypervisor, runGuest } from "../launch-direct.ts";
import { isRestorable } from "../launch.ts";
import { restoreArguments, type Machine, type SocketOptions } from "../qemu-command.ts";
import { distDirectory, resolveSettings, type Environment } from "../settings.ts";
import { obtainTemplate, type ObtainedTemplate } from "../template/index.ts";
import { splitOptions, understand, type QemuOption, type UnderstoodLaunch } from "./command-line.ts";
import { ensureProved } from "./proof.ts";
import { swapAppliance } from "./swap.ts";

export interface PlanRequest {
  /** The hypervisor, a path or to be found through PATH. */
  readonly hv: string;
  /** Arguments that libguestfs gave. */
  readonly args: readonly string[];
  readonly env: Environment;
  /** The launch's own folder; its path is short enough for sockets. */
  readonly tmpdir: string;
  readonly signal: AbortSignal;
}

export interface Plan {
  readonly kind: "restore" | "boot" | "unchanged";
  /** Why nothing better is done; "" for a restore. */
  readonly reason: string;
  /** Program and arguments of a boot, also of one in place of a restore that cannot even begin. */
  readonly argv: readonly string[];
  readonly restore?: RestorePlan;
}

export interface RestorePlan {
  readonly template: ObtainedTemplate;
  readonly diskCount: number;
  /** Program and arguments for a VM whose memory is open as {@link MEMORY_FD}, the template's state as FD.state. */
  readonly argv: (sockets: Omit<SocketOptions, "channel">) => readonly string[];
}

/** Free in this way of starting qemu: its sockets are connected by path. */
export const MEMORY_FD = 4;

/** @throws the signal's reason */
export async function planLaunch(request: PlanRequest): Promise<Plan> {
  const { args, signal } = request;
  const options = splitOptions(args);
  const unchanged = (reason: string): Plan => ({ kind: "unchanged", reason, argv: [request.hv, ...args] });
  if (options === undefined) return unchanged("not understood: no option where one should be");
  try {
    return await planOptions(request, options, unchanged);
  } catch (error) {
    signal.throwIfAborted();
    return unchanged(firstLine(error));
  }
}

async function planOptions(
  request: PlanRequest,
  options: readonly QemuOption[],
  unchanged: (reason: string) => Plan,
): Promise<Plan> {
  const { env, tmpdir } = request;
  const launch = understand(options);
  const understood = typeof launch === "string" ? undefined : launch;
  const settings = resolveSettings({
    env,
    hv: request.hv,
    append: "",
    ...(understood === undefined ? {} : sizes(understood)),
  });
  const { cachedir } = settings;
  const hv = findHypervisor(request.hv, env);
  const appliance = findAppliance({ path: settings.path, cachedir, distdir: distDirectory() });
  const forced = understood?.accelerator ?? settings.accelerator;
  const { name: accelerator } = await chooseAccelerator({ hv, forced, cachedir, tmpdir, runGuest });

  const swapped = swapAppliance(options, appliance, accelerator);
  if (typeof swapped === "string") return unchanged(swapped);
  const boot = (reason: string): Plan => ({ kind: "boot", reason, argv: [hv, ...swapped] });
  if (understood === undefined) return boot(String(launch));
  const machine: Machine = { ...settings, accelerator, appliance };
  if (!isRestorable(machine, settings)) return boot("not restored by rule: verbose, GILD_TEMPLATE=0, or GILD_PATH");
  try {
    const template = await obtainTemplate({ ...request, hv, machine, settings, onNote: () => undefined });
    await ensureProved({ ...request, hv, machine, template });
    return { ...boot(""), kind: "restore", restore: restorePlan(hv, machine, template, understood) };
  } catch (error) {
    request.signal.throwIfAborted();
    return boot(firstLine(error));
  }
}

/** What libguestfs was told. */
function sizes({ memsize, smp, network, verbose }: UnderstoodLaunch): Partial<Machine> {
  return { memsize, smp, network, verbose };
}

function restorePlan(
  hv: string,
  machine: Machine,
  template: ObtainedTemplate,
  { channel, disks }: UnderstoodLaunch,
): RestorePlan {
  return {
    template,
    diskCount: disks.length,
    argv: (sockets) => [
      hv,
      ...restoreArguments(machine, [], `/dev/fd/${MEMORY_FD}`, { ...sockets, channel }),
      ...disks.flatMap(({ drive, device }) => ["-drive", drive, "-device", device]),
    ],
  };
}

function firstLine(error: unknown): string {
  return messageOf(error).split("\n", 1)[0] ?? "";
}

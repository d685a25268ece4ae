/** What was kept of a run that failed, and what can be done with it. */
import { printable } from "./style.ts";

/** Lines, for standard error. @param kept see the `kept` event of RunEvent @param recipe as the user named it */
export function keptText(
  { path, step }: { readonly path: string | undefined; readonly step: number | undefined },
  recipe: string,
): string {
  if (path === undefined) return "Nothing was kept: there is no image, or the appliance did not end well.\n";
  const [kept, from] = [printable(path), step === undefined || step === 0 ? "" : ` --from-step ${step}`];
  return [
    `Kept: ${kept}`,
    `  to look into it:  gild shell --overlay ${kept} -i`,
    `  to go on from it: gild apply ${printable(recipe)} --overlay ${kept}${from}`,
    "",
  ].join("\n");
}

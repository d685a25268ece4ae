/**
 * A plan as one HTML page that needs nothing else: for a pull request, an archive, a printer. Its only script and style are named
 * by their digests in the page's policy, so that nothing else in it could run, whatever a guest has put into names and contents.
 */
import { createHash } from "node:crypto";
import { basename } from "node:path";

import type { GuestFacts, PlanDocument, SavedPlan } from "../../../schemas/index.ts";
import { byteSize } from "../style.ts";
import { capital, diffSummary, shortDigest } from "../words.ts";
import { changeSections } from "./changes.ts";
import { Markup, markup } from "./markup.ts";
import { SCRIPT } from "./script.ts";
import { stepList } from "./steps.ts";
import { STYLE } from "./style.ts";

export interface PageInput {
  readonly plan: PlanDocument;
  /** Version of the gild that made it. */
  readonly gild: string;
  /** What the plan was made from, where it was saved. */
  readonly saved?: Pick<SavedPlan, "images" | "inputs">;
}

/** How every page begins, so that one can be told from other files. */
export const PAGE_START = "<!doctype html>\n<!-- a plan of gild -->\n";

export function planPage({ plan, gild, saved }: PageInput): string {
  const title = titleOf(plan);
  const changes = changeSections(plan.diff).map(({ title: name, content }) => section(name, content));
  const page = markup`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="${policy()}" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <link rel="icon" href="data:," />
      <title>${title}</title>
      <style>${new Markup(STYLE)}</style>
    </head>
    <body>
      <header>
        <p class="brand">gild plan</p>
        <h1>${title}</h1>
        <p class="sum">${capital(diffSummary(plan.diff))}.</p>
        <p class="facts">${factsOf(plan.guest)}</p>
      </header>
      <div id="tools" class="tools" hidden>
        <input
          id="search"
          type="search"
          placeholder="Search steps and changes"
          aria-label="Search steps and changes"
          autocomplete="off"
          spellcheck="false"
        />
        <output id="found" for="search"></output>
        <button id="unfold" type="button">Unfold all</button><button id="fold" type="button">Fold all</button>
      </div>
      <main>
        ${changes}${section("Steps", stepList(plan.steps))}${saved === undefined ? "" : section("Made from", sources(saved))}
      </main>
      <footer>gild ${gild}. The image was not touched: the recipe ran on an overlay, and this is what differs.</footer>
      <script>${new Markup(SCRIPT)}</script>
    </body>
  </html>
`;
  return PAGE_START + page.text;
}

function titleOf({ images, steps }: PlanDocument): string {
  const [first] = steps;
  const recipe = first === undefined ? "recipe" : first.source.file;
  const names = images.map(({ path }) => basename(path));
  return `${recipe} on ${names.length === 0 ? "a blank disk" : names.join(", ")}`;
}

function factsOf({ distro, os, version, arch, root }: GuestFacts): string {
  const system = [distro === "" ? os : distro, version].filter((word) => word !== "").join(" ");
  const place = root === undefined ? "" : `root on ${root}`;
  return [system, arch, place].filter((word) => word !== "").join(" · ");
}

function section(title: string, content: Markup): Markup {
  return markup`<section>
    <h2>${title}</h2>
    ${content}
  </section>
`;
}

function sources({ images, inputs }: Pick<SavedPlan, "images" | "inputs">): Markup {
  const rows = [
    ...images.map(({ path, format, sha256, overlay }) => {
      const changes = overlay === undefined ? "nothing to write" : `${byteSize(overlay.size)} to write`;
      return { what: "image", path, details: `${format}, ${shortDigest(sha256)}, ${changes}` };
    }),
    ...inputs.map(({ kind, path, sha256 }) => ({ what: kind.replace("-", " "), path, details: shortDigest(sha256) })),
  ];
  const items = rows.map(
    ({ what, path, details }) =>
      markup`<div class="item row source">
        <span class="what">${what}</span><span class="name"><code>${path}</code></span><span class="details">${details}</span>
      </div>
`,
  );
  return markup`<div class="list">${items}</div>`;
}

function policy(): string {
  const digest = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const rules = ["default-src 'none'", "img-src data:", "base-uri 'none'", "form-action 'none'"];
  return [...rules, `style-src ${digest(STYLE)}`, `script-src ${digest(SCRIPT)}`].join("; ");
}

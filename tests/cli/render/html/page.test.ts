/** The page of a plan: that it is made of escaped text alone, and in a real browser that it opens, folds, searches and prints. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { planPage } from "../../../../cli/render/html/page.ts";
import { Browser, chromium, type Page } from "../../browser.ts";
import { hostilePlan } from "../hostile-plan.ts";
import { largePlan, smallPlan } from "../small-plan.ts";

const saved = {
  images: [
    {
      path: "/srv/images/web.qcow2",
      format: "qcow2",
      kind: "file",
      seen: { dev: "1", ino: "2", size: "3", mtimeNs: "4", ctimeNs: "5" },
      sha256: "c".repeat(64),
      overlay: { file: "web.plan.disk0.overlay", size: 1_572_864, sha256: "d".repeat(64) },
    },
  ],
  inputs: [{ kind: "recipe", path: "/srv/web.yaml", sha256: "e".repeat(64) }],
} as const;

const pages = {
  small: planPage({ plan: smallPlan, gild: "1.2.3", saved }),
  large: planPage({ plan: largePlan, gild: "1.2.3" }),
  hostile: planPage({ plan: hostilePlan, gild: "1.2.3" }),
};

test("names its only script and style by their digests, and allows nothing else", () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/u.exec(pages.small)?.[1] ?? "";

  expect(
    policy
      .replaceAll(/&#39;/gu, "'")
      .replaceAll(/sha256-[\w+/]{43}=/gu, "DIGEST")
      .split("; ")
      .toSorted(),
  ).toEqual([
    "base-uri 'none'",
    "default-src 'none'",
    "form-action 'none'",
    "img-src data:",
    "script-src 'DIGEST'",
    "style-src 'DIGEST'",
  ]);
  expect(pages.small).not.toMatch(/\b(?:src|href|action)="(?!data:,")/u);
});

test("has the tags of the page itself, whatever the guest's names and contents are", () => {
  const tagsOf = (page: string): string[] =>
    [...new Set([...page.matchAll(/<\/?[a-z!][^>\s]*/giu)].map(([tag]) => tag))].toSorted();

  expect(tagsOf(pages.hostile).filter((tag) => !tagsOf(pages.small).includes(tag))).toEqual([]);
  expect(pages.hostile).not.toMatch(/[^\P{Cc}\n\t]|[\u202A-\u202E]/u);
});

describe.skipIf(chromium === undefined)(`in a browser${chromium === undefined ? ", needs chromium" : ""}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "gild-page-"));
  let browser: Browser;

  beforeAll(() => {
    browser = new Browser(chromium ?? "");
    for (const [name, page] of Object.entries(pages)) writeFileSync(join(folder, `${name}.html`), page);
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (name: keyof typeof pages, width = 1200): Promise<Page> =>
    await browser.open(join(folder, `${name}.html`), { width, height: 900 });
  const type = async (page: Page, words: string): Promise<void> => {
    await page.evaluate(`document.getElementById("search").focus(), document.getElementById("search").select()`);
    if (words === "")
      await page.call("Input.dispatchKeyEvent", { type: "keyDown", key: "Delete", windowsVirtualKeyCode: 46 });
    else await page.call("Input.insertText", { text: words });
  };
  /** The names that are to be seen, in order. */
  const shown = async (page: Page): Promise<string[]> =>
    await page.evaluate(
      `[...document.querySelectorAll(".item .name")].filter((e) => e.checkVisibility()).map((e) => e.textContent)`,
    );
  const opened = async (page: Page): Promise<string[]> =>
    await page.evaluate(`[...document.querySelectorAll("details[open] > summary .name")].map((e) => e.textContent)`);

  test("opens with changes, steps and what it was made from", async () => {
    const page = await open("small");

    expect(await page.evaluate("document.title")).toBe("web.yaml on web.qcow2");
    expect(await page.evaluate(`[...document.querySelectorAll("h2")].map((e) => e.textContent)`)).toEqual([
      "Disks and filesystems",
      "Packages",
      "Files",
      "Steps",
      "Made from",
    ]);
    expect(await shown(page)).toEqual([
      "/dev/sda1",
      "/dev/sda2",
      "nginx",
      "/etc/hostname",
      "/etc/localtime",
      "/etc/shadow",
      "/usr/bin/tool",
      "host name web1",
      "time zone Europe/Prague",
      "/srv/images/web.qcow2",
      "/srv/web.yaml",
    ]);
  });

  test("folds each step and file, by a click and all at once", async () => {
    const page = await open("small");
    expect(await opened(page)).toEqual(["/etc/hostname"]);

    await page.evaluate(`document.querySelector("details.step > summary").click()`);
    expect(await opened(page)).toEqual(["/etc/hostname", "host name web1"]);
    await page.evaluate(`document.getElementById("fold").click()`);
    expect(await opened(page)).toEqual([]);
    await page.evaluate(`document.getElementById("unfold").click()`);
    expect(await opened(page)).toEqual([
      "/dev/sda1",
      "/dev/sda2",
      "/etc/hostname",
      "/etc/shadow",
      "/usr/bin/tool",
      "host name web1",
    ]);
  });

  test("finds by name, content and kind of change, and then shows all again as it was", async () => {
    const page = await open("small");
    const before = await shown(page);

    await type(page, "WEB1 golden");
    expect(await shown(page)).toEqual(["/etc/hostname"]);
    await type(page, "removed");
    expect(await shown(page)).toEqual(["/etc/localtime"]);
    await type(page, "internal_write");
    expect(await shown(page)).toEqual(["host name web1"]);
    await type(page, "nothing has this");
    expect(await shown(page)).toEqual([]);
    expect(await page.evaluate(`document.getElementById("found").textContent`)).toBe("0 of 11");
    await type(page, "");
    expect(await shown(page)).toEqual(before);
    expect(await opened(page)).toEqual(["/etc/hostname"]);
  });

  test("finds one of thousands of files in a directory that is summarised", async () => {
    const page = await open("large");
    expect(await shown(page)).not.toContain("/usr/share/doc/p2999/copyright");

    await type(page, "p2999");

    expect(await shown(page)).toEqual(["/usr/share/doc/p2999/copyright"]);
  });

  test.each(["small", "hostile"] as const)("is as wide as a telephone: %s", async (name) => {
    const page = await open(name, 360);

    expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(0);
  });

  test("prints what is folded, but not the thousands", async () => {
    const page = await open("large");
    await page.emulate({ media: "print" });
    // What is locked away is settled with the layout.
    const visible = (selector: string): Promise<boolean> =>
      page.evaluate(`document.body.offsetHeight > 0 && document.querySelector("${selector}").checkVisibility()`);

    expect(await visible("details.file:not([open]) .hunks")).toBe(true);
    expect(await visible("details.step:not([open]) .actions")).toBe(true);
    expect(await visible(".group:not([open]) .item")).toBe(false);
    expect(await visible(".tools")).toBe(false);
    expect((await (await open("small")).pdf()).subarray(0, 5).toString()).toBe("%PDF-");
  });

  test("takes nothing of a hostile guest for markup", async () => {
    const page = await open("hostile");
    await page.evaluate(`document.getElementById("unfold").click()`);
    await type(page, "owned");

    expect(await page.evaluate("document.title")).toMatch(/^<script>document\.title="owned"<\/script>\.yaml on /u);
    expect(
      await page.evaluate(`[...new Set([...document.querySelectorAll("*")].map((e) => e.localName))]
        .filter((name) => /^(?:img|svg|iframe|a|h3|object|embed|form)$/u.test(name))`),
    ).toEqual([]);
    expect(
      await page.evaluate(`[document.scripts.length, document.styleSheets.length, document.querySelectorAll("h1").length,
        document.querySelectorAll("meta[http-equiv]").length]`),
    ).toEqual([1, 1, 1, 1]);
    expect(
      await page.evaluate(`[...document.querySelectorAll("*")].flatMap((e) => [...e.attributes]).filter(({ name }) =>
        name.startsWith("on") || name === "style").length`),
    ).toBe(0);
  });

  test("would not run a script that got into it all the same", async () => {
    const broken = join(folder, "broken.html");
    writeFileSync(
      broken,
      pages.small.replace(
        "<main>",
        `<main><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`,
      ),
    );
    const page = await browser.open(broken, { width: 800, height: 600 });

    expect(await page.evaluate("document.title")).toBe("web.yaml on web.qcow2");
  });

  test("asked for nothing but itself, and complained of nothing", () => {
    const urls = browser.told("Network.requestWillBeSent").map(({ request }) => (request as { url: string }).url);
    const complaints = browser.told("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded");

    const foreign = urls.filter(
      (url) => !/^file:.*\/(?:small|large|hostile|broken)\.html$/u.test(url) && url !== "data:,",
    );
    // The broken page asks for x; its policy does not let it.
    expect(foreign.filter((url) => !url.endsWith("/x"))).toEqual([]);
    expect(complaints.filter((one) => !JSON.stringify(one).includes("Content Security Policy"))).toEqual([]);
  });
});

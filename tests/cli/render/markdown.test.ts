import { expect, test } from "vitest";

import { MARKDOWN_MAX, planMarkdown } from "../../../cli/render/markdown.ts";
import { hostilePlan } from "./hostile-plan.ts";
import { largePlan, smallPlan } from "./small-plan.ts";

test("tells a plan in a few lines, details folded", () => {
  expect(planMarkdown(smallPlan)).toBe(`### gild plan

**1 filesystem changed, 1 partition added, 1 package added, 3 files changed, 1 file removed.** On <code>/srv/images/web&#46;qcow2</code>, debian 12

<details><summary>Steps (2)</summary>

1. host name web1 (line 3): internal&#95;write
2. time zone Europe/Prague (line 4): already so

</details>

<code>&#126; filesystem /dev/sda1</code> label &#40;none&#41; -&#62; root

<code>&#43; partition /dev/sda2</code> size 1&#46;0 MB &#40;1048576&#41;

<code>&#43; package nginx</code> 1&#46;22&#46;1-9 &#40;amd64&#41;

<details><summary><code>&#126; /etc/hostname</code> content, 9 bytes -&#62; 5 bytes</summary>

\`\`\`diff
@@ -1 +1 @@
-golden
+web1
\`\`\`

</details>

<code>- /etc/localtime</code> -&#62; UTC

<code>&#126; /etc/shadow</code> content&#59; secret content is not shown

<code>&#126; /usr/bin/tool</code> content&#59; binary, sha256 aaaaaaaaaaaa -&#62; bbbbbbbbbbbb

`);
});

test("never has more characters than a comment may have, and says what was left out", () => {
  const text = planMarkdown(largePlan);

  expect(text.length).toBeLessThanOrEqual(MARKDOWN_MAX);
  expect(text.length).toBeGreaterThan(MARKDOWN_MAX / 2);
  expect(text).toContain("3,000 files added, 3&#46;0 MB");
  expect(text).toMatch(/^_\d+ more changes did not fit into this comment/m);
  expect(text.match(/<details>/gu)?.length).toBe(text.match(/<\/details>/gu)?.length);
  expect(text.match(/^```/gmu)?.length).toBe(2 * (text.match(/^```diff$/gmu)?.length ?? 0));
});

test("lets nothing of a hostile guest become markup", () => {
  const text = planMarkdown(hostilePlan);

  // Fenced code, whose fence is longer than any in it, shows all as it is.
  const bare = text.replaceAll(/^(`{3,})diff\n[^]*?^\1$/gmu, "");
  const tags = [...bare.matchAll(/<[^>]*>?/gu)].map(([tag]) => tag);
  expect(new Set(tags)).toEqual(new Set(["<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"]));
  expect(bare.replaceAll(/<\/?code>|&#\d+;/gu, "")).not.toMatch(/[[\]@!`\u202E]|[^\P{Cc}\n]|:\/\//u);
  expect(bare).not.toMatch(/^#+ (?!gild plan$)/mu);
  // Mentions and numbers of issues are looked for when the references have been resolved, but not in code.
  expect(bare.replaceAll(/<code>.*?<\/code>/gu, "")).not.toMatch(/&#(?:35|64);/u);
});

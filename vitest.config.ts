/** Three rings: `unit` and `memory` need no VM (`npm run check`); `appliance` starts qemu and needs the set-up. */
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const applianceTests = ["tests/appliance/**/*.test.ts"];
/** Take longest, and are begun first: a worker that began one of them last would run it alone. */
const longest = ["actions", "differential", "hv", "template", "examples", "run-faults", "inspect"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/appliance/${name}.test.ts`));
      return at === -1 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { name: "fast", include: ["tests/**/*.test.ts"], exclude: applianceTests, testTimeout: 20_000 } },
      {
        test: {
          name: "appliance",
          include: applianceTests,
          globalSetup: ["tests/appliance/support/global-setup.ts"],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
    ],
  },
});

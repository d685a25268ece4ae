/** Three rings: `unit` and `memory` need no VM (`npm run check`); `appliance` starts qemu and needs the set-up. */
import { defineConfig } from "vitest/config";

const applianceTests = ["tests/appliance/**/*.test.ts"];

export default defineConfig({
  test: {
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

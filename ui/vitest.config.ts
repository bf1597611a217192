import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@daybook/shared": here("shared") } },
  test: {
    environment: "happy-dom",
    include: ["shared/**/*.test.{ts,tsx}", "desktop/src/**/*.test.{ts,tsx}"],
    setupFiles: [here("shared/testing/setup.ts")],
    // One zone, so that a time of day in a test means one thing everywhere.
    env: { TZ: "Europe/Berlin" },
    restoreMocks: true,
    testTimeout: 60_000,
  },
});

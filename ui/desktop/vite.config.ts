import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  // The window loads the page from inside the program, where the root is not always "/".
  base: "./",
  plugins: [react()],
  resolve: { alias: { "@daybook/shared": here("../shared") } },
  server: { port: 5173, strictPort: true },
  build: {
    outDir: here("../dist"),
    emptyOutDir: true,
    // The oldest web view that ships with a supported system: WebKitGTK 2.40, Safari 16.4.
    target: ["safari16.4", "chrome111"],
    // A local page is read from memory: one file starts faster than twenty.
    chunkSizeWarningLimit: 4000,
    // A font inside a style sheet is forbidden by the page's own security policy.
    assetsInlineLimit: 0,
  },
});

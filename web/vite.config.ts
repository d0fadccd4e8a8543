import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  root: file("."),
  base: "./",
  plugins: [react()],
  // No inlined data: the policy of the pages allows nothing but files of their own.
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
    // The administrators' pages, and the one for people: what both use is loaded by both.
    rolldownOptions: { input: [file("index.html"), file("my.html")] },
  },
});

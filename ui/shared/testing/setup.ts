import { clearMocks } from "@tauri-apps/api/mocks";
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(async () => {
  cleanup();
  // Listeners say goodbye to the engine's double a turn after the screen is gone.
  await new Promise((done) => setTimeout(done, 0));
  clearMocks();
  localStorage.clear();
});

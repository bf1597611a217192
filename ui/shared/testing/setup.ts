import { configure } from "@testing-library/dom";
import { clearMocks } from "@tauri-apps/api/mocks";
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

// How long something may take is no question of these tests: a busy machine is given the time it needs.
configure({ asyncUtilTimeout: 20_000 });

afterEach(async () => {
  cleanup();
  // Listeners say goodbye to the engine's double a turn after the screen is gone.
  await new Promise((done) => setTimeout(done, 0));
  clearMocks();
  localStorage.clear();
});

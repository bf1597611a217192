import type { CourierOutcome, CourierStanding } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { Stage } from "@daybook/shared/testing/Stage";
import { render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { Courier } from "./Courier";

const dialog = vi.hoisted(() => ({ open: vi.fn(), save: vi.fn() }));
vi.mock("@tauri-apps/plugin-dialog", () => dialog);

beforeEach(() => {
  dialog.open.mockReset();
  dialog.save.mockReset();
});

const NOTHING: CourierStanding = { possible: true, written: null, read: null };
const ROUND = {
  pushed: 2,
  pulled: 5,
  line: { sent: 0, received: 0 },
  stopped: null,
  receipts: [],
  attention: 0,
};

function open(standing: CourierStanding, came_of_it: CourierOutcome = { outcome: "taken" }) {
  const asked = vi.fn();
  engineDouble({
    write_courier_file: ({ with: { path } }) => {
      asked(path);
      return { reply: "courier_file", with: { path, number: 3, changes: 2, bytes: 900 } };
    },
    read_courier_file: ({ with: { path } }) => {
      asked(path);
      return { reply: "courier_read", with: { number: 7, came_of_it, round: ROUND } };
    },
  });
  render(
    <Stage>
      <Courier standing={standing} />
    </Stage>,
  );
  return asked;
}

it("writes a file where the person says, and says what is in it", async () => {
  const user = userEvent.setup();
  const at = "2026-11-21T07:00:00Z";
  const asked = open({ ...NOTHING, written: { number: 2, at, changes: 4, waiting: 1 } });
  screen.getByText(/Last file written: 2,.*4 changes · 1 still without an answer/);
  screen.getByText(/Attached files do not travel in them/);
  dialog.save.mockResolvedValue("/media/stick/courier-3.daybook");
  await user.tab();
  expect(document.activeElement?.textContent).toBe("Write a file for the courier …");
  await user.keyboard("{Enter}");
  await screen.findByText("File 3 with 2 changes was written: /media/stick/courier-3.daybook");
  expect(dialog.save.mock.calls[0]?.[0]).toMatchObject({ defaultPath: "courier-3.daybook" });
  expect(asked).toHaveBeenCalledWith("/media/stick/courier-3.daybook");
});

it("does nothing for who thought better of it", async () => {
  const user = userEvent.setup();
  const asked = open(NOTHING);
  dialog.open.mockResolvedValue(null);
  await user.click(screen.getByRole("button", { name: "Read a file from the courier …" }));
  expect(asked).not.toHaveBeenCalled();
  expect(screen.queryByRole("status")).toBeNull();
});

it.each([
  [{ outcome: "taken" }, /File 7 was read: 2 answered, 5 received/],
  [{ outcome: "answers" }, /2 answered. What is new in it was written for other rights/],
  [{ outcome: "older" }, /File 7 was read already, or is older/],
  [{ outcome: "waits", missing: 6 }, /File 7 waits: file 6 comes before it/],
] as [CourierOutcome, RegExp][])("says what came of a file: %o", async (outcome, words) => {
  const user = userEvent.setup();
  open(NOTHING, outcome);
  dialog.open.mockResolvedValue("/media/stick/back");
  await user.click(screen.getByRole("button", { name: "Read a file from the courier …" }));
  expect((await screen.findByRole("status")).textContent).toMatch(words);
});

it("says what a device has to do first that cannot write such files", () => {
  open({ ...NOTHING, possible: false });
  screen.getByText(/sign in once more/);
  const region = within(screen.getByRole("region", { name: "By courier" }));
  const write = region.getByRole("button", { name: "Write a file for the courier …" });
  expect(write.hasAttribute("disabled")).toBe(true);
});

import { engineDouble } from "../testing/double";
import { Stage } from "../testing/Stage";
import { act, render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Hint } from "./Hint";
import { HINTS, recallHints, tellHints } from "./hints";

const stage = (
  <Stage>
    <div id={HINTS} />
    <Hint place="list" names={["open", "create", "keys"]} />
    <Hint place="tree" names={["indent"]} />
  </Stage>
);

function show() {
  engineDouble({});
  const shown = render(stage);
  // The window's foot says by itself that it is there.
  act(tellHints);
  return shown;
}

it("a hint tells three keys until it is put away, for good, and each for itself", async () => {
  const user = userEvent.setup();
  const { unmount } = show();
  const [list] = await screen.findAllByRole("complementary");
  expect(list?.textContent).toContain("Alt+N New record");
  const [away] = screen.getAllByRole("button", { name: "Do not show these keys again" });
  if (away) await user.click(away);
  expect(screen.queryByText(/New record/)).toBeNull();
  screen.getByText(/Move below the one before/);
  unmount();
  show();
  expect(screen.queryByText(/New record/)).toBeNull();
  act(recallHints);
  await screen.findByText(/New record/);
});

import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { field } from "../testing/samples";
import { engineDouble } from "../testing/double";
import { Stage } from "../testing/Stage";
import { Control } from "./Control";

const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));

function open() {
  engineDouble({});
  render(
    <Stage>
      {["Discount", "Limit"].map((name) => (
        <Control
          key={name}
          id={name}
          name={name}
          invalid={false}
          required={false}
          field={field(name, { type: "decimal", scale: 2 })}
          cell="7.5"
          unread={undefined}
          title=""
          actions={{ name: () => {} }}
          onCell={() => {}}
          onUnread={() => {}}
        />
      ))}
    </Stage>,
  );
}

const box = (name: string) => screen.getByRole<HTMLInputElement>("textbox", { name });

it("a number that one comes to is selected and in sight", async () => {
  open();
  const shown = vi.spyOn(box("Discount"), "scrollIntoView");
  const selected = vi.spyOn(box("Discount"), "select");
  await userEvent.tab();
  await frame();
  expect([shown, selected].map((call) => call.mock.calls.length)).toEqual([1, 1]);
});

it("a number that one has left already does not take the cursor back", async () => {
  open();
  const selected = vi.spyOn(box("Discount"), "select");
  box("Discount").focus();
  box("Limit").focus();
  await frame();
  expect(selected).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(box("Limit"));
});

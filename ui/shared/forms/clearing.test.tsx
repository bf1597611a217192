import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import type { Cell, FieldView } from "../generated/contract";
import { engineDouble } from "../testing/double";
import { field } from "../testing/samples";
import { Stage } from "../testing/Stage";
import { Control } from "./Control";

const choices = ["net", "gross"].map((value) => ({ value, label: { en: value, de: value } }));
const FIELDS: [FieldView, Cell][] = [
  [field("Language", { type: "standard", name: "language" }), "de"],
  [field("Prices", { type: "choice", choices }), "net"],
  [field("Group", { type: "reference", entity: "group" }), "0197-group"],
  [field("Note", { type: "text", max: 20 }), "n"],
];

function Form() {
  const [cells, setCells] = useState<Record<string, Cell>>(() =>
    Object.fromEntries(FIELDS.map(([{ name }, cell]) => [name, cell])),
  );
  return FIELDS.map(([each]) => (
    <Control
      key={each.name}
      id={each.name}
      name={each.name}
      invalid={false}
      required={false}
      field={each}
      cell={cells[each.name] ?? null}
      unread={undefined}
      title="Trade"
      actions={{ name: () => {}, find: () => {} }}
      onCell={(cell) => setCells((known) => ({ ...known, [each.name]: cell }))}
      onUnread={() => {}}
    />
  ));
}

function open() {
  engineDouble({
    describe: () => ({ reply: "entities", with: [] }),
    search: () => ({ reply: "hits", with: [] }),
  });
  render(
    <Stage>
      <Form />
    </Stage>,
  );
  return userEvent.setup();
}

const inFocus = () => document.activeElement?.getAttribute("aria-label");

describe("filled choices", () => {
  it("are one stop of Tab each", async () => {
    const user = open();
    const stops = [];
    for (const _ of FIELDS) {
      await user.tab();
      stops.push(inFocus());
    }
    expect(stops).toEqual(["Language", "Prices", "Group", "Note"]);
  });

  it.each(["{Delete}", "{Backspace}"])("are emptied by %s in the field", async (key) => {
    const user = open();
    screen.getByText("Trade");
    for (const shown of ["net", "Trade"]) {
      const name = shown === "net" ? "Prices" : "Group";
      screen.getByRole("combobox", { name }).focus();
      await user.keyboard(key);
      await waitFor(() => expect(screen.queryByText(shown)).toBeNull());
    }
  });

  it("keep their value while a search is mended", async () => {
    const user = open();
    screen.getByRole("combobox", { name: "Prices" }).focus();
    await user.keyboard("gr{Backspace}");
    await user.keyboard("{Backspace}{Escape}");
    expect(screen.getAllByText("net").length).toBeGreaterThan(0);
  });
});

import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Cell, FieldView } from "../generated/contract";
import { useStatus } from "../data/queries";
import { engineDouble } from "../testing/double";
import { Stage } from "../testing/Stage";
import { field, MARA, status } from "../testing/samples";
import { FieldRow } from "./FieldRow";
import type { FormActions } from "./form";

const actions: FormActions = {
  form: "",
  change: () => {},
  undo: () => {},
  redo: () => {},
  find: () => {},
  settle: () => {},
  name: () => {},
  editAt: () => {},
  addRow: () => {},
};

function read(shown: FieldView, cell: Cell, titles: Record<string, string> = {}): string {
  engineDouble({});
  render(
    <Stage>
      <FieldRow
        field={shown}
        cell={cell}
        titles={titles}
        unread={undefined}
        problems={undefined}
        clash={undefined}
        editing={false}
        actions={actions}
      />
    </Stage>,
  );
  return screen.getByRole("status").textContent;
}

describe("a field to read", () => {
  const id = "0197-somebody";
  const owner = field("owner_id", { type: "reference", entity: "person" });

  it("says no where a box was never ticked", () => {
    expect(read(field("portal", { type: "bool" }), null)).toBe("No");
  });

  it("never shows an id: a user without a name is still a user", () => {
    expect(read(owner, id)).toBe("A user (name not on this computer)");
  });

  it("says who is at the computer, and what the sync server wrote itself", async () => {
    engineDouble({ status: () => ({ reply: "status", with: status({ user: "m@x.example" }) }) });
    const row = (cell: Cell) => (
      <FieldRow
        field={owner}
        cell={cell}
        titles={{}}
        unread={undefined}
        problems={undefined}
        clash={undefined}
        editing={false}
        actions={actions}
      />
    );
    function Window() {
      useStatus();
      return (
        <>
          {row(MARA)}
          {row("00000000-0000-0000-0000-000000000000")}
        </>
      );
    }
    render(
      <Stage>
        <Window />
      </Stage>,
    );
    await screen.findByText("You (m@x.example)");
    screen.getByText("Daybook");
  });

  it("shows the name where it is known", () => {
    expect(read(owner, id, { [id]: "Mara" })).toBe("Mara");
  });

  it("says that a record is out of sight", () => {
    expect(read(field("branch", { type: "reference", entity: "branch" }), id)).toBe(
      "A record you cannot see",
    );
  });

  it("shows nothing for nothing", () => {
    expect(read(owner, null)).toBe("–");
  });

  it("marks what few may read, for screen readers as well", () => {
    read(field("limit", { type: "decimal", scale: 4 }, { sensitive: true }), "5");
    screen.getByLabelText("Sensitive: few people may read this");
  });
});

import { CUSTOMER, customer } from "@daybook/shared/testing/samples";
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { open } from "./opened";

/** What is said of a record that waits, after a round that came through before the command's answer did. */
const waits = () => screen.queryByText("Saved here, waiting to be sent");

describe("deleting", () => {
  it("asks first; Enter confirms; it says what was deleted", async () => {
    const user = userEvent.setup();
    const world = open("0197-moeller");
    await screen.findByRole("button", { name: "Delete" });
    await user.keyboard("{Alt>}{Delete}{/Alt}");
    const dialog = await screen.findByRole("dialog");
    expect(dialog.textContent).toContain("Möller GmbH");
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Delete"));
    await user.keyboard("{Enter}");
    await waitFor(() => expect(world.onBack).toHaveBeenCalled());
    await screen.findByText("Deleted: Möller GmbH");
  });

  it("says beforehand what still refers to it", async () => {
    const user = userEvent.setup();
    const usedBy = [
      { entity: "customer", count: 77 },
      { entity: "price_list", count: 1 },
    ];
    open("0197-moeller", undefined, undefined, { usedBy });
    await screen.findByRole("button", { name: "Delete" });
    await user.keyboard("{Alt>}{Delete}{/Alt}");
    const dialog = await screen.findByRole("dialog");
    const note = await within(dialog).findByRole("note");
    expect(note.textContent).toBe(
      "Still in use: 77 Customers, 1 price_list. They go on referring to what is deleted.",
    );
  });
});

describe("a deleted record", () => {
  const record = { ...customer(), retired: true };

  it("is brought back by its button or its key, and then has the others", async () => {
    const user = userEvent.setup();
    open("0197-moeller", undefined, undefined, { record });
    await screen.findByRole("button", { name: "Bring back" });
    expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
    await user.keyboard("{Alt>}b{/Alt}");
    await screen.findByRole("button", { name: "Edit" });
    expect(screen.queryByRole("button", { name: "Bring back" })).toBeNull();
    await screen.findByText("Back again: Möller GmbH");
    await waitFor(() => expect(waits()).toBeNull());
  });

  it("says by the key that edits what to do first", async () => {
    const user = userEvent.setup();
    open("0197-moeller", undefined, undefined, { record });
    await screen.findByRole("button", { name: "Bring back" });
    await user.keyboard("{F2}");
    await screen.findByText(/is deleted. Bring it back first \(Alt\+B\)/);
  });

  it("does not come back where it became another one, or to who may not edit", async () => {
    const fields = { ...record.fields, merged_into: "0197-other" };
    open("0197-moeller", undefined, undefined, { record: { ...record, fields } });
    await screen.findByRole("button", { name: "History" });
    expect(screen.queryByRole("button", { name: "Bring back" })).toBeNull();
    cleanup();
    open("0197-moeller", undefined, undefined, {
      record,
      entity: { ...CUSTOMER, may_edit: false },
    });
    await screen.findByRole("button", { name: "History" });
    expect(screen.queryByRole("button", { name: "Bring back" })).toBeNull();
  });
});

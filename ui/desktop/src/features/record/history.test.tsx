import type { HistoryPage } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { Stage } from "@daybook/shared/testing/Stage";
import { CUSTOMER, customer } from "@daybook/shared/testing/samples";
import { render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { History } from "./History";

const EDIT: HistoryPage["entries"][number] = {
  at: "2026-03-31T10:00:00Z",
  user: "Anna Admin",
  device: "Desk",
  action: "update",
  state: "recorded",
  changes: [
    { field: "name", before: "Ada", after: "Ada Metallbau" },
    {
      field: "customer_contact[018f0000-0000-7000-8000-000000000001].phone",
      before: null,
      after: "+49 30 1",
    },
  ],
};

function page(part: Partial<HistoryPage>): { reply: "history"; with: HistoryPage } {
  return { reply: "history", with: { entries: [EDIT], complete: true, titles: {}, ...part } };
}

function open(answer: (cursor: string | null) => ReturnType<typeof page>) {
  const double = engineDouble({
    describe: () => ({ reply: "entities", with: [CUSTOMER] }),
    history: ({ with: { cursor } }) => answer(cursor ?? null),
  });
  render(
    <Stage>
      <History entity={CUSTOMER} record={customer()} />
    </Stage>,
  );
  return double;
}

describe("the history of a record", () => {
  it("tells who changed which field from what to what, and at which device", async () => {
    open(() => page({}));
    const person = await screen.findByText("Anna Admin");
    const entry = within(person.closest("li") as HTMLElement);
    expect(entry.getByText(/Desk/)).toBeTruthy();
    expect(entry.getByText("Ada").tagName).toBe("DEL");
    expect(entry.getByText("Ada Metallbau").tagName).toBe("INS");
    // A row of the record by the name of its collection and field; nothing is said as such.
    expect(entry.getByText(/Contact.*Phone/)).toBeTruthy();
    // Before a first value there was none: that needs no word.
    expect(entry.queryByText("empty")).toBeNull();
    expect(screen.queryByText(/sync server/)).toBeNull();
  });

  it("goes on with what was before", async () => {
    const made = { ...EDIT, action: "create", user: "Ben", changes: [] };
    const { asked } = open((cursor) =>
      cursor ? page({ entries: [made] }) : page({ next: "place" }),
    );
    await userEvent.click(await screen.findByRole("button", { name: "Earlier changes" }));
    expect(await screen.findByText("Ben")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Earlier changes" })).toBeNull();
    const cursors = asked.flatMap((one) => (one.command === "history" ? [one.with.cursor] : []));
    expect(cursors).toEqual([null, "place"]);
  });

  it("says that away from the sync server only the work of this device is known", async () => {
    open(() => page({ complete: false, entries: [{ ...EDIT, state: "pending" }] }));
    expect(await screen.findByText(/needs the sync server/)).toBeTruthy();
    expect(screen.getByText(/not sent yet/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Ask again" })).toBeTruthy();
  });
});

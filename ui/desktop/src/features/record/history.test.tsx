import type { HistoryPage } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { Stage } from "@daybook/shared/testing/Stage";
import { CUSTOMER, customer, field } from "@daybook/shared/testing/samples";
import { render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { History } from "./History";

const EDIT: HistoryPage["entries"][number] = {
  occurred_at: "2026-03-31T09:59:30Z",
  received_at: "2026-03-31T10:00:00Z",
  user_id: "0197-anna-admin",
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

  it("tells when an edit made offline was made, by whose clock, and when it was received", async () => {
    open(() => page({ entries: [{ ...EDIT, occurred_at: "2026-03-29T08:00:00Z" }] }));
    const entry = (await screen.findByText("Anna Admin")).closest("p") as HTMLElement;
    const times = [...entry.querySelectorAll("time")].map((time) => time.dateTime);
    expect(times).toEqual(["2026-03-29T08:00:00Z", "2026-03-31T10:00:00Z"]);
    expect(entry.textContent).toMatch(/by that computer's clock.*received by the sync server/);
  });

  it("says one time where it was sent at once", async () => {
    open(() => page({}));
    const entry = (await screen.findByText("Anna Admin")).closest("p") as HTMLElement;
    expect(entry.querySelectorAll("time").length).toBe(1);
    expect(entry.textContent).not.toMatch(/clock/);
  });

  it("names who proposed and who decided, and never calls a person empty", async () => {
    const owner = field("proposed_by", { type: "reference", entity: "person" });
    const changed = (field: string, after: string) => ({ field, before: null, after });
    const entity = { ...CUSTOMER, fields: [owner, { ...owner, name: "decided_by" }] };
    const changes = [changed("proposed_by", "0197-ben"), changed("decided_by", "0197-gone")];
    engineDouble({
      describe: () => ({ reply: "entities", with: [entity] }),
      history: () => page({ entries: [{ ...EDIT, changes }], titles: { "0197-ben": "Ben" } }),
    });
    render(
      <Stage>
        <History entity={entity} record={customer()} />
      </Stage>,
    );
    expect((await screen.findByText("Ben")).tagName).toBe("INS");
    expect(screen.getByText("A user (name not on this computer)").tagName).toBe("INS");
    expect(document.body.textContent).not.toMatch(/0197|empty/);
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

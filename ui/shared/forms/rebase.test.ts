import { describe, expect, it } from "vitest";
import type { RecordView } from "../generated/contract";
import { ANNA, CUSTOMER, customer } from "../testing/samples";
import { changesOf } from "./changes";
import { editDraft, isTyped, removeRow, valuesOf, write, writeUnread } from "./draft";
import { rebase, settle } from "./rebase";

const anna = { entity: "customer_contact", id: ANNA };
const theirs = (record: RecordView) => valuesOf(CUSTOMER, record);
const withRows = (rows: { id: string; fields: Record<string, string | number> }[]): RecordView => ({
  ...customer(),
  children: { customer_contact: rows },
});

describe("a record that changes under a form", () => {
  it("fills in what the person has not touched, and says so", () => {
    const draft = write(editDraft(CUSTOMER, customer()), { field: "city" }, "Bonn");
    const { draft: now, moved } = rebase(draft, theirs(customer({ email: "neu@moeller.example" })));
    expect(moved).toEqual(["email"]);
    expect(now.now.fields).toMatchObject({ city: "Bonn", email: "neu@moeller.example" });
    expect(changesOf(now).fields).toEqual([{ field: "city", from: "Kiel", to: "Bonn" }]);
  });

  it("keeps what was typed and offers the new value", () => {
    const draft = write(editDraft(CUSTOMER, customer()), { field: "city" }, "Bonn");
    const { draft: now } = rebase(draft, theirs(customer({ city: "Essen" })));
    expect(now.now.fields.city).toBe("Bonn");
    expect(now.clashes).toEqual({ city: { theirs: "Essen" } });

    const mine = settle(now, "city", "mine", { field: "city" });
    expect(changesOf(mine).fields).toEqual([{ field: "city", from: "Essen", to: "Bonn" }]);
    const other = settle(now, "city", "theirs", { field: "city" });
    expect(isTyped(other)).toBe(false);
    expect(other.now.fields.city).toBe("Essen");
  });

  it("has nothing to choose where both wrote the same", () => {
    const draft = write(editDraft(CUSTOMER, customer()), { field: "city" }, "Bonn");
    const { draft: now } = rebase(draft, theirs(customer({ city: "Bonn" })));
    expect(now.clashes).toEqual({});
    expect(isTyped(now)).toBe(false);
  });

  it("keeps a text that is no value yet", () => {
    const draft = writeUnread(editDraft(CUSTOMER, customer()), { field: "credit_limit" }, "12x");
    const { draft: now } = rebase(draft, theirs(customer({ credit_limit: "5" })));
    expect(now.unread).toEqual({ credit_limit: "12x" });
    expect(now.clashes).toEqual({ credit_limit: { theirs: "5" } });
    const settled = settle(now, "credit_limit", "theirs", { field: "credit_limit" });
    expect(settled.unread).toEqual({});
    expect(settled.now.fields.credit_limit).toBe("5");
  });

  it("keeps an open choice open when something else changes", () => {
    const typed = write(editDraft(CUSTOMER, customer()), { field: "city" }, "Bonn");
    const first = rebase(typed, theirs(customer({ city: "Essen" }))).draft;
    const second = rebase(first, theirs(customer({ city: "Essen", code: "K2" }))).draft;
    expect(second.clashes).toEqual({ city: { theirs: "Essen" } });
    const third = rebase(second, theirs(customer({ city: "Ulm" }))).draft;
    expect(third.clashes).toEqual({ city: { theirs: "Ulm" } });
  });
});

describe("rows that change under a form", () => {
  it("merge by row and field", () => {
    const draft = write(editDraft(CUSTOMER, customer()), { field: "phone", row: anna }, "+49 2");
    const { draft: now, moved } = rebase(
      draft,
      theirs(
        withRows([
          { id: ANNA, fields: { position: 1, name: "Anna Berg", phone: "+49 1" } },
          { id: "jo", fields: { position: 2, name: "Jo" } },
        ]),
      ),
    );
    expect(moved).toEqual([`customer_contact[${ANNA}].name`, "customer_contact[jo]"]);
    expect(now.now.rows.customer_contact).toEqual([
      { id: ANNA, fields: { position: 1, name: "Anna Berg", phone: "+49 2" } },
      { id: "jo", fields: { position: 2, name: "Jo" } },
    ]);
  });

  it("go where nobody here touched them, and ask where somebody did", () => {
    const gone = withRows([]);
    expect(rebase(editDraft(CUSTOMER, customer()), theirs(gone)).draft.now.rows).toEqual({
      customer_contact: [],
    });
    const draft = write(editDraft(CUSTOMER, customer()), { field: "phone", row: anna }, "+49 2");
    const { draft: now } = rebase(draft, theirs(gone));
    const path = `customer_contact[${ANNA}]`;
    expect(now.clashes).toEqual({ [path]: { removed: true } });
    const kept = settle(now, path, "mine", { field: "", row: anna });
    expect(changesOf(kept).children?.[0]).toMatchObject({ action: "add", id: ANNA });
    const left = settle(now, path, "theirs", { field: "", row: anna });
    expect(changesOf(left).children).toEqual([]);
  });

  it("come back where they were removed here and changed by others", () => {
    const draft = removeRow(editDraft(CUSTOMER, customer()), "customer_contact", ANNA);
    const changed = withRows([{ id: ANNA, fields: { position: 1, name: "Anna", phone: "+49 9" } }]);
    const { draft: now, moved } = rebase(draft, theirs(changed));
    expect(moved).toEqual([`customer_contact[${ANNA}]`]);
    expect(changesOf(now).children).toEqual([]);
    const unchanged = rebase(draft, theirs(customer()));
    expect(changesOf(unchanged.draft).children?.[0]).toMatchObject({ action: "remove" });
  });
});

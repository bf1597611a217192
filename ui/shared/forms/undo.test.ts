import { expect, it } from "vitest";
import { CONTACT as CONTACTS, CUSTOMER } from "../testing/samples";
import { addRow, emptyDraft, removeRow, withoutBlankRows, write, writeUnread } from "./draft";
import { contentOf, takenUp, titleOf } from "./kept";
import { begin, forward, redo, undo, type Work } from "./undo";

const CONTACT = "customer_contact";
const empty = begin(emptyDraft(CUSTOMER));

const typed = (work: Work, field: string, text: string) =>
  [...text].reduce(
    (now, _, index) => forward(now, write(now.draft, { field }, text.slice(0, index + 1))),
    work,
  );
const fields = (work: Work) => work.draft.now.fields;

it("what was typed into a field is one step, taken back and done again", () => {
  const work = typed(typed(empty, "name", "Nordwind"), "city", "Kiel");
  expect(work.past).toHaveLength(2);
  const back = undo(work);
  expect(fields(back)).toEqual({ name: "Nordwind", city: null });
  expect(fields(undo(back))).toEqual({ name: null, city: null });
  expect(fields(redo(redo(undo(back))))).toEqual(fields(work));
  expect(undo(undo(undo(work))).draft.now.fields.name).toBeNull();
});

it("a row that was removed comes back with all that stood in it", () => {
  const place = { field: "name", row: { entity: CONTACT, id: "a" } };
  let work = forward(empty, addRow(empty.draft, CONTACT, "a", {}));
  work = forward(work, write(work.draft, place, "Ida"));
  work = forward(work, removeRow(work.draft, CONTACT, "a"));
  expect(work.draft.now.rows[CONTACT]).toEqual([]);
  const back = undo(work);
  expect(back.draft.now.rows[CONTACT]).toEqual([{ id: "a", fields: { position: 1, name: "Ida" } }]);
  expect(undo(undo(back)).draft.now.rows[CONTACT]).toEqual([]);
});

it("at least fifty steps can be taken back, also after a restart", () => {
  const names = ["name", "city"];
  const work = Array.from({ length: 60 }, (_, index) => index).reduce(
    (now, index) => typed(now, names[index % 2] ?? "", `v${index}`),
    empty,
  );
  const taken = takenUp(CUSTOMER, null, contentOf(work, { x: "Term" }));
  expect(taken?.titles).toEqual({ x: "Term" });
  let back = taken?.work ?? empty;
  expect(fields(back)).toEqual(fields(work));
  for (let step = 0; step < 58; step += 1) back = undo(back);
  expect(fields(back)).toEqual({ name: "v0", city: "v1" });
});

it("a kept form keeps what could not be read, and shows no field that is gone", () => {
  const draft = writeUnread(write(empty.draft, { field: "secret" }, "7"), { field: "city" }, "?");
  const named = write(draft, { field: "name" }, "Nordwind");
  const content = contentOf(begin(named), {});
  const taken = takenUp(CUSTOMER, null, content)?.work.draft;
  expect(taken?.unread).toEqual({ city: "?" });
  expect(taken?.now.fields).toEqual({ name: "Nordwind" });
  expect(titleOf(CUSTOMER, content)).toBe("Nordwind");
  expect(takenUp(CUSTOMER, null, "{")).toBeNull();
});

it("a row that was added and left as it came is not saved", () => {
  const told = CONTACTS.fields.filter(({ name }) => name !== "role");
  const entity = { ...CUSTOMER, children: [{ ...CONTACTS, fields: told }] };
  const first = addRow(emptyDraft(entity), CONTACT, "a", {});
  const both = addRow(first, CONTACT, "b", {});
  const filled = write(both, { field: "name", row: { entity: CONTACT, id: "b" } }, "Ida");
  expect(withoutBlankRows(filled).now.rows[CONTACT]?.map(({ id }) => id)).toEqual(["b"]);
  // One that came with more than ticks and choices may be meant as it is.
  const given = addRow(empty.draft, CONTACT, "a", { role: "buyer" });
  expect(withoutBlankRows(given).now.rows[CONTACT]).toHaveLength(1);
});

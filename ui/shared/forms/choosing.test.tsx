import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import type { Cell, FieldView, RecordView } from "../generated/contract";
import { engineDouble } from "../testing/double";
import { customer, field } from "../testing/samples";
import { Stage } from "../testing/Stage";
import { Control } from "./Control";

const FIELDS: FieldView[] = [
  field("Country", { type: "standard", name: "country" }),
  field("Terms", { type: "reference", entity: "payment_terms" }),
  field("Note", { type: "text", max: 20 }),
];

const TERMS = [
  { entity: "payment_terms", id: "0197-30", title: "30 days net", key: "N30" },
  { entity: "payment_terms", id: "0197-60", title: "60 days net", key: "N60" },
];

function Form({ onUnread }: { onUnread: (name: string, text: string) => void }) {
  const [cells, setCells] = useState<Record<string, Cell>>({});
  return (
    <div className="form">
      {FIELDS.map((each) => (
        <Control
          key={each.name}
          id={each.name}
          name={each.name}
          invalid={false}
          required={false}
          field={each}
          cell={cells[each.name] ?? null}
          unread={undefined}
          title={TERMS.find(({ id }) => id === cells[each.name])?.title ?? ""}
          actions={{ name: () => {} }}
          onCell={(cell) => setCells((known) => ({ ...known, [each.name]: cell }))}
          onUnread={(text) => onUnread(each.name, text)}
        />
      ))}
    </div>
  );
}

function open() {
  engineDouble({
    describe: () => ({ reply: "entities", with: [] }),
    list: () => ({ reply: "list", with: { records: [], total: 0 } }),
    search: ({ with: { text } }) => ({
      reply: "hits",
      with: TERMS.filter(({ title }) => title.startsWith(text)),
    }),
  });
  const onUnread = vi.fn();
  render(
    <Stage>
      <Form onUnread={onUnread} />
    </Stage>,
  );
  return { user: userEvent.setup(), onUnread };
}

const inFocus = () => document.activeElement?.getAttribute("aria-label");

it("Tab takes what a typed text finds and goes on to the next field", async () => {
  const { user } = open();
  screen.getByRole("combobox", { name: "Country" }).focus();
  // "Algeria" has these letters as well, and comes before it in the alphabet.
  await user.keyboard("ger{Tab}");
  await waitFor(() => expect(screen.getAllByText("Germany").length).toBeGreaterThan(0));
  expect(inFocus()).toBe("Terms");
  await user.keyboard("60{Tab}");
  expect(inFocus()).toBe("Note");
  await waitFor(() => expect(screen.getAllByText("60 days net").length).toBeGreaterThan(0));
});

it("a text that names nothing is not dropped", async () => {
  const { user, onUnread } = open();
  screen.getByRole("combobox", { name: "Country" }).focus();
  await user.keyboard("Gerxx");
  await user.click(screen.getByRole("textbox", { name: "Note" }));
  expect(onUnread).toHaveBeenCalledWith("Country", "Gerxx");
});

it("a blank before the text is no part of it", async () => {
  const { user, onUnread } = open();
  const country = screen.getByRole("combobox", { name: "Country" });
  country.focus();
  await user.keyboard("  ");
  expect((country as HTMLInputElement).value).toBe("");
  await user.keyboard(" germ{Tab}");
  await waitFor(() => expect(screen.getAllByText("Germany").length).toBeGreaterThan(0));
  await user.keyboard(" 60{Tab}");
  await waitFor(() => expect(screen.getAllByText("60 days net").length).toBeGreaterThan(0));
  expect(onUnread).not.toHaveBeenCalled();
});

it("a search without result says what to do, and an empty list that nothing is there yet", async () => {
  const { user } = open();
  screen.getByRole("combobox", { name: "Country" }).focus();
  await user.keyboard("xyz");
  await screen.findByText("Nothing fits. Type less of it to see more.");
  await user.keyboard("{Escape}");
  await user.click(screen.getByRole("combobox", { name: "Terms" }));
  await screen.findByText(/None are there yet/);
});

it("an owner is chosen by name among the users who may still come in", async () => {
  const ben: RecordView = {
    ...customer({ name: "Ben Okafor" }),
    id: "0197-ben",
    title: "Ben Okafor",
  };
  const { asked } = engineDouble({
    describe: () => ({ reply: "entities", with: [] }),
    list: ({ with: { search } }) => {
      const records = search === null || "Ben Okafor".startsWith(search) ? [ben] : [];
      return { reply: "list", with: { records, total: records.length } };
    },
  });
  const onCell = vi.fn();
  render(
    <Stage>
      <Control
        id="owner_id"
        name="Owner"
        invalid={false}
        required={false}
        field={field("owner_id", { type: "reference", entity: "person" })}
        cell={null}
        unread={undefined}
        title=""
        actions={{ name: () => {} }}
        onCell={onCell}
        onUnread={() => {}}
      />
    </Stage>,
  );
  const user = userEvent.setup();
  screen.getByRole("combobox", { name: "Owner" }).focus();
  await user.keyboard("Ben{Tab}");
  await waitFor(() => expect(onCell).toHaveBeenCalledWith("0197-ben"));
  const lists = asked.flatMap((one) => (one.command === "list" ? [one.with] : []));
  expect(lists.length).toBeGreaterThan(0);
  for (const { entity, filters } of lists) {
    expect(entity).toBe("person");
    expect(filters).toEqual([{ field: "active", value: "true", relation: "is" }]);
  }
});

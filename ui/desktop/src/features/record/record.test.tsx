import { startCatching } from "@daybook/shared/forms/catch";
import { startFrom } from "@daybook/shared/forms/template";
import type { RecordView } from "@daybook/shared/generated/contract";
import { tellHints } from "@daybook/shared/hints/hints";
import { tell } from "@daybook/shared/testing/double";
import { CUSTOMER, customer } from "@daybook/shared/testing/samples";
import { act, cleanup, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { open, type World } from "./opened";

const box = (name: string) => screen.getByRole<HTMLInputElement>("textbox", { name });

async function edit(user: ReturnType<typeof userEvent.setup>) {
  await screen.findByRole("button", { name: "Edit" });
  await user.keyboard("{F2}");
}

describe("a new record", () => {
  it("has the cursor in the field it needs, with what was typed while it opened", async () => {
    const user = userEvent.setup();
    startCatching();
    await user.keyboard("Nord");
    open(null);
    await waitFor(() => expect(document.activeElement).toBe(box("Name")));
    await user.keyboard("wind");
    expect(box("Name").value).toBe("Nordwind");
  });

  it("says that its code comes from a series, until one is typed", async () => {
    const user = userEvent.setup();
    open(null, undefined, undefined, { entity: { ...CUSTOMER, numbered_as: "K26-" } });
    await screen.findByText("Left empty, it is given when saved: K26-…");
    await user.type(box("Code"), "M1");
    expect(screen.queryByText(/it is given when saved/)).toBeNull();
  });

  it("is saved with its defaults by Ctrl+S", async () => {
    const user = userEvent.setup();
    const world = open(null);
    await waitFor(() =>
      expect(screen.getByRole("checkbox", { name: "Active" })).toHaveProperty("checked", true),
    );
    await user.type(box("Name"), "Neu GmbH");
    await user.type(box("Credit limit"), "1,000.5");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(world.onSaved).toHaveBeenCalled());
    expect(world.saves[0]).toEqual({
      entity: "customer",
      id: null,
      changes: {
        fields: [
          { field: "active", from: null, to: true },
          { field: "name", from: null, to: "Neu GmbH" },
          { field: "credit_limit", from: null, to: "1000.5" },
        ],
        children: [],
      },
    });
  });
});

it("the history of a record comes and goes by its key, which its button tells", async () => {
  const user = userEvent.setup();
  open("0197-moeller");
  await user.hover(await screen.findByRole("button", { name: "History" }));
  await screen.findByText("Alt+H");
  await user.keyboard("{Alt>}h{/Alt}");
  await screen.findByRole("complementary", { name: "History" });
  await user.keyboard("{Alt>}h{/Alt}");
  await waitFor(() => expect(screen.queryByRole("complementary", { name: "History" })).toBeNull());
});

describe("what was typed and not saved", () => {
  it("is kept while it is typed, offered when the form is opened again, and goes on", async () => {
    const user = userEvent.setup();
    const world = open(null);
    await screen.findByRole("textbox", { name: "Name" });
    await user.type(box("Name"), "Nordwind");
    await waitFor(() => expect([...world.kept.values()].join()).toContain("Nordwind"));
    const { kept } = world;
    cleanup();

    const again = open(null, undefined, new Map(kept));
    await screen.findByText(/Nordwind/);
    expect(box("Name").value).toBe("");
    await user.keyboard("{Alt>}w{/Alt}");
    await waitFor(() => expect(document.activeElement).toBe(box("Name")));
    expect(box("Name").value).toBe("Nordwind");
    await user.keyboard(" Ltd{Control>}z{/Control}");
    expect(box("Name").value).toBe("");
    await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
    expect(box("Name").value).toBe("Nordwind Ltd");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(again.onSaved).toHaveBeenCalled());
    await waitFor(() => expect(again.kept.size).toBe(0));
  });

  it("is an edit that F2 goes on with, over what changed meanwhile", async () => {
    const user = userEvent.setup();
    const world = open("0197-moeller");
    await edit(user);
    await user.clear(box("City"));
    await user.type(box("City"), "Bonn");
    await waitFor(() => expect([...world.kept.keys()]).toEqual(["0197-moeller"]));
    cleanup();

    const again = open("0197-moeller", undefined, new Map(world.kept));
    again.record = customer({ city: "Graz" });
    await screen.findByText(/are not saved/);
    await user.keyboard("{F2}");
    await waitFor(() => expect(box("City").value).toBe("Bonn"));
    await screen.findByText(/Changed meanwhile to Graz/);
  });
});

describe("an edit", () => {
  it("sends the changed field with what the person saw, and goes back to reading", async () => {
    const user = userEvent.setup();
    const world = open("0197-moeller");
    await edit(user);
    await user.clear(box("City"));
    await user.type(box("City"), "Bonn");
    await user.keyboard("{Control>}s{/Control}");
    await screen.findByText("Saved");
    expect(world.saves[0]?.changes).toEqual({
      fields: [{ field: "city", from: "Kiel", to: "Bonn" }],
      children: [],
    });
    expect(screen.queryByRole("textbox")).toBeNull();
  });

  it("shows each refusal at its field, keeps what was typed, and puts the cursor there", async () => {
    const user = userEvent.setup();
    const problems = [
      { field: "email", rule: "email_form", message: "must be an address" },
      {
        field: "customer_contact[0197-anna].phone",
        rule: "phone_form",
        message: "must be a number",
      },
    ];
    open("0197-moeller", () => {
      throw { code: "refused", message: "two rules", problems };
    });
    await edit(user);
    await user.clear(box("E-mail"));
    await user.type(box("E-mail"), "nonsense");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(box("E-mail").getAttribute("aria-invalid")).toBe("true"));
    expect(box("E-mail").value).toBe("nonsense");
    expect(document.activeElement).toBe(box("E-mail"));
    expect(box("Phone, Contact 1").getAttribute("aria-invalid")).toBe("true");
    await user.type(box("E-mail"), "@b.example");
    expect(box("E-mail").getAttribute("aria-invalid")).toBe("false");
  });

  it("does not send a number that could mean two, and says what to type", async () => {
    const user = userEvent.setup();
    const world = open("0197-moeller");
    await edit(user);
    await user.clear(box("Credit limit"));
    await user.type(box("Credit limit"), "1,5");
    await user.keyboard("{Control>}s{/Control}");
    expect(screen.getByText(/This is no number/)).toBeTruthy();
    expect(box("Credit limit").value).toBe("1,5");
    expect(world.saves).toEqual([]);
  });

  it("adds a row with its defaults, and the cursor in it", async () => {
    const user = userEvent.setup();
    const world = open("0197-moeller");
    await edit(user);
    await user.click(screen.getByRole("button", { name: "Add: Contact" }));
    await waitFor(() => expect(document.activeElement).toBe(box("Name, Contact 2")));
    await user.keyboard("Jo");
    await user.click(screen.getByRole("button", { name: "Remove Contact 1" }));
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(world.saves).toHaveLength(1));
    expect(world.saves[0]?.changes.children?.map(({ action }) => action)).toEqual([
      "remove",
      "add",
    ]);
    expect(world.saves[0]?.changes.children?.[1]?.fields).toEqual([
      { field: "role", from: null, to: "buyer" },
      { field: "position", from: null, to: 2 },
      { field: "name", from: null, to: "Jo" },
    ]);
  });
});

describe("rows under the keyboard", () => {
  it("go on by Enter, end in a new row, and repeat what stands above", async () => {
    const user = userEvent.setup();
    open("0197-moeller");
    await edit(user);
    await user.click(box("Name, Contact 1"));
    await user.keyboard("{Enter}");
    expect(document.activeElement).toBe(box("Phone, Contact 1"));
    await user.keyboard("{Enter}{Enter}");
    await waitFor(() => expect(document.activeElement).toBe(box("Name, Contact 2")));
    await user.keyboard("{Control>}d{/Control}");
    expect(box("Name, Contact 2").value).toBe("Anna");
  });

  it("take a table from a spreadsheet, in the rows there are and in new ones", async () => {
    const user = userEvent.setup();
    const world = open("0197-moeller");
    await edit(user);
    await user.click(box("Name, Contact 1"));
    await user.paste("Ada\t+49 2\tBuyer\r\nBo\t+49 3\tSeller\r\n");
    expect(box("Name, Contact 1").value).toBe("Ada");
    expect(box("Phone, Contact 2").value).toBe("+49 3");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(world.saves).toHaveLength(1));
    expect(world.saves[0]?.changes.children?.map(({ action }) => action)).toEqual(["edit", "add"]);
  });
});

describe("a duplicate", () => {
  it("has what the record has but its key, and rows of its own", async () => {
    const user = userEvent.setup();
    startFrom(CUSTOMER, customer());
    const world = open(null);
    await waitFor(() => expect(box("Name").value).toBe("Möller GmbH"));
    expect(box("Code").value).toBe("");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(world.saves).toHaveLength(1));
    const { changes, id } = world.saves[0] ?? {};
    expect(id).toBeNull();
    expect(changes?.children?.[0]).toMatchObject({ action: "add" });
    expect(changes?.children?.[0]?.id).not.toBe("0197-anna");
  });
});

describe("a record that changes underneath", () => {
  const changed = async (world: World, fields: RecordView["fields"]) => {
    world.record = customer(fields);
    await act(() =>
      tell({ event: "changed", with: { entity: "customer", ids: [world.record.id] } }),
    );
  };

  it("offers both values, keeps what was typed, and is not saved before the choice", async () => {
    const user = userEvent.setup();
    const world = open("0197-moeller");
    await edit(user);
    await user.clear(box("City"));
    await user.type(box("City"), "Bonn");
    await changed(world, { city: "Essen", email: "neu@moeller.example" });
    await screen.findByText("Changed meanwhile to Essen");
    expect(box("City").value).toBe("Bonn");
    expect(box("E-mail").value).toBe("neu@moeller.example");
    expect(screen.getByText("Changed meanwhile by sync: E-mail")).toBeTruthy();
    await user.keyboard("{Control>}s{/Control}");
    expect(world.saves).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Keep mine" }));
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(world.saves).toHaveLength(1));
    expect(world.saves[0]?.changes.fields).toEqual([{ field: "city", from: "Essen", to: "Bonn" }]);
  });

  it("shows the new values to one who only reads, without a word", async () => {
    const world = open("0197-moeller");
    await screen.findByText("Kiel");
    await changed(world, { city: "Essen" });
    await screen.findByText("Essen");
    expect(screen.queryByText(/Changed meanwhile/)).toBeNull();
  });
});

describe("leaving by Esc", () => {
  it("goes from an untouched edit to the record, and from there to the list", async () => {
    const user = userEvent.setup();
    const world = open("0197-moeller");
    await edit(user);
    await user.keyboard("{Escape}");
    await screen.findByRole("button", { name: "Edit" });
    expect(world.onBack).not.toHaveBeenCalled();
    await user.keyboard("{Escape}");
    expect(world.onBack).toHaveBeenCalled();
  });

  it("keeps what was typed when Enter answers by itself, and drops it when that is chosen", async () => {
    const user = userEvent.setup();
    const world = open("0197-moeller");
    await edit(user);
    await user.type(box("City"), "sel");
    const ask = async () => {
      await user.keyboard("{Escape}");
      await screen.findByRole("dialog", { name: "Leave without saving?" });
      await waitFor(() => expect(document.activeElement?.textContent).toBe("Go on editing"));
    };
    await ask();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(box("City").value).toBe("Kielsel");
    await ask();
    await user.tab();
    expect(document.activeElement?.textContent).toBe("Leave without saving");
    await user.keyboard("{Enter}");
    await screen.findByRole("button", { name: "Edit" });
    screen.getByText("Kiel");
    expect(world.saves).toEqual([]);
    expect(world.onBack).not.toHaveBeenCalled();
  });
});

it("says when and by whom a record was changed and made, and another name as soon as it is told", async () => {
  const record = {
    ...customer(),
    created_by: "00000000-0000-0000-0000-000000000000",
    updated_by: "0197-ben",
    titles: { "00000000-0000-0000-0000-000000000000": "Daybook", "0197-ben": "ben" },
  };
  const world = open("0197-moeller", undefined, undefined, { record });
  const changed = await screen.findByText(/^Changed 11\/20\/2026.* by ben$/);
  expect(changed.title).toMatch(/Made 11\/19\/2026.* by Daybook$/);
  world.record = { ...record, titles: { ...record.titles, "0197-ben": "Ben Okafor" } };
  await act(() => tell({ event: "changed", with: { entity: "person", ids: [] } }));
  await screen.findByText(/^Changed 11\/20\/2026.* by Ben Okafor$/);
});

describe("the keys at the foot", () => {
  const keys = async () => {
    act(tellHints);
    const hint = await screen.findByRole("complementary", { name: "Keys that matter here" });
    return hint.textContent ?? "";
  };

  it("are those that do something: to read, to edit, and on what is deleted", async () => {
    const user = userEvent.setup();
    open("0197-moeller");
    await screen.findByRole("button", { name: "Edit" });
    expect(await keys()).toContain("F2");
    await user.keyboard("{F2}");
    await waitFor(async () => expect(await keys()).toContain("Ctrl+S"));
    expect(await keys()).not.toContain("F2");
    cleanup();
    open("0197-moeller", undefined, undefined, { record: { ...customer(), retired: true } });
    await screen.findByRole("button", { name: "Bring back" });
    expect(await keys()).toContain("Alt+B");
    expect(await keys()).not.toContain("F2");
    cleanup();
    open("0197-moeller", undefined, undefined, { entity: { ...CUSTOMER, may_edit: false } });
    await screen.findByRole("button", { name: "History" });
    expect(await keys()).not.toContain("F2");
  });
});

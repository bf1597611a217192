import type { Command, EntityView, RecordView } from "@daybook/shared/generated/contract";
import { engineDouble, tell } from "@daybook/shared/testing/double";
import { CUSTOMER, customer, field } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { act, render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { forgetBranches } from "./memory";
import { TreeScreen } from "./TreeScreen";

const CENTRES: EntityView = {
  ...CUSTOMER,
  name: "cost_centre",
  tree: "parent",
  fields: [...CUSTOMER.fields, field("parent", { type: "reference", entity: "cost_centre" })],
};

function open(refusal?: string) {
  let records = [
    ["1", "House", null],
    ["10", "Kitchen", "1"],
    ["11", "Bar", "1"],
    ["2", "Fields", null],
  ].map(([id, name, parent]): RecordView => ({
    ...customer({ code: id ?? null, name: name ?? null, parent: parent ?? null }),
    id: id ?? "",
    children: {},
  }));
  const saves: Extract<Command, { command: "save" }>["with"][] = [];
  engineDouble({
    list: ({ with: { search, filters } }) => {
      const isHit = ({ title, fields }: RecordView) =>
        title.toLowerCase().includes(search ?? "") &&
        filters.every(({ field: name, value }) => fields[name] === value);
      const found = records.filter(isHit);
      return { reply: "list", with: { records: found, total: found.length } };
    },
    save: ({ with: request }) => {
      saves.push(request);
      if (refusal) {
        const problems = [{ field: "parent", rule: "posting", message: refusal }];
        throw { code: "refused", message: refusal, problems };
      }
      const to = request.changes.fields?.[0]?.to ?? null;
      records = records.map((record) =>
        record.id === request.id ? { ...record, fields: { ...record.fields, parent: to } } : record,
      );
      const record = records.find(({ id }) => id === request.id) ?? records[0];
      if (!record) throw new Error("no such record");
      return { reply: "saved", with: { record, warnings: [] } };
    },
  });
  const onOpen = vi.fn();
  render(
    <Stage>
      <TreeScreen
        entity={CENTRES}
        parentField="parent"
        covered={false}
        onOpen={onOpen}
        onNew={vi.fn()}
        onList={vi.fn()}
      />
    </Stage>,
  );
  return { saves, onOpen };
}

// Each story begins with a closed tree.
beforeEach(() => forgetBranches("cost_centre"));

const lines = () =>
  screen.getAllByRole("treeitem").map((line) => {
    const word = (part: string) => line.querySelector(`.tree-${part}`)?.textContent;
    return `${line.getAttribute("aria-level")} ${word("key")} ${word("title")}`;
  });

it("is opened, walked and left by keys", async () => {
  const user = userEvent.setup();
  const { onOpen } = open();
  await screen.findByRole("treeitem", { name: /1\s*House/ });
  await user.keyboard("{ArrowDown}{ArrowRight}{ArrowRight}");
  await waitFor(() =>
    expect(lines()).toEqual(["1 1 House", "2 10 Kitchen", "2 11 Bar", "1 2 Fields"]),
  );
  await user.keyboard("{End}{Home}{ArrowDown}{Enter}");
  expect(onOpen).toHaveBeenCalledWith("10");
  await user.keyboard("{ArrowLeft}{ArrowLeft}");
  await waitFor(() => expect(lines()).toEqual(["1 1 House", "1 2 Fields"]));
});

it("finds what is closed away", async () => {
  const user = userEvent.setup();
  open();
  await screen.findByRole("treeitem", { name: /1\s*House/ });
  await user.keyboard("kitch");
  await waitFor(() => expect(lines()).toEqual(["1 1 House", "2 10 Kitchen"]));
});

it("narrows to what a filter keeps, with the way to it, and says how many", async () => {
  const user = userEvent.setup();
  open();
  await screen.findByRole("treeitem", { name: /1\s*House/ });
  await user.keyboard("{Alt>}l{/Alt}");
  await user.keyboard("City");
  await user.click(await screen.findByTitle("City"));
  await user.type(await screen.findByRole("textbox", { name: "Value" }), "Graz{Enter}");
  await screen.findByText("No results for these filters");
  await user.click(screen.getByRole("button", { name: "Show all" }));
  await waitFor(() => expect(lines()).toEqual(["1 1 House", "1 2 Fields"]));
});

it("moves a record by keys, says where it is now, and takes it back", async () => {
  const user = userEvent.setup();
  const { saves } = open();
  await screen.findByRole("treeitem", { name: /1\s*House/ });
  await user.keyboard("{ArrowDown}{ArrowRight}{End}{Alt>}{ArrowRight}{/Alt}");
  await screen.findByText("Fields is now below House.");
  expect(saves[0]).toEqual({
    entity: "cost_centre",
    id: "2",
    changes: { fields: [{ field: "parent", from: null, to: "1" }], children: [] },
  });
  await act(() => tell({ event: "changed", with: { entity: "cost_centre", ids: ["2"] } }));
  await waitFor(() => expect(lines()).toContain("2 2 Fields"));
  await user.click(screen.getByRole("button", { name: "Undo" }));
  await waitFor(() =>
    expect(saves[1]?.changes.fields).toEqual([{ field: "parent", from: "1", to: null }]),
  );
});

it("takes a record and puts it below another; not below itself, and not where a rule forbids it", async () => {
  const user = userEvent.setup();
  const { saves } = open("An account that is posted to stays");
  await screen.findByRole("treeitem", { name: /1\s*House/ });
  const cut = "{Control>}x{/Control}";
  const paste = "{Control>}v{/Control}";
  await user.keyboard(`{ArrowDown}{ArrowRight}${cut}{ArrowDown}${paste}`);
  await screen.findByText("House cannot be below itself.");
  expect(saves).toEqual([]);
  await user.keyboard(`${cut}{End}${paste}`);
  await screen.findByText(/Kitchen stays where it is.*An account that is posted to stays/);
});

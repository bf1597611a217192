import { CUSTOMER } from "../testing/samples";
import { engineDouble } from "../testing/double";
import { Stage } from "../testing/Stage";
import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ListBlank } from "./ListBlank";

type Part = Partial<Parameters<typeof ListBlank>[0]>;

function open(part: Part) {
  engineDouble({});
  const acts = { onNew: vi.fn(), onImport: vi.fn(), onClear: vi.fn() };
  render(
    <Stage>
      <ListBlank
        entity={CUSTOMER}
        state={{ total: 0, failure: null }}
        search=""
        isNarrowed={false}
        {...acts}
        {...part}
      />
    </Stage>,
  );
  return acts;
}

it("what is not known yet, is not found and is not there are told apart", async () => {
  open({ state: { total: null, failure: null } });
  screen.getByRole("status", { name: "Loading" });
  open({ search: "zimt", isNarrowed: true });
  screen.getByText("No results for “zimt”");
  open({ isNarrowed: true });
  screen.getByText("No results for these filters");
});

it("an empty list says what it is for, and how to begin", async () => {
  const user = userEvent.setup();
  const { onNew, onImport } = open({});
  screen.getByText("Nothing yet");
  screen.getByText(/Whom you sell to/);
  await user.click(screen.getByRole("button", { name: "New" }));
  await user.click(screen.getByRole("button", { name: "Import" }));
  expect([onNew, onImport].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
});

it("a master that was added since does without such words, and who may not write gets no button", () => {
  open({ entity: { ...CUSTOMER, name: "gauge_type", may_create: false }, onImport: undefined });
  screen.getByText("Records appear here when somebody makes them.");
  expect(screen.queryByRole("button")).toBeNull();
});

it("who sees only some of the records is told so, and not that there are none", () => {
  open({ entity: { ...CUSTOMER, partly_seen: true, may_create: false }, onImport: undefined });
  screen.getByText("Nothing that you may see");
  screen.getByText(/Your role shows you only some of the records/);
  expect(screen.queryByText("Nothing yet")).toBeNull();
});

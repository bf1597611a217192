import { emptyDraft, write } from "@daybook/shared/forms/draft";
import { type Form, FormContext } from "@daybook/shared/forms/form";
import type { Command, SimilarRecord } from "@daybook/shared/generated/contract";
import { CUSTOMER } from "@daybook/shared/testing/samples";
import { engineDouble } from "@daybook/shared/testing/double";
import { Stage } from "@daybook/shared/testing/Stage";
import { render, screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { SimilarNote } from "./SimilarNote";

function typed(name: string, found: SimilarRecord[]) {
  const asked: Extract<Command, { command: "similar" }>["with"][] = [];
  engineDouble({
    similar: ({ with: request }) => {
      asked.push(request);
      return { reply: "similar", with: found };
    },
  });
  const draft = write(emptyDraft(CUSTOMER), { field: "name" }, name);
  const actions = {
    form: "",
    change: vi.fn(),
    undo: vi.fn(),
    redo: vi.fn(),
    find: vi.fn(),
    settle: vi.fn(),
    name: vi.fn(),
    addRow: vi.fn(),
    editAt: vi.fn(),
  };
  const form: Form = { draft, editing: true, problems: {}, titles: {}, actions };
  render(
    <Stage>
      <FormContext value={form}>
        <SimilarNote entity={CUSTOMER} />
      </FormContext>
    </Stage>,
  );
  return asked;
}

it("says what a new record may repeat, and why", async () => {
  const reasons = [{ field: "email", similar: false }];
  const asked = typed("Möller", [{ id: "1", title: "Möller GmbH", reasons, score: 80 }]);
  await screen.findByText("This may be there already");
  await screen.findByText(/Möller GmbH \(by E-mail\)/);
  expect(asked[0]?.changes.fields).toEqual([{ field: "name", from: null, to: "Möller" }]);
});

it("says nothing where nothing is like it", async () => {
  const asked = typed("Südwind", []);
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(screen.queryByRole("status")).toBeNull();
});

import type { Command, DuplicateGroup } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER, customer } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { differing, lacking, pairOf } from "./compare";
import { DuplicatesScreen } from "./DuplicatesScreen";

const KEPT = { ...customer({ code: "K1", city: null }), id: "0197-one" };
const GONE = { ...customer({ code: "K2", name: "Moeller", city: "Kiel" }), id: "0197-two" };

function open() {
  let groups: DuplicateGroup[] = [
    {
      records: [KEPT, GONE],
      reasons: [
        { field: "email", similar: false },
        { field: "name", similar: true },
      ],
      score: 96,
    },
  ];
  const page = () => ({
    reply: "duplicates" as const,
    with: { groups, total: groups.length, compared: 9 },
  });
  const merges: Extract<Command, { command: "merge" }>["with"][] = [];
  const apart: string[][] = [];
  engineDouble({
    duplicates: page,
    not_the_same: ({ with: request }) => {
      apart.push(request.records);
      groups = [];
      return page();
    },
    merge: ({ with: request }) => {
      merges.push(request);
      groups = [];
      return { reply: "record", with: KEPT };
    },
  });
  const onBack = vi.fn();
  render(
    <Stage>
      <DuplicatesScreen entity={CUSTOMER} onOpen={vi.fn()} onBack={onBack} />
    </Stage>,
  );
  return { merges, apart, onBack };
}

describe("a pair", () => {
  const pair = { stays: KEPT, goes: GONE };

  it("differs in what is not the same, and takes what it lacks", () => {
    const fields = differing(CUSTOMER, pair);
    expect(fields.map(({ name }) => name)).toContain("city");
    expect(fields.map(({ name }) => name)).not.toContain("email");
    expect([...lacking(fields, pair)]).toEqual(["city"]);
  });

  it("never takes what a merge does not write", () => {
    const fields = differing(CUSTOMER, pair).map((field) => ({ ...field, merges: false }));
    expect([...lacking(fields, pair)]).toEqual([]);
  });

  it("begins with the first two and follows the choice", () => {
    expect(pairOf([KEPT, GONE], null, null)).toEqual(pair);
    expect(pairOf([KEPT, GONE], GONE.id, null)).toEqual({ stays: GONE, goes: KEPT });
    expect(pairOf([KEPT], null, null)).toBeNull();
  });
});

describe("the screen of duplicates", () => {
  it("says why two are one, and merges them by the keyboard alone", async () => {
    const { merges } = open();
    await screen.findByText(/similar Name/);
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await screen.findByRole("dialog");
    await waitFor(() => expect(document.activeElement?.closest("[role=dialog]")).not.toBeNull());
    await userEvent.keyboard("{Enter}");
    await screen.findByText("No duplicates found");
    expect(merges).toEqual([
      { entity: "customer", survivor: KEPT.id, loser: GONE.id, take: ["city"] },
    ]);
  });

  it("lets the other one stay, with the values that were chosen", async () => {
    const { merges } = open();
    await userEvent.click(await screen.findByRole("radio", { name: "Moeller stays" }));
    await userEvent.click(screen.getByRole("radio", { name: "Name: Möller GmbH" }));
    await userEvent.click(screen.getByRole("button", { name: "Merge" }));
    await screen.findByRole("dialog");
    await userEvent.keyboard("{Enter}");
    await screen.findByText("No duplicates found");
    expect(merges).toEqual([
      { entity: "customer", survivor: GONE.id, loser: KEPT.id, take: ["name"] },
    ]);
  });

  it("remembers that they are two", async () => {
    const { apart } = open();
    await screen.findByText(/similar Name/);
    await userEvent.keyboard("{Alt>}u{/Alt}");
    await screen.findByText("No duplicates found");
    expect(apart).toEqual([[KEPT.id, GONE.id]]);
  });
});

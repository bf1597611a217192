import type {
  Command,
  DuplicateGroup,
  Problem,
  ProposalView,
} from "@daybook/shared/generated/contract";
import { HINTS, tellHints } from "@daybook/shared/hints/hints";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER, customer } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { act, render, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { differing, lacking, pairOf } from "./compare";
import { DuplicatesScreen } from "./DuplicatesScreen";

const KEPT = { ...customer({ code: "K1", city: null }), id: "0197-one" };
const GONE = { ...customer({ code: "K2", name: "Moeller", city: "Kiel" }), id: "0197-two" };

function open(problems: Problem[] = [], waiting: ProposalView[] = [], cautions: Problem[] = []) {
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
    may_merge: ({ with: { loser } }) => ({
      reply: "before_merge",
      with: { obstacles: loser === GONE.id ? problems : [], cautions },
    }),
    approvals: () => ({ reply: "approvals", with: waiting }),
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
  const onApproval = vi.fn();
  render(
    <Stage>
      <div id={HINTS} />
      <DuplicatesScreen
        entity={CUSTOMER}
        onOpen={vi.fn()}
        onApproval={onApproval}
        onBack={onBack}
      />
    </Stage>,
  );
  return { merges, apart, onBack, onApproval };
}

const mergeable = () =>
  waitFor(() =>
    expect(screen.getByRole("button", { name: "Merge" })).toHaveProperty("disabled", false),
  );

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
    await mergeable();
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await screen.findByRole("dialog");
    await waitFor(() => expect(document.activeElement?.closest("[role=dialog]")).not.toBeNull());
    await userEvent.keyboard("{Enter}");
    await screen.findByText("No duplicates found");
    expect(merges).toEqual([
      { entity: "customer", survivor: KEPT.id, loser: GONE.id, take: ["city"] },
    ]);
  });

  it("says before and after that payments wait for an account that was in force", async () => {
    const message = "payments wait until a second person approves the account of Moeller";
    const waits = { field: "", rule: "account_waits", message, params: { record: "Moeller" } };
    const { merges } = open([], [], [waits]);
    expect((await screen.findByRole("note")).textContent).toBe(message);
    await mergeable();
    await userEvent.click(screen.getByRole("button", { name: "Merge" }));
    const dialog = await screen.findByRole("dialog");
    within(dialog).getByText(message);
    await userEvent.keyboard("{Enter}");
    await screen.findByText("No duplicates found");
    expect(merges).toHaveLength(1);
    await screen.findByText(message);
  });

  it("lets the other one stay, with the values that were chosen", async () => {
    const { merges } = open();
    await userEvent.click(await screen.findByRole("radio", { name: "Moeller stays" }));
    await userEvent.click(screen.getByRole("radio", { name: "Name: Möller GmbH" }));
    await mergeable();
    await userEvent.click(screen.getByRole("button", { name: "Merge" }));
    await screen.findByRole("dialog");
    await userEvent.keyboard("{Enter}");
    await screen.findByText("No duplicates found");
    expect(merges).toEqual([
      { entity: "customer", survivor: GONE.id, loser: KEPT.id, take: ["name"] },
    ]);
  });

  it("says what has to be decided first before anybody confirms, and leads there", async () => {
    const message = "Moeller has a change that waits for approval; have it approved or refused";
    const params = { record: "Moeller" };
    const waits = { field: "", rule: "waits_for_approval", message, params };
    const proposal: ProposalView = {
      entity: "customer",
      record: GONE.id,
      title: "Moeller",
      id: "0197-proposal",
      proposed: { email: "new@moeller.example" },
      standing: { email: "post@moeller.example" },
      kept_in: "customer_change",
      proposed_by: null,
      proposed_by_name: null,
      elsewhere: [],
      proposed_at: null,
      own: true,
      cooling_hours: null,
      hold_until: "",
      may_approve: false,
      may_refuse: true,
    };
    const { merges, onApproval } = open([waits], [proposal]);
    const first = await screen.findByRole("note");
    expect(first.textContent).toContain("Moeller has a change that waits for approval");
    await within(first).findByText("E-mail, proposed by you");
    expect(screen.getByRole("button", { name: "Merge" })).toHaveProperty("disabled", true);
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    expect(screen.queryByRole("dialog")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Show what waits" }));
    expect(onApproval).toHaveBeenCalledWith(GONE.id);
    // The other way round nothing is in the way.
    await userEvent.click(screen.getByRole("radio", { name: "Moeller stays" }));
    await mergeable();
    expect(screen.queryByRole("note")).toBeNull();
    expect(merges).toEqual([]);
  });

  it("tells its keys at the foot: to merge, to keep apart, to go on", async () => {
    open();
    await mergeable();
    act(tellHints);
    const hint = await screen.findByRole("complementary", { name: "Keys that matter here" });
    expect(hint.textContent).toMatch(/Ctrl\+Enter Merge the two.*Alt\+U.*↓ Next/);
  });

  it("remembers that they are two", async () => {
    const { apart } = open();
    await screen.findByText(/similar Name/);
    await userEvent.keyboard("{Alt>}u{/Alt}");
    await screen.findByText("No duplicates found");
    expect(apart).toEqual([[KEPT.id, GONE.id]]);
  });
});

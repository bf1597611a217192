import { sectionsOf } from "@daybook/shared/entity/fields";
import type { Command, EntityView, ProposalView } from "@daybook/shared/generated/contract";
import { engineDouble, tell } from "@daybook/shared/testing/double";
import { CONTACT, CUSTOMER, customer, field, status } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { act, cleanup, render, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ApprovalsScreen } from "./ApprovalsScreen";
import { holdUntil, isMine, linesOf } from "./proposal";
import { useMineToDecide, useSaidToWait } from "./useApprovals";
import { WaitingNote } from "./WaitingNote";

const BANK = { section: { en: "Bank account", de: "Bankverbindung" } };
const SUPPLIER: EntityView = {
  ...CUSTOMER,
  name: "supplier",
  label: { en: "Supplier", de: "Lieferant" },
  fields: [
    ...CUSTOMER.fields,
    field("created_at", { type: "instant" }, { writable: false }),
    field(
      "iban",
      { type: "standard", name: "iban" },
      { label: { en: "IBAN", de: "IBAN" }, ...BANK },
    ),
    field("bic", { type: "standard", name: "bic" }, { label: { en: "BIC", de: "BIC" }, ...BANK }),
    field("payment_hold_until", { type: "instant" }, { writable: false, ...BANK }),
  ],
};
const OLD = "DE89370400440532013000";
const NEW = "GB82WEST12345698765432";
const CARL = "0197-carl";
const RECORD = {
  ...customer({ iban: OLD, bic: "COBADEFF", created_at: "2999-01-01T00:00:00Z" }),
  titles: { [CARL]: "Carl" },
};

function proposal(part: Partial<ProposalView> = {}): ProposalView {
  return {
    entity: "supplier",
    record: RECORD.id,
    title: "Möller GmbH",
    id: "0197-proposal",
    proposed: { iban: NEW, bic: "COBADEFF" },
    standing: { iban: OLD, bic: "COBADEFF" },
    proposed_by: CARL,
    proposed_by_name: "Carl",
    elsewhere: [],
    proposed_at: "2026-11-20T08:00:00Z",
    own: false,
    cooling_hours: 72,
    kept_in: "supplier_bank_change",
    hold_until: "payment_hold_until",
    may_approve: true,
    may_refuse: true,
    ...part,
  };
}
const OWN = proposal({ id: "0197-own", own: true, may_approve: false });

type Decided = Extract<Command, { command: "decide" }>["with"];

/** An engine in which these wait, and what was decided of them. */
function engine(...given: ProposalView[]) {
  const world = { waiting: given, decided: [] as Decided[], hold: null as string | null };
  engineDouble({
    status: () => ({ reply: "status", with: status() }),
    describe: () => ({ reply: "entities", with: [SUPPLIER] }),
    get: () => ({ reply: "record", with: RECORD }),
    approvals: () => ({ reply: "approvals", with: world.waiting }),
    decide: ({ with: request }) => {
      world.decided.push(request);
      world.waiting = world.waiting.filter(({ id }) => id !== request.proposal);
      const fields = { ...RECORD.fields, payment_hold_until: world.hold };
      return { reply: "record", with: { ...RECORD, fields } };
    },
  });
  return world;
}

function open(...given: ProposalView[]) {
  const world = engine(...given);
  const onOpen = vi.fn();
  const onBack = vi.fn();
  render(
    <Stage>
      <ApprovalsScreen onOpen={onOpen} onBack={onBack} />
    </Stage>,
  );
  return { world, onOpen, onBack };
}

/** The dialog, once the keyboard is in it. */
async function dialog() {
  await screen.findByRole("dialog");
  await waitFor(() => expect(document.activeElement?.closest("[role=dialog]")).not.toBeNull());
}

describe("a proposal", () => {
  it("is compared in the order of the form, and says what changes", () => {
    const lines = linesOf(SUPPLIER, proposal({ proposed: { bic: "COBADEFF", iban: NEW } }));
    expect(lines.map(({ field: { name }, changes }) => [name, changes])).toEqual([
      ["iban", true],
      ["bic", false],
    ]);
  });

  it("is read where it is kept by whoever decides and may not read the record's own fields", () => {
    const isBank = ({ name }: { name: string }) => name === "iban" || name === "bic";
    const kept = {
      ...CONTACT,
      name: "supplier_bank_change",
      fields: SUPPLIER.fields.filter(isBank),
    };
    const fields = SUPPLIER.fields.filter((each) => !isBank(each));
    const lines = linesOf({ ...SUPPLIER, fields, children: [kept] }, proposal({ standing: {} }));
    expect(
      lines.map(({ field: { name }, standing, proposed }) => [name, standing, proposed]),
    ).toEqual([
      ["iban", undefined, NEW],
      ["bic", undefined, "COBADEFF"],
    ]);
  });

  it("waits for whoever may decide it, never for its author to take it back", () => {
    expect(isMine(proposal())).toBe(true);
    expect(isMine(proposal({ may_approve: false }))).toBe(true);
    expect(isMine(OWN)).toBe(false);
    expect(isMine(proposal({ own: true }))).toBe(true);
    expect(isMine(proposal({ may_approve: false, may_refuse: false }))).toBe(false);
  });

  it("knows the hold from an approval before, while it is to come", () => {
    const until = "2026-11-22T08:00:00Z";
    const record = { ...RECORD, fields: { ...RECORD.fields, payment_hold_until: until } };
    const at = (now: string) => holdUntil(proposal(), record, new Date(now));
    expect(at("2026-11-21T08:00:00Z")).toBe(until);
    expect(at("2026-11-23T08:00:00Z")).toBeNull();
  });
});

describe("the screen of approvals", () => {
  it("shows both accounts in full and who proposed, and approves by the keyboard alone", async () => {
    const { world } = open(proposal());
    world.hold = "2999-11-22T09:00:00Z";
    await screen.findAllByText(/proposed by Carl/);
    screen.getByText(/they go on waiting for 72 hours/);
    screen.getByRole("cell", { name: /^DE89\s3704\s0044\s0532\s0130\s00$/ });
    screen.getByRole("cell", { name: /^GB82\sWEST\s1234\s5698\s7654\s32$/ });
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await dialog();
    // What is in force and what comes in its place, once more where it is decided.
    const asked = within(screen.getByRole("dialog"));
    expect(asked.getByText("IBAN").parentElement?.textContent).toMatch(/DE89.*→.*GB82/);
    expect(world.decided).toEqual([]);
    await userEvent.keyboard("{Enter}");
    await screen.findByText("Nothing waits for approval");
    await screen.findByText(/Approved: Möller GmbH. Payments wait until 11\/22\/2999/);
    expect(world.decided).toEqual([
      { entity: "supplier", id: RECORD.id, proposal: "0197-proposal", act: { do: "approve" } },
    ]);
  });

  it("hides in the question what the person may not read in the record", async () => {
    open(proposal({ standing: {} }));
    await screen.findAllByText(/proposed by Carl/);
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await dialog();
    const asked = within(screen.getByRole("dialog"));
    expect(asked.getByText("IBAN").parentElement?.textContent).toMatch(
      /you may not see this.*→.*GB82/,
    );
    expect(document.body.textContent).not.toContain("DE89");
  });

  it("shows of what is in force no more than its end to who may read no more", async () => {
    open(proposal({ standing: { iban: "•••• 3000" } }));
    await screen.findAllByText(/proposed by Carl/);
    screen.getByRole("cell", { name: "•••• 3000" });
  });

  it("warns that the account is in force at another supplier, and where it is proposed", async () => {
    const other = { field: "iban", record: "0197-other" };
    open(
      proposal({
        elsewhere: [
          { ...other, title: "Quartz Yard", in_force: true },
          { ...other, title: "Opal Yard", in_force: false },
        ],
      }),
    );
    await screen.findByText("Look closely: the same IBAN is in force at “Quartz Yard”.");
    screen.getByText("Look closely: the same IBAN is proposed at “Opal Yard” as well.");
  });

  it("names nobody whom this computer does not know, and shows no id", async () => {
    open(proposal({ proposed_by_name: null }));
    await screen.findAllByText(/a user whose name is not on this computer/);
    expect(document.body.textContent).not.toContain(CARL);
  });

  it("refuses nothing without a reason, and sends the one that is typed", async () => {
    const { world } = open(proposal());
    await screen.findAllByText(/proposed by Carl/);
    await userEvent.keyboard("{Alt>}r{/Alt}");
    await dialog();
    await userEvent.keyboard("  {Enter}");
    await screen.findByRole("alert");
    expect(world.decided).toEqual([]);
    await userEvent.keyboard("Not their bank{Enter}");
    await screen.findByText("Nothing waits for approval");
    expect(world.decided.map((decided) => decided.act)).toEqual([
      { do: "refuse", reason: "Not their bank" },
    ]);
  });

  it("decides nothing where the question is closed", async () => {
    const { world, onBack } = open(proposal());
    await screen.findAllByText(/proposed by Carl/);
    await userEvent.keyboard("{Alt>}r{/Alt}");
    await dialog();
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(world.decided).toEqual([]);
    expect(onBack).not.toHaveBeenCalled();
    await userEvent.keyboard("{Escape}");
    expect(onBack).toHaveBeenCalledOnce();
  });

  it("lets nobody approve their own, and lets them take it back", async () => {
    const { world } = open(OWN);
    await screen.findByText(/somebody else has to approve it/);
    expect(screen.queryByRole("button", { name: /Approve/ })).toBeNull();
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    expect(screen.queryByRole("dialog")).toBeNull();
    await userEvent.keyboard("{Alt>}r{/Alt}");
    await dialog();
    await userEvent.keyboard("{Enter}");
    await screen.findByText("Nothing waits for approval");
    expect(world.decided.map((decided) => decided.act)).toEqual([{ do: "refuse", reason: null }]);
  });

  it("says what it means where a person alone approves their own", async () => {
    const { world } = open(proposal({ own: true }));
    await userEvent.click(await screen.findByRole("button", { name: /Approve alone/ }));
    await dialog();
    screen.getByText(/you approved what you proposed yourself/);
    await userEvent.keyboard("{Enter}");
    await screen.findByText("Nothing waits for approval");
    expect(world.decided.map((decided) => decided.act)).toEqual([{ do: "approve" }]);
  });

  it("shows no value that the person may not read, and no act they may not do", async () => {
    open(proposal({ proposed: {}, standing: {}, may_approve: false, may_refuse: false }));
    await screen.findByText("Only whoever decides may read what is proposed.");
    expect(screen.queryByRole("table")).toBeNull();
    expect(screen.queryByRole("button", { name: /Approve|Refuse|Take back/ })).toBeNull();
  });

  it("puts what waits for this person first, and goes through by the arrows", async () => {
    const { onOpen } = open(
      { ...OWN, title: "Own AG" },
      proposal({ title: "Other AG", record: "0197-other" }),
    );
    await screen.findByRole("heading", { level: 2, name: "Other AG" });
    screen.getByText("2 changes, 1 for you to decide");
    await userEvent.keyboard("{ArrowDown}");
    await screen.findByRole("heading", { level: 2, name: "Own AG" });
    await userEvent.click(screen.getByRole("button", { name: "Open the record" }));
    expect(onOpen).toHaveBeenCalledWith("supplier", RECORD.id);
  });
});

describe("the form of the record", () => {
  const sections = sectionsOf(SUPPLIER, () => true);
  const note = (name: string, onOpen: () => void) => {
    const section = sections.find((known) => known.name === name);
    if (!section) throw new Error(`there is no section ${name}`);
    return <WaitingNote entity={SUPPLIER} record={RECORD} section={section} onOpen={onOpen} />;
  };

  it("says by the fields it is about what waits, since when and from whom", async () => {
    engine(proposal(), proposal({ record: "0197-another", id: "0197-2" }));
    const onOpen = vi.fn();
    render(
      <Stage>
        {note("Bank account", onOpen)}
        {note("General", onOpen)}
      </Stage>,
    );
    const said = await screen.findByRole("note");
    expect(said.textContent).toContain(
      "New values wait for approval · proposed by Carl, 11/20/2026",
    );
    expect(said.textContent).toMatch(/IBANGB82\sWEST\s1234/);
    await userEvent.click(screen.getByRole("button", { name: "Show what waits" }));
    expect(onOpen).toHaveBeenCalledOnce();
  });

  it("speaks of old values only where some are in force", async () => {
    for (const [iban, words] of [
      ["DE89370400440532013000", /the old values stay in force/],
      [null, /these values are not in force/],
    ] as const) {
      engine(proposal({ standing: { iban } }));
      render(<Stage>{note("Bank account", vi.fn())}</Stage>);
      expect((await screen.findByRole("note")).textContent).toMatch(words);
      cleanup();
    }
  });

  function Saves() {
    const watch = useSaidToWait();
    const count = useMineToDecide();
    return (
      <>
        <output>{`to decide: ${count}`}</output>
        <button type="button" onClick={() => watch()(RECORD)}>
          {"save"}
        </button>
      </>
    );
  }

  it("tells after a save that it waits, and not of what waited before", async () => {
    const world = engine(proposal(), OWN);
    render(
      <Stage>
        <Saves />
      </Stage>,
    );
    await screen.findByText("to decide: 1");
    world.waiting = [OWN];
    await userEvent.click(screen.getByRole("button"));
    await screen.findByText("to decide: 0");
    expect(screen.queryByText(/waits for the approval/)).toBeNull();
    world.waiting = [{ ...OWN, id: "0197-newer" }];
    await userEvent.click(screen.getByRole("button"));
    await screen.findByText(/waits for the approval of a second person/);
  });

  it("counts anew when records changed underneath", async () => {
    const world = engine();
    render(
      <Stage>
        <Saves />
      </Stage>,
    );
    await screen.findByText("to decide: 0");
    world.waiting = [proposal()];
    await act(() => tell({ event: "changed", with: { entity: "supplier", ids: [RECORD.id] } }));
    await screen.findByText("to decide: 1");
  });
});

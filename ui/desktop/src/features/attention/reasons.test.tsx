import type { AttentionItem, Problem } from "@daybook/shared/generated/contract";
import { remember } from "@daybook/shared/platform/memory";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER, customer, status } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { render, screen, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { AttentionScreen } from "./AttentionScreen";

const ITEM: AttentionItem = {
  id: "0197-item",
  entity: "customer",
  row_id: "0197-moeller",
  title: "Möller GmbH",
  kind: "rejected",
  fields: { email: { mine: "post", theirs: null, base: null } },
  message: "email: is no e-mail address; name: is required",
  reasons: [],
  by_user: null,
  by_name: null,
  since: "2026-11-21T09:00:00Z",
};

const reason = (part: Partial<Problem>): Problem => ({ field: "", rule: "", message: "", ...part });

async function reasons(language: "en" | "de", item: Partial<AttentionItem>): Promise<string[]> {
  remember("language", language);
  engineDouble({
    status: () => ({ reply: "status", with: status() }),
    describe: () => ({ reply: "entities", with: [CUSTOMER] }),
    attention_list: () => ({ reply: "attention", with: [{ ...ITEM, ...item }] }),
    get: () => ({ reply: "record", with: customer() }),
    history: () => ({ reply: "history", with: { entries: [], complete: false, titles: {} } }),
  });
  render(
    <Stage>
      <AttentionScreen onOpen={vi.fn()} onBack={vi.fn()} />
    </Stage>,
  );
  const why = await screen.findByText(language === "de" ? "Warum" : "Why");
  const list = within(why.parentElement ?? document.body);
  return list.getAllByRole("listitem").map((line) => line.textContent ?? "");
}

const REFUSED = [
  reason({ field: "email", rule: "email_form", message: "is no e-mail address" }),
  reason({ field: "customer_contact[1].name", rule: "required", message: "is required" }),
];

it("a refused work is read in German", async () => {
  expect(await reasons("de", { reasons: REFUSED })).toEqual([
    "E-Mail: ist keine E-Mail-Adresse",
    "Ansprechpartner · Name: ist nötig",
  ]);
});

it("and in English in the sync server's own words", async () => {
  expect(await reasons("en", { reasons: REFUSED })).toEqual([
    "E-mail: is no e-mail address",
    "Contact · Name: is required",
  ]);
});

it("a sentence has what it speaks of, and is the server's own where that did not come", async () => {
  const rule = "proposal_refused_for";
  const message = "your change was refused: wrong IBAN";
  const params = { reason: "wrong IBAN" };
  const told = await reasons("de", {
    kind: "decided",
    fields: {},
    reasons: [reason({ rule, message, params }), reason({ rule, message })],
  });
  expect(told).toEqual(["Ihre Änderung wurde abgelehnt: wrong IBAN", message]);
});

it("a rule of another record is told with that record", async () => {
  const message = "Customer Nord: is required";
  const params = { entity: "customer", record: "Nord" };
  const told = await reasons("de", {
    entity: "payment_terms",
    reasons: [reason({ field: "name", rule: "required", message, params })],
  });
  expect(told).toEqual(["Kunde Nord: Name: ist nötig"]);
});

it("of an item that an older sync server made, the message is read", async () => {
  expect(await reasons("de", {})).toEqual(["E-Mail: is no e-mail address", "Name: is required"]);
});

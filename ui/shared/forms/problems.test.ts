import { expect, it } from "vitest";
import { ANNA, CUSTOMER, customer } from "../testing/samples";
import { editDraft, write } from "./draft";
import { placeProblems, unmended } from "./problems";

const NOBODY = "018f0000-0000-7000-8000-0000000000ff";
const refuse = (field: string) => ({ field, rule: "rule", message: "is wrong" });

it("each refusal stands at its field, its row or its table", () => {
  const draft = editDraft(CUSTOMER, customer());
  const placed = placeProblems(draft, [
    refuse("email"),
    refuse(`customer_contact[${ANNA}].phone`),
    refuse(`customer_contact[${ANNA}].name`),
    refuse(`customer_contact[${ANNA}]`),
    refuse("customer_contact"),
    refuse("no_such_field"),
    refuse(`customer_contact[${NOBODY}].phone`),
    refuse(""),
  ]);
  expect(Object.keys(placed.at)).toEqual([
    "email",
    `customer_contact[${ANNA}].phone`,
    `customer_contact[${ANNA}].name`,
    `customer_contact[${ANNA}]`,
    "customer_contact",
  ]);
  expect(placed.elsewhere.map((problem) => problem.field)).toEqual([
    "no_such_field",
    `customer_contact[${NOBODY}].phone`,
    "",
  ]);
});

it("a refusal goes when what it names is changed, and only that", () => {
  const sent = editDraft(CUSTOMER, customer());
  const placed = placeProblems(sent, [refuse("email"), refuse(`customer_contact[${ANNA}].phone`)]);
  const mended = write(sent, { field: "email" }, "a@b.example");
  expect(Object.keys(unmended(placed, sent, mended).at)).toEqual([
    `customer_contact[${ANNA}].phone`,
  ]);
});

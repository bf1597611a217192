import { expect, it } from "vitest";
import { fits, inOrderOf, plainly } from "./offered";

const COUNTRIES = [
  { value: "DZ", label: "Algeria" },
  { value: "AT", label: "Österreich" },
  { value: "DE", label: "Germany" },
  { value: "NE", label: "Niger" },
  { value: "NG", label: "Nigeria" },
  { value: "GS", label: "South Georgia" },
];

const found = (text: string) =>
  COUNTRIES.filter((offer) => fits(offer, text, true))
    .sort(inOrderOf(text))
    .map(({ value }) => value);

it("the first of a list begins with what was typed", () => {
  expect(found("ge")).toEqual(["DE", "GS", "DZ", "NE", "NG"]);
  expect(found("ni")).toEqual(["NE", "NG"]);
  expect(found("de")).toEqual(["DE"]);
  expect(found("osterr")).toEqual(["AT"]);
});

it("a text that is left names an offer by all of its name or value, or where it fits only one", () => {
  const named = (text: string) => plainly(COUNTRIES, text, true)?.value;
  expect(["niger", "ng", "germ", "ge", "x"].map(named)).toEqual([
    "NE",
    "NG",
    "DE",
    undefined,
    undefined,
  ]);
});

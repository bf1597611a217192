import { describe, expect, it } from "vitest";
import type { KindView } from "../generated/contract";
import { cellText, isBelowZero, type Style, sameCell } from "./cell";
import { countryOffers } from "./standards";

const ENGLISH: Style = {
  language: "en",
  locale: "en-GB",
  yes: "Yes",
  no: "No",
  files: (count) => `${count} files`,
};
const GERMAN: Style = { ...ENGLISH, language: "de", locale: "de-DE", yes: "Ja", no: "Nein" };

describe("a value as people read it", () => {
  it("follows its kind and the language", () => {
    const choice: KindView = {
      type: "choice",
      choices: [{ value: "stock", label: { en: "Stock item", de: "Lagerartikel" } }],
    };
    expect(cellText(true, { type: "bool" }, GERMAN)).toBe("Ja");
    expect(cellText("12000", { type: "decimal", scale: 4 }, GERMAN)).toBe("12.000,00");
    expect(cellText(1500, { type: "int", min: 0, max: 9999 }, ENGLISH)).toBe("1,500");
    expect(cellText("stock", choice, GERMAN)).toBe("Lagerartikel");
    expect(cellText("2026-04-03", { type: "date" }, GERMAN)).toBe("03.04.2026");
    expect(cellText("DE", { type: "standard", name: "country" }, ENGLISH)).toBe("Germany");
    expect(cellText(null, { type: "code" }, ENGLISH)).toBe("");
    expect(cellText(["a", "b"], { type: "tags" }, ENGLISH)).toBe("a, b");
  });

  it("names a referenced record, and shows no id where the name is unknown", () => {
    const kind: KindView = { type: "reference", entity: "currency" };
    expect(cellText("0197", kind, ENGLISH, { "0197": "Euro" })).toBe("Euro");
    expect(cellText("0197", kind, ENGLISH)).toBe("");
  });

  it("groups an IBAN in fours", () => {
    const iban = cellText("DE8937040044", { type: "standard", name: "iban" }, ENGLISH);
    expect(iban).toBe("DE89\u00a03704\u00a00044");
  });
});

describe("two values", () => {
  it("are one where both are nothing, whatever they are written as", () => {
    expect(sameCell(null, "")).toBe(true);
    expect(sameCell(undefined, [])).toBe(true);
    expect(sameCell({}, null)).toBe(true);
  });

  it("are one where a map's entries stand in another order", () => {
    expect(sameCell({ a: "1", b: "2" }, { b: "2", a: "1" })).toBe(true);
    expect(sameCell(["a", "b"], ["b", "a"])).toBe(false);
    expect(sameCell("1", 1)).toBe(false);
    expect(sameCell(false, null)).toBe(false);
  });
});

it("a figure below zero is known as such", () => {
  expect(isBelowZero("-1", { type: "decimal", scale: 4 })).toBe(true);
  expect(isBelowZero("-1", { type: "code" })).toBe(false);
});

it("countries are offered by name, without groups of countries and withdrawn ones", () => {
  const offers = countryOffers("de-DE");
  expect(offers).toContainEqual({ value: "DE", label: "Deutschland" });
  const codes = offers.map((offer) => offer.value);
  for (const code of ["EU", "UN", "ZZ", "XK", "DD", "AN", "UK"]) expect(codes).not.toContain(code);
  // ISO 3166-1 has 249 countries.
  expect(codes.length).toBe(249);
});

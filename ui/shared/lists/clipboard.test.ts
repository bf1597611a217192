import { describe, expect, it } from "vitest";
import type { Style } from "../format/cell";
import { CUSTOMER, customer } from "../testing/samples";
import { tableText } from "./clipboard";

const german: Style = {
  language: "de",
  locale: "de-DE",
  yes: "Ja",
  no: "Nein",
  files: (count) => `${count} Dateien`,
};

const copied = (fields: Parameters<typeof customer>[0], ...columns: string[]) =>
  tableText(CUSTOMER, columns, [customer(fields)], german)
    .split("\n")
    .slice(1)
    .join("\n");

describe("rows for a spreadsheet", () => {
  it("have headings, and figures that are figures there", () => {
    const text = tableText(CUSTOMER, ["code", "credit_limit"], [customer()], german);
    expect(text).toBe("Code\tKreditlimit\nK1\t12000");
    expect(copied({ credit_limit: "-1234567.5" }, "credit_limit")).toBe("-1234567,5");
  });

  it("keep a cell together that has tabs, lines or quotation marks", () => {
    expect(copied({ name: 'A "B"\nC' }, "name", "city")).toBe('"A ""B""\nC"\tKiel');
  });

  it.each([
    ["=1+1", "'=1+1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["-cmd", "'-cmd"],
    ["+49 431 1", "+49 431 1"],
    ["- 5 %", "- 5 %"],
  ])("never compute what a person wrote: %s", (written, shown) => {
    expect(copied({ name: written }, "name")).toBe(shown);
  });
});

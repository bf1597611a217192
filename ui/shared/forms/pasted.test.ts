import { describe, expect, it } from "vitest";
import type { Style } from "../format/cell";
import { field } from "../testing/samples";
import { readPasted, tableOf } from "./pasted";

const german: Style = {
  language: "de",
  locale: "de-DE",
  yes: "Ja",
  no: "Nein",
  files: String,
};

describe("a table from a spreadsheet", () => {
  it.each([
    [
      "a\tb\r\nc\td\r\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ['"two\nlines"\t"say ""hi"""', [["two\nlines", 'say "hi"']]],
    ['5" pipe\t1', [['5" pipe', "1"]]],
    [
      "\t\n\t",
      [
        ["", ""],
        ["", ""],
      ],
    ],
  ])("is parted as it was copied: %j", (text, cells) => {
    expect(tableOf(text)).toEqual(cells);
  });
});

describe("a pasted text", () => {
  const roles = [{ value: "buyer", label: { en: "Buyer", de: "Einkauf" } }];
  it.each([
    [
      "a figure in the person's form",
      field("x", { type: "decimal", scale: 4 }),
      "1.234,5",
      { cell: "1234.5" },
    ],
    [
      "a figure of another form",
      field("x", { type: "decimal", scale: 4 }),
      "1,234.5",
      { unread: "1,234.5" },
    ],
    ["a date", field("x", { type: "date" }), "3.4.2026", { cell: "2026-04-03" }],
    [
      "a choice by its name",
      field("x", { type: "choice", choices: roles }),
      "einkauf",
      { cell: "buyer" },
    ],
    [
      "an unknown choice",
      field("x", { type: "choice", choices: roles }),
      "Chef",
      { unread: "Chef" },
    ],
    ["a yes", field("x", { type: "bool" }), "x", { cell: true }],
    [
      "a country by its name",
      field("x", { type: "standard", name: "country" }),
      "Österreich",
      { cell: "AT" },
    ],
    [
      "a record",
      field("x", { type: "reference", entity: "item" }),
      "B-1",
      { look: "B-1", entity: "item" },
    ],
    ["nothing", field("x", { type: "text", max: 9 }), "  ", { cell: null }],
  ])("is read as if it were typed: %s", (_, into, text, meant) => {
    expect(readPasted(into, text, german)).toEqual(meant);
  });
});

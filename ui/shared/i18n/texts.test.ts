import { describe, expect, it } from "vitest";
import { KEYMAP } from "../keys/keymap";
import { de } from "./de";
import { en } from "./en";
import { problemText } from "./problem";

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[`${path}${key}`, value]] : leaves(value, `${path}${key}.`),
  );
}

const places = (text: string) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe("every text", () => {
  const german = new Map(leaves(de));

  it.each(leaves(en))("%s is there in German with the same places", (path, text) => {
    expect(german.get(path)).toBeTruthy();
    expect(places(german.get(path) ?? "")).toEqual(places(text));
  });

  it("in German is there in English", () => {
    const english = new Map(leaves(en));
    expect([...german.keys()].filter((path) => !english.has(path))).toEqual([]);
  });
});

it("every shortcut is named for the list of keys", () => {
  for (const name of Object.keys(KEYMAP)) expect(en.keys).toHaveProperty(name);
});

it("a refusal is said in German where we have words for its rule, else in the engine's", () => {
  const problem = { field: "name", rule: "required", message: "is required" };
  expect(problemText(problem, "en")).toBe("is required");
  expect(problemText(problem, "de")).toBe("ist nötig");
  expect(problemText({ ...problem, rule: "brand_new" }, "de")).toBe("is required");
});

it("a refusal in German has the example that the engine gives", () => {
  const said = (rule: string, message: string) =>
    problemText({ field: "code", rule, message }, "de");
  const taxId =
    "The USt-IdNr. or Steuernummer of Germany is DE and nine digits, for example DE136695976, or a Steuernummer of 10 to 13 digits.";
  expect(said("tax_id_form", taxId)).toBe(
    "hat nicht die Form dieses Landes, zum Beispiel DE136695976",
  );
  const postal = "A postal code of Canada looks like A9A 9A9 (9 a digit, A a letter).";
  expect(said("postal_code_form", postal)).toBe(
    "hat nicht die Form dieses Landes, zum Beispiel A9A 9A9 (9 eine Ziffer, A ein Buchstabe)",
  );
  expect(said("tax_id_form", "The UID of Austria is wrong.")).toBe(
    "hat nicht die Form dieses Landes",
  );
});

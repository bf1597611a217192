import { describe, expect, it } from "vitest";
import { listAct } from "./keys";
import { requestOf, sortOf } from "./pages";

const press = (key: string, part: { ctrlKey?: boolean; altKey?: boolean } = {}) =>
  listAct({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...part });

describe("a key in the rows of a list", () => {
  it("opens, goes to either end, filters", () => {
    expect(press("Enter")).toEqual({ act: "open" });
    expect(press("Home")).toEqual({ act: "first" });
    expect(press("End")).toEqual({ act: "last" });
    expect(press("f", { altKey: true })).toEqual({ act: "filter" });
  });

  it("begins a search where it is a sign", () => {
    expect(press("m")).toEqual({ act: "type", text: "m" });
    expect(press("Ö")).toEqual({ act: "type", text: "Ö" });
    expect(press("7")).toEqual({ act: "type", text: "7" });
  });

  it("is left to the grid or the screen where it is neither", () => {
    for (const key of ["ArrowDown", "PageUp", "Tab", "Escape", " ", "?", "F2"]) {
      expect(press(key), key).toBeNull();
    }
    expect(press("k", { ctrlKey: true })).toBeNull();
    expect(press("n", { altKey: true })).toBeNull();
  });
});

describe("a list asks", () => {
  it("for an order in the engine's words", () => {
    expect(sortOf([])).toBeNull();
    expect(sortOf([{ colId: "name", sort: "asc" }])).toBe("name");
    expect(sortOf([{ colId: "name", sort: "desc" }])).toBe("-name");
  });

  it("for no search where only spaces were typed", () => {
    const query = { entity: "customer", search: "  ", filters: [], retired: false };
    expect(requestOf(query, null, 400)).toMatchObject({ search: null, offset: 400 });
  });
});

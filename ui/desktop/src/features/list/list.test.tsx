import type { Command, SavedView } from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { CUSTOMER } from "@daybook/shared/testing/samples";
import { Stage } from "@daybook/shared/testing/Stage";
import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { BulkEdit } from "./Bulk";
import { SavedViews } from "./SavedViews";

const WEST: SavedView = {
  name: "West",
  search: "",
  filters: [{ field: "city", relation: "is", value: "Kiel" }],
  sort: "-name",
  retired: false,
  columns: [],
};

describe("lists kept by name", () => {
  function open(views: SavedView[]) {
    const kept: SavedView[][] = [];
    engineDouble({
      views: () => ({ reply: "views", with: views }),
      keep_views: ({ with: { views: next } }) => {
        kept.push(next);
        return { reply: "views", with: next };
      },
    });
    const onChoose = vi.fn();
    render(
      <Stage>
        <SavedViews
          entity={CUSTOMER}
          current={null}
          active
          asIs={(name) => ({ ...WEST, name })}
          onChoose={onChoose}
        />
      </Stage>,
    );
    return { kept, onChoose };
  }

  it("are two keys away", async () => {
    const user = userEvent.setup();
    const { onChoose } = open([{ ...WEST, name: "North" }, WEST]);
    await user.keyboard("{Alt>}v{/Alt}");
    await screen.findByRole("button", { name: "Forget the view West" });
    await waitFor(() => expect(document.activeElement?.getAttribute("role")).toBe("group"));
    await user.keyboard("2");
    expect(onChoose).toHaveBeenCalledWith(WEST);
  });

  it("open by a click on their button as well, and stand below it", async () => {
    const user = userEvent.setup();
    open([WEST]);
    const button = screen.getByRole("button", { name: "Views" });
    await user.click(button);
    await screen.findByRole("button", { name: "Forget the view West" });
    expect(button.getAttribute("aria-expanded")).toBe("true");
    await user.click(button);
    await waitFor(() => expect(button.getAttribute("aria-expanded")).toBe("false"));
  });

  it("open at their button, by the pointer as by the key", async () => {
    const user = userEvent.setup();
    open([WEST]);
    await user.click(screen.getByRole("button", { name: "Views" }));
    await screen.findByRole("button", { name: "Forget the view West" });
  });

  it("take the list as it stands; a name that is known is replaced in its place", async () => {
    const user = userEvent.setup();
    const { kept, onChoose } = open([WEST, { ...WEST, name: "North" }]);
    await user.keyboard("{Alt>}v{/Alt}");
    await user.type(
      await screen.findByRole("textbox", { name: "Name of the view" }),
      "West{Enter}",
    );
    await waitFor(() => expect(onChoose).toHaveBeenCalled());
    expect(kept[0]?.map(({ name }) => name)).toEqual(["West", "North"]);
  });
});

describe("one change of many records", () => {
  it("tells what would come of it, and is done only then", async () => {
    const user = userEvent.setup();
    const asked: Extract<Command, { command: "bulk" }>["with"][] = [];
    engineDouble({
      describe: () => ({ reply: "entities", with: [CUSTOMER] }),
      bulk: ({ with: request }) => {
        asked.push(request);
        const problems = [{ field: "city", rule: "text_length", message: "is too long" }];
        const failure = { code: "refused" as const, message: "", problems };
        const refused = [{ id: "1", key: "K7", title: "Weber", failure }];
        return { reply: "bulk", with: { changed: 2, same: 0, refused } };
      },
    });
    const onDone = vi.fn();
    render(
      <Stage>
        <BulkEdit
          entity={CUSTOMER}
          chosen={{ by: "ids", with: ["a", "b", "1"] }}
          count={3}
          onDone={onDone}
          onClose={vi.fn()}
        />
      </Stage>,
    );
    await user.click(await screen.findByRole("combobox", { name: "Choose a field to set" }));
    await user.keyboard("City");
    await user.click(await screen.findByTitle("City"));
    await user.type(await screen.findByRole("textbox", { name: "City" }), "Bonn");
    await screen.findByText("2 records will be changed.");
    screen.getByText("K7 · Weber");
    expect(screen.getByText(/is too long/)).toBeTruthy();
    expect(asked.every(({ dry_run }) => dry_run)).toBe(true);
    await waitFor(() =>
      expect(screen.getByRole("button", { name: /Change 2 records/ })).toHaveProperty(
        "disabled",
        false,
      ),
    );
    await user.keyboard("{Control>}s{/Control}");
    await screen.findByText("2 records were changed.");
    expect(asked.at(-1)).toEqual({
      entity: "customer",
      chosen: { by: "ids", with: ["a", "b", "1"] },
      act: { act: "set", with: [{ field: "city", value: "Bonn" }] },
      dry_run: false,
    });
    expect(onDone).not.toHaveBeenCalled();
    await user.click(screen.getByRole("button", { name: /Close/ }));
    expect(onDone).toHaveBeenCalled();
  });

  it("is done once it was told what comes of it, however early the key came", async () => {
    const user = userEvent.setup();
    const asked: boolean[] = [];
    const waiting: (() => void)[] = [];
    engineDouble({
      describe: () => ({ reply: "entities", with: [CUSTOMER] }),
      bulk: async ({ with: { dry_run } }) => {
        asked.push(dry_run);
        if (dry_run) await new Promise<void>((resolve) => waiting.push(resolve));
        return { reply: "bulk" as const, with: { changed: 2, same: 0, refused: [] } };
      },
    });
    const onDone = vi.fn();
    render(
      <Stage>
        <BulkEdit
          entity={CUSTOMER}
          chosen={{ by: "ids", with: ["a", "b"] }}
          count={2}
          onDone={onDone}
          onClose={vi.fn()}
        />
      </Stage>,
    );
    await user.click(await screen.findByRole("combobox", { name: "Choose a field to set" }));
    await user.keyboard("City");
    await user.click(await screen.findByTitle("City"));
    await user.type(await screen.findByRole("textbox", { name: "City" }), "B");
    await user.keyboard("{Control>}s{/Control}");
    expect(asked).not.toContain(false);
    // What is typed after the key is not what the key was for.
    await user.keyboard("o");
    await waitFor(() => {
      for (const answer of waiting.splice(0)) answer();
      expect(screen.getByText("2 records will be changed.")).toBeTruthy();
    });
    expect(asked).not.toContain(false);
    await user.keyboard("n{Control>}s{/Control}");
    await waitFor(() => {
      for (const answer of waiting.splice(0)) answer();
      expect(onDone).toHaveBeenCalled();
    });
    expect(asked.filter((dry_run) => !dry_run)).toHaveLength(1);
  });
});

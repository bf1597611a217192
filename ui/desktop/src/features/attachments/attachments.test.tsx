import type {
  AttachmentState,
  AttachmentView,
  EntityView,
  Reply,
} from "@daybook/shared/generated/contract";
import { engineDouble } from "@daybook/shared/testing/double";
import { Stage } from "@daybook/shared/testing/Stage";
import { CUSTOMER, customer } from "@daybook/shared/testing/samples";
import { emit } from "@tauri-apps/api/event";
import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { Attachments } from "./Attachments";
import { namedNow } from "./content";

const [SOME] = CUSTOMER.fields;
if (!SOME) throw new Error("the sample has no field");
const WITH_FILES: EntityView = {
  ...CUSTOMER,
  fields: [
    {
      ...SOME,
      name: "attachments",
      label: { en: "Attachments", de: "Anhänge" },
      kind: { type: "attachments" },
      writable: true,
    },
  ],
};

function file(name: string, state: AttachmentState): AttachmentView {
  const hash = name.padEnd(64, "0");
  const media_type = "application/pdf";
  return { field: "attachments", hash, name, media_type, size: 1_200_000, state };
}

function open(files: AttachmentView[], entity = WITH_FILES) {
  const listed = (): Reply => ({ reply: "attachments", with: files });
  const copy = (): Reply => ({
    reply: "attachment_copy",
    with: { path: "/home/anna/Downloads/Offer.pdf" },
  });
  const double = engineDouble({
    describe: () => ({ reply: "entities", with: [entity] }),
    attachments: listed,
    attach: listed,
    detach: listed,
    open_attachment: copy,
    save_attachment: copy,
  });
  render(
    <Stage>
      <Attachments entity={entity} record={customer()} />
    </Stage>,
  );
  const did = (command: string) => double.asked.filter((one) => one.command === command);
  return { did };
}

describe("the files of a record", () => {
  it("say in words where each is, and are opened by Enter", async () => {
    const user = userEvent.setup();
    const { did } = open([
      file("Offer.pdf", "here"),
      file("Plan.pdf", "waiting_to_send"),
      file("Photo.pdf", "on_server"),
      file("Contract.pdf", "missing"),
    ]);
    const row = async (name: string) => {
      const button = await screen.findByRole("button", { name });
      return within(button.closest("li") as HTMLElement);
    };
    expect((await row("Offer.pdf")).getByText("on this computer")).toBeTruthy();
    expect((await row("Offer.pdf")).getByText("1.2 MB")).toBeTruthy();
    expect((await row("Plan.pdf")).getByText("waiting to be sent")).toBeTruthy();
    expect((await row("Photo.pdf")).getByText("on the sync server")).toBeTruthy();
    expect((await row("Contract.pdf")).getByText(/not sent yet/)).toBeTruthy();
    (await row("Photo.pdf")).getByRole("button", { name: "Photo.pdf" }).focus();
    await user.keyboard("{Enter}");
    const hash = "Photo.pdf".padEnd(64, "0");
    await waitFor(() =>
      expect(did("open_attachment")).toEqual([
        { command: "open_attachment", with: { entity: "customer", id: customer().id, hash } },
      ]),
    );
    await user.click(screen.getByRole("button", { name: "Save a copy of Offer.pdf" }));
    expect(await screen.findByText("Saved as /home/anna/Downloads/Offer.pdf")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Remove Plan.pdf" }));
    await waitFor(() => expect(did("detach")).toHaveLength(1));
  });

  it("are chosen, pasted and dropped", async () => {
    const user = userEvent.setup();
    const { did } = open([]);
    const chooser = await screen.findByLabelText("Choose files for Attachments");
    await user.upload(chooser, new File(["abc"], "a.txt"));
    await waitFor(() => expect(did("attach")).toHaveLength(1));
    const box = screen.getByRole("region", { name: "Attachments" });
    const files = [new File(["def"], "b.txt")];
    fireEvent.paste(box, { clipboardData: { files } });
    await waitFor(() => expect(did("attach")).toHaveLength(2));
    vi.spyOn(box, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 100, 500, 50));
    const drop = (y: number) =>
      act(() => emit("tauri://drag-drop", { paths: ["/tmp/c.pdf"], position: { x: 10, y } }));
    await drop(10);
    await drop(120);
    await waitFor(() => expect(did("attach")).toHaveLength(3));
    const to = { entity: "customer", id: customer().id, field: "attachments" };
    expect(did("attach").map((one) => ("with" in one ? one.with : null))).toEqual([
      { to, source: { from: "content", name: "a.txt", content: "YWJj" } },
      { to, source: { from: "content", name: "b.txt", content: "ZGVm" } },
      { to, source: { from: "file", path: "/tmp/c.pdf" } },
    ]);
  });

  it("are dropped where the pointer is, however large the window is drawn", async () => {
    localStorage.setItem("daybook.zoom", "200");
    const { did } = open([]);
    const box = await screen.findByRole("region", { name: "Attachments" });
    vi.spyOn(box, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 100, 500, 50));
    const drop = (y: number) =>
      act(() => emit("tauri://drag-drop", { paths: [`/tmp/${y}.pdf`], position: { x: 10, y } }));
    await drop(120);
    await drop(240);
    await waitFor(() => expect(did("attach")).toHaveLength(1));
    expect(JSON.stringify(did("attach"))).toContain("/tmp/240.pdf");
  });

  it("are only shown to who may not edit", async () => {
    open([file("Offer.pdf", "here")], { ...WITH_FILES, may_edit: false });
    expect(await screen.findByRole("button", { name: "Offer.pdf" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Add files" })).toBeNull();
    expect(screen.queryByRole("button", { name: /^Remove/ })).toBeNull();
  });

  it("have names of their own when they are pasted", () => {
    const at = new Date(2026, 2, 31, 9, 5, 7);
    const pasted = namedNow(new File(["x"], "image.png", { type: "image/png" }), at);
    expect([pasted.name, pasted.type]).toEqual(["2026-03-31 09-05-07.png", "image/png"]);
    expect(namedNow(new File(["x"], "Offer.png"), at).name).toBe("Offer.png");
  });
});

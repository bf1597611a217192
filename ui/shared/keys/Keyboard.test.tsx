import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useEffect, useRef } from "react";
import { expect, it, vi } from "vitest";
import { Keyboard, KeyLayer, useArrival, useBoundKeys, useKey, useKeyNotes } from "./Keyboard";

function Screen({ onKeys, rows = true }: { onKeys: (names: string[]) => void; rows?: boolean }) {
  const bound = useBoundKeys();
  useKey("keys", () => onKeys(bound()));
  useKeyNotes(["open", "first"], rows);
  return (
    <>
      <div role="search">
        <input aria-label="Find" />
      </div>
      <input aria-label="Name" />
    </>
  );
}

it("`?` shows the keys from an empty search, and is text everywhere else one types", async () => {
  const user = userEvent.setup();
  const onKeys = vi.fn();
  render(
    <Keyboard>
      <Screen onKeys={onKeys} />
    </Keyboard>,
  );
  const [find, name] = screen.getAllByRole<HTMLInputElement>("textbox");
  await user.click(screen.getByLabelText("Find"));
  await user.keyboard("?");
  expect(onKeys).toHaveBeenCalledTimes(1);
  expect(find?.value).toBe("");
  await user.keyboard("who?");
  expect(find?.value).toBe("who?");
  await user.click(screen.getByLabelText("Name"));
  await user.keyboard("?");
  expect(name?.value).toBe("?");
  expect(onKeys).toHaveBeenCalledTimes(1);
});

it("the list of keys leaves out those of a part that does not listen", async () => {
  const user = userEvent.setup();
  const onKeys = vi.fn();
  render(
    <Keyboard>
      <Screen onKeys={onKeys} rows={false} />
    </Keyboard>,
  );
  await user.keyboard("?");
  expect(onKeys).toHaveBeenCalledWith(["keys"]);
});

function Panelled({ open, onViews }: { open: boolean; onViews: () => void }) {
  useKey("views", onViews);
  return <KeyLayer open={open}>Still drawn</KeyLayer>;
}

it("the key after the one that closes a panel is the list's, though the panel is still drawn", async () => {
  const user = userEvent.setup();
  const onViews = vi.fn();
  const place = (open: boolean) => (
    <Keyboard>
      <Panelled open={open} onViews={onViews} />
    </Keyboard>
  );
  const { rerender } = render(place(true));
  await user.keyboard("{Alt>}v{/Alt}");
  expect(onViews).not.toHaveBeenCalled();
  rerender(place(false));
  await user.keyboard("{Alt>}v{/Alt}");
  expect(onViews).toHaveBeenCalledOnce();
});

function Arriving() {
  const find = useRef<HTMLInputElement>(null);
  const arrive = useArrival();
  useEffect(() => arrive(() => find.current?.focus()), [arrive]);
  return <input ref={find} aria-label="Find" />;
}

it("a screen that comes under an open dialog leaves what is typed to the dialog, and has the cursor after it", async () => {
  const user = userEvent.setup();
  const Stage = ({ isOpen, isThere }: { isOpen: boolean; isThere: boolean }) => (
    <Keyboard>
      {isThere && <Arriving />}
      {isOpen && (
        <KeyLayer>
          <input aria-label="Search or go to" autoFocus />
        </KeyLayer>
      )}
    </Keyboard>
  );
  const { rerender } = render(<Stage isOpen isThere={false} />);
  await user.keyboard("new ");
  rerender(<Stage isOpen isThere />);
  await user.keyboard("supplier");
  expect(screen.getByLabelText<HTMLInputElement>("Search or go to").value).toBe("new supplier");
  rerender(<Stage isOpen={false} isThere />);
  expect(document.activeElement).toBe(screen.getByLabelText("Find"));
});

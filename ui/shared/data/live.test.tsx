import { act, render, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it } from "vitest";
import type { Event, RecordView, Reply } from "../generated/contract";
import { engineDouble, tell } from "../testing/double";
import { customer, status } from "../testing/samples";
import { Stage } from "../testing/Stage";
import { useRecord } from "./queries";

function State() {
  const { data } = useRecord("customer", "0197-moeller");
  return <p>{data ? `it is ${data.sync.state}` : "nothing yet"}</p>;
}

function Page() {
  const [isOpen, setOpen] = useState(true);
  return (
    <>
      <button type="button" onClick={() => setOpen(!isOpen)}>
        {isOpen ? "Leave" : "Open"}
      </button>
      {isOpen && <State />}
    </>
  );
}

/** An engine that answers what is asked of the record only when the test says so, and with what state. */
function engine() {
  const reply = (state: RecordView["sync"]["state"]): Reply => ({
    reply: "record",
    with: { ...customer(), sync: { state } },
  });
  const asked: ((reply: Reply) => void)[] = [];
  engineDouble({
    status: () => ({ reply: "status", with: status() }),
    get: () => new Promise<Reply>((answer) => asked.push(answer)) as unknown as Reply,
  });
  const answer = async (state: RecordView["sync"]["state"]) => {
    await act(() => expect.poll(() => asked.length).toBeGreaterThan(0));
    await act(async () => asked.shift()?.(reply(state)));
  };
  return { asked, answer };
}

it("a page that was left while it asked, and opened again after a round, says what the round did", async () => {
  const { answer } = engine();
  const changed: Event = { event: "changed", with: { entity: "customer", ids: [] } };
  render(
    <Stage>
      <Page />
    </Stage>,
  );
  const press = (name: string) => act(() => screen.getByRole("button", { name }).click());
  await answer("clean");
  await screen.findByText("it is clean");
  // The record is deleted: the page asks, and is left before it is answered.
  await act(() => tell(changed));
  press("Leave");
  // The round says that the deletion was sent, and only then the page's question is answered.
  await act(() => tell(changed));
  await answer("pending");
  press("Open");
  await answer("clean");
  await screen.findByText("it is clean");
});

it("a page whose first answer was on its way when something changed asks once more", async () => {
  const { asked, answer } = engine();
  render(
    <Stage>
      <State />
    </Stage>,
  );
  await act(() => expect.poll(() => asked.length).toBe(1));
  await act(() => tell({ event: "changed", with: { entity: "customer", ids: [] } }));
  await answer("pending");
  await screen.findByText("it is pending");
  await answer("clean");
  await screen.findByText("it is clean");
});

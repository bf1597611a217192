import { emit } from "@tauri-apps/api/event";
import { mockIPC } from "@tauri-apps/api/mocks";
import type { Command, Event, Reply } from "../generated/contract";

type Answers = {
  [N in Command["command"]]?: (request: Extract<Command, { command: N }>) => Reply | Promise<Reply>;
};

/** Stands in for the engine in a test: answers what it was told to, and keeps what it was asked. */
export function engineDouble(answers: Answers): { asked: Command[] } {
  const asked: Command[] = [];
  mockIPC(
    (name, payload) => {
      if (name !== "call") throw new Error(`the page asked the shell for ${name}`);
      const { request } = payload as { request: Command };
      asked.push(request);
      const answer = answers[request.command] as
        ((request: Command) => Reply | Promise<Reply>) | undefined;
      if (!answer) throw new Error(`the test has no answer to ${request.command}`);
      return answer(request);
    },
    { shouldMockEvents: true },
  );
  return { asked };
}

/** The engine says something unasked. */
export async function tell(event: Event): Promise<void> {
  await emit("daybook", event);
}

import type { Status } from "../generated/contract";

/** What the sync light says, as keys of the texts with their values. */
export interface LightWords {
  /** The sign beside the words: never colour alone. */
  shape: "done" | "waiting" | "attention" | "running" | "offline";
  parts: LightPart[];
}

export type LightPart =
  | {
      say:
        | "saved"
        | "catching"
        | "nothingWaits"
        | "offline"
        | "refused"
        | "twoCopies"
        | "isCopy"
        | "never";
    }
  | { say: "waiting" | "sending" | "attention"; count: number }
  | { say: "catchingPercent"; percent: number }
  | { say: "catchingRows"; rows: number }
  | { say: "offlineSince"; since: string }
  | { say: "at"; moment: string };

/** The state of the sync in words: the most urgent first, then whether there is a connection. */
export function lightOf(status: Status): LightWords {
  const { step } = status;
  const gone = offlinePart(status);
  if (step.step === "filling") {
    return {
      shape: "running",
      parts: [fillingPart(step.rows, step.expected), ...gone],
    };
  }
  if (status.refused !== null) {
    return {
      shape: "attention",
      parts: [{ say: REFUSED[status.refused_code ?? ""] ?? "refused" }],
    };
  }
  if (status.attention > 0) {
    return {
      shape: "attention",
      parts: [{ say: "attention", count: status.attention }, ...gone],
    };
  }
  if (gone.length > 0) {
    const waits: LightPart =
      status.pending > 0 ? { say: "waiting", count: status.pending } : { say: "nothingWaits" };
    return { shape: "offline", parts: [waits, ...gone] };
  }
  if (step.step === "sending") {
    return { shape: "running", parts: [{ say: "sending", count: step.left }] };
  }
  if (step.step === "receiving") {
    const part =
      step.rows === 0 ? { say: "catching" as const } : fillingPart(step.rows, step.expected);
    return { shape: "running", parts: [part] };
  }
  if (status.pending > 0) {
    return {
      shape: "waiting",
      parts: [{ say: "waiting", count: status.pending }],
    };
  }
  if (status.last_sync === null) return { shape: "waiting", parts: [{ say: "never" }] };
  return {
    shape: "done",
    parts: [{ say: "saved" }, { say: "at", moment: status.last_sync }],
  };
}

/** Refusals that a person decides. */
const REFUSED: Record<string, "twoCopies" | "isCopy"> = {
  two_copies: "twoCopies",
  is_copy: "isCopy",
};

function fillingPart(rows: number, expected: number | null): LightPart {
  if (!expected) return { say: "catchingRows", rows };
  return {
    say: "catchingPercent",
    percent: Math.min(100, Math.floor((rows / expected) * 100)),
  };
}

function offlinePart(status: Status): LightPart[] {
  if (status.online) return [];
  const since = status.offline_since;
  return [since === null ? { say: "offline" } : { say: "offlineSince", since }];
}

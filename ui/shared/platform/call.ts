import { invoke } from "@tauri-apps/api/core";
import type { Command, Failure, Reply } from "../generated/contract";

type Name = Command["command"];
type Argument<N extends Name> =
  Extract<Command, { command: N }> extends { with: infer W } ? W : undefined;
type Answer<R extends Reply["reply"] | null> = R extends Reply["reply"]
  ? Extract<Reply, { reply: R }>["with"]
  : undefined;

/** Which reply a screen reads of which command; of the others it only needs to know they were done. */
const REPLY_OF = {
  status: "status",
  sign_in: "signed_in",
  accept_invitation: "accepted",
  recovery_code_shown: "status",
  sign_out: null,
  describe: "entities",
  list: "list",
  totals: "totals",
  bulk: "bulk",
  views: "views",
  keep_views: "views",
  drafts: "drafts",
  keep_draft: null,
  get: "record",
  blank: "record",
  save: "saved",
  habit: "habit",
  keep_habit: "habit",
  used_by: "used_by",
  import_used_by: "used_by",
  retire: null,
  bring_back: "record",
  attachments: "attachments",
  attach: "attachments",
  detach: "attachments",
  save_attachment: "attachment_copy",
  open_attachment: "attachment_copy",
  history: "history",
  search: "hits",
  import_preview: "import",
  import: "import",
  import_cancel: "import_batches",
  import_batches: "import_batches",
  import_undo: "import_undone",
  export: "exported",
  approvals: "approvals",
  decide: "record",
  duplicates: "duplicates",
  similar: "similar",
  may_merge: "before_merge",
  not_the_same: "duplicates",
  merge: "record",
  attention_list: "attention",
  attention_resolve: null,
  attention_review: null,
  sync: "round",
  write_courier_file: "courier_file",
  read_courier_file: "courier_read",
  sync_plan: "sync_plan",
  keep_sync_plan: "sync_plan",
  sync_page: "sync_page",
  verify: "verified",
} as const satisfies Record<Name, Reply["reply"] | null>;

/** A command that was not done; `failure` says why, in the engine's own words. */
export class CallFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
    this.name = "CallFailed";
  }
}

/**
 * Asks the engine for one thing.
 *
 * @throws {CallFailed} always of this type, so that a screen has one shape to show.
 */
export async function call<N extends Name>(
  command: N,
  ...[argument]: Argument<N> extends undefined ? [] : [Argument<N>]
): Promise<Answer<(typeof REPLY_OF)[N]>> {
  const request = argument === undefined ? { command } : { command, with: argument };
  let reply: Reply;
  try {
    reply = await invoke<Reply>("call", { request });
  } catch (cause) {
    throw new CallFailed(failureOf(cause));
  }
  const expected = REPLY_OF[command];
  if (expected === null) return undefined as Answer<(typeof REPLY_OF)[N]>;
  if (reply.reply !== expected) {
    const message = `The program answered "${command}" with "${reply.reply}".`;
    throw new CallFailed({ code: "internal", message, problems: [] });
  }
  return reply.with as Answer<(typeof REPLY_OF)[N]>;
}

/** Whatever was thrown, as a failure. */
export function failureOf(cause: unknown): Failure {
  if (cause instanceof CallFailed) return cause.failure;
  if (isFailure(cause)) return { ...cause, problems: cause.problems ?? [] };
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: "internal", message, problems: [] };
}

function isFailure(cause: unknown): cause is Failure {
  return typeof cause === "object" && cause !== null && "code" in cause && "message" in cause;
}

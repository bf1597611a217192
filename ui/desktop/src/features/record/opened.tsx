import type {
  Command,
  EntityView,
  RecordView,
  Reply,
  UsedBy,
} from "@daybook/shared/generated/contract";
import { HINTS } from "@daybook/shared/hints/hints";
import { engineDouble } from "@daybook/shared/testing/double";
import { Stage } from "@daybook/shared/testing/Stage";
import { CUSTOMER, customer } from "@daybook/shared/testing/samples";
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { type Mock, vi } from "vitest";
import { RecordScreen } from "./RecordScreen";

/** What a test sees of an opened record. */
export interface World {
  /** What the engine holds now. */
  record: RecordView;
  saves: Extract<Command, { command: "save" }>["with"][];
  /** Forms that are kept, by their id. */
  kept: Map<string, string>;
  onBack: Mock<() => void>;
  onSaved: Mock<(id: string) => void>;
}

/** Opens a record, or a form for a new one, over a double of the engine. */
export function open(
  id: string | null,
  save?: () => Reply,
  kept: Map<string, string> = new Map(),
  {
    record = customer(),
    entity = CUSTOMER,
    usedBy = [],
  }: { record?: RecordView; entity?: EntityView; usedBy?: UsedBy[] } = {},
): World {
  const world: World = {
    record,
    saves: [],
    kept,
    onBack: vi.fn(),
    onSaved: vi.fn(),
  };
  engineDouble({
    describe: () => ({ reply: "entities", with: [entity] }),
    get: () => ({ reply: "record", with: world.record }),
    blank: () => ({
      reply: "record",
      with: { ...customer(), fields: { active: true }, children: {} },
    }),
    save: (request) => {
      world.saves.push(request.with);
      if (save) return save();
      for (const { field, to } of request.with.changes.fields ?? []) {
        world.record = { ...world.record, fields: { ...world.record.fields, [field]: to } };
      }
      return { reply: "saved", with: { record: unsent(world.record), warnings: [] } };
    },
    drafts: () => ({
      reply: "drafts",
      with: [...world.kept].map(([draft, content]) => ({
        id: draft,
        kept_at: "2026-11-21T09:00:00Z",
        content,
      })),
    }),
    keep_draft: ({ with: { draft, content } }) => {
      if (content === null) world.kept.delete(draft);
      else world.kept.set(draft, content);
      return { reply: "drafts", with: [] };
    },
    bring_back: () => {
      world.record = { ...world.record, retired: false };
      return { reply: "record", with: unsent(world.record) };
    },
    history: () => ({ reply: "history", with: { entries: [], complete: true, titles: {} } }),
    used_by: () => ({ reply: "used_by", with: usedBy }),
    retire: () => ({ reply: "record", with: unsent({ ...world.record, retired: true }) }),
  });
  const root = createRootRoute({
    component: () => (
      <>
        <div id={HINTS} />
        <RecordScreen entity={entity} id={id} onBack={world.onBack} onSaved={world.onSaved} />
      </>
    ),
  });
  const router = createRouter({ routeTree: root, history: createMemoryHistory() });
  render(
    <Stage>
      <RouterProvider router={router} />
    </Stage>,
  );
  return world;
}

/** As a command answers what it did, which nobody has sent yet. */
const unsent = (record: RecordView): RecordView => ({ ...record, sync: { state: "pending" } });

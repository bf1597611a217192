import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  redirect,
} from "@tanstack/react-router";
import { ApprovalsPlace } from "./ApprovalsPlace";
import { AttentionPlace } from "./AttentionPlace";
import { DuplicatesPlace } from "./DuplicatesPlace";
import { HomePlace } from "./HomePlace";
import { ImportPlace } from "./ImportPlace";
import { Landing } from "./Landing";
import { ListPlace, RecordPlace } from "./ListPlace";
import { Nowhere } from "./Nowhere";
import { Shell } from "./Shell";
import { SettingsPlace } from "./SettingsPlace";
import { SyncPlace } from "./SyncPlace";

const root = createRootRoute({ component: Shell, notFoundComponent: Nowhere });

const landing = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: Landing,
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/home",
  component: HomePlace,
});

// The list stays mounted under its records, with its rows, selection and scroll.
const list = createRoute({
  getParentRoute: () => root,
  path: "/list/$entity",
  component: ListPlace,
});
const record = createRoute({
  getParentRoute: () => list,
  path: "/$id",
  component: RecordPlace,
});

const duplicates = createRoute({
  getParentRoute: () => root,
  path: "/duplicates/$entity",
  component: DuplicatesPlace,
});

const importing = createRoute({
  getParentRoute: () => root,
  path: "/import/$entity",
  component: ImportPlace,
});

const attention = createRoute({
  getParentRoute: () => root,
  path: "/attention",
  component: AttentionPlace,
});

const approvals = createRoute({
  getParentRoute: () => root,
  path: "/approvals",
  component: ApprovalsPlace,
  // The record whose proposal was asked for.
  validateSearch: ({ record }: Record<string, unknown>): { record?: string } =>
    typeof record === "string" ? { record } : {},
});

const sync = createRoute({
  getParentRoute: () => root,
  path: "/sync",
  component: SyncPlace,
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: SettingsPlace,
});

const other = createRoute({
  getParentRoute: () => root,
  path: "$",
  beforeLoad: () => {
    throw redirect({ to: "/" });
  },
});

/** Places in the fragment of the address: the page is one file inside the program. */
export const router = createRouter({
  routeTree: root.addChildren([
    landing,
    home,
    list.addChildren([record]),
    duplicates,
    importing,
    attention,
    approvals,
    sync,
    settings,
    other,
  ]),
  history: createHashHistory(),
  defaultPreload: false,
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

import { at, useEntities, useStatus } from "@daybook/shared/data/queries";
import { useBoundKeys, useKey } from "@daybook/shared/keys/Keyboard";
import type { KeyName } from "@daybook/shared/keys/keymap";
import { Boundary } from "@daybook/shared/kit/Boundary";
import { call } from "@daybook/shared/platform/call";
import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMineToDecide } from "../features/approvals/useApprovals";
import { KeysHelp } from "../features/keys/KeysHelp";
import type { Entry } from "../features/palette/entries";
import { Palette } from "../features/palette/Palette";
import { SignOut } from "../features/session/SignOut";
import { Modules } from "./Modules";
import { StatusBar } from "./StatusBar";
import { TopBar } from "./TopBar";
import { useRecent } from "@daybook/shared/data/recent";
import { useCommands } from "./useCommands";
import { useScreenCommands } from "./useScreenCommands";

/** Everything around the work: modules, the one box, the sync light, rights and version. */
export function Shell() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const place = useLocation({ select: (location) => location.pathname });
  const { data: status } = useStatus();
  const { data: entities } = useEntities();
  const approvals = useMineToDecide();
  const work = useRef<HTMLElement>(null);
  const boundKeys = useBoundKeys();
  const recent = useRecent();
  const screenCommands = useScreenCommands();
  // What can be done here and anywhere, while the palette is open.
  const [searching, setSearching] = useState<Entry[] | null>(null);
  const [leaving, setLeaving] = useState(false);
  const [keys, setKeys] = useState<KeyName[] | null>(null);

  const showKeys = () => setKeys(boundKeys());
  const sync = () => {
    // What comes of it, good or bad, arrives as the state of the sync.
    const done = () => void queries.invalidateQueries({ queryKey: at.status });
    call("sync").then(done, done);
  };
  useKey("keys", showKeys);
  useKey("sync", sync);
  const commands = useCommands({
    sync,
    showKeys,
    signOut: () => setLeaving(true),
  });
  const search = () => setSearching([...screenCommands(), ...commands()]);
  useKey("palette", search);

  if (!status) return null;
  return (
    <div className="shell">
      <button type="button" className="skip" onClick={() => work.current?.focus()}>
        {t("app.skip")}
      </button>
      <TopBar
        status={status}
        onSearch={search}
        onKeys={showKeys}
        onSignOut={() => setLeaving(true)}
      />
      <Modules
        entities={entities ?? []}
        attention={status.attention}
        approvals={approvals}
        pending={status.pending}
      />
      <main ref={work} className="work" aria-label={t("app.work")} tabIndex={-1}>
        <Boundary place={place}>
          <Outlet />
        </Boundary>
      </main>
      <StatusBar status={status} />
      {searching && (
        <Palette
          commands={searching}
          recent={recent}
          onRecord={(entity, id) =>
            void navigate({ to: "/list/$entity/$id", params: { entity, id } })
          }
          onClose={() => setSearching(null)}
        />
      )}
      {keys && <KeysHelp names={keys} onClose={() => setKeys(null)} />}
      {leaving && <SignOut status={status} onClose={() => setLeaving(false)} />}
    </div>
  );
}

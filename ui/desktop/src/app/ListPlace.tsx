import { useKeepHabit } from "@daybook/shared/data/habits";
import { useEntities } from "@daybook/shared/data/queries";
import type { EntityView } from "@daybook/shared/generated/contract";
import { startCatching } from "@daybook/shared/forms/catch";
import { useLabel } from "@daybook/shared/i18n/language";
import { useTitle } from "@daybook/shared/kit/title";
import { remember, remembered } from "@daybook/shared/platform/memory";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import {
  createContext,
  type RefObject,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
} from "react";
import { useSaidToWait } from "../features/approvals/useApprovals";
import { WaitingNote } from "../features/approvals/WaitingNote";
import { Attachments } from "../features/attachments/Attachments";
import { ListScreen } from "../features/list/ListScreen";
import { useNoteRecent } from "@daybook/shared/data/recent";
import { RecordScreen } from "../features/record/RecordScreen";
import { TreeScreen } from "../features/tree/TreeScreen";
import { Nowhere } from "./Nowhere";

/** The word in a place's address that stands for a record that is not there yet. */
export const NEW = "new";

/** The habit that holds the place one left last: an entity, or home. */
export const PLACE = "place";

/** Opens the record beside the open one, in the order of the list below it. */
type Step = (by: 1 | -1) => void;

const StepContext = createContext<RefObject<Step | null>>({ current: null });

export function ListPlace() {
  const step = useRef<Step | null>(null);
  const { entity: name, id } = useParams({ strict: false });
  const { data: entities } = useEntities();
  const entity = entities?.find((known) => known.name === name);
  const navigate = useNavigate();
  const covered = id !== undefined;

  const open = useCallback(
    (record: string) =>
      void navigate({
        to: "/list/$entity/$id",
        params: { entity: name ?? "", id: record },
      }),
    [navigate, name],
  );
  const create = useCallback(() => {
    startCatching();
    open(NEW);
  }, [open]);

  const keepPlace = useKeepHabit<string>(PLACE);
  const known = entity?.name;
  useEffect(() => {
    if (known !== undefined) keepPlace(() => known);
  }, [known, keepPlace]);

  const showDuplicates = useCallback(
    () => void navigate({ to: "/duplicates/$entity", params: { entity: name ?? "" } }),
    [navigate, name],
  );

  const showImport = useCallback(
    () => void navigate({ to: "/import/$entity", params: { entity: name ?? "" } }),
    [navigate, name],
  );

  if (!entities) return null;
  if (!entity) return <Nowhere />;
  return (
    <div className="place">
      <div className="place-below" inert={covered}>
        {!covered && <ListTitle plural={entity.plural} />}
        <Records
          key={entity.name}
          entity={entity}
          covered={covered}
          onOpen={open}
          onNew={create}
          onDuplicates={entity.may_merge ? showDuplicates : undefined}
          onImport={entity.may_import ? showImport : undefined}
          step={step}
        />
      </div>
      {covered && (
        <div className="place-above">
          <StepContext value={step}>
            <Outlet />
          </StepContext>
        </div>
      )}
    </div>
  );
}

/** The records of an entity: one below the other, or, where they form a tree, as that. */
function Records({
  entity,
  onDuplicates,
  onImport,
  ...rest
}: {
  entity: EntityView;
  covered: boolean;
  onOpen: (id: string) => void;
  onNew: () => void;
  onDuplicates: (() => void) | undefined;
  onImport: (() => void) | undefined;
  step: RefObject<Step | null>;
}) {
  const place = `flat.${entity.name}`;
  const [isFlat, setFlat] = useState(() => remembered<boolean>(place) ?? false);
  const choose = (flat: boolean) => {
    remember(place, flat);
    setFlat(flat);
  };
  const list = { entity, onDuplicates, onImport, ...rest };
  if (entity.tree === null) return <ListScreen {...list} />;
  if (isFlat) return <ListScreen onTree={() => choose(false)} {...list} />;
  return <TreeScreen parentField={entity.tree} onList={() => choose(true)} {...list} />;
}

function ListTitle({ plural }: { plural: { en: string; de: string } }) {
  const label = useLabel();
  useTitle(label(plural));
  return null;
}

export function RecordPlace() {
  const step = useContext(StepContext);
  const sayWhatWaits = useSaidToWait();
  const { entity: name, id } = useParams({ strict: false });
  const { data: entities } = useEntities();
  const entity = entities?.find((known) => known.name === name);
  const navigate = useNavigate();
  const noteRecent = useNoteRecent();
  const opened = id === undefined || id === NEW ? undefined : id;
  useEffect(() => {
    if (name !== undefined && opened !== undefined) noteRecent({ entity: name, id: opened });
  }, [name, opened, noteRecent]);
  if (!entity || id === undefined) return null;
  return (
    <RecordScreen
      key={entity.name}
      entity={entity}
      id={id === NEW ? null : id}
      below={(record) => <Attachments entity={entity} record={record} />}
      note={(record, section) => (
        <WaitingNote
          entity={entity}
          record={record}
          section={section}
          onOpen={() => void navigate({ to: "/approvals", search: { record: record.id } })}
        />
      )}
      onSaving={sayWhatWaits}
      onSaved={(saved) =>
        void navigate({
          to: "/list/$entity/$id",
          params: { entity: entity.name, id: saved },
          replace: true,
        })
      }
      onBack={() => void navigate({ to: "/list/$entity", params: { entity: entity.name } })}
      onDuplicate={() =>
        void navigate({ to: "/list/$entity/$id", params: { entity: entity.name, id: NEW } })
      }
      onStep={(by) => step.current?.(by)}
    />
  );
}

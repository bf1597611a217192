import { useEntities } from "@daybook/shared/data/queries";
import { startCatching } from "@daybook/shared/forms/catch";
import { useLabel } from "@daybook/shared/i18n/language";
import { useTitle } from "@daybook/shared/kit/title";
import { remember } from "@daybook/shared/platform/memory";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { ListScreen } from "../features/list/ListScreen";
import { RecordScreen } from "../features/record/RecordScreen";
import { Nowhere } from "./Nowhere";

/** The word in a place's address that stands for a record that is not there yet. */
export const NEW = "new";

export function ListPlace() {
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

  useEffect(() => {
    if (entity) remember("place", entity.name);
  }, [entity]);

  if (!entities) return null;
  if (!entity) return <Nowhere />;
  return (
    <div className="place">
      <div className="place-below" inert={covered}>
        {!covered && <ListTitle plural={entity.plural} />}
        <ListScreen
          key={entity.name}
          entity={entity}
          covered={covered}
          onOpen={open}
          onNew={create}
        />
      </div>
      {covered && (
        <div className="place-above">
          <Outlet />
        </div>
      )}
    </div>
  );
}

function ListTitle({ plural }: { plural: { en: string; de: string } }) {
  const label = useLabel();
  useTitle(label(plural));
  return null;
}

export function RecordPlace() {
  const { entity: name, id } = useParams({ strict: false });
  const { data: entities } = useEntities();
  const entity = entities?.find((known) => known.name === name);
  const navigate = useNavigate();
  if (!entity || id === undefined) return null;
  return (
    <RecordScreen
      key={entity.name}
      entity={entity}
      id={id === NEW ? null : id}
      onSaved={(saved) =>
        void navigate({
          to: "/list/$entity/$id",
          params: { entity: entity.name, id: saved },
          replace: true,
        })
      }
      onBack={() => void navigate({ to: "/list/$entity", params: { entity: entity.name } })}
    />
  );
}
